//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands::store::StoreCommand;
use crate::config::{Cidr, Config, Listen, NodeName, Role, Roles, ServiceCidrs, Settings};

/// A whole Kubernetes 1.37 cluster in one program.
#[derive(Parser, Debug)]
#[command(
    name = "skeg",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Examples:\n  sudo skeg up --detach                  a cluster on this machine\n  \
                  export KUBECONFIG=/var/lib/skeg/admin.kubeconfig\n  \
                  kubectl get nodes\n  skeg status                            what runs, and what is wrong\n  \
                  skeg down ; skeg up                    containers survive\n  \
                  sudo skeg reset --yes                  remove everything again"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Start a cluster on this machine
    Up(UpArgs),
    /// Stop the cluster; containers go on running
    Down(DownArgs),
    /// What runs, where, how much memory, what is wrong and what to do about it
    Status(StatusArgs),
    /// Stop the cluster and remove everything it made
    Reset(ResetArgs),
    /// Images on this machine
    #[command(subcommand)]
    Image(ImageCommand),
    /// Back up, restore, move, check or compact what holds the cluster's objects
    #[command(subcommand)]
    Store(StoreCommand),
    /// The log of a detached cluster
    Logs(LogsArgs),
    /// The file that tells kubectl where the cluster is
    Kubeconfig(KubeconfigArgs),
    /// Check or show the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Versions of this program and of its Kubernetes API
    Version(OutputArgs),
    /// Completion for a shell
    Completion(CompletionArgs),
    /// Write a folder from which envtest starts this program as kube-apiserver and etcd
    Envtest(EnvtestArgs),
    /// Run the API server alone
    Apiserver(ClusterArgs),
    /// Run the scheduler alone, against any Kubernetes API
    Scheduler(SchedulerArgs),
    /// Run the controllers alone, against any Kubernetes API
    ControllerManager(RoleArgs),
    /// Make this machine a node of any Kubernetes cluster
    Kubelet(NodeRoleArgs),
    /// Run the service proxy alone, against any Kubernetes API
    Proxy(NodeRoleArgs),
    /// Run cluster DNS alone, against any Kubernetes API
    Dns(NodeRoleArgs),
}

/// Where everything is kept.
#[derive(Args, Debug, Clone)]
pub struct DataDirArgs {
    /// Folder of the cluster [default: /var/lib/skeg]
    #[arg(
        long,
        value_name = "DIR",
        env = "SKEG_DATA_DIR",
        hide_env_values = true
    )]
    pub data_dir: Option<PathBuf>,
}

impl DataDirArgs {
    /// The folder, absolute.
    pub fn path(&self) -> PathBuf {
        let dir = self
            .data_dir
            .clone()
            .unwrap_or_else(|| crate::config::DEFAULT_DATA_DIR.into());
        std::path::absolute(&dir).unwrap_or(dir)
    }
}

/// The settings of a cluster.
#[derive(Args, Debug, Clone)]
pub struct ClusterArgs {
    #[command(flatten)]
    pub data_dir: DataDirArgs,

    /// Where the API server listens [default: 0.0.0.0:6443]
    #[arg(
        long,
        value_name = "ADDR:PORT",
        env = "SKEG_LISTEN",
        hide_env_values = true
    )]
    pub listen: Option<Listen>,

    /// Configuration file (kind ClusterConfiguration)
    #[arg(long, value_name = "FILE", env = "SKEG_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,

    /// What runs: apiserver,scheduler,controller-manager,kubelet,proxy,dns [default: all]
    #[arg(long, value_name = "LIST", env = "SKEG_ROLES", hide_env_values = true)]
    pub roles: Option<Roles>,

    /// Addresses of services; without a node also of two families: CIDR,CIDR
    /// [default: 10.96.0.0/16]
    #[arg(
        long,
        value_name = "CIDR",
        env = "SKEG_SERVICE_CIDR",
        hide_env_values = true
    )]
    pub service_cidr: Option<ServiceCidrs>,

    /// Addresses of pods [default: 10.244.0.0/16]
    #[arg(
        long,
        value_name = "CIDR",
        env = "SKEG_POD_CIDR",
        hide_env_values = true
    )]
    pub pod_cidr: Option<Cidr>,

    /// Tokens known from the start, a line each: token,user,uid[,"group1,group2"]
    #[arg(
        long,
        value_name = "CSV",
        env = "SKEG_TOKEN_AUTH_FILE",
        hide_env_values = true
    )]
    pub token_auth_file: Option<PathBuf>,

    /// Name of this machine's node [default: the host name]
    #[arg(
        long,
        value_name = "NAME",
        env = "SKEG_NODE_NAME",
        hide_env_values = true
    )]
    pub node_name: Option<NodeName>,

    /// Keep objects in an etcd: URLs joined by commas [default: the embedded store]
    #[arg(
        long,
        value_name = "URLS",
        env = "SKEG_ETCD_SERVERS",
        hide_env_values = true,
        value_delimiter = ','
    )]
    pub etcd_servers: Option<Vec<String>>,

    /// CA of etcd's certificates
    #[arg(
        long,
        value_name = "FILE",
        env = "SKEG_ETCD_CAFILE",
        hide_env_values = true
    )]
    pub etcd_cafile: Option<PathBuf>,

    /// Certificate shown to etcd
    #[arg(
        long,
        value_name = "FILE",
        env = "SKEG_ETCD_CERTFILE",
        hide_env_values = true
    )]
    pub etcd_certfile: Option<PathBuf>,

    /// Key of --etcd-certfile
    #[arg(
        long,
        value_name = "FILE",
        env = "SKEG_ETCD_KEYFILE",
        hide_env_values = true
    )]
    pub etcd_keyfile: Option<PathBuf>,

    /// Which values are encrypted in the store (kind EncryptionConfiguration)
    #[arg(
        long,
        value_name = "FILE",
        env = "SKEG_ENCRYPTION_PROVIDER_CONFIG",
        hide_env_values = true
    )]
    pub encryption_provider_config: Option<PathBuf>,

    /// A flag of kube-apiserver (skeg kube-apiserver --help lists them); may be given several times
    #[arg(long = "kube-apiserver-arg", value_name = "NAME=VALUE")]
    pub kube_apiserver_args: Vec<String>,

    /// Control plane only, which needs no root: --roles apiserver,scheduler,controller-manager
    #[arg(long, conflicts_with = "roles")]
    pub no_node: bool,
}

impl ClusterArgs {
    /// Flags over environment over file over defaults.
    ///
    /// # Errors
    /// The file is faulty or the settings do not go together.
    pub fn resolve(&self) -> anyhow::Result<Config> {
        let file = match &self.config {
            Some(path) => Settings::from_file(path)?,
            None => Settings::default(),
        };
        let roles = if self.no_node {
            Some(Roles::without_node())
        } else {
            self.roles.clone()
        };
        let flags = Settings {
            data_dir: self.data_dir.data_dir.clone(),
            listen: self.listen,
            roles,
            service_cidr: self.service_cidr,
            pod_cidr: self.pod_cidr,
            token_auth_file: self.token_auth_file.clone(),
            node_name: self.node_name.clone(),
            etcd_servers: self.etcd_servers.clone(),
            etcd_ca_file: self.etcd_cafile.clone(),
            etcd_cert_file: self.etcd_certfile.clone(),
            etcd_key_file: self.etcd_keyfile.clone(),
            encryption_provider_config: self.encryption_provider_config.clone(),
            kube_apiserver_args: (!self.kube_apiserver_args.is_empty())
                .then(|| self.kube_apiserver_args.clone()),
        };
        Config::resolve(flags.over(file))
    }
}

/// `skeg up`.
#[derive(Args, Debug, Clone)]
#[command(
    after_help = "Examples:\n  sudo skeg up                                 in the foreground; Ctrl-C ends it\n  \
    sudo skeg up --detach                        in the background; returns when ready\n  \
    skeg up --no-node --data-dir ./d             an API with controllers, no root needed\n  \
    skeg up --roles apiserver --listen 127.0.0.1:7443 --data-dir ./d"
)]
pub struct UpArgs {
    #[command(flatten)]
    pub cluster: ClusterArgs,

    /// Go to the background; return when the cluster is ready
    #[arg(long)]
    pub detach: bool,

    /// Set by --detach for the process that it starts.
    #[arg(long, hide = true)]
    pub detached: bool,
}

/// `skeg down`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  sudo skeg down                 containers go on; `skeg up` finds them again\n  \
    sudo skeg down --containers    stop the containers too"
)]
pub struct DownArgs {
    #[command(flatten)]
    pub data_dir: DataDirArgs,

    /// Stop the containers too
    #[arg(long)]
    pub containers: bool,
}

/// `skeg status`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  skeg status\n  skeg status -o json | jq .ready\n\nExits with 0 when all is well, with 1 when something is wrong or nothing runs."
)]
pub struct StatusArgs {
    #[command(flatten)]
    pub data_dir: DataDirArgs,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// `skeg reset`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  sudo skeg reset            tells what would go\n  sudo skeg reset --yes      containers, network, mounts, and the data folder"
)]
pub struct ResetArgs {
    #[command(flatten)]
    pub data_dir: DataDirArgs,

    /// Do it
    #[arg(long)]
    pub yes: bool,
}

/// `skeg logs`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  skeg logs -n 50\n  skeg logs -f")]
pub struct LogsArgs {
    #[command(flatten)]
    pub data_dir: DataDirArgs,

    /// Go on as lines are written
    #[arg(short, long)]
    pub follow: bool,

    /// How many lines from the end
    #[arg(short = 'n', long, value_name = "N", default_value_t = 200)]
    pub lines: usize,
}

/// `skeg kubeconfig`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  export KUBECONFIG=$(skeg kubeconfig --path)\n  \
    skeg kubeconfig --server https://cluster.example:6443 > kubeconfig"
)]
pub struct KubeconfigArgs {
    #[command(flatten)]
    pub data_dir: DataDirArgs,

    /// Print where the file is, not what is in it
    #[arg(long)]
    pub path: bool,

    /// Name the server so, for use on another machine
    #[arg(long, value_name = "URL", conflicts_with = "path")]
    pub server: Option<String>,
}

/// `skeg config …`.
#[derive(Subcommand, Debug)]
pub enum ConfigCommand {
    /// Check the configuration without starting anything
    #[command(after_help = "Example:\n  skeg config check --config cluster.yaml")]
    Check(ClusterArgs),
    /// Show every setting as it would be used
    #[command(
        after_help = "Examples:\n  skeg config show > cluster.yaml\n  skeg config show --config cluster.yaml -o json"
    )]
    Show {
        #[command(flatten)]
        cluster: ClusterArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
}

/// `skeg image …`.
#[derive(Subcommand, Debug)]
pub enum ImageCommand {
    /// Import an OCI layout or a `docker save` archive
    #[command(
        after_help = "Examples:\n  docker save web:1 | sudo skeg image import -\n  sudo skeg image import image.tar"
    )]
    Import {
        #[command(flatten)]
        data_dir: DataDirArgs,
        /// Archive or layout folder; - is standard input
        file: PathBuf,
    },
    /// List the images of this machine
    List {
        #[command(flatten)]
        data_dir: DataDirArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Remove an image
    #[command(
        alias = "rm",
        after_help = "Example:\n  sudo skeg image remove docker.io/library/nginx:1.29"
    )]
    Remove {
        #[command(flatten)]
        data_dir: DataDirArgs,
        /// Name or id
        image: String,
    },
    /// Pull an image from its registry
    #[command(
        after_help = "Examples:\n  sudo skeg image pull registry.k8s.io/pause:3.10\n  \
        sudo skeg image pull --username ana --password-stdin registry.example/app:1 < password\n\n\
        Without --username, the credentials that `docker login` or `podman login` keeps are used:\n\
        $REGISTRY_AUTH_FILE, $XDG_RUNTIME_DIR/containers/auth.json, $DOCKER_CONFIG/config.json or\n\
        ~/.docker/config.json, the first that is there, with the helper programs that it names."
    )]
    Pull(PullArgs),
}

/// `skeg image pull`.
#[derive(Args, Debug, Clone)]
pub struct PullArgs {
    #[command(flatten)]
    pub data_dir: DataDirArgs,
    /// User of the registry; the password comes by --password-stdin
    #[arg(long, value_name = "USER", requires = "password_stdin")]
    pub username: Option<String>,
    /// Read the password or token from standard input
    #[arg(long, requires = "username")]
    pub password_stdin: bool,
    /// Credentials as Docker and Podman write them
    #[arg(long, value_name = "FILE", conflicts_with = "username")]
    pub auth_file: Option<PathBuf>,
    /// Name with tag or digest
    pub image: String,
}

/// How to print.
#[derive(Args, Debug, Clone, Copy)]
pub struct OutputArgs {
    /// Format of the output
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub output: Format,
}

/// A format.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// `skeg completion`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  skeg completion bash > /etc/bash_completion.d/skeg")]
pub struct CompletionArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// `skeg envtest`.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  skeg envtest ./assets\n  KUBEBUILDER_ASSETS=$PWD/assets go test ./..."
)]
pub struct EnvtestArgs {
    /// The folder; made if it is not there
    pub dir: PathBuf,

    /// Controllers that run beside the API server: `all`, `gc` (garbage
    /// collection), `namespace` (deletion of namespaces), or names as
    /// --controllers of kube-controller-manager has them
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub with_controllers: Vec<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// A role alone.
#[derive(Args, Debug)]
pub struct RoleArgs {
    /// Where the cluster is and who is asking
    #[arg(long, value_name = "FILE", env = "KUBECONFIG", hide_env_values = true)]
    pub kubeconfig: PathBuf,
}

/// The scheduler alone.
#[derive(Args, Debug)]
pub struct SchedulerArgs {
    #[command(flatten)]
    pub role: RoleArgs,

    /// A KubeSchedulerConfiguration: profiles, plugins, extenders
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// A role of a node alone.
#[derive(Args, Debug)]
pub struct NodeRoleArgs {
    #[command(flatten)]
    pub role: RoleArgs,

    #[command(flatten)]
    pub data_dir: DataDirArgs,

    /// Name of this machine's node [default: the host name]
    #[arg(
        long,
        value_name = "NAME",
        env = "SKEG_NODE_NAME",
        hide_env_values = true
    )]
    pub node_name: Option<NodeName>,

    /// Addresses of services; without a node also of two families: CIDR,CIDR
    /// [default: 10.96.0.0/16]
    #[arg(
        long,
        value_name = "CIDR",
        env = "SKEG_SERVICE_CIDR",
        hide_env_values = true
    )]
    pub service_cidr: Option<ServiceCidrs>,

    /// Addresses of pods [default: 10.244.0.0/16]
    #[arg(
        long,
        value_name = "CIDR",
        env = "SKEG_POD_CIDR",
        hide_env_values = true
    )]
    pub pod_cidr: Option<Cidr>,
}

impl NodeRoleArgs {
    /// The settings of a process with this one role.
    ///
    /// # Errors
    /// The settings do not go together.
    pub fn resolve(&self, role: Role) -> anyhow::Result<Config> {
        Config::resolve(Settings {
            data_dir: self.data_dir.data_dir.clone(),
            roles: role.name().parse().ok(),
            service_cidr: self.service_cidr,
            pod_cidr: self.pod_cidr,
            node_name: self.node_name.clone(),
            ..Settings::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Command, String> {
        let words = line.split_whitespace();
        Cli::try_parse_from(words)
            .map(|cli| cli.command)
            .map_err(|e| e.to_string())
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn up() {
        let line = "skeg up --data-dir /d --listen 127.0.0.1:7443 --service-cidr 10.1.0.0/16 \
                    --pod-cidr 10.2.0.0/16 --token-auth-file t.csv --node-name n --no-node --detach";
        let Ok(Command::Up(args)) = parse(line) else {
            panic!("not up")
        };
        assert!(args.detach);
        let config = args.cluster.resolve().unwrap();
        assert_eq!(config.roles, Roles::without_node());
        assert_eq!(config.listen.to_string(), "127.0.0.1:7443");
        assert_eq!(config.data_dir, PathBuf::from("/d"));
        assert_eq!(config.node_name.0, "n");
    }

    #[test]
    fn faults_are_explained() {
        let check = |line: &str, expect: &str| {
            let error = parse(line).unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        check("skeg up --listen 6443", "expected ADDR:PORT");
        check("skeg up --roles kublet", "did you mean kubelet?");
        check("skeg up --no-node --roles apiserver", "cannot be used with");
        check("skeg upp", "similar subcommand exists: 'up'");
        check(
            "skeg up --pod-cdir x",
            "a similar argument exists: '--pod-cidr'",
        );
    }

    #[test]
    fn every_command_has_help() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
        }
    }
}
