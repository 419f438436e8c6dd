//! Every recorded create of a scenario, in order, through defaults, admission,
//! preparation and validation; the answer is compared with the recorded one.

use crate::world::World;
use skeg_auth::UserInfo;
use skeg_meta::{GroupKind, Status, Time};
use skeg_registry::admission::{Attributes, Operation};
use skeg_registry::context::Ctx;
use skeg_registry::resource::Backing;
use skeg_registry::{Registry, Resource, generic, tree};
use skeg_schema::{DecodeOptions, Value};

/// Scenarios that need what is not built yet; each has its reason.
const LATER: &[&str] = &[
    "crd",
    "all-kinds",
    // Expressions are compiled where CEL is.
    "cel-compile-errors",
    "invalid-cel",
];

/// At least this many of the recorded answers are alike. Never lower it.
const ALIKE: usize = 1601;

struct Path<'a> {
    group: &'a str,
    version: &'a str,
    namespace: &'a str,
    resource: &'a str,
    plain: bool,
}

fn parse(path: &str) -> Option<Path<'_>> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (group, version, rest) = match parts[..] {
        ["api", version, ref rest @ ..] => ("", version, rest),
        ["apis", group, version, ref rest @ ..] => (group, version, rest),
        _ => return None,
    };
    let (namespace, resource, plain) = match *rest {
        ["namespaces", ns, resource] => (ns, resource, true),
        ["namespaces", ns, resource, ..] => (ns, resource, false),
        [resource] => ("", resource, true),
        _ => return None,
    };
    Some(Path {
        group,
        version,
        namespace,
        resource,
        plain,
    })
}

async fn create(
    registry: &Registry,
    world: &World,
    res: &Resource,
    path: &Path<'_>,
    body: &str,
) -> Result<Value, Status> {
    let user = UserInfo::new("admin", &["system:masters", "system:authenticated"]);
    let ctx = Ctx {
        user: &user,
        namespace: path.namespace,
        name: "",
        subresource: "",
        verb: "update",
        now: Time::now(),
        dry_run: false,
        features: skeg_registry::Features::default(),
        objects: world,
    };
    let decoded = skeg_schema::decode_json(body.as_bytes(), res.desc.ty, &DecodeOptions::default())
        .map_err(|e| Status::bad_request(e.to_string()))?;
    let mut obj = decoded.value;
    tree::set(&mut obj, "apiVersion", res.desc.api_version());
    tree::set(&mut obj, "kind", res.desc.kind);
    let meta = tree::obj_mut(&mut obj, "metadata");
    if res.desc.namespaced {
        tree::set(meta, "namespace", path.namespace);
    }
    res.strategy.default(&mut obj);
    let attrs = Attributes {
        ctx,
        desc: res.desc,
        operation: Operation::Create,
    };
    registry.admission.admit(&attrs, &mut obj, None).await?;
    let meta = tree::obj_mut(&mut obj, "metadata");
    tree::set(meta, "uid", "0a0a");
    tree::set(meta, "creationTimestamp", "2026-01-01T00:00:00Z");
    if tree::s(meta, "name").is_empty() && !tree::s(meta, "generateName").is_empty() {
        let name = format!("{}abcde", tree::s(meta, "generateName"));
        tree::set(meta, "name", name);
    }
    let finish = match res.strategy.hooks() {
        Some(hooks) => Some(hooks.begin_create(&ctx, &mut obj).await?),
        None => None,
    };
    generic::before_create(res, &ctx, &mut obj, &mut Vec::new())?;
    registry.admission.validate(&attrs, &obj, None).await?;
    if let Some(f) = finish {
        f.done(true);
    }
    if let Some(hooks) = res.strategy.hooks() {
        hooks.after_write(&ctx, &obj, None).await;
    }
    let mut out = Vec::new();
    skeg_schema::encode_json(&obj, res.desc.ty, &mut out);
    let shown = skeg_schema::decode_json_any(&out).expect("what was encoded decodes");
    world.put(
        res.desc.group,
        res.desc.resource,
        path.namespace,
        shown.clone(),
    );
    Ok(shown)
}

/// Equal but for the parts of a message that the recording gave a name.
fn alike(expected: &str, got: &str) -> bool {
    let mut rest = got;
    let mut expected = expected;
    loop {
        let hit = ["ip-", "port-", "uid-"]
            .iter()
            .filter_map(|p| {
                let at = expected.find(p)?;
                let digits = expected[at + p.len()..]
                    .bytes()
                    .take_while(u8::is_ascii_digit)
                    .count();
                (digits > 0).then_some((at, at + p.len() + digits))
            })
            .min();
        let Some((start, end)) = hit else {
            return rest == expected;
        };
        let Some(after) = rest.strip_prefix(&expected[..start]) else {
            return false;
        };
        let value = after
            .bytes()
            .take_while(|c| c.is_ascii_hexdigit() || matches!(c, b'.' | b':' | b'-'))
            .count();
        // A message goes on with ": " after an address.
        let value = after[..value].trim_end_matches(':').len();
        rest = &after[value..];
        expected = &expected[end..];
    }
}

fn wild(expected: &str) -> bool {
    let numbered = |p: &str| {
        expected
            .strip_prefix(p)
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|c| c.is_ascii_digit()))
    };
    ["ip-", "port-", "uid-", "rv-", "gen-"]
        .iter()
        .any(|p| numbered(p))
        || matches!(
            expected,
            "<time>"
                | "TIME"
                | "TIME_MICRO"
                | "UUID"
                | "ALLOCATED_IPV4"
                | "ALLOCATED_PORT"
                | "RANDOM"
        )
        || expected.contains("kube-api-access-")
        || expected.contains("uid-")
}

fn differ(expected: &Value, got: &Value, at: &str, out: &mut Vec<String>) {
    match (expected, got) {
        (Value::String(e), _) if wild(e) => {}
        (Value::String(e), Value::String(g)) if alike(e, g) => {}
        (Value::Object(e), Value::Object(g)) => {
            for (k, v) in e.iter() {
                let skip = at == "metadata"
                    && matches!(
                        &**k,
                        "name"
                            | "uid"
                            | "resourceVersion"
                            | "creationTimestamp"
                            | "managedFields"
                            | "selfLink"
                    );
                if !skip {
                    differ(
                        v,
                        g.get(k).unwrap_or(&tree::NULL),
                        &format!("{at}{}{k}", if at.is_empty() { "" } else { "." }),
                        out,
                    );
                }
            }
            for (k, v) in g.iter() {
                let skip = at == "metadata"
                    && matches!(
                        &**k,
                        "name" | "uid" | "resourceVersion" | "creationTimestamp" | "managedFields"
                    );
                if !skip && e.get(k).is_none() && !v.is_null() {
                    out.push(format!("{at}.{k}: not expected: {v}"));
                }
            }
        }
        (Value::Array(e), Value::Array(g)) if e.len() == g.len() => {
            for (n, (e, g)) in e.iter().zip(g).enumerate() {
                differ(e, g, &format!("{at}.{n}"), out);
            }
        }
        _ if expected == got => {}
        _ => out.push(format!("{at}: expected {expected}\n        got      {got}")),
    }
}

#[tokio::test]
async fn creates_are_answered_as_recorded() {
    let packed = include_bytes!("../data/recorded.jsonl.zst");
    let text = zstd::decode_all(&packed[..]).expect("the packed recordings unpack");
    let only = std::env::var("SKEG_ONLY").unwrap_or_default();
    let show = std::env::var("SKEG_SHOW").is_ok();
    let (mut alike, mut all) = (0, 0);
    for line in String::from_utf8(text).expect("JSON is UTF-8").lines() {
        let scenario = skeg_schema::decode_json_any(line.as_bytes()).expect("a scenario a line");
        let from = tree::s(&scenario, "from");
        if !from.contains(&only) || LATER.iter().any(|l| from.split('/').any(|p| p == *l)) {
            continue;
        }
        let registry = Registry::new(Default::default());
        let world = World::default();
        world.namespace("facts");
        for (n, step) in tree::list(&scenario, "steps").iter().enumerate() {
            let Some(path) = parse(tree::s(step, "path")) else {
                continue;
            };
            let Some(res) = registry.resources.iter().find(|r| {
                r.desc.group == path.group
                    && r.desc.version == path.version
                    && r.desc.resource == path.resource
            }) else {
                continue;
            };
            if !path.plain || res.backing == Backing::Virtual {
                continue;
            }
            let code = tree::i0(step, "code");
            let expected = tree::at(step, "answer");
            let got = create(
                &registry,
                &world,
                res,
                &path,
                &tree::at(step, "body").to_string(),
            )
            .await;
            if expected.is_null() {
                continue;
            }
            all += 1;
            let mut wrong = Vec::new();
            match (code, &got) {
                (201, Ok(obj)) => differ(expected, obj, "", &mut wrong),
                (201, Err(status)) => wrong.push(format!("refused: {}", status.message)),
                (_, Ok(_)) => wrong.push(format!(
                    "accepted, expected: {}",
                    tree::s(expected, "message")
                )),
                (_, Err(status)) => {
                    let status = status.to_value();
                    if !wild(tree::s(expected, "message")) {
                        differ(
                            tree::at(expected, "message"),
                            tree::at(&status, "message"),
                            "message",
                            &mut wrong,
                        );
                    }
                    differ(
                        tree::at(expected, "code"),
                        tree::at(&status, "code"),
                        "code",
                        &mut wrong,
                    );
                    if wrong.is_empty() {
                        differ(
                            tree::at(expected, "details"),
                            tree::at(&status, "details"),
                            "details",
                            &mut wrong,
                        );
                    }
                }
            }
            if wrong.is_empty() {
                alike += 1;
            } else if show {
                println!("## {from} {n} {}", tree::s(step, "path"));
                for w in wrong {
                    println!("   {w}");
                }
            }
        }
    }
    println!("{alike} of {all} recorded creates are alike");
    assert!(
        !only.is_empty() || alike >= ALIKE,
        "{alike} of {all} are alike, at least {ALIKE} were before"
    );
    let _ = GroupKind::new("", "");
}
