//! What can be chosen about a cluster.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use skeg_registry::{Enablement, FeatureGate};

use crate::cluster::Cluster;
use crate::error::Error;
use crate::faults::Rule;
use crate::kubelet::{NodeSpec, PodScript, numbered};

/// How often nodes renew their leases.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Under virtual time: as rarely as a node may without falling silent (50 s).
const HEARTBEAT_VIRTUAL: Duration = Duration::from_secs(40);

/// Puts a cluster together. Everything has a default: an API server, all
/// controllers, the scheduler and one node whose pods run at once.
#[derive(Clone)]
#[must_use]
pub struct Builder {
    pub(crate) controllers: Vec<String>,
    pub(crate) scheduler: bool,
    pub(crate) kubelet: bool,
    pub(crate) nodes: Vec<NodeSpec>,
    pub(crate) scripts: Vec<PodScript>,
    pub(crate) heartbeat: Option<Duration>,
    pub(crate) feature_gates: Vec<(String, bool)>,
    /// Pieces of gates that are no pairs of a name and yes or no.
    pub(crate) senseless_gates: Vec<String>,
    pub(crate) runtime_config: Vec<(String, String)>,
    pub(crate) plugins_on: Vec<String>,
    pub(crate) plugins_off: Vec<String>,
    pub(crate) virtual_from: Option<Timestamp>,
    pub(crate) seed: u64,
    pub(crate) faults: Vec<Rule>,
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) manifests: Vec<String>,
    pub(crate) port: u16,
    pub(crate) recording: Option<PathBuf>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            controllers: vec!["*".to_owned()],
            scheduler: true,
            kubelet: true,
            nodes: numbered(1).collect(),
            scripts: Vec::new(),
            heartbeat: None,
            feature_gates: Vec::new(),
            senseless_gates: Vec::new(),
            runtime_config: Vec::new(),
            plugins_on: Vec::new(),
            plugins_off: Vec::new(),
            virtual_from: None,
            seed: 0,
            faults: Vec::new(),
            folders: Vec::new(),
            manifests: Vec::new(),
            port: 0,
            recording: None,
        }
    }
}

impl Builder {
    /// Starts the cluster.
    ///
    /// # Errors
    /// What was chosen makes no sense, a manifest is refused, or the machine
    /// has no thread left.
    pub async fn start(self) -> Result<Cluster, Error> {
        Cluster::from_builder(self).await
    }

    /// Only the API server, as envtest gives it: no controllers, no scheduler,
    /// no nodes.
    pub fn only_api_server(mut self) -> Self {
        self.controllers = Vec::new();
        self.scheduler = false;
        self.kubelet = false;
        self.nodes = Vec::new();
        self
    }

    /// Which controllers run, as `--controllers` of kube-controller-manager
    /// names them: `*` for all, `-cronjob-controller` for all but that one.
    pub fn controllers<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.controllers = names.into_iter().map(str::to_owned).collect();
        self
    }

    /// Whether pods are given nodes.
    pub fn scheduler(mut self, runs: bool) -> Self {
        self.scheduler = runs;
        self
    }

    /// Whether pods on nodes are moved through their phases. Without it a test
    /// writes their status itself.
    pub fn kubelet(mut self, runs: bool) -> Self {
        self.kubelet = runs;
        if !runs {
            self.nodes = Vec::new();
        }
        self
    }

    /// So many nodes, `node-1` and so on. One by default. A thousand take seconds
    /// of a debug build.
    pub fn nodes(mut self, count: usize) -> Self {
        self.nodes = numbered(count).collect();
        self
    }

    /// One more node, of a test's own making. [`Builder::nodes`] forgets it.
    pub fn node(mut self, node: NodeSpec) -> Self {
        self.nodes.push(node);
        self
    }

    /// What some pods do. The last script that selects a pod decides.
    pub fn pods(mut self, script: PodScript) -> Self {
        self.scripts.push(script);
        self
    }

    /// How often nodes renew their leases: every 10 s, or every 40 s under
    /// virtual time, where each renewal is a step of the clock. A node is given
    /// up after 50 s.
    pub fn heartbeat(mut self, every: Duration) -> Self {
        self.heartbeat = Some(every);
        self
    }

    pub(crate) fn heartbeat_period(&self) -> Duration {
        self.heartbeat.unwrap_or(match self.virtual_from {
            Some(_) => HEARTBEAT_VIRTUAL,
            None => HEARTBEAT,
        })
    }

    /// Switches a feature gate. One that upstream does not have, or whose
    /// switching would change nothing here, is an error at the start: only
    /// gates that bring resources have an effect, and `AllAlpha` and `AllBeta`
    /// stand for those. So is a gate that is on without the gates that it needs.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// use skeg_testkit::Cluster;
    ///
    /// let cluster = Cluster::builder()
    ///     .feature_gate("GenericWorkload", true)
    ///     .runtime_config("scheduling.k8s.io/v1beta1", true)
    ///     .start()
    ///     .await?;
    /// let served = cluster.client().resources("scheduling.k8s.io", "v1beta1").await.unwrap();
    /// assert!(served.iter().any(|served| served.resource.kind == "Workload"));
    /// # Ok::<(), skeg_testkit::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn feature_gate(mut self, gate: &str, on: bool) -> Self {
        self.feature_gates.push((gate.to_owned(), on));
        self
    }

    /// Switches feature gates as `--feature-gates` of kube-apiserver takes
    /// them: `AllAlpha=true,AllBeta=true`. See [`Builder::feature_gate`].
    pub fn feature_gates(mut self, gates: &str) -> Self {
        for piece in gates.split(',').map(str::trim) {
            let pair = piece.split_once('=');
            match pair.map(|(gate, value)| (gate, value.parse::<bool>())) {
                Some((gate, Ok(on))) => self.feature_gates.push((gate.to_owned(), on)),
                _ if piece.is_empty() => {}
                _ => self.senseless_gates.push(piece.to_owned()),
            }
        }
        self
    }

    /// An entry of `--runtime-config`: `api/all`, `resource.k8s.io/v1alpha3`.
    pub fn runtime_config(mut self, key: &str, on: bool) -> Self {
        self.runtime_config.push((key.to_owned(), on.to_string()));
        self
    }

    /// Switches an admission plugin on that is off by default.
    pub fn enable_admission_plugin(mut self, name: &str) -> Self {
        self.plugins_on.push(name.to_owned());
        self
    }

    /// Switches an admission plugin off.
    pub fn disable_admission_plugin(mut self, name: &str) -> Self {
        self.plugins_off.push(name.to_owned());
        self
    }

    /// Time stands still, at the beginning of 2026, and moves by
    /// [`Cluster::advance`].
    pub fn virtual_time(self) -> Self {
        let start = Timestamp::from_second(1_767_225_600).expect("2026 is a time");
        self.virtual_time_from(start)
    }

    /// Time stands still at this point, and moves by [`Cluster::advance`].
    pub fn virtual_time_from(mut self, start: Timestamp) -> Self {
        self.virtual_from = Some(start);
        self
    }

    /// Decides which requests faults with a probability strike; see
    /// [`Rule::probability`](crate::Rule::probability).
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// A fault from the start on.
    pub fn fault(mut self, rule: Rule) -> Self {
        self.faults.push(rule);
        self
    }

    /// Applies every `.yaml`, `.yml` and `.json` file of a folder and those in
    /// it, or one file, before the cluster is ready: definitions of custom
    /// resources first, until they are served.
    pub fn load(mut self, path: impl Into<PathBuf>) -> Self {
        self.folders.push(path.into());
        self
    }

    /// Applies the documents of a text before the cluster is ready.
    pub fn manifest(mut self, yaml: impl Into<String>) -> Self {
        self.manifests.push(yaml.into());
        self
    }

    /// The port of the cluster's HTTPS listener; any free one by default. It
    /// is opened when a kubeconfig or the address is asked for.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Writes every request and its answer to this file, a JSON line each.
    pub fn record(mut self, file: impl Into<PathBuf>) -> Self {
        self.recording = Some(file.into());
        self
    }

    pub(crate) fn enablement(&self) -> Result<Enablement, Error> {
        let wrong = |error: skeg_registry::EnablementError| Error::Option(error.to_string());
        let mut enablement = Enablement::default();
        for (key, value) in &self.runtime_config {
            enablement.set(key, value).map_err(wrong)?;
        }
        if let Some(piece) = self.senseless_gates.first() {
            let why = format!("feature gates: {piece:?} is not NAME=true or NAME=false");
            return Err(Error::Option(why));
        }
        for (gate, on) in &self.feature_gates {
            FeatureGate::check(gate, *on)
                .map_err(|why| Error::Option(format!("feature gates: {why}")))?;
            enablement.set_gate(gate, &on.to_string()).map_err(wrong)?;
        }
        enablement
            .check_needs()
            .map_err(|why| Error::Option(format!("feature gates: {why}")))?;
        Ok(enablement)
    }

    /// Names the kind of cluster: those of one kind begin alike.
    pub(crate) fn kind(&self) -> String {
        format!(
            "{:?} {:?} {:?} {:?} {:?} {:?}",
            self.virtual_from,
            self.controllers,
            self.feature_gates,
            self.runtime_config,
            self.plugins_on,
            self.plugins_off,
        )
    }
}
