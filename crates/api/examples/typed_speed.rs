//! How long typed structs take, and how large they are. Run with
//! `cargo run --release -p skeg-api --example typed_speed`.

use std::hint::black_box;
use std::time::Instant;

use skeg_api::core::v1::{Container, Node, Pod, PodSpec, Probe, Service, Volume};
use skeg_schema::{message_from_protobuf, message_to_protobuf};

fn measure(name: &str, mut act: impl FnMut()) {
    for _ in 0..1_000 {
        act();
    }
    let rounds = 10_000u32;
    let start = Instant::now();
    for _ in 0..rounds {
        act();
    }
    println!(
        "{name:32} {:8.2} µs",
        start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds)
    );
}

fn main() {
    let container = |name: &str| Container {
        name: name.to_owned(),
        image: format!("registry.example.com/team/{name}:v1.2.3"),
        args: vec!["--listen=:8080".into(), "--log-level=info".into()],
        liveness_probe: Some(Box::new(Probe {
            period_seconds: 10,
            ..Probe::default()
        })),
        ..Container::default()
    };
    let mut pod = Pod::default();
    pod.metadata.name = "web-5d9c7b8f6d-x2x7k".to_owned();
    pod.metadata.labels = [("app", "web"), ("tier", "front")]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into();
    pod.spec.containers = vec![container("app"), container("proxy"), container("agent")];
    let mut proto = Vec::new();
    message_to_protobuf(&pod, &mut proto);
    println!("protobuf {} bytes", proto.len());
    measure("protobuf to struct", || {
        let mut pod = Pod::default();
        message_from_protobuf(black_box(&proto), &mut pod).expect("it is a pod");
        black_box(pod);
    });
    let mut out = Vec::new();
    measure("struct to protobuf", || {
        out.clear();
        message_to_protobuf(black_box(&pod), &mut out);
    });
    for (name, size) in [
        ("Pod", size_of::<Pod>()),
        ("PodSpec", size_of::<PodSpec>()),
        ("Container", size_of::<Container>()),
        ("Probe", size_of::<Probe>()),
        ("Volume", size_of::<Volume>()),
        ("Service", size_of::<Service>()),
        ("Node", size_of::<Node>()),
    ] {
        println!("{name:32} {size:8} bytes");
    }
}
