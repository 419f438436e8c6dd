//! What PodSecurity decided, how often.

use skeg_auth::metrics::{Counter, Family, Text};

use super::Level;
use crate::admission::{Attributes, Operation};

/// Operation, resource and subresource of a request.
type Request = (&'static str, &'static str, String);

/// Counts of verdicts.
#[derive(Default)]
pub(super) struct Figures {
    /// By decision, mode, level and version.
    evaluations: Family<(Request, &'static str, &'static str, String, String), Counter>,
    exemptions: Family<Request, Counter>,
}

fn request(attrs: &Attributes<'_>) -> Request {
    let operation = match attrs.operation {
        Operation::Create => "create",
        Operation::Update => "update",
        Operation::Delete => "delete",
    };
    let resource = match attrs.desc.resource {
        "pods" => "pod",
        "namespaces" => "namespace",
        _ => "controller",
    };
    (operation, resource, attrs.ctx.subresource.to_owned())
}

impl Figures {
    /// Something was held against a level.
    pub(super) fn judged(
        &self,
        attrs: &Attributes<'_>,
        allowed: bool,
        mode: &'static str,
        level: Level,
        version: &str,
    ) {
        let decision = if allowed { "allow" } else { "deny" };
        let (level, version) = (level.to_string(), version.to_owned());
        let series = (request(attrs), decision, mode, level, version);
        self.evaluations.get(&series, Counter::default).inc();
    }

    /// Something is not judged.
    pub(super) fn exempted(&self, attrs: &Attributes<'_>) {
        let exemptions = self.exemptions.get(&request(attrs), Counter::default);
        exemptions.inc();
    }

    pub(super) fn render(&self, out: &mut Text) {
        let name = "pod_security_evaluations_total";
        let help = "What was held against a level of pod security, by the outcome.";
        out.head(name, "counter", "ALPHA", help);
        for (series, count) in self.evaluations.all() {
            let ((operation, resource, subresource), decision, mode, level, version) = &series;
            let labels = [
                ("decision", *decision),
                ("mode", *mode),
                ("policy_level", level.as_str()),
                ("policy_version", version.as_str()),
                ("request_operation", *operation),
                ("resource", *resource),
                ("subresource", subresource.as_str()),
            ];
            out.sample(name, &labels, count.get() as f64);
        }
        let name = "pod_security_exemptions_total";
        let help = "What was exempt from pod security.";
        out.head(name, "counter", "ALPHA", help);
        for ((operation, resource, subresource), count) in self.exemptions.all() {
            let labels = [
                ("request_operation", operation),
                ("resource", resource),
                ("subresource", subresource.as_str()),
            ];
            out.sample(name, &labels, count.get() as f64);
        }
    }
}
