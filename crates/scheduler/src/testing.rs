//! Small nodes and pods for this crate's tests.

use skeg_api::core::v1::{Container, Node, Pod};

pub(crate) fn node(name: &str, cpu: &str, memory: &str) -> Node {
    let mut node = Node::default();
    node.metadata.name = name.into();
    for (resource, amount) in [("cpu", cpu), ("memory", memory), ("pods", "110")] {
        node.status
            .allocatable
            .insert(resource.into(), amount.parse().unwrap());
    }
    node
}

pub(crate) fn pod(name: &str, cpu: &str, memory: &str) -> Pod {
    let mut pod = Pod::default();
    pod.metadata.name = name.into();
    pod.metadata.namespace = "default".into();
    pod.metadata.uid = format!("{name}-uid");
    let mut container = Container::default();
    for (resource, amount) in [("cpu", cpu), ("memory", memory)] {
        container
            .resources
            .requests
            .insert(resource.into(), amount.parse().unwrap());
    }
    pod.spec.containers.push(container);
    pod
}
