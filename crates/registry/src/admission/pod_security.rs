//! PodSecurity: the levels of the pod security standards, by namespace label.

mod checks;
mod figures;

use super::{Attributes, Operation, Plugin, Scope, Warnings};
use crate::errors::Errs;
use crate::objects::Gr;
use crate::path::Path;
use crate::tree::{self, at};
use crate::validation::names;
use async_trait::async_trait;
use skeg_auth::metrics::Text;
use skeg_meta::{GroupKind, Status};
use skeg_schema::Value;

pub use checks::Level;
use figures::Figures;

/// The plugin.
#[derive(Default)]
pub struct PodSecurity(PodSecurityDefaults, Figures);

/// What holds where a namespace says nothing, and who is not judged
/// (`PodSecurityConfiguration`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodSecurityDefaults {
    /// Level and version by mode: enforce, audit, warn.
    levels: [Option<(Level, String)>; 3],
    users: Vec<String>,
    runtime_classes: Vec<String>,
    namespaces: Vec<String>,
}

const MODES: [&str; 3] = ["enforce", "audit", "warn"];
const GROUP: &str = "pod-security.admission.config.k8s.io";
const KIND: &str = "PodSecurityConfiguration";
/// What a configuration says, by where it stands.
const MEMBERS: [(&str, &[&str]); 3] = [
    ("", &["apiVersion", "kind", "defaults", "exemptions"]),
    (
        "defaults",
        &[
            "enforce",
            "enforce-version",
            "audit",
            "audit-version",
            "warn",
            "warn-version",
        ],
    ),
    ("exemptions", &["usernames", "namespaces", "runtimeClasses"]),
];

/// Who is not judged: each once, and by a name that there can be.
fn exemptions(
    value: &Value,
    name: &str,
    errs: &mut Errs,
    faults: impl Fn(&str) -> Vec<String>,
) -> Vec<String> {
    let root = Path::root("exemptions");
    let root = root.child(name);
    let mut out: Vec<String> = Vec::new();
    for (index, given) in tree::list(value, name).iter().enumerate() {
        let path = root.index(index);
        let given = given.as_str().unwrap_or_default();
        let faults = faults(given);
        if !faults.is_empty() {
            errs.invalid(&path, given, faults.join(", "));
        } else if given.is_empty() {
            errs.required(&path, "");
        } else if out.iter().any(|before| before == given) {
            errs.duplicate(&path, given);
        } else {
            out.push(given.to_owned());
        }
    }
    out
}

impl PodSecurityDefaults {
    /// Reads a `PodSecurityConfiguration`.
    ///
    /// # Errors
    /// All that is wrong with it, in upstream's words.
    pub fn from_value(value: &Value) -> Result<Self, String> {
        let (version, kind) = (tree::s(value, "apiVersion"), tree::s(value, "kind"));
        let short = version.strip_prefix(GROUP);
        if kind != KIND || !matches!(short, Some("/v1" | "/v1beta1" | "/v1alpha1")) {
            return Err(format!(
                "no kind {kind:?} is registered for version {version:?}"
            ));
        }
        let unknown: Vec<String> = MEMBERS
            .iter()
            .flat_map(|(parent, known)| {
                let object = if parent.is_empty() {
                    value
                } else {
                    at(value, parent)
                };
                let keys = tree::pairs(object).map(|(key, _)| key);
                keys.filter(|key| !known.contains(key)).map(move |key| {
                    let dot = if parent.is_empty() { "" } else { "." };
                    format!("unknown field \"{parent}{dot}{key}\"")
                })
            })
            .collect();
        if !unknown.is_empty() {
            return Err(format!("strict decoding error: {}", unknown.join(", ")));
        }
        let mut out = Self::default();
        let mut errs = Errs::new();
        let defaults = Path::root("defaults");
        let given = at(value, "defaults");
        for mode in ["enforce", "warn", "audit"] {
            let level = match tree::s(given, mode) {
                "" => Some(Level::Privileged),
                level => Level::parse(level).or_else(|| {
                    let words = "must be one of privileged, baseline, restricted";
                    errs.invalid(&defaults.child(mode), level, words);
                    None
                }),
            };
            let key = format!("{mode}-version");
            let version = match tree::s(given, &key) {
                "" => "latest",
                version => version,
            };
            if !is_version(version) {
                let words = "must be \"latest\" or \"v1.x\"";
                errs.invalid(&defaults.child(&key), version, words);
            }
            let held = MODES.iter().zip(&mut out.levels);
            for (_, held) in held.filter(|(known, _)| **known == mode) {
                *held = level.map(|level| (level, version.to_owned()));
            }
        }
        let exempt = at(value, "exemptions");
        out.namespaces = exemptions(exempt, "namespaces", &mut errs, |name| {
            names::dns1123_label(name, false)
        });
        out.runtime_classes = exemptions(exempt, "runtimeClasses", &mut errs, |name| {
            names::dns1123_subdomain(name, false)
        });
        out.users = exemptions(exempt, "usernames", &mut errs, |_| Vec::new());
        let told: Vec<String> = errs.as_slice().iter().map(ToString::to_string).collect();
        match told.as_slice() {
            [] => Ok(out),
            [one] => Err(one.clone()),
            many => Err(format!("[{}]", many.join(", "))),
        }
    }

    /// Whether nothing can be said against any pod of a namespace.
    fn is_open(&self, ns: &Value) -> bool {
        let privileged = |level: &Option<(Level, String)>| {
            level
                .as_ref()
                .is_none_or(|(level, _)| *level == Level::Privileged)
        };
        let labels = tree::path(ns, &["metadata", "labels"]);
        self.levels.iter().all(privileged)
            && !tree::pairs(labels).any(|(key, _)| key.starts_with(PREFIX))
    }

    fn level(&self, ns: &Value, mode: &str) -> (Level, String) {
        let (own, version) = self.own_level(ns, mode);
        // Who enforces more than it warns of warns of it where pods are only templates.
        if mode == "warn" && labelled(ns, mode).0.is_none() && labelled(ns, "enforce").0.is_some() {
            let (enforce, enforce_version) = self.own_level(ns, "enforce");
            if enforce > own {
                return (enforce, labelled(ns, mode).1.unwrap_or(enforce_version));
            }
        }
        (own, version)
    }

    fn own_level(&self, ns: &Value, mode: &str) -> (Level, String) {
        let (level, version) = labelled(ns, mode);
        let default = MODES
            .iter()
            .position(|known| *known == mode)
            .and_then(|at| self.levels[at].clone())
            .unwrap_or((Level::Privileged, "latest".to_owned()));
        match level {
            Some(level) => (level, version.unwrap_or_else(|| "latest".to_owned())),
            None => (default.0, version.unwrap_or(default.1)),
        }
    }

    /// Why somebody is not judged.
    fn exemption(&self, attrs: &Attributes<'_>, pod: &Value) -> Option<&'static str> {
        let is = |list: &[String], name: &str| list.iter().any(|known| known == name);
        let class = tree::sp(pod, &["spec", "runtimeClassName"]);
        if is(&self.namespaces, attrs.namespace()) {
            Some("namespace")
        } else if is(&self.users, &attrs.ctx.user.name) {
            Some("user")
        } else if !class.is_empty() && is(&self.runtime_classes, class) {
            Some("runtimeClass")
        } else {
            None
        }
    }
}

const PREFIX: &str = "pod-security.kubernetes.io/";

#[async_trait]
impl Plugin for PodSecurity {
    fn name(&self) -> &'static str {
        "PodSecurity"
    }

    fn scope(&self) -> Scope {
        Scope::validating(&[
            ("", "namespaces"),
            ("", "pods"),
            ("", "podtemplates"),
            ("", "replicationcontrollers"),
            ("apps", "deployments"),
            ("apps", "replicasets"),
            ("apps", "statefulsets"),
            ("apps", "daemonsets"),
            ("batch", "jobs"),
            ("batch", "cronjobs"),
        ])
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        warnings: &Warnings,
    ) -> Result<(), Status> {
        if attrs.operation == Operation::Delete {
            return Ok(());
        }
        if attrs.is_core("namespaces") {
            return self.namespace(attrs, obj, old, warnings);
        }
        let template: &[&str] = match (attrs.desc.group, attrs.desc.resource) {
            ("", "pods") if matches!(attrs.ctx.subresource, "" | "ephemeralcontainers") => &[],
            _ if !attrs.ctx.subresource.is_empty() => return Ok(()),
            ("", "podtemplates") => &["template"],
            ("", "replicationcontrollers")
            | ("apps", "deployments" | "replicasets" | "statefulsets" | "daemonsets")
            | ("batch", "jobs") => &["spec", "template"],
            ("batch", "cronjobs") => &["spec", "jobTemplate", "spec", "template"],
            _ => return Ok(()),
        };
        let Some(ns) = attrs
            .ctx
            .objects
            .cached(Gr::NAMESPACES, "", attrs.namespace())
        else {
            return Ok(());
        };
        let pod = tree::path(obj, template);
        if pod.is_null() {
            return Ok(());
        }
        let is_pod = attrs.desc.resource == "pods";
        if self.0.is_open(&ns) && !skeg_auth::audit::is_audited() {
            if is_pod {
                let (level, version) = self.0.level(&ns, "enforce");
                self.1.judged(attrs, true, "enforce", level, &version);
            }
            return Ok(());
        }
        if is_pod
            && let Some(old) = old
            && !is_significant(obj, old)
        {
            return Ok(());
        }
        if let Some(why) = self.0.exemption(attrs, pod) {
            self.1.exempted(attrs);
            skeg_auth::audit::annotate(&format!("{PREFIX}exempt"), why);
            return Ok(());
        }
        let (enforce, version) = self.0.level(&ns, "enforce");
        if skeg_auth::audit::is_audited() {
            self.tell_audit(
                attrs,
                &ns,
                pod,
                is_pod.then(|| format!("{enforce}:{version}")),
            );
        }
        if is_pod {
            let found = checks::evaluate(pod, enforce, &version);
            let allowed = found.is_empty();
            self.1.judged(attrs, allowed, "enforce", enforce, &version);
            if !found.is_empty() {
                return Err(attrs.forbidden(
                    obj,
                    format!(
                        "violates PodSecurity \"{enforce}:{version}\": {}",
                        join(&found, true)
                    ),
                ));
            }
        }
        let (enforce, enforced_version) = (enforce, version);
        let (warn, version) = self.0.level(&ns, "warn");
        if !(is_pod && warn == enforce && version == enforced_version) {
            let found = checks::evaluate(pod, warn, &version);
            if !found.is_empty() {
                self.1.judged(attrs, false, "warn", warn, &version);
                warnings.add(format!(
                    "would violate PodSecurity \"{warn}:{version}\": {}",
                    join(&found, true)
                ));
            }
        }
        Ok(())
    }

    fn render(&self, out: &mut Text) {
        self.1.render(out);
    }
}

fn join(found: &[checks::Violation], detail: bool) -> String {
    found
        .iter()
        .map(|v| {
            if detail && !v.detail.is_empty() {
                format!("{} ({})", v.reason, v.detail)
            } else {
                v.reason.clone()
            }
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// What a namespace says itself.
fn labelled(ns: &Value, mode: &str) -> (Option<Level>, Option<String>) {
    let labels = tree::path(ns, &["metadata", "labels"]);
    if !tree::pairs(labels).any(|(key, _)| key.starts_with(PREFIX)) {
        return (None, None);
    }
    let get = |key: &str| at(labels, key).as_str();
    let level = get(&format!("{PREFIX}{mode}")).and_then(Level::parse);
    let version = get(&format!("{PREFIX}{mode}-version")).map(str::to_owned);
    (level, version)
}

impl PodSecurity {
    /// With what holds where namespaces say nothing.
    pub fn new(defaults: PodSecurityDefaults) -> Self {
        Self(defaults, Figures::default())
    }

    /// Writes into the request's audit by which level the pod was judged, and what
    /// the namespace's audit level has against it.
    fn tell_audit(
        &self,
        attrs: &Attributes<'_>,
        ns: &Value,
        pod: &Value,
        enforced: Option<String>,
    ) {
        if let Some(policy) = enforced {
            skeg_auth::audit::annotate(&format!("{PREFIX}enforce-policy"), policy);
        }
        let (audit, version) = self.0.level(ns, "audit");
        let found = checks::evaluate(pod, audit, &version);
        if !found.is_empty() {
            self.1.judged(attrs, false, "audit", audit, &version);
            let text = format!(
                "would violate PodSecurity \"{audit}:{version}\": {}",
                join(&found, true)
            );
            skeg_auth::audit::annotate(&format!("{PREFIX}audit-violations"), text);
        }
    }

    // The labels themselves must be right; a stricter level is told of the pods it
    // would not have let in.
    fn namespace(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        warnings: &Warnings,
    ) -> Result<(), Status> {
        if !attrs.ctx.subresource.is_empty() {
            return Ok(());
        }
        let errs = wrong_labels(obj);
        let known = |old: &Value| wrong_labels(old).into_list() == wrong_labels(obj).into_list();
        if !errs.is_empty() && !old.is_some_and(known) {
            return Err(crate::generic::invalid(
                &GroupKind::new("", "Namespace"),
                tree::name_of(obj),
                errs,
            ));
        }
        let Some(old) = old else { return Ok(()) };
        let levels = &self.0;
        let ((now, version), before) = (levels.level(obj, "enforce"), levels.level(old, "enforce"));
        if (now, version.as_str()) == (before.0, before.1.as_str())
            || now == Level::Privileged
            || now <= before.0 && version == before.1
        {
            return Ok(());
        }
        let name = tree::name_of(obj);
        let mut found: Vec<(String, Vec<String>)> = Vec::new();
        let mut pods = attrs.ctx.objects.cached_list(Gr::PODS, Some(name));
        pods.sort_by(|a, b| tree::name_of(a).cmp(tree::name_of(b)));
        let exempt = &self.0.runtime_classes;
        pods.retain(|pod| {
            let class = tree::sp(pod, &["spec", "runtimeClassName"]);
            class.is_empty() || !exempt.iter().any(|known| known == class)
        });
        for pod in pods {
            let violations = checks::evaluate(&pod, now, &version);
            if violations.is_empty() {
                continue;
            }
            let text = join(&violations, false);
            let pod_name = tree::name_of(&pod).to_owned();
            match found.iter_mut().find(|f| f.0 == text) {
                Some(f) => f.1.push(pod_name),
                None => found.push((text, vec![pod_name])),
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        warnings.add(format!(
        "existing pods in namespace {name:?} violate the new PodSecurity enforce level \"{now}:{version}\""
    ));
        let mut told: Vec<String> = found
            .into_iter()
            .map(|(text, pods)| {
                let others = match pods.len() {
                    1 => String::new(),
                    2 => " (and 1 other pod)".to_owned(),
                    n => format!(" (and {} other pods)", n - 1),
                };
                format!("{}{others}: {text}", pods[0])
            })
            .collect();
        told.sort();
        for text in told {
            warnings.add(text);
        }
        Ok(())
    }
}

/// What is wrong with a namespace's own labels.
fn wrong_labels(ns: &Value) -> Errs {
    let mut errs = Errs::new();
    let path = Path::root("metadata");
    let path = path.child("labels");
    for mode in ["enforce", "audit", "warn"] {
        let key = format!("{PREFIX}{mode}");
        if let Some(v) = tree::label(ns, &key)
            && Level::parse(v).is_none()
        {
            errs.invalid(
                &path.key(&key),
                v,
                "must be one of privileged, baseline, restricted",
            );
        }
        let key = format!("{PREFIX}{mode}-version");
        if let Some(v) = tree::label(ns, &key)
            && !is_version(v)
        {
            errs.invalid(&path.key(&key), v, "must be \"latest\" or \"v1.x\"");
        }
    }
    errs
}

/// Whether an update changes something for which a pod is judged again: images,
/// containers for debugging.
fn is_significant(new: &Value, old: &Value) -> bool {
    let image = |c: &Value| tree::s(c, "image").to_owned();
    let (spec, old_spec) = (at(new, "spec"), at(old, "spec"));
    let by_place = ["containers", "initContainers"].iter().any(|kind| {
        let (all, before) = (tree::list(spec, kind), tree::list(old_spec, kind));
        all.len() != before.len() || all.iter().zip(before).any(|(c, b)| image(c) != image(b))
    });
    let debuggers = tree::list(old_spec, "ephemeralContainers");
    by_place
        || tree::list(spec, "ephemeralContainers").iter().any(|c| {
            let before = debuggers
                .iter()
                .find(|b| tree::s(b, "name") == tree::s(c, "name"));
            before.is_none_or(|b| image(c) != image(b))
        })
}

fn is_version(v: &str) -> bool {
    v == "latest"
        || v.strip_prefix("v1.")
            .and_then(|n| Some((n, n.parse::<u64>().ok()?)))
            .is_some_and(|(text, n)| n <= i64::MAX as u64 && n.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn defaults_hold_where_labels_are_silent() {
        let defaults = PodSecurityDefaults::from_value(&json!({
            "apiVersion": "pod-security.admission.config.k8s.io/v1",
            "kind": "PodSecurityConfiguration",
            "defaults": {"enforce": "baseline", "enforce-version": "v1.30"},
            "exemptions": {"namespaces": ["kube-system"]},
        }))
        .expect("it is right");
        let check = |ns: Value, level: Level, version: &str| {
            assert_eq!(
                defaults.level(&ns, "enforce"),
                (level, version.to_owned()),
                "{ns}"
            );
        };
        check(json!({}), Level::Baseline, "v1.30");
        let label = format!("{PREFIX}enforce");
        let mut labelled = json!({"metadata": {"labels": {}}});
        if let Some(labels) = labelled
            .at_mut(&["metadata", "labels"])
            .and_then(Value::as_object_mut)
        {
            labels.insert(label, "restricted");
        }
        assert_eq!(
            defaults.level(&labelled, "warn"),
            (Level::Restricted, "latest".to_owned())
        );
        check(labelled, Level::Restricted, "latest");
        assert_eq!(defaults.level(&json!({}), "warn").0, Level::Privileged);
    }

    #[test]
    fn wrong_configurations_are_told() {
        let check = |part: &'static str, given: Value, expect: &str| {
            let mut whole = json!({"apiVersion": "pod-security.admission.config.k8s.io/v1", "kind": "PodSecurityConfiguration"});
            whole.set_at(&[part], given);
            assert_eq!(PodSecurityDefaults::from_value(&whole).unwrap_err(), expect);
        };
        check(
            "defaults",
            json!({"audit-version": "v2", "warn": "lax", "warn-version": "1"}),
            "[defaults.warn: Invalid value: \"lax\": must be one of privileged, baseline, restricted, \
             defaults.warn-version: Invalid value: \"1\": must be \"latest\" or \"v1.x\", \
             defaults.audit-version: Invalid value: \"v2\": must be \"latest\" or \"v1.x\"]",
        );
        check(
            "exemptions",
            json!({"usernames": ["a", "", "a"], "namespaces": ["x", "x"]}),
            "[exemptions.namespaces[1]: Duplicate value: \"x\", exemptions.usernames[1]: Required value, \
             exemptions.usernames[2]: Duplicate value: \"a\"]",
        );
        let words = names::dns1123_label("A B", false).join(", ");
        check(
            "exemptions",
            json!({"namespaces": ["A B"]}),
            &format!("exemptions.namespaces[0]: Invalid value: \"A B\": {words}"),
        );
        check(
            "exemptions",
            json!({"users": []}),
            r#"strict decoding error: unknown field "exemptions.users""#,
        );
        check(
            "apiVersion",
            json!("pod-security.admission.config.k8s.io/v7"),
            r#"no kind "PodSecurityConfiguration" is registered for version "pod-security.admission.config.k8s.io/v7""#,
        );
    }

    #[test]
    fn a_pod_is_judged_again_for_its_images() {
        let pod = |annotations: Value, spec: Value| json!({"metadata": {"annotations": annotations}, "spec": spec});
        let old = pod(
            json!({}),
            json!({
                "containers": [{"name": "a", "image": "x"}],
                "ephemeralContainers": [{"name": "d", "image": "x"}],
            }),
        );
        let check = |annotations: Value, spec: Value, expect: bool| {
            let new = pod(annotations, spec);
            assert_eq!(is_significant(&new, &old), expect, "{new}");
        };
        let profile = json!({"seccomp.security.alpha.kubernetes.io/pod": "unconfined"});
        let same = json!({"containers": [{"name": "a", "image": "x"}]});
        check(profile, same, false);
        let other = json!({"containers": [{"name": "a", "image": "y"}]});
        check(json!({}), other, true);
        let first = json!({
            "initContainers": [{"name": "i", "image": "x"}],
            "containers": [{"name": "a", "image": "x"}],
        });
        check(json!({}), first, true);
        let debugger = json!({
            "containers": [{"name": "a", "image": "x"}],
            "ephemeralContainers": [{"name": "e", "image": "x"}],
        });
        check(json!({}), debugger, true);
    }

    #[test]
    fn versions_of_the_far_future_are_versions() {
        for good in [
            "latest",
            "v1.0",
            "v1.37",
            "v1.99999999999",
            "v1.9223372036854775807",
        ] {
            assert!(is_version(good), "{good}");
        }
        for bad in [
            "",
            "v1",
            "v1.",
            "v1.01",
            "v1.-1",
            "v1.+1",
            "v1.1.1",
            "v2.1",
            "v1.9223372036854775808",
        ] {
            assert!(!is_version(bad), "{bad}");
        }
    }
}
