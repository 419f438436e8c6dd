//! How long each plugin takes.

use std::time::Instant;

use skeg_auth::metrics::{Family, Histogram, Text};

use super::Operation;

/// Bounds in seconds.
const BOUNDS: &[f64] = &[0.005, 0.025, 0.1, 0.5, 1.0, 2.5];

/// Plugin, `admit` or `validate`, operation, whether it refused.
type Labels = (&'static str, &'static str, &'static str, bool);

#[derive(Debug)]
struct Taken(Histogram);

impl Default for Taken {
    fn default() -> Self {
        Self(Histogram::new(BOUNDS))
    }
}

/// The times of all plugins.
#[derive(Debug, Default)]
pub(super) struct Times(Family<Labels, Taken>);

/// A round through the plugins.
pub(super) struct Round<'a> {
    times: &'a Times,
    step: &'static str,
    operation: &'static str,
    since: Instant,
}

impl Times {
    /// Begins a round.
    pub(super) fn start(&self, step: &'static str, operation: Operation) -> Round<'_> {
        Round {
            times: self,
            step,
            operation: match operation {
                Operation::Create => "CREATE",
                Operation::Update => "UPDATE",
                Operation::Delete => "DELETE",
            },
            since: Instant::now(),
        }
    }

    pub(super) fn render(&self, out: &mut Text) {
        let name = "apiserver_admission_controller_admission_duration_seconds";
        let help = "Time that a plugin took, in seconds.";
        out.head(name, "histogram", "STABLE", help);
        for ((plugin, step, operation, rejected), taken) in self.0.all() {
            let labels = [
                ("name", plugin),
                ("operation", operation),
                ("rejected", if rejected { "true" } else { "false" }),
                ("type", step),
            ];
            out.histogram(name, &labels, &taken.0);
        }
    }
}

impl Round<'_> {
    /// A plugin is through.
    pub(super) fn lap(&mut self, plugin: &'static str, rejected: bool) {
        let now = Instant::now();
        let took = now.duration_since(self.since).as_secs_f64();
        let labels = (plugin, self.step, self.operation, rejected);
        let taken = self.times.0.get(&labels, Taken::default);
        taken.0.observe(took);
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_plugin_has_its_own_time() {
        let times = Times::default();
        let mut round = times.start("admit", Operation::Create);
        round.lap("A", false);
        round.lap("B", true);
        let mut text = Text::default();
        times.render(&mut text);
        let text = text.finish();
        for labels in [
            "name=\"A\",operation=\"CREATE\",rejected=\"false\",type=\"admit\"} 1\n",
            "name=\"B\",operation=\"CREATE\",rejected=\"true\",type=\"admit\"} 1\n",
        ] {
            assert!(text.contains(labels), "{labels} is not in {text}");
        }
    }
}
