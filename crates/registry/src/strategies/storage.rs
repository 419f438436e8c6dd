//! Volumes, claims, classes, CSI and dynamic resources.

use super::kind::{ALL_BUT_STATUS, Kind, status_alone};
use super::pod::warnings::node_label;
use crate::context::Ctx;
use crate::defaults::misc;
use crate::errors::{Errs, IMMUTABLE};
use crate::gates::Feature;
use crate::generic::{keep, set_generation};
use crate::path::Path;
use crate::strategy::FieldLabels;
use crate::tree::{self, at, has, list, s, set};
use crate::validation::{devices, extension, metadata, names, numbers, storage};
use skeg_schema::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The row of a storage or dynamic resource.
pub fn kind(resource: &str) -> Kind {
    match resource {
        "persistentvolumeclaims" => Kind {
            default: misc::claim,
            status: true,
            create: |ctx, obj| {
                set(obj, "status", json!({"phase": "Pending"}));
                data_sources(ctx, tree::obj_mut(obj, "spec"), &tree::NULL);
            },
            update: |ctx, new, old| {
                data_sources(ctx, tree::obj_mut(new, "spec"), at(old, "spec"));
            },
            status_prepare: |_, new, old| {
                keep(new, old, "spec");
                super::dropped::claim_status(new, old);
            },
            status_rules: |_, new, _, errs| storage::claim_status(new, errs),
            validate: |_, obj, errs| storage::claim(obj, errs),
            validate_update: Some(|_, new, old, errs| storage::claim_update(new, old, errs)),
            warnings: super::volumes::claim_warnings,
            ..Kind::PLAIN
        },
        "persistentvolumes" => Kind {
            default: misc::volume,
            status: true,
            create: |ctx, obj| {
                set(
                    obj,
                    "status",
                    json!({"phase": "Pending", "lastPhaseTransitionTime": ctx.now.to_string()}),
                );
            },
            validate: |_, obj, errs| storage::volume(obj, errs),
            validate_update: Some(|_, new, old, errs| storage::volume_update(new, old, errs)),
            status_prepare: |ctx, new, old| {
                keep(new, old, "spec");
                let phase = |v: &Value| tree::sp(v, &["status", "phase"]).to_owned();
                let set_by_client = !tree::same(
                    tree::path(new, &["status", "lastPhaseTransitionTime"]),
                    tree::path(old, &["status", "lastPhaseTransitionTime"]),
                ) && has(at(new, "status"), "lastPhaseTransitionTime");
                if phase(new) != phase(old) {
                    if !set_by_client {
                        set(
                            tree::obj_mut(new, "status"),
                            "lastPhaseTransitionTime",
                            ctx.now.to_string(),
                        );
                    }
                } else if !set_by_client {
                    let kept = tree::path(old, &["status", "lastPhaseTransitionTime"]).clone();
                    if !kept.is_null() {
                        set(
                            tree::obj_mut(new, "status"),
                            "lastPhaseTransitionTime",
                            kept,
                        );
                    }
                }
            },
            warnings: super::volumes::volume_warnings,
            ..Kind::PLAIN
        },
        "storageclasses" => Kind {
            default: misc::storage_class,
            validate: |_, obj, errs| storage_class(obj, errs),
            declared: true,
            returns_object: true,
            warnings: |obj, _| {
                let mut out = Vec::new();
                for (n, t) in list(obj, "allowedTopologies").iter().enumerate() {
                    for (m, e) in list(t, "matchLabelExpressions").iter().enumerate() {
                        let key = s(e, "key");
                        if let Some(words) = super::pod::warnings::node_label(key) {
                            out.push(format!(
                                "allowedTopologies[{n}].matchLabelExpressions[{m}].key: {key} is {words}"
                            ));
                        }
                    }
                }
                out
            },
            ..Kind::PLAIN
        },
        "csidrivers" => Kind {
            default: misc::csi_driver,
            validate: |_, obj, errs| csi_driver(obj, errs),
            validate_update: Some(|_, new, old, errs| csi_driver_update(new, old, errs)),
            create: |ctx, obj| limits_of_volumes(ctx, obj, &tree::NULL),
            update: |ctx, new, old| {
                limits_of_volumes(ctx, new, old);
                let counted = [
                    "podInfoOnMount",
                    "tokenRequests",
                    "requiresRepublish",
                    "seLinuxMount",
                    "storageCapacity",
                    "fsGroupPolicy",
                    "nodeAllocatableUpdatePeriodSeconds",
                    "serviceAccountTokenInSecrets",
                ];
                let (n, o) = (at(new, "spec").clone(), at(old, "spec"));
                if counted.iter().any(|f| !tree::same(at(&n, f), at(o, f))) {
                    let next = crate::generic::generation(old) + 1;
                    set_generation(new, next);
                }
            },
            unconditional: false,
            returns_object: true,
            warnings: |obj, old| {
                let spec = at(obj, "spec");
                let tokens = !list(spec, "tokenRequests").is_empty()
                    && old.is_none_or(|o| {
                        !tree::same(
                            tree::path(o, &["spec", "tokenRequests"]),
                            at(spec, "tokenRequests"),
                        )
                    });
                if tokens && !tree::b(spec, "serviceAccountTokenInSecrets") {
                    vec!["spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes".into()]
                } else {
                    Vec::new()
                }
            },
            ..Kind::PLAIN
        },
        "csinodes" => Kind {
            status: true,
            status_prepare: status_alone,
            status_resets: ALL_BUT_STATUS,
            validate: |_, obj, errs| csi_node(obj, errs),
            validate_update: Some(|_, new, old, errs: &mut Errs| {
                csi_node(new, errs);
                let drivers = list(at(new, "spec"), "drivers");
                for before in list(at(old, "spec"), "drivers") {
                    let changed = |d: &&Value| {
                        s(d, "name") == s(before, "name")
                            && ["nodeID", "topologyKeys"]
                                .iter()
                                .any(|f| !tree::same(at(before, f), at(d, f)))
                    };
                    for driver in drivers.iter().filter(changed) {
                        // What may change is not shown.
                        let mut shown = driver.clone();
                        tree::remove(&mut shown, "allocatable");
                        errs.invalid(
                            &Path::root("spec").child("drivers"),
                            crate::dump::go(&shown, "storage/v1.CSINodeDriver"),
                            IMMUTABLE,
                        );
                    }
                }
            }),
            unconditional: false,
            returns_object: true,
            ..Kind::PLAIN
        },
        "csistoragecapacities" => Kind {
            warnings: |obj, _| capacity_warnings(obj),
            validate: |_, obj, errs| capacity(obj, errs),
            validate_update: Some(|_, new, old, errs: &mut Errs| {
                capacity(new, errs);
                let n = at(new, "nodeTopology");
                if !tree::same(n, at(old, "nodeTopology")) {
                    let shown = if n.is_null() {
                        Value::Null
                    } else {
                        crate::dump::json(n, "meta/v1.LabelSelector")
                    };
                    errs.invalid(&Path::root("nodeTopology"), shown, IMMUTABLE);
                }
                errs.immutable(
                    &Path::root("storageClassName"),
                    at(new, "storageClassName"),
                    at(old, "storageClassName"),
                );
            }),
            unconditional: false,
            ..Kind::PLAIN
        },
        "volumeattachments" => Kind {
            status: true,
            create: |_, obj| set(obj, "status", json!({"attached": false})),
            validate: |_, obj, errs| attachment(obj, errs),
            status_prepare: status_alone,
            status_resets: ALL_BUT_STATUS,
            status_rules: |_, new, _, errs| {
                attachment(new, errs);
                attachment_status(new, errs);
            },
            declared: true,
            unconditional: false,
            returns_object: true,
            ..Kind::PLAIN
        },
        "volumeattributesclasses" => Kind {
            validate: |_, obj, errs| attributes_class(obj, errs),
            validate_update: Some(|_, new, old, errs: &mut Errs| {
                attributes_class(new, errs);
                for (f, words) in [
                    ("driverName", "updates to driverName are forbidden."),
                    ("parameters", "updates to parameters are forbidden."),
                ] {
                    if !tree::same(at(new, f), at(old, f)) {
                        errs.forbidden(&Path::root(f), words);
                    }
                }
            }),
            returns_object: true,
            ..Kind::PLAIN
        },
        "resourceclaims" => Kind {
            default: |obj| {
                if let Some(spec) = tree::get_mut(obj, "spec")
                    && let Some(d) = tree::get_mut(spec, "devices")
                {
                    misc::claim_devices(d);
                }
                misc::claim_results(obj);
            },
            status: true,
            create: |_, obj| {
                set(obj, "status", json!({}));
                if let Some(spec) = tree::get_mut(obj, "spec") {
                    devices::forget_gated_requests(spec);
                }
            },
            validate: |_, obj, errs| {
                devices::claim_spec(at(obj, "spec"), &Path::root("spec"), errs);
            },
            // That the spec stays is declared.
            validate_update: Some(|_, _, _, _| {}),
            status_prepare: |ctx, new, old| {
                status_alone(ctx, new, old);
                devices::forget_deallocated(new, old);
            },
            status_resets: ALL_BUT_STATUS,
            status_rules: |_, new, old, errs| devices::claim_status(new, old, errs),
            declared: true,
            returns_object: true,
            ..Kind::PLAIN
        },
        "resourceclaimtemplates" => Kind {
            default: |obj| {
                if let Some(spec) = tree::get_mut(obj, "spec")
                    && let Some(inner) = tree::get_mut(spec, "spec")
                    && let Some(d) = tree::get_mut(inner, "devices")
                {
                    misc::claim_devices(d);
                }
            },
            create: |_, obj| {
                let spec = tree::get_mut(obj, "spec");
                if let Some(inner) = spec.and_then(|spec| tree::get_mut(spec, "spec")) {
                    devices::forget_gated_requests(inner);
                }
            },
            declared: true,
            validate: |_, obj, errs| devices::template(obj, errs),
            validate_update: Some(|_, new, old, errs| devices::template_update(new, old, errs)),
            returns_object: true,
            ..Kind::PLAIN
        },
        "deviceclasses" => Kind {
            // A name that was given or made is checked by what is declared.
            name: |name, prefix| match prefix {
                true => names::dns1123_subdomain(name, true),
                false => Vec::new(),
            },
            validate: |_, obj, errs| devices::class(obj, None, errs),
            validate_update: Some(|_, new, old, errs| devices::class(new, Some(old), errs)),
            declared: true,
            status: false,
            returns_object: true,
            ..Kind::SPEC
        },
        "resourceslices" => Kind {
            default: |obj| {
                if let Some(spec) = tree::get_mut(obj, "spec") {
                    for d in tree::list_mut(spec, "devices") {
                        tree::list_mut(d, "taints").iter_mut().for_each(time_added);
                    }
                }
            },
            create: |_, obj| {
                if let Some(spec) = tree::get_mut(obj, "spec") {
                    devices::forget_gated_devices(spec, None);
                }
            },
            update: |_, new, old| {
                if let Some(spec) = tree::get_mut(new, "spec") {
                    devices::forget_gated_devices(spec, Some(old));
                }
            },
            validate: |_, obj, errs| devices::slice(obj, errs),
            validate_update: Some(|_, new, old, errs| devices::slice_update(new, old, errs)),
            warnings: |obj, _| devices::slice_warnings(obj),
            declared: true,
            status: false,
            returns_object: true,
            fields: |obj| {
                vec![
                    (
                        "spec.nodeName",
                        tree::sp(obj, &["spec", "nodeName"]).to_owned(),
                    ),
                    ("spec.driver", tree::sp(obj, &["spec", "driver"]).to_owned()),
                    (
                        "spec.pool.name",
                        tree::sp(obj, &["spec", "pool", "name"]).to_owned(),
                    ),
                ]
            },
            labels: FieldLabels::of_kind(
                &["spec.nodeName", "spec.driver", "spec.pool.name"],
                "ResourceSlice",
            ),
            ..Kind::SPEC
        },
        "devicetaintrules" => Kind {
            default: |obj| {
                if let Some(taint) =
                    tree::get_mut(obj, "spec").and_then(|s| tree::get_mut(s, "taint"))
                {
                    time_added(taint);
                }
            },
            // A rule that does something else does it from now on.
            update: |ctx, new, old| {
                let before = tree::path(old, &["spec", "taint"]);
                let spec = tree::get_mut(new, "spec");
                if let Some(taint) = spec.and_then(|spec| tree::get_mut(spec, "taint"))
                    && s(taint, "effect") != s(before, "effect")
                    && tree::same(at(taint, "timeAdded"), at(before, "timeAdded"))
                {
                    set(taint, "timeAdded", ctx.now.to_string());
                }
            },
            validate: |_, obj, errs| devices::taint_rule(obj, errs),
            status_prepare: status_alone,
            status_resets: ALL_BUT_STATUS,
            status_rules: |_, new, _, errs| devices::taint_rule_status(new, errs),
            declared: true,
            create: |_, obj| set(obj, "status", json!({})),
            unconditional: false,
            ..Kind::SPEC
        },
        "storageversionmigrations" => Kind {
            status: true,
            create: |_, obj| set(obj, "status", json!({})),
            unconditional: false,
            validate: |_, obj, errs| extension::migration(obj, errs),
            validate_update: Some(|_, new, old, errs: &mut Errs| {
                extension::migration(new, errs);
                let n = at(new, "spec");
                if !tree::same(n, at(old, "spec")) {
                    let shown = json!({"Resource": at(n, "resource").clone()});
                    errs.invalid(&Path::root("spec"), shown, IMMUTABLE);
                }
            }),
            status_prepare: status_alone,
            status_resets: ALL_BUT_STATUS,
            status_rules: |_, new, old, errs| {
                extension::migration_status(new, errs);
                let version = |v: &Value| tree::sp(v, &["status", "resourceVersion"]).to_owned();
                if !version(old).is_empty() && version(new) != version(old) {
                    errs.invalid(
                        &Path::root("status").child("resourceVersion"),
                        version(new),
                        IMMUTABLE,
                    );
                }
                extension::migration_outcome(new, old, errs);
            },
            ..Kind::PLAIN
        },
        _ => Kind::PLAIN,
    }
}

fn limits_of_volumes(ctx: &Ctx<'_>, driver: &mut Value, old: &Value) {
    const FIELDS: [&str; 1] = ["preventPodSchedulingIfMissing"];
    super::dropped::fields(ctx, Feature::VolumeLimitScaling, FIELDS, driver, old);
}

fn time_added(taint: &mut Value) {
    tree::default_to(taint, "timeAdded", skeg_meta::Time::now().to_string());
}

/// dataSource is the old name of dataSourceRef: what one of them says holds for
/// both. The old one forgets what it never could name.
/// What a claim is filled from, in both of its fields. Of `dataSource` alone only
/// claims and snapshots are taken; the rest was never looked at.
fn data_sources(ctx: &Ctx<'_>, spec: &mut Value, old_spec: &Value) {
    super::dropped::foreign_source(ctx.features, spec, old_spec);
    let source = at(spec, "dataSource");
    let (group, kind) = (s(source, "apiGroup"), s(source, "kind"));
    let known = (group.is_empty() && kind == "PersistentVolumeClaim")
        || (group == "snapshot.storage.k8s.io" && kind == "VolumeSnapshot");
    let in_use = ["dataSource", "dataSourceRef"]
        .iter()
        .any(|f| has(old_spec, f));
    if !known && !in_use && !has(spec, "dataSourceRef") {
        tree::remove(spec, "dataSource");
    }
    let (source, reference) = (
        at(spec, "dataSource").clone(),
        at(spec, "dataSourceRef").clone(),
    );
    if !source.is_null() && reference.is_null() {
        set(spec, "dataSourceRef", source);
    } else if source.is_null() && !reference.is_null() && s(&reference, "namespace").is_empty() {
        let mut copy = reference;
        tree::remove(&mut copy, "namespace");
        set(spec, "dataSource", copy);
    }
}

fn capacity_warnings(obj: &Value) -> Vec<String> {
    let topology = at(obj, "nodeTopology");
    let mut out = Vec::new();
    for (n, e) in list(topology, "matchExpressions").iter().enumerate() {
        let key = s(e, "key");
        if let Some(words) = node_label(key) {
            out.push(format!(
                "nodeTopology.matchExpressions[{n}].key: {key} is {words}"
            ));
        }
    }
    for (key, _) in tree::sorted_pairs(at(topology, "matchLabels")) {
        if let Some(words) = node_label(key) {
            out.push(format!("nodeTopology.matchLabels.{key}: {words}"));
        }
    }
    out
}

fn storage_class(obj: &Value, errs: &mut Errs) {
    let provisioner = s(obj, "provisioner");
    let path = Path::root("provisioner");
    // That there is one is declared, and that most fields stay what they are.
    if !provisioner.is_empty() {
        self::provisioner(provisioner, &path, errs);
    }
    let parameters = tree::sorted_pairs(at(obj, "parameters"));
    if parameters.len() > PARAMETERS_MAX {
        errs.too_long(&Path::root("parameters"), PARAMETERS_MAX);
    }
    let mut total = 0;
    for (k, v) in parameters
        .iter()
        .take_while(|_| parameters.len() <= PARAMETERS_MAX)
    {
        if k.is_empty() {
            errs.invalid(&Path::root("parameters"), *k, "field can not be empty.");
        }
        total += k.len() + v.as_str().map_or(0, str::len);
    }
    if total > 256 * 1024 {
        errs.too_long(&Path::root("parameters"), 256 * 1024);
    }
    if let Some(policy) = at(obj, "reclaimPolicy").as_str()
        && !policy.is_empty()
    {
        errs.one_of(&Path::root("reclaimPolicy"), policy, &["Delete", "Retain"]);
    }
    match at(obj, "volumeBindingMode").as_str() {
        None => errs.required(&Path::root("volumeBindingMode"), ""),
        Some(mode) => errs.one_of(
            &Path::root("volumeBindingMode"),
            mode,
            &["Immediate", "WaitForFirstConsumer"],
        ),
    }
    topologies(obj, errs);
}

// Who makes volumes; what is told of the name shows it in lower case.
fn provisioner(name: &str, path: &Path<'_>, errs: &mut Errs) {
    let lower = name.to_lowercase();
    errs.invalid_all(path, &lower, names::qualified_name(&lower));
}

fn topologies(obj: &Value, errs: &mut Errs) {
    let path = Path::root("allowedTopologies");
    let mut terms: Vec<BTreeMap<&str, BTreeSet<&str>>> = Vec::new();
    for (n, t) in list(obj, "allowedTopologies").iter().enumerate() {
        let at_path = path.index(n);
        let e_path = at_path.child("matchLabelExpressions");
        let mut keys = HashSet::new();
        for (m, e) in list(t, "matchLabelExpressions").iter().enumerate() {
            let at_path = e_path.index(m);
            let values = list(e, "values");
            if values.is_empty() {
                errs.required(&at_path.child("values"), "");
            }
            let mut seen = HashSet::new();
            for (k, v) in values.iter().filter_map(Value::as_str).enumerate() {
                if !seen.insert(v) {
                    errs.duplicate(&at_path.child("values").index(k), v);
                }
            }
            let key = s(e, "key");
            errs.invalid_all(&at_path.child("key"), key, names::qualified_name(key));
            if !keys.insert(key) {
                errs.duplicate(&at_path.child("key"), key);
            }
        }
        // The order in which keys and values are told makes no other term.
        let expressions = list(t, "matchLabelExpressions").iter();
        let term = expressions
            .map(|e| {
                let values = list(e, "values").iter().filter_map(Value::as_str);
                (s(e, "key"), values.collect())
            })
            .collect();
        if terms.contains(&term) || list(t, "matchLabelExpressions").is_empty() {
            errs.duplicate(&e_path, "");
        }
        terms.push(term);
    }
}

/// Metadata of an attachment, and parameters of a class, in bytes.
const METADATA_MAX: usize = 256 * 1024;
const MESSAGE_MAX: usize = 1024;
const PARAMETERS_MAX: usize = 512;

fn attributes_class(obj: &Value, errs: &mut Errs) {
    match s(obj, "driverName") {
        "" => errs.required(&Path::root("driverName"), ""),
        driver => provisioner(driver, &Path::root("driverName"), errs),
    }
    let path = Path::root("parameters");
    let parameters = tree::sorted_pairs(at(obj, "parameters"));
    if parameters.is_empty() {
        errs.required(&path, "must contain at least one key/value pair");
    }
    if parameters.len() > PARAMETERS_MAX {
        errs.too_long(&path, PARAMETERS_MAX);
        return;
    }
    let mut size = 0;
    for (k, v) in parameters {
        size += k.len() + v.as_str().map_or(0, str::len);
        if k.is_empty() {
            errs.invalid(&path, k, "field can not be empty.");
        }
    }
    if size > METADATA_MAX {
        errs.too_long(&path, METADATA_MAX);
    }
}

fn attachment(obj: &Value, errs: &mut Errs) {
    const EITHER: &str = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    // What the attacher may be is declared.
    let source = at(spec, "source");
    let s_path = path.child("source");
    let (name, inline) = (
        at(source, "persistentVolumeName").as_str(),
        at(source, "inlineVolumeSpec"),
    );
    match (name, inline.is_null()) {
        (None, true) => errs.required(&s_path, EITHER),
        (Some(_), false) => errs.forbidden(&s_path, EITHER),
        (Some(name), true) => {
            let n_path = s_path.child("persistentVolumeName");
            if name.is_empty() {
                errs.required(&n_path, "must specify non empty persistentVolumeName");
            }
            errs.invalid_all(&n_path, name, names::dns1123_subdomain(name, false));
        }
        (None, false) => storage::inline_volume(inline, &s_path.child("inlineVolumeSpec"), errs),
    }
    let node = s(spec, "nodeName");
    errs.invalid_all(
        &path.child("nodeName"),
        node,
        names::dns1123_subdomain(node, false),
    );
}

// What has become of an attachment.
fn attachment_status(obj: &Value, errs: &mut Errs) {
    let status = at(obj, "status");
    let path = Path::root("status");
    let m_path = path.child("attachmentMetadata");
    let metadata = tree::sorted_pairs(at(status, "attachmentMetadata"));
    let mut size = 0;
    for (key, value) in metadata {
        size += key.len() + value.as_str().map_or(0, str::len);
    }
    if size > METADATA_MAX {
        errs.too_long(&m_path, METADATA_MAX);
    }
    for field in ["attachError", "detachError"] {
        let (error, path) = (at(status, field), path.child(field));
        if s(error, "message").len() > MESSAGE_MAX {
            // Upstream names the bound of the metadata here.
            errs.too_long(&path.child("message"), METADATA_MAX);
        }
        let code = tree::i0(error, "errorCode");
        if code < 0 {
            let bounds = "must be between 0 and 2147483647, inclusive";
            errs.invalid(&path.child("errorCode"), code, bounds);
        }
    }
}

// How much a driver can still provide.
fn capacity(obj: &Value, errs: &mut Errs) {
    if has(obj, "nodeTopology") {
        metadata::label_selector(at(obj, "nodeTopology"), &Path::root("nodeTopology"), errs);
    }
    let class = s(obj, "storageClassName");
    errs.invalid_all(
        &Path::root("storageClassName"),
        class,
        names::dns1123_subdomain(class, false),
    );
    for field in ["capacity", "maximumVolumeSize"] {
        let size = numbers::quantity(at(obj, field));
        if has(obj, field) && size.sign() < 0 {
            errs.invalid(
                &Path::root(field),
                size.to_string(),
                "must be greater than or equal to 0",
            );
        }
    }
}

fn csi_driver(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    if let Some(p) = at(spec, "fsGroupPolicy").as_str() {
        errs.one_of(
            &path.child("fsGroupPolicy"),
            p,
            &["File", "None", "ReadWriteOnceWithFSType"],
        );
    }
    let mut audiences = HashSet::new();
    for (n, t) in list(spec, "tokenRequests").iter().enumerate() {
        let t_path = path.child("tokenRequests");
        let t_path = t_path.index(n);
        let audience = s(t, "audience");
        if !audiences.insert(audience) {
            errs.duplicate(&t_path.child("audience"), audience);
            continue;
        }
        if let Some(seconds) = tree::i(t, "expirationSeconds") {
            let e_path = t_path.child("expirationSeconds");
            if seconds < 600 {
                errs.invalid(
                    &e_path,
                    seconds,
                    "may not specify a duration less than 10 minutes",
                );
            }
            if seconds > 1 << 32 {
                errs.invalid(
                    &e_path,
                    seconds,
                    "may not specify a duration larger than 2^32 seconds",
                );
            }
        }
    }
    for m in list(spec, "volumeLifecycleModes")
        .iter()
        .filter_map(Value::as_str)
    {
        errs.one_of(
            &path.child("volumeLifecycleModes"),
            m,
            &["Persistent", "Ephemeral"],
        );
    }
    if let Some(period) = tree::i(spec, "nodeAllocatableUpdatePeriodSeconds")
        && period < 10
    {
        errs.invalid(
            &path.child("nodeAllocatableUpdatePeriodSeconds"),
            period,
            "must be greater than or equal to 10 seconds",
        );
    }
    if let Some(in_secrets) = at(spec, "serviceAccountTokenInSecrets").as_bool()
        && list(spec, "tokenRequests").is_empty()
    {
        errs.invalid(
            &path.child("serviceAccountTokenInSecrets"),
            in_secrets,
            "serviceAccountTokenInSecrets is set but no tokenRequests are specified",
        );
    }
}

fn csi_driver_update(new: &Value, old: &Value, errs: &mut Errs) {
    csi_driver(new, errs);
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    let path = Path::root("spec");
    for (f, shown) in [
        ("attachRequired", "attachedRequired"),
        ("volumeLifecycleModes", "volumeLifecycleModes"),
    ] {
        errs.immutable(&path.child(shown), at(n, f), at(o, f));
    }
}

fn csi_node(obj: &Value, errs: &mut Errs) {
    let path = Path::root("spec");
    let path = path.child("drivers");
    let mut seen = HashSet::new();
    for (n, d) in list(at(obj, "spec"), "drivers").iter().enumerate() {
        let at_path = path.index(n);
        let name = s(d, "name");
        storage::csi_driver_name(name, &at_path.child("name"), errs);
        let id = s(d, "nodeID");
        let id_path = at_path.child("nodeID");
        if id.is_empty() {
            errs.required(&id_path, "");
        }
        if id.len() > 256 {
            errs.invalid(&id_path, id, "must be 256 characters or less");
        }
        if has(d, "allocatable") {
            numbers::non_negative(
                at(d, "allocatable"),
                "count",
                &at_path.child("allocatable"),
                errs,
            );
        }
        if !seen.insert(name) {
            errs.duplicate(&at_path.child("name"), name);
        }
        let mut keys = HashSet::new();
        for k in list(d, "topologyKeys").iter().filter_map(Value::as_str) {
            if k.is_empty() {
                errs.required(&at_path, "");
            }
            if !keys.insert(k) {
                errs.duplicate(&at_path, k);
            }
            errs.invalid_all(&at_path, k, names::qualified_name(k));
        }
    }
}
