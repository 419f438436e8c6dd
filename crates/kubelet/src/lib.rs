//! The kubelet: pod workers, probes, hooks, status, logs, volumes.
