//! Probes by gRPC's health checking protocol (grpc.health.v1).

use std::net::IpAddr;
use std::time::Duration;

use skeg_api::core::v1::GRPCAction;
use skeg_grpc::Code;
use skeg_grpc::client::{Channel, Endpoint};

const CHECK: &str = "/grpc.health.v1.Health/Check";
/// `HealthCheckResponse.ServingStatus` of a server that takes requests.
const SERVING: i32 = 1;

#[derive(Clone, PartialEq, prost::Message)]
struct CheckRequest {
    #[prost(string, tag = "1")]
    service: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct CheckResponse {
    #[prost(int32, tag = "1")]
    status: i32,
}

/// Asks a server for its health.
///
/// # Errors
/// Why it does not count as healthy, for an event.
pub(crate) async fn check(
    action: &GRPCAction,
    ip: IpAddr,
    timeout: Duration,
) -> Result<(), String> {
    let authority = std::net::SocketAddr::new(
        ip,
        u16::try_from(action.port).map_err(|_| format!("invalid port number: {}", action.port))?,
    )
    .to_string();
    let channel = Channel::new(
        vec![Endpoint::Tcp {
            authority: authority.clone(),
            tls: None,
        }],
        None,
    );
    let request = CheckRequest {
        service: action.service.clone().unwrap_or_default(),
    };
    let asked = channel.unary::<_, CheckResponse>(CHECK, &request);
    let Ok(answer) = tokio::time::timeout(timeout, asked).await else {
        return Err(format!(
            "timeout: failed to connect service {authority:?} within {timeout:?}"
        ));
    };
    match answer {
        Ok(CheckResponse { status: SERVING }) => Ok(()),
        Ok(CheckResponse { status }) => {
            let name = match status {
                0 => "UNKNOWN",
                2 => "NOT_SERVING",
                3 => "SERVICE_UNKNOWN",
                _ => "of no known kind",
            };
            Err(format!("service unhealthy (responded with \"{name}\")"))
        }
        Err(status) if status.code == Code::Unimplemented => Err(format!(
            "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): {}",
            status.message
        )),
        Err(status) => Err(format!(
            "error: health rpc probe failed: {}",
            status.message
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use hyper_util::rt::{TokioExecutor, TokioIo};
    use skeg_grpc::Status;

    use super::*;

    /// A server whose service `name` is in the state that `name` is a number of.
    async fn serve() -> u16 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = hyper::service::service_fn(
                    async |request: http::Request<hyper::body::Incoming>| {
                        let answer = skeg_grpc::server::unary(
                            request.into_body(),
                            1024,
                            async |request: CheckRequest| match request.service.parse() {
                                Ok(status) => Ok(CheckResponse { status }),
                                Err(_) => Err(Status::new(Code::NotFound, "unknown service")),
                            },
                        );
                        Ok::<_, Infallible>(answer.await)
                    },
                );
                tokio::spawn(
                    hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        port
    }

    #[tokio::test]
    async fn health_is_asked_for() {
        let port = serve().await;
        let ask = async |service: &str, port: u16| {
            let action = GRPCAction {
                port: port.into(),
                service: Some(service.into()),
                ..Default::default()
            };
            check(
                &action,
                IpAddr::from([127, 0, 0, 1]),
                Duration::from_secs(5),
            )
            .await
        };
        assert_eq!(ask("1", port).await, Ok(()));
        assert_eq!(
            ask("2", port).await.unwrap_err(),
            "service unhealthy (responded with \"NOT_SERVING\")"
        );
        assert_eq!(
            ask("other", port).await.unwrap_err(),
            "error: health rpc probe failed: unknown service"
        );
        assert!(ask("1", 1).await.unwrap_err().contains("127.0.0.1:1"));
    }
}
