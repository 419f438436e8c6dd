//! What kube-apiserver refuses of its flags' values, one by one and together,
//! in upstream's order and words.

use skeg_apiserver::StorageMediaType;
use skeg_auth::authz::MODES;

use super::flags::Given;
use crate::logging::Format;

/// The versions that may be emulated; the last is this one.
const EMULATED: std::ops::RangeInclusive<u32> = 34..=37;
/// The one component whose version and feature gates are said here.
pub(super) const KUBE: &str = "kube";
const FLOW: &str = "flowcontrol.apiserver.k8s.io/v1";

/// Everything that is wrong.
pub(super) fn faults(given: &Given) -> Vec<String> {
    let mut faults = Vec::new();
    logging(given, &mut faults);
    expiration(given, &mut faults);
    emulation(given, &mut faults);
    serving(given, &mut faults);
    storage(given, &mut faults);
    fairness(given, &mut faults);
    anonymous(given, &mut faults);
    authorization(given, &mut faults);
    audit(given, &mut faults);
    reconciler(given, &mut faults);
    faults
}

fn number(given: &Given, name: &str) -> i64 {
    given.parsed(name).unwrap_or(0)
}

fn logging(given: &Given, faults: &mut Vec<String>) {
    if let Some(format) = given.text("logging-format")
        && Format::parse(format).is_none()
    {
        let error = skeg_meta::FieldError::invalid("format", format, "Unsupported log format");
        faults.push(error.to_string());
    }
}

fn expiration(given: &Given, faults: &mut Vec<String>) {
    const LEAST_SECONDS: u64 = 3600;
    const MOST_SECONDS: u64 = 1 << 32;
    let Some(longest) = given.duration("service-account-max-token-expiration") else {
        return;
    };
    let is_fine = longest.as_secs() >= LEAST_SECONDS
        && longest <= std::time::Duration::from_secs(MOST_SECONDS);
    if !longest.is_zero() && !is_fine {
        faults.push(
            "the service-account-max-token-expiration must be between 1 hour and 2^32 seconds"
                .to_owned(),
        );
    }
}

fn emulation(given: &Given, faults: &mut Vec<String>) {
    for told in given.list("emulated-version") {
        let (component, version) = told.split_once('=').unwrap_or((KUBE, told));
        let (component, version) = (component.trim(), version.trim());
        if component != KUBE {
            faults.push(format!("component not registered: {component}"));
            continue;
        }
        let minor = version
            .trim_start_matches('v')
            .strip_prefix("1.")
            .and_then(|minor| minor.parse().ok());
        if !minor.is_some_and(|minor: u32| EMULATED.contains(&minor)) {
            let (first, last) = (EMULATED.start(), EMULATED.end());
            faults.push(format!(
                "emulation version {version} is not between [1.{first}, 1.{last}]"
            ));
        }
    }
}

fn serving(given: &Given, faults: &mut Vec<String>) {
    for name in [
        "max-requests-inflight",
        "max-mutating-requests-inflight",
        "min-request-timeout",
    ] {
        if number(given, name) < 0 {
            faults.push(format!("--{name} can not be negative value"));
        }
    }
    let or = |name: &str, default: i64| given.parsed(name).unwrap_or(default);
    let reads = or("max-requests-inflight", 400);
    let writes = or("max-mutating-requests-inflight", 200);
    let is_fair = given.switch("enable-priority-and-fairness", true);
    if is_fair && reads == 0 && writes == 0 {
        faults.push(format!(
            "invalid configuration: MaxRequestsInFlight={reads} and MaxMutatingRequestsInFlight={writes}; they must add up to something positive"
        ));
    }
}

fn storage(given: &Given, faults: &mut Vec<String>) {
    if given
        .text("storage-backend")
        .is_some_and(|kind| kind != "etcd3")
    {
        faults.push(
            "--storage-backend invalid, allowed values: etcd3. If not specified, it will default to 'etcd3'"
                .to_owned(),
        );
    }
    let media = given.text("storage-media-type").unwrap_or_default();
    if StorageMediaType::parse(media).is_none() {
        let allowed = StorageMediaType::ALL.map(|(name, _)| name).join(", ");
        faults.push(format!(
            "--storage-media-type {media:?} invalid, allowed values: {allowed}"
        ));
    }
    // Upstream stops at the first.
    let sizes = given.list("watch-cache-sizes").iter();
    faults.extend(sizes.filter_map(|size| watch_cache_size(size)).take(1));
}

/// `pods#100`, `deployments.apps#0`.
fn watch_cache_size(told: &str) -> Option<String> {
    let parts: Vec<&str> = told.split('#').collect();
    let &[_, size] = parts.as_slice() else {
        return Some(format!("invalid value of watch cache size: {told}"));
    };
    match size.parse::<i64>() {
        Err(_) => Some(format!("invalid size of watch cache size: {told}")),
        Ok(size) if size < 0 => Some(format!("watch cache size cannot be negative: {told}")),
        Ok(_) => None,
    }
}

/// Flow control watches its own kinds, so they have to be served.
fn fairness(given: &Given, faults: &mut Vec<String>) {
    if !given.switch("enable-priority-and-fairness", true) {
        return;
    }
    let told = given.map("runtime-config");
    // The more special one decides.
    let decides = [FLOW, "api/ga", "api/all"].into_iter().find_map(|key| {
        match told.get(key).map(String::as_str) {
            Some("false") => Some((key, false)),
            Some("true") => Some((key, true)),
            _ => None,
        }
    });
    if let Some((key, false)) = decides {
        faults.push(format!(
            "--runtime-config={key}=false conflicts with --enable-priority-and-fairness=true"
        ));
    }
}

/// What the file says and what the flag says must not differ, so only one may say it.
/// Whether the file is any good is told by who reads it whole.
fn anonymous(given: &Given, faults: &mut Vec<String>) {
    let Some(path) = given.path("authentication-config") else {
        return;
    };
    if !given.is_given("anonymous-auth") {
        return;
    }
    let tree = std::fs::read(path).map(|text| skeg_schema::decode_yaml_any(&text));
    if matches!(tree, Ok(Ok(tree)) if !tree["anonymous"].is_null()) {
        let error = skeg_meta::FieldError::forbidden(
            "anonymous",
            "--anonymous-auth flag cannot be set when anonymous field is configured in authentication configuration file",
        );
        faults.push(error.to_string());
    }
}

fn authorization(given: &Given, faults: &mut Vec<String>) {
    let modes = given.list("authorization-mode");
    if modes.is_empty() && given.is_given("authorization-mode") {
        faults.push("at least one authorization-mode must be passed".to_owned());
    }
    let mut twice = false;
    for (at, mode) in modes.iter().enumerate() {
        if !MODES.contains(&mode.as_str()) {
            faults.push(format!("authorization-mode {mode:?} is not a valid mode"));
        }
        if mode == "ABAC" && given.text("authorization-policy-file").is_none() {
            faults
                .push("authorization-mode ABAC's authorization policy file not passed".to_owned());
        }
        if mode == "Webhook" && given.text("authorization-webhook-config-file").is_none() {
            faults.push(
                "authorization-mode Webhook's authorization config file not passed".to_owned(),
            );
        }
        twice |= modes[..at].contains(mode);
    }
    if twice {
        let quoted: Vec<String> = modes.iter().map(|mode| format!("{mode:?}")).collect();
        faults.push(format!(
            "authorization-mode [{}] has mode specified more than once",
            quoted.join(" ")
        ));
    }
}

fn audit(given: &Given, faults: &mut Vec<String>) {
    if given.text("audit-log-path").is_none() {
        return;
    }
    for what in ["maxage", "maxbackup", "maxsize"] {
        let name = format!("audit-log-{what}");
        let told = number(given, &name);
        if told < 0 {
            faults.push(format!("--{name} {told} can't be a negative number"));
        }
    }
}

fn reconciler(given: &Given, faults: &mut Vec<String>) {
    if let Some(told) = given.text("endpoint-reconciler-type")
        && !matches!(told, "lease" | "master-count" | "none")
    {
        faults.push(format!("Reconciler not implemented: {told}"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{flags, table};
    use super::*;

    fn check(line: &str, expect: &[&str]) {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let given = flags::parse(table::FLAGS, &args).unwrap();
        assert_eq!(faults(&given), expect, "{line}");
    }

    #[test]
    fn values_that_make_no_sense() {
        check("", &[]);
        check(
            "--max-requests-inflight=-1 --max-mutating-requests-inflight=-1 --min-request-timeout=-1 \
             --storage-backend=etcd2 --audit-log-path=/x --audit-log-maxage=-1",
            &[
                "--max-requests-inflight can not be negative value",
                "--max-mutating-requests-inflight can not be negative value",
                "--min-request-timeout can not be negative value",
                "--storage-backend invalid, allowed values: etcd3. If not specified, it will default to 'etcd3'",
                "--audit-log-maxage -1 can't be a negative number",
            ],
        );
        check("--storage-media-type=application/json", &[]);
        check("--storage-media-type=", &[]);
        check(
            "--storage-media-type=application/cbor",
            &[
                "--storage-media-type \"application/cbor\" invalid, allowed values: application/json, application/vnd.kubernetes.protobuf, application/yaml",
            ],
        );
        check("--audit-log-maxage=-1", &[]);
        check(
            "--max-requests-inflight=0 --max-mutating-requests-inflight=0",
            &[
                "invalid configuration: MaxRequestsInFlight=0 and MaxMutatingRequestsInFlight=0; they must add up to something positive",
            ],
        );
        check(
            "--max-requests-inflight=0 --max-mutating-requests-inflight=0 --enable-priority-and-fairness=false",
            &[],
        );
        let expiration =
            "the service-account-max-token-expiration must be between 1 hour and 2^32 seconds";
        check("--service-account-max-token-expiration=1m", &[expiration]);
        check("--service-account-max-token-expiration=1h", &[]);
        check(
            "--watch-cache-sizes=pods#9,foo",
            &["invalid value of watch cache size: foo"],
        );
        check(
            "--watch-cache-sizes=pods#-1",
            &["watch cache size cannot be negative: pods#-1"],
        );
        check(
            "--watch-cache-sizes=pods#x",
            &["invalid size of watch cache size: pods#x"],
        );
        check(
            "--endpoint-reconciler-type=foo",
            &["Reconciler not implemented: foo"],
        );
        check(
            "--logging-format=xml",
            &["format: Invalid value: \"xml\": Unsupported log format"],
        );
        check(
            "--emulated-version=1.20",
            &["emulation version 1.20 is not between [1.34, 1.37]"],
        );
        check("--emulated-version=kube=1.36", &[]);
        check(
            "--emulated-version=wardle=1.2",
            &["component not registered: wardle"],
        );
    }

    #[test]
    fn anonymous_is_said_by_the_file_or_by_the_flag() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("authn.yaml");
        let line = format!(
            "--anonymous-auth=true --authentication-config={}",
            path.display()
        );
        std::fs::write(&path, "jwt: []").unwrap();
        check(&line, &[]);
        std::fs::write(&path, "anonymous: {enabled: true}").unwrap();
        check(
            &line,
            &[
                "anonymous: Forbidden: --anonymous-auth flag cannot be set when anonymous field is configured in authentication configuration file",
            ],
        );
        check(&format!("--authentication-config={}", path.display()), &[]);
    }

    #[test]
    fn authorizers_and_flow_control() {
        check(
            "--authorization-mode=",
            &["at least one authorization-mode must be passed"],
        );
        check(
            "--authorization-mode=ABAC,Webhook,Roles,ABAC --authorization-webhook-config-file=/w",
            &[
                "authorization-mode ABAC's authorization policy file not passed",
                "authorization-mode \"Roles\" is not a valid mode",
                "authorization-mode ABAC's authorization policy file not passed",
                "authorization-mode [\"ABAC\" \"Webhook\" \"Roles\" \"ABAC\"] has mode specified more than once",
            ],
        );
        let off = |key: &str, expect: &[&str]| {
            check(&format!("--runtime-config={key}"), expect);
        };
        off(
            "api/all=false",
            &["--runtime-config=api/all=false conflicts with --enable-priority-and-fairness=true"],
        );
        off(
            "flowcontrol.apiserver.k8s.io/v1=false,api/all=true",
            &[
                "--runtime-config=flowcontrol.apiserver.k8s.io/v1=false conflicts with --enable-priority-and-fairness=true",
            ],
        );
        off("flowcontrol.apiserver.k8s.io/v1=true,api/all=false", &[]);
        off("api/beta=false", &[]);
        check(
            "--runtime-config=api/all=false --enable-priority-and-fairness=false",
            &[],
        );
    }
}
