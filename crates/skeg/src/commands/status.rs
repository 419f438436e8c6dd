//! `skeg status`: what runs, where, how much memory, what is wrong, and what
//! to do about it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use super::remote::Remote;
use crate::cli::{Format, StatusArgs};
use crate::datadir::{DataDir, Instance};

/// The API server is asked for so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// Prints the report. The exit code says whether all is well.
///
/// # Errors
/// The data folder cannot be read.
pub fn run(args: &StatusArgs) -> Result<ExitCode> {
    let dir = DataDir::new(args.data_dir.path());
    let report = match dir.instance()? {
        None => json!({
            "running": false,
            "ready": false,
            "dataDir": dir.root(),
            "problems": [problem(
                &format!("nothing runs from {}", dir.root().display()),
                "start it: skeg up --detach",
            )],
        }),
        Some(instance) => observe(&dir, &instance),
    };
    match args.output.output {
        Format::Json => super::print_json(&report),
        Format::Text => print!("{}", render(&report)),
    }
    let well = report["problems"].as_array().is_none_or(Vec::is_empty);
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn problem(what: &str, remedy: &str) -> Value {
    json!({"what": what, "remedy": remedy})
}

fn observe(dir: &DataDir, instance: &Instance) -> Value {
    let facts = &instance.facts;
    let mut report = json!({
        "running": true,
        "pid": instance.pid,
        "dataDir": dir.root(),
        "version": facts["version"],
        "url": facts["url"],
        "roles": facts["roles"],
        "memoryBytes": resident_bytes(instance.pid),
        "shims": shims(dir.root()),
        "ready": false,
    });
    let mut problems = Vec::new();
    let roles = facts["roles"].as_array();
    if roles.is_some_and(|roles| !roles.iter().any(|role| role == "apiserver")) {
        // A role alone: its cluster is told of by its cluster's own status.
        report["ready"] = json!(true);
    } else if facts["url"].is_null() {
        problems.push(problem(
            "the cluster is starting",
            "try again in a moment; `skeg logs` tells more",
        ));
    } else {
        match api(dir) {
            Ok(mut seen) => {
                if roles.is_some_and(|roles| roles.iter().any(|role| role == "kubelet")) {
                    seen["forwardObstacles"] = json!(forward_obstacles());
                }
                for (key, value) in seen.as_object().into_iter().flatten() {
                    report[key] = value.clone();
                }
                problems.extend(judge(&seen));
            }
            Err(error) => problems.push(problem(
                &format!("the API server does not answer: {error:#}"),
                "see `skeg logs`; `skeg down` and `skeg up` start it again",
            )),
        }
    }
    report["problems"] = Value::Array(problems);
    report
}

/// What the API tells.
fn api(dir: &DataDir) -> Result<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let remote = Remote::open(&dir.admin_kubeconfig())?;
        let asked = async {
            let ready = remote.text("/readyz?verbose").await?;
            let nodes = remote.json("/api/v1/nodes").await?;
            let pods = remote.json("/api/v1/pods").await?;
            let mut seen = summary(&ready, &nodes, &pods);
            // All checks together keep their reasons to themselves; one alone tells.
            for check in seen["failingChecks"].as_array_mut().into_iter().flatten() {
                let name = check["name"].as_str().unwrap_or_default();
                let (_, told) = remote.text(&format!("/readyz/{name}")).await?;
                let why = told.trim().trim_start_matches("internal server error: ");
                check["why"] = json!(why);
            }
            anyhow::Ok(seen)
        };
        tokio::time::timeout(PATIENCE, asked).await?
    })
}

/// The lists boiled down.
fn summary(ready: &(u16, String), nodes: &Value, pods: &Value) -> Value {
    let items = |list: &Value| list["items"].as_array().cloned().unwrap_or_default();
    let failing: Vec<Value> = ready
        .1
        .lines()
        .filter_map(|line| line.strip_prefix("[-]")?.split_whitespace().next())
        .map(|name| json!({"name": name}))
        .collect();
    let nodes: Vec<Value> = items(nodes)
        .iter()
        .map(|node| {
            let condition = items_of(&node["status"]["conditions"])
                .find(|c| c["type"] == "Ready")
                .cloned()
                .unwrap_or_default();
            let pressures: Vec<&Value> = items_of(&node["status"]["conditions"])
                .filter(|c| c["type"] != "Ready" && c["status"] == "True")
                .map(|c| &c["type"])
                .collect();
            json!({
                "name": node["metadata"]["name"],
                "ready": condition["status"] == "True",
                "message": condition["message"],
                "pressures": pressures,
            })
        })
        .collect();
    let mut phases = serde_json::Map::new();
    let mut troubled = Vec::new();
    for pod in items(pods) {
        let phase = pod["status"]["phase"]
            .as_str()
            .unwrap_or("Unknown")
            .to_lowercase();
        let count = phases.entry(phase).or_insert_with(|| json!(0));
        *count = json!(count.as_u64().unwrap_or_default() + 1);
        if let Some(trouble) = trouble(&pod) {
            troubled.push(json!({
                "namespace": pod["metadata"]["namespace"],
                "name": pod["metadata"]["name"],
                "reason": trouble,
            }));
        }
    }
    json!({
        "ready": ready.0 == 200,
        "failingChecks": failing,
        "nodes": nodes,
        "pods": phases,
        "troubledPods": troubled,
    })
}

/// Chains of this machine's packet filter that drop what passes through it.
/// Only root is told of them.
fn forward_obstacles() -> Vec<String> {
    skeg_net::PodNetwork::forward_obstacles().unwrap_or_default()
}

fn items_of(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Why a pod does not get on, if it does not.
fn trouble(pod: &Value) -> Option<String> {
    let statuses = ["initContainerStatuses", "containerStatuses"];
    for status in statuses
        .iter()
        .flat_map(|list| items_of(&pod["status"][*list]))
    {
        let reason = status["state"]["waiting"]["reason"]
            .as_str()
            .unwrap_or_default();
        let image = status["image"].as_str().unwrap_or_default();
        if reason.contains("Image") || reason.contains("Pull") {
            return Some(format!("{reason} {image}"));
        }
        if !reason.is_empty() && reason != "ContainerCreating" && reason != "PodInitializing" {
            return Some(reason.to_owned());
        }
    }
    items_of(&pod["status"]["conditions"])
        .find(|c| c["type"] == "PodScheduled" && c["status"] == "False")
        .map(|c| c["message"].as_str().unwrap_or("not scheduled").to_owned())
}

/// What is wrong in what the API tells, and what to do.
fn judge(seen: &Value) -> Vec<Value> {
    let mut problems = Vec::new();
    for check in items_of(&seen["failingChecks"]) {
        let text = |key: &str| check[key].as_str().unwrap_or_default();
        let (what, remedy) = match (text("name"), text("why")) {
            ("etcd", why) if why.contains("no space left") => (
                format!("the store takes no writes: {why}"),
                "free some space on the disk of the data folder; writes go on by themselves".into(),
            ),
            ("etcd", why) => (
                format!("the store is in trouble: {why}"),
                "check the disk of the data folder (dmesg); see `skeg logs`".to_owned(),
            ),
            (name, why) => (
                format!("the API server's check {name} fails: {why}"),
                "see `skeg logs`".to_owned(),
            ),
        };
        problems.push(problem(&what, &remedy));
    }
    for node in items_of(&seen["nodes"]) {
        let name = node["name"].as_str().unwrap_or_default();
        for pressure in items_of(&node["pressures"]).filter_map(Value::as_str) {
            problems.push(problem(
                &format!("node {name} reports {pressure}"),
                match pressure {
                    "DiskPressure" => {
                        "free some space on the disk of the data folder; `skeg image list` tells what images take"
                    }
                    "MemoryPressure" => "stop something, or give pods memory limits",
                    _ => "kubectl describe node tells more",
                },
            ));
        }
    }
    for obstacle in items_of(&seen["forwardObstacles"]).filter_map(Value::as_str) {
        problems.push(problem(
            &format!("the packet filter's {obstacle} drops what pods send to other machines"),
            "let forwarded packets pass in the firewall that made it; for iptables: iptables -P FORWARD ACCEPT",
        ));
    }
    for node in items_of(&seen["nodes"]).filter(|n| n["ready"] == false) {
        let name = node["name"].as_str().unwrap_or_default();
        let message = node["message"].as_str().unwrap_or_default();
        problems.push(problem(
            &format!("node {name} is not ready: {message}"),
            &format!(
                "kubectl describe node {name}; if the machine is gone: kubectl delete node {name}"
            ),
        ));
    }
    for pod in items_of(&seen["troubledPods"]) {
        let text = |key: &str| pod[key].as_str().unwrap_or_default().to_owned();
        let (namespace, name, reason) = (text("namespace"), text("name"), text("reason"));
        let remedy = if reason.contains("Pull") || reason.contains("Image") {
            "import the image (skeg image import FILE) or correct its name".to_owned()
        } else if reason == "CrashLoopBackOff" {
            format!("kubectl logs -n {namespace} {name} --previous")
        } else {
            format!("kubectl describe pod -n {namespace} {name}")
        };
        problems.push(problem(
            &format!("pod {namespace}/{name}: {reason}"),
            &remedy,
        ));
    }
    problems
}

/// The report for people.
fn render(report: &Value) -> String {
    let text = |key: &str| report[key].as_str().unwrap_or_default();
    let mut out = String::new();
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            out.push_str(&format!("  {name:<11} {value}\n"));
        }
    };
    if report["running"] == true {
        let roles: Vec<&str> = items_of(&report["roles"])
            .filter_map(Value::as_str)
            .collect();
        line("roles", roles.join(" "));
        line("data", text("dataDir").to_owned());
        let mut memory = mebibytes(&report["memoryBytes"]);
        if let Some(count) = report["shims"]["count"].as_u64().filter(|count| *count > 0) {
            let shims = mebibytes(&report["shims"]["memoryBytes"]);
            memory.push_str(&format!(", and {shims} in {count} shims that hold pods"));
        }
        line("memory", memory);
        line(
            "ready",
            if report["ready"] == true { "yes" } else { "no" }.to_owned(),
        );
        let nodes: Vec<String> = items_of(&report["nodes"])
            .map(|n| {
                let state = if n["ready"] == true {
                    "ready"
                } else {
                    "not ready"
                };
                format!("{} ({state})", n["name"].as_str().unwrap_or_default())
            })
            .collect();
        line("nodes", nodes.join(", "));
        let pods: Vec<String> = report["pods"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(phase, count)| format!("{count} {phase}"))
            .collect();
        line("pods", pods.join(", "));
    }
    for problem in items_of(&report["problems"]) {
        let text = |key: &str| problem[key].as_str().unwrap_or_default();
        line("problem", text("what").to_owned());
        line("  remedy", text("remedy").to_owned());
    }
    let head = if report["running"] == true {
        format!(
            "skeg {} · running as process {} · {}\n",
            text("version"),
            report["pid"],
            text("url")
        )
    } else {
        "skeg · not running\n".to_owned()
    };
    head + &out
}

fn mebibytes(bytes: &Value) -> String {
    match bytes.as_u64() {
        Some(bytes) => format!("{}.{} MiB", bytes >> 20, (bytes >> 10) % 1024 * 10 / 1024),
        None => String::new(),
    }
}

/// The processes that hold this cluster's pods, and their memory.
fn shims(root: &Path) -> Value {
    let mut count = 0;
    let mut bytes = 0;
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if is_shim_of(&line, root) {
            count += 1;
            bytes += shared_out_bytes(pid)
                .or_else(|| resident_bytes(pid))
                .unwrap_or_default();
        }
    }
    json!({"count": count, "memoryBytes": bytes})
}

fn is_shim_of(command_line: &[u8], root: &Path) -> bool {
    let mut words = command_line.split(|byte| *byte == 0);
    words.next() == Some(skeg_cri::shim::ARGV0.as_bytes())
        && words.any(|word| Path::new(OsStr::from_bytes(word)).starts_with(root))
}

/// The memory of a process, pages that it shares counted in part.
fn shared_out_bytes(pid: i32) -> Option<u64> {
    kibibytes(&format!("/proc/{pid}/smaps_rollup"), "Pss:")
}

/// The resident memory of a process.
fn resident_bytes(pid: i32) -> Option<u64> {
    kibibytes(&format!("/proc/{pid}/status"), "VmRSS:")
}

/// The line of a file of the kernel that says so many kB, in bytes.
fn kibibytes(path: &str, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_tells_what_is_wrong_and_what_to_do() {
        let nodes = json!({"items": [{
            "metadata": {"name": "n"},
            "status": {"conditions": [
                {"type": "Ready", "status": "False", "message": "no network"},
                {"type": "DiskPressure", "status": "True"},
                {"type": "MemoryPressure", "status": "False"}
            ]}
        }]});
        let pods = json!({"items": [
            {"metadata": {"namespace": "a", "name": "ok"}, "status": {"phase": "Running"}},
            {"metadata": {"namespace": "a", "name": "p"}, "status": {
                "phase": "Pending",
                "containerStatuses": [{"image": "x:1", "state": {"waiting": {"reason": "ErrImagePull"}}}]
            }},
            {"metadata": {"namespace": "a", "name": "q"}, "status": {
                "phase": "Pending",
                "conditions": [{"type": "PodScheduled", "status": "False", "message": "0/1 nodes"}]
            }}
        ]});
        let ready = (
            500,
            "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n".into(),
        );
        let mut seen = summary(&ready, &nodes, &pods);
        seen["failingChecks"][0]["why"] = json!("no space left to write x");
        seen["forwardObstacles"] = json!(["table ip filter chain FORWARD"]);
        assert_eq!(seen["pods"], json!({"running": 1, "pending": 2}));
        let problems = judge(&seen);
        let told: Vec<&str> = problems
            .iter()
            .map(|p| p["what"].as_str().unwrap())
            .collect();
        assert_eq!(
            told,
            [
                "the store takes no writes: no space left to write x",
                "node n reports DiskPressure",
                "the packet filter's table ip filter chain FORWARD drops what pods send to other machines",
                "node n is not ready: no network",
                "pod a/p: ErrImagePull x:1",
                "pod a/q: 0/1 nodes",
            ]
        );
        assert!(
            problems[4]["remedy"]
                .as_str()
                .unwrap()
                .contains("skeg image import")
        );
        let mut report = seen;
        report["running"] = json!(true);
        report["memoryBytes"] = json!(53_000_000);
        report["problems"] = Value::Array(problems);
        let text = render(&report);
        assert!(text.contains("memory      50.5 MiB"), "{text}");
        assert!(text.contains("remedy"), "{text}");
    }

    #[test]
    fn shims_are_told_by_their_folder() {
        let root = Path::new("/d");
        assert!(is_shim_of(b"skeg-shim\0pod\0/d/runtime/pods/x\0", root));
        assert!(!is_shim_of(b"skeg-shim\0pod\0/dx/runtime/pods/x\0", root));
        assert!(!is_shim_of(b"skeg\0pod\0/d/x\0", root));
    }

    #[test]
    fn our_own_memory() {
        let pid = i32::try_from(std::process::id()).unwrap();
        assert!(resident_bytes(pid).unwrap() > 100_000);
    }
}
