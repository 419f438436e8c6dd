//! A local port that leads to a pod or a service.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use skeg_api::core::v1::{Pod, Service};
use skeg_meta::{IntOrString, Status};
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::sync::{Mutex, Semaphore};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::api::Api;
use crate::client::Client;
use crate::error::Error;
use crate::options::ListOptions;

use super::connect::StreamProtocol;
use super::forward::{ForwardedStream, PortForward};

/// How long it may take to open a way: others wait for it meanwhile.
const OPENING_MAX: Duration = Duration::from_secs(30);
/// How many connections are forwarded at once.
const CONNECTIONS_MAX: usize = 512;

/// Where connections go.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Pod(String),
    Service(String),
    Selector(String),
}

/// A port, by its number or its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForwardPort {
    /// A number.
    Number(u16),
    /// The name of a container's or service's port.
    Name(String),
}

impl From<u16> for ForwardPort {
    fn from(number: u16) -> Self {
        ForwardPort::Number(number)
    }
}

impl From<&str> for ForwardPort {
    fn from(text: &str) -> Self {
        text.parse()
            .map_or_else(|_| ForwardPort::Name(text.to_owned()), ForwardPort::Number)
    }
}

/// A connection that could not be forwarded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForwardError {
    /// There is no pod, or no way to it.
    #[error("no way to {target}")]
    Reach {
        /// What was to be reached.
        target: String,
        /// Why not.
        #[source]
        source: Error,
    },
    /// The way broke, or nothing listens at its end.
    #[error("connection to port {port} of {target}")]
    Connection {
        /// What was reached.
        target: String,
        /// The port.
        port: u16,
        /// What happened.
        #[source]
        source: io::Error,
    },
}

type OnError = Arc<dyn Fn(&ForwardError) + Send + Sync>;

/// Makes local ports that lead into the cluster.
///
/// The way to a pod is opened when the first connection comes, and again after
/// it has broken; then a service or a selector may lead to another pod.
///
/// ```no_run
/// # async fn f(client: skeg_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use skeg_client::streams::PortForwarder;
/// let web = PortForwarder::to_service(client, "default", "web")
///     .listen("127.0.0.1:0", 80)
///     .await?;
/// println!("http://{}", web.local_addr());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct PortForwarder {
    client: Client,
    namespace: String,
    target: Target,
    protocol: StreamProtocol,
    on_error: Option<OnError>,
}

impl PortForwarder {
    fn new(client: Client, namespace: impl Into<String>, target: Target) -> Self {
        Self {
            client,
            namespace: namespace.into(),
            target,
            protocol: StreamProtocol::Auto,
            on_error: None,
        }
    }

    /// To this pod.
    pub fn to_pod(client: Client, namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self::new(client, namespace, Target::Pod(name.into()))
    }

    /// To a ready pod behind this service; ports are the service's.
    pub fn to_service(
        client: Client,
        namespace: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        Self::new(client, namespace, Target::Service(name.into()))
    }

    /// To a ready pod with these labels.
    pub fn to_selector(
        client: Client,
        namespace: impl Into<String>,
        labels: impl Into<String>,
    ) -> Self {
        Self::new(client, namespace, Target::Selector(labels.into()))
    }

    /// By this protocol only.
    #[must_use]
    pub fn protocol(mut self, protocol: StreamProtocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// Calls this for each connection that fails; they are logged otherwise.
    #[must_use]
    pub fn on_error(mut self, call: impl Fn(&ForwardError) + Send + Sync + 'static) -> Self {
        self.on_error = Some(Arc::new(call));
        self
    }

    /// Listens on a local address (port 0 for any free one), and leads every
    /// connection to this port, until the listener is dropped.
    ///
    /// # Errors
    /// The local address cannot be listened on.
    pub async fn listen(
        self,
        local: impl ToSocketAddrs,
        port: impl Into<ForwardPort>,
    ) -> io::Result<ForwardListener> {
        let listener = TcpListener::bind(local).await?;
        let address = listener.local_addr()?;
        let token = CancellationToken::new();
        let tasks = TaskTracker::new();
        let way = Arc::new(Way {
            pods: Api::namespaced(self.client.clone(), self.namespace.clone()),
            forwarder: self,
            port: port.into(),
            open: Mutex::new(None),
        });
        tasks.spawn(serve(listener, way, token.clone(), tasks.clone()));
        tasks.close();
        Ok(ForwardListener {
            address,
            tasks,
            guard: token.drop_guard(),
        })
    }
}

/// A local port that leads into the cluster, until it is dropped.
pub struct ForwardListener {
    address: SocketAddr,
    tasks: TaskTracker,
    guard: DropGuard,
}

impl ForwardListener {
    /// The local address.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Ends the listener and its connections, and waits until that is done.
    pub async fn close(self) {
        drop(self.guard);
        self.tasks.wait().await;
    }
}

async fn serve(listener: TcpListener, way: Arc<Way>, token: CancellationToken, tasks: TaskTracker) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let accepting = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            accepted = accepting => accepted,
            () = token.cancelled() => return,
        };
        let (Ok(place), Ok((socket, _))) = (place, accepted) else {
            // A connection that is gone before it was accepted.
            tokio::task::yield_now().await;
            continue;
        };
        let (way, token) = (Arc::clone(&way), token.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = way.carry(socket) => {}
                () = token.cancelled() => {}
            }
            drop(place);
        });
    }
}

struct Way {
    forwarder: PortForwarder,
    pods: Api<Pod>,
    port: ForwardPort,
    /// The way that is open, and the port in its pod.
    open: Mutex<Option<(PortForward, u16)>>,
}

impl Way {
    fn tell(&self, error: &ForwardError) {
        match &self.forwarder.on_error {
            Some(call) => call(error),
            None => {
                let source = std::error::Error::source(error).map(ToString::to_string);
                tracing::warn!(%error, source, "a connection is not forwarded");
            }
        }
    }

    async fn carry(&self, mut socket: TcpStream) {
        // Small messages must not wait for each other.
        drop(socket.set_nodelay(true));
        if let Err(error) = self.between(&mut socket).await {
            // Whoever has connected must not take it for an end, either.
            drop(socket.set_zero_linger());
            self.tell(&error);
        }
    }

    async fn between(&self, socket: &mut TcpStream) -> Result<(), ForwardError> {
        let (mut stream, pod, port) = self.connect().await?;
        let copied = tokio::io::copy_bidirectional(socket, &mut stream).await;
        let source = match copied {
            Err(source) if source.kind() == io::ErrorKind::ConnectionRefused => Some(source),
            // That the local side goes away is its own business.
            _ => stream.broken(),
        };
        source.map_or(Ok(()), |source| {
            let target = format!("pod {pod}");
            Err(ForwardError::Connection {
                target,
                port,
                source,
            })
        })
    }

    async fn connect(&self) -> Result<(ForwardedStream, String, u16), ForwardError> {
        let mut again = true;
        loop {
            let (way, port) = self.way().await.map_err(|source| ForwardError::Reach {
                target: self.target(),
                source,
            })?;
            match way.connect(port).await {
                Ok(stream) => return Ok((stream, way.pod().to_owned(), port)),
                Err(source) => {
                    let mut open = self.open.lock().await;
                    if open.as_ref().is_some_and(|(open, _)| open.is_closed()) {
                        *open = None;
                    }
                    if !std::mem::take(&mut again) {
                        return Err(ForwardError::Connection {
                            target: format!("pod {}", way.pod()),
                            port,
                            source,
                        });
                    }
                }
            }
        }
    }

    fn target(&self) -> String {
        match &self.forwarder.target {
            Target::Pod(name) => format!("pod {name}"),
            Target::Service(name) => format!("service {name}"),
            Target::Selector(labels) => format!("pods with {labels}"),
        }
    }

    async fn way(&self) -> Result<(PortForward, u16), Error> {
        let mut open = self.open.lock().await;
        if let Some((way, port)) = &*open
            && !way.is_closed()
        {
            return Ok((way.clone(), *port));
        }
        let opening = tokio::time::timeout(OPENING_MAX, self.open()).await;
        let opened = opening.unwrap_or_else(|_| {
            let seconds = OPENING_MAX.as_secs();
            Err(missing(format!("no way to it within {seconds} s")))
        })?;
        *open = Some(opened.clone());
        Ok(opened)
    }

    async fn open(&self) -> Result<(PortForward, u16), Error> {
        let (pod, port) = self.resolve().await?;
        let protocol = self.forwarder.protocol;
        let way = self.pods.port_forward_by(&pod, protocol).await?;
        Ok((way, port))
    }

    /// The pod to go to, and the port in it.
    async fn resolve(&self) -> Result<(String, u16), Error> {
        let (selector, port) = match &self.forwarder.target {
            Target::Pod(name) => match &self.port {
                ForwardPort::Number(port) => return Ok((name.clone(), *port)),
                ForwardPort::Name(_) => {
                    let pod = self.pods.get(name).await?;
                    return Ok((name.clone(), port_in(&pod, &self.port)?));
                }
            },
            Target::Selector(labels) => (labels.clone(), self.port.clone()),
            Target::Service(name) => {
                let services: Api<Service> = Api::namespaced(
                    self.pods.client().clone(),
                    self.forwarder.namespace.as_str(),
                );
                let service = services.get(name).await?;
                behind(&service, &self.port)?
            }
        };
        let pods = self
            .pods
            .list(&ListOptions::default().labels(selector.as_str()))
            .await?;
        let ready = pods.items.iter().filter(|pod| usable(pod));
        // The oldest is the least likely to go away soon.
        let pod = ready.min_by_key(|pod| {
            let created = pod.metadata.creation_timestamp.as_ref();
            (created.map(|time| time.0), pod.metadata.name.clone())
        });
        let pod = pod.ok_or_else(|| missing(format!("no pod with {selector} is ready")))?;
        Ok((pod.metadata.name.clone(), port_in(pod, &port)?))
    }
}

fn missing(message: String) -> Error {
    Status::service_unavailable(message).into()
}

fn usable(pod: &Pod) -> bool {
    pod.metadata.deletion_timestamp.is_none()
        && pod
            .status
            .conditions
            .iter()
            .any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

fn port_in(pod: &Pod, port: &ForwardPort) -> Result<u16, Error> {
    let name = match port {
        ForwardPort::Number(number) => return Ok(*number),
        ForwardPort::Name(name) => name,
    };
    let mut ports = pod.spec.containers.iter().flat_map(|c| &c.ports);
    ports
        .find(|port| port.name == *name)
        .and_then(|port| u16::try_from(port.container_port).ok())
        .ok_or_else(|| {
            let pod = &pod.metadata.name;
            missing(format!("pod {pod} has no port {name:?}"))
        })
}

/// The pods behind a service, and the port in them.
fn behind(service: &Service, port: &ForwardPort) -> Result<(String, ForwardPort), Error> {
    let name = &service.metadata.name;
    if service.spec.selector.is_empty() {
        return Err(missing(format!("service {name} selects no pods")));
    }
    let labels: Vec<String> = service
        .spec
        .selector
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let found = service.spec.ports.iter().find(|known| match port {
        ForwardPort::Number(number) => known.port == i32::from(*number),
        ForwardPort::Name(name) => known.name == *name,
    });
    let found = found.ok_or_else(|| missing(format!("service {name} has no port {port:?}")))?;
    let inside = match &found.target_port {
        IntOrString::String(name) if !name.is_empty() => ForwardPort::Name(name.clone()),
        IntOrString::Int(number) if *number > 0 => {
            ForwardPort::Number(u16::try_from(*number).unwrap_or_default())
        }
        // Unsaid, it is the service's own.
        _ => ForwardPort::Number(u16::try_from(found.port).unwrap_or_default()),
    };
    Ok((labels.join(","), inside))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::Object;
    use skeg_schema::json;

    #[test]
    fn a_services_port_leads_to_the_pods() {
        let service = Service::from_tree(json!({
            "metadata": {"name": "web"},
            "spec": {
                "selector": {"app": "web", "tier": "front"},
                "ports": [
                    {"name": "http", "port": 80, "targetPort": "serve"},
                    {"name": "admin", "port": 81, "targetPort": 9000},
                    {"name": "plain", "port": 82}
                ]
            }
        }))
        .expect("a service");
        let check = |port: ForwardPort, inside: ForwardPort| {
            let expect = ("app=web,tier=front".to_owned(), inside);
            assert_eq!(behind(&service, &port).expect("a port"), expect);
        };
        check(80.into(), "serve".into());
        check("admin".into(), 9000.into());
        check(82.into(), 82.into());
        assert!(behind(&service, &83.into()).is_err());
        let pod = Pod::from_tree(json!({
            "metadata": {"name": "p"},
            "spec": {"containers": [{"name": "c", "ports": [{"name": "serve", "containerPort": 8080}]}]}
        }))
        .expect("a pod");
        assert_eq!(port_in(&pod, &"serve".into()).expect("a port"), 8080);
        assert!(port_in(&pod, &"other".into()).is_err());
    }
}
