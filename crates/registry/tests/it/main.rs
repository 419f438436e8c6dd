//! Kinds against what kube-apiserver 1.37.1 was recorded to answer.

mod creates;
mod defaults;
mod evictions;
mod node_restriction;
mod quotas;
mod recorded;
mod rules_apps;
mod rules_core;
mod rules_pods;
mod rules_policy;
mod rules_rest;
mod tables;
mod warnings;
mod world;
mod writes;
