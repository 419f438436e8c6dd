//! What the client says of objects, held against a server: apply and its
//! conflicts, manifests with pruning, patches, discovery, schemas.

use skeg_api::apiextensions::v1::CustomResourceDefinition;
use skeg_api::apps::v1::Deployment;
use skeg_api::core::v1::{ConfigMap, Namespace};
use skeg_client::manifests::{self, Applier, ApplySet, Mode, Outcome, Prune};
use skeg_client::openapi::OpenApi;
use skeg_client::{
    Api, ApiResource, Apply, ApplyOptions, CreateOptions, Discovery, DynamicApi, FieldValidation,
    ListOptions, Patch, PatchOptions, apply,
};
use skeg_meta::{Object, ObjectMeta};
use skeg_schema::json;
use skeg_testkit::{Cluster, User};

async fn cluster() -> Cluster {
    Cluster::builder().only_api_server().start().await.unwrap()
}

#[tokio::test]
async fn managers_share_an_object() {
    let cluster = cluster().await;
    let api: Api<Deployment> = Api::namespaced(cluster.client(), "default");
    let config = apply!(Deployment, "web", { spec: {
        replicas: 1,
        min_ready_seconds: 0,
        selector: { match_labels: { "app": "web" } },
        template: {
            metadata: { labels: { "app": "web" } },
            spec: { containers: [{ name: "main", image: "x:1", ports: [{ container_port: 80 }] }] },
        },
    } });
    let created = api.apply(&config, "deployer").await.unwrap();
    // Everything that was said is what the manager owns; nothing else.
    let mine = Apply::extract(&*created, "deployer");
    let mut said = config.clone().namespace("default").into_tree().unwrap();
    said.set_at(&["metadata", "namespace"], "default");
    let mut read = mine.tree().clone();
    // Keys of list elements are shown whoever owns them.
    let port = |tree: &mut skeg_schema::Value| {
        let path = "/spec/template/spec/containers/0/ports/0";
        assert_eq!(tree.pointer(path).unwrap()["containerPort"], 80);
        tree.remove_at(&["spec", "template"]);
    };
    port(&mut said);
    port(&mut read);
    assert_eq!(read, said);

    let scaler = apply!(Deployment, "web", { spec: { replicas: 3 } });
    let error = api.apply(&scaler, "scaler").await.unwrap_err();
    let conflicts = error.apply_conflicts();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(
        (&*conflicts[0].field, &*conflicts[0].manager),
        (".spec.replicas", "deployer")
    );
    let options = ApplyOptions::manager("scaler").force();
    assert_eq!(
        api.apply(&scaler, options).await.unwrap().spec.replicas,
        Some(3)
    );
    // Given up by both, the field gets its default.
    let without = mine.unset("spec.replicas");
    api.apply(&without, "deployer").await.unwrap();
    let nothing = Apply::<Deployment>::new("web");
    assert_eq!(
        api.apply(&nothing, "scaler").await.unwrap().spec.replicas,
        Some(1)
    );

    let wrong = Apply::<Deployment>::new("");
    let error = api.apply(&wrong, "deployer").await.unwrap_err();
    assert!(error.to_string().contains("set metadata.name"), "{error}");
    let status = apply!(Deployment, "web", { status: { ready_replicas: 0, replicas: 2 } });
    let object = api.apply_status(&status, "observer").await.unwrap();
    assert_eq!(object.status.replicas, 2);
}

#[tokio::test]
async fn patches_from_differences_are_taken() {
    let cluster = cluster().await;
    let client = cluster.https_client(&User::admin()).await.unwrap();
    let api: Api<ConfigMap> = Api::namespaced(client, "default");
    let mut old = ConfigMap {
        metadata: ObjectMeta::named("default", "c"),
        ..ConfigMap::default()
    };
    old.metadata.finalizers = vec!["x.io/a".to_owned(), "x.io/b".to_owned()];
    old.data.insert("a".to_owned(), "1".to_owned());
    let mut now = (*api.create(old).await.unwrap()).clone();
    for round in 0..3 {
        let mut wanted = now.clone();
        wanted.data.insert(format!("k{round}"), "v".to_owned());
        wanted.data.remove("a");
        wanted.metadata.finalizers = vec!["x.io/b".to_owned(), format!("x.io/{round}")];
        let patch = match round {
            0 => Patch::json_between(&now, &wanted),
            1 => Patch::merge_between(&now, &wanted),
            _ => Patch::strategic_between(&now, &wanted).unwrap(),
        };
        let patch = patch.at_version(&now.metadata.resource_version);
        let options = PatchOptions::default();
        let after = api.patch("c", &patch, &options).await.unwrap();
        assert_eq!(after.data, wanted.data, "{patch}");
        assert_eq!(
            after.metadata.finalizers, wanted.metadata.finalizers,
            "{patch}"
        );
        let stale = api.patch("c", &patch, &options).await.unwrap_err();
        // A failed test of a JSON patch is not a conflict, but a refusal.
        assert!(stale.is_conflict() || stale.is_invalid(), "{stale}");
        now = (*after).clone();
    }
}

fn maps(names: &[&str], value: &str) -> Vec<manifests::Manifest> {
    let texts: Vec<String> = names
        .iter()
        .map(|name| {
            format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, labels: {{app: t}}}}\ndata: {{k: '{value}'}}\n")
        })
        .collect();
    manifests::parse(&texts.join("---\n"), "t").unwrap()
}

async fn names(cluster: &Cluster) -> Vec<String> {
    let api: Api<ConfigMap> = Api::namespaced(cluster.client(), "default");
    let list = api
        .list(&ListOptions::default().labels("app=t"))
        .await
        .unwrap();
    list.items
        .iter()
        .map(|map| map.metadata.name.clone())
        .collect()
}

fn outcomes(report: &manifests::Report) -> Vec<String> {
    report.changes.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn manifests_are_applied_and_pruned() {
    let cluster = cluster().await;
    for mode in [Mode::ServerSide, Mode::ClientSide] {
        let applier = |prune: Prune| {
            Applier::new(cluster.client(), "tool")
                .mode(mode)
                .prune(prune)
        };
        let labelled = || {
            applier(Prune::Selected {
                labels: "app=t".to_owned(),
                kinds: Vec::new(),
            })
        };
        let report = labelled().apply(&maps(&["a", "b"], "1")).await.unwrap();
        assert_eq!(
            outcomes(&report),
            ["configmap/a created", "configmap/b created"]
        );
        let report = labelled().apply(&maps(&["a", "b"], "1")).await.unwrap();
        assert_eq!(
            report.with(Outcome::Unchanged).count(),
            2,
            "{mode:?}: {report:?}"
        );
        let report = labelled().apply(&maps(&["a"], "2")).await.unwrap();
        assert_eq!(
            outcomes(&report),
            ["configmap/a configured", "configmap/b pruned"]
        );
        assert_eq!(names(&cluster).await, ["a"]);

        let set = ApplySet::secret("default", format!("{mode:?}").to_lowercase());
        let in_set = || applier(Prune::ApplySet(set.clone()));
        in_set().apply(&maps(&["a", "c", "d"], "2")).await.unwrap();
        assert_eq!(names(&cluster).await, ["a", "c", "d"]);
        let report = in_set().apply(&maps(&["c"], "2")).await.unwrap();
        assert_eq!(report.with(Outcome::Pruned).count(), 2);
        assert_eq!(names(&cluster).await, ["c"]);
        let report = applier(Prune::Nothing)
            .delete(&maps(&["c", "gone"], ""))
            .await
            .unwrap();
        assert_eq!(outcomes(&report), ["configmap/c deleted"]);
        assert!(names(&cluster).await.is_empty());
    }
    let everything = Applier::new(cluster.client(), "tool").prune(Prune::Selected {
        labels: String::new(),
        kinds: Vec::new(),
    });
    let error = everything.apply(&maps(&["a"], "1")).await.unwrap_err();
    assert!(
        error.to_string().contains("everything would be deleted"),
        "{error}"
    );
}

#[tokio::test]
async fn what_can_be_applied_is_and_the_rest_is_told() {
    let cluster = cluster().await;
    let wrong = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Wrong}\n---\n\
                 apiVersion: v1\nkind: Gizmo\nmetadata: {name: g}\n";
    let mut all = manifests::parse(wrong, "wrong.yaml").unwrap();
    all.extend(maps(&["b"], "1"));
    let set = ApplySet::secret("default", "set");
    let applier = Applier::new(cluster.client(), "tool").prune(Prune::ApplySet(set));
    applier.apply(&maps(&["a"], "1")).await.unwrap();
    let failed = applier.apply(&all).await.unwrap_err();
    assert_eq!(outcomes(&failed.report), ["configmap/b created"]);
    assert_eq!(failed.errors.len(), 2);
    let told = failed.to_string();
    assert!(
        told.starts_with("wrong.yaml, document 1: cannot apply ConfigMap \"Wrong\": "),
        "{told}"
    );
    assert!(
        told.contains("; wrong.yaml, document 2: cannot find Gizmo \"g\": "),
        "{told}"
    );
    assert_eq!(names(&cluster).await, ["a", "b"], "nothing is pruned");
}

/// A tree may hold what does not fit its kind: whether the server is in the same process
/// makes no difference.
#[tokio::test]
async fn trees_are_read_as_over_the_wire() {
    let cluster = cluster().await;
    let resource = ApiResource::of::<ConfigMap>();
    let maps = DynamicApi::namespaced(cluster.client(), resource, "default");
    let odd = json!({"metadata": {"name": "odd"}, "data": {"n": 1}});
    let options = CreateOptions::default();
    let refused = maps.create(odd, &options).await.unwrap_err();
    assert_eq!(refused.code(), 400, "{}", refused.chain());

    let tree = || json!({"metadata": {"name": "odd"}, "data": {"n": "1"}, "dta": {}});
    let strict = CreateOptions {
        field_validation: Some(FieldValidation::Strict),
        ..CreateOptions::default()
    };
    let refused = maps.create(tree(), &strict).await.unwrap_err();
    assert!(
        refused.chain().contains("unknown field \"dta\""),
        "{}",
        refused.chain()
    );
    let made = maps.create(tree(), &options).await.unwrap().value();
    assert!(made.at(&["data", "n"]).is_some() && made.at(&["dta"]).is_none());
}

#[tokio::test]
async fn client_side_apply_is_taken_over() {
    let cluster = cluster().await;
    let by_client = Applier::new(cluster.client(), "old").mode(Mode::ClientSide);
    by_client.apply(&maps(&["a"], "1")).await.unwrap();
    let wanted = manifests::parse(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: '2', more: x}\n",
        "a.yaml",
    )
    .unwrap();
    let by_server = Applier::new(cluster.client(), "new");
    let refused = by_server.apply(&wanted).await.unwrap_err().to_string();
    assert!(refused.contains("conflict with \"old\""), "{refused}");
    by_server
        .clone()
        .take_over(["old"])
        .apply(&wanted)
        .await
        .unwrap();
    let api = Api::<ConfigMap>::namespaced(cluster.client(), "default");
    let map = api.get("a").await.unwrap();
    assert_eq!(map.data["k"], "2");
    assert!(
        map.metadata.annotations.is_empty(),
        "who applied last is no longer kept there"
    );
    let managers = map.metadata.managed_fields.iter();
    let managers: Vec<_> = managers
        .map(|entry| (&*entry.manager, &*entry.operation))
        .collect();
    assert_eq!(managers, [("new", "Apply")]);
    // What is no longer applied goes.
    by_server.apply(&maps(&["a"], "2")).await.unwrap();
    assert!(!api.get("a").await.unwrap().data.contains_key("more"));
}

#[tokio::test]
async fn differences_are_shown_before_anything_is_written() {
    let cluster = cluster().await;
    let before = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n\
                  stringData: {same: x, other: before}\n---\n\
                  apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {k: v}\n";
    let applier = Applier::new(cluster.client(), "tool");
    applier
        .apply(&manifests::parse(before, "t").unwrap())
        .await
        .unwrap();
    let after = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n\
                 stringData: {same: x, other: after}\n---\n\
                 apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {k: v}\n---\n\
                 apiVersion: v1\nkind: Namespace\nmetadata: {name: place}\n---\n\
                 apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new, namespace: place}\n---\n";
    let mut wanted = manifests::parse(after, "t").unwrap();
    wanted.extend(manifests::parse(DEFINITION, "t").unwrap());
    let differences = applier.diff(&wanted).await.unwrap();
    let told: Vec<String> = differences.iter().map(ToString::to_string).collect();
    let of = |kind: &str| {
        let at = differences
            .iter()
            .position(|one| one.resource.kind == kind && one.name != "m");
        &told[at.unwrap()]
    };
    for (kind, told) in differences.iter().map(|one| &*one.resource.kind).zip(&told) {
        println!("{kind}:\n{told}");
    }
    assert!(
        of("Secret")
            .contains("-  other: '*** (before)'\n+  other: '*** (after)'\n   same: '***'\n")
    );
    assert!(
        of("Namespace").starts_with(
            "--- live/v1.Namespace..place\n+++ merged/v1.Namespace..place\n@@ -0,0 +1,"
        )
    );
    assert!(of("Colour").contains("+kind: Colour\n"));
    assert!(of("ConfigMap").contains("+  namespace: place\n"));
    assert_eq!(differences.iter().filter(|one| one.is_empty()).count(), 1);
    let places = Api::<Namespace>::all(cluster.client());
    assert!(places.get_opt("place").await.unwrap().is_none());
    let again = applier.diff(&wanted[..1]).await.unwrap();
    assert!(!again[0].is_empty(), "nothing is written");
}

#[tokio::test]
async fn a_custom_object_keeps_a_set() {
    let cluster = cluster().await;
    cluster.apply(DEFINITION).await.unwrap();
    let colours = ApiResource {
        group: "example.com".into(),
        version: "v1".into(),
        plural: "colours".into(),
        kind: "Colour".into(),
        namespaced: true,
    };
    let apply = async |keeper: &str, wanted: &[&str]| {
        let set = ApplySet::custom(colours.clone(), "default", keeper);
        let applier = Applier::new(cluster.client(), "tool").prune(Prune::ApplySet(set));
        let applied = applier.apply(&maps(wanted, "1")).await;
        applied.map(drop).map_err(|error| error.to_string())
    };
    let refused = apply("green", &["a"]).await.unwrap_err();
    assert!(refused.contains("has no label"), "{refused}");

    let definitions = Api::<CustomResourceDefinition>::all(cluster.client());
    let label = json!({"metadata": {"labels": {"applyset.kubernetes.io/is-parent-type": "true"}}});
    definitions
        .patch(
            "colours.example.com",
            &Patch::Merge(label),
            &PatchOptions::default(),
        )
        .await
        .unwrap();
    let refused = apply("red", &["a"]).await.unwrap_err();
    assert!(refused.contains("make it first"), "{refused}");
    apply("green", &["a", "b"]).await.unwrap();
    apply("green", &["b"]).await.unwrap();
    assert_eq!(names(&cluster).await, ["b"]);
}

const DEFINITION: &str = "
apiVersion: example.com/v1
kind: Colour
metadata: {name: green}
spec: {hex: '00ff00'}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: colours.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: colours, singular: colour, kind: Colour, shortNames: [clr], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, required: [hex], properties: {hex: {type: string}}}}}}
";

#[tokio::test]
async fn new_kinds_are_found_and_described() {
    let cluster = cluster().await;
    let client = cluster.https_client(&User::admin()).await.unwrap();
    let discovery = Discovery::new(client.clone());
    assert!(discovery.resolve("clr").await.unwrap_err().is_no_match());
    let found = manifests::parse(DEFINITION, "t").unwrap();
    let applier = Applier::new(client.clone(), "tool");
    let report = applier.apply(&found).await.unwrap();
    assert_eq!(
        outcomes(&report),
        [
            "customresourcedefinition.apiextensions.k8s.io/colours.example.com created",
            "colour.example.com/green created"
        ]
    );
    let colours = discovery.resolve("clr").await.unwrap();
    assert_eq!(colours.resource.plural, "colours");
    let mapper = discovery.catalog().await.unwrap();
    assert!(
        mapper
            .category("all")
            .iter()
            .any(|have| have.resource.kind == "Colour")
    );
    assert!(client.server_release().await.unwrap().at_least(1, 37));

    let openapi = OpenApi::new(client);
    let object = json!({"apiVersion": "example.com/v1", "kind": "Colour", "metadata": {"name": "a"}, "spec": {"hexx": 1}});
    let schemas = openapi.schemas_of(&object).await.unwrap();
    let problems: Vec<String> = schemas
        .validate(&object)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("ValidationError(Colour.spec): unknown field \"hexx\""));
    assert!(
        problems[1].starts_with("ValidationError(Colour.spec): missing required field \"hex\"")
    );
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", "image": "x"}]}});
    assert!(
        openapi
            .schemas_of(&pod)
            .await
            .unwrap()
            .validate(&pod)
            .is_empty()
    );
    assert_eq!(openapi.v2().await.unwrap()["swagger"], "2.0");
}

#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Settings {
    metadata: ObjectMeta,
    data: std::collections::BTreeMap<String, String>,
}

skeg_meta::serde_object!(Settings, "", "v1", "ConfigMap", "configmaps", true);

#[tokio::test]
async fn a_struct_of_ones_own_is_a_kind() {
    let cluster = cluster().await;
    for client in [
        cluster.client(),
        cluster.https_client(&User::admin()).await.unwrap(),
    ] {
        let api: Api<Settings> = Api::namespaced(client, "default");
        let object = Settings {
            metadata: ObjectMeta::named("default", "mine"),
            data: [("a".to_owned(), "b".to_owned())].into(),
        };
        api.create(object).await.unwrap();
        assert_eq!(api.get("mine").await.unwrap().data["a"], "b");
        let patch = Patch::Merge(json!({"data": {"c": "d"}}));
        let after = api
            .patch("mine", &patch, &PatchOptions::default())
            .await
            .unwrap();
        assert_eq!(after.data.len(), 2);
        assert_eq!(after.to_tree()["kind"], "ConfigMap");
        api.delete("mine", &Default::default()).await.unwrap();
    }
}
