//! Custom kinds, tried without a cluster, and what becomes of their definitions in one.

use serde::{Deserialize, Serialize};
use skeg_api::admissionregistration::v1::ValidatingAdmissionPolicy;
use skeg_api::apiextensions::v1::CustomResourceDefinition;
use skeg_api::storagemigration::v1::StorageVersionMigration;
use skeg_client::{CustomResource, JsonSchema};
use skeg_testkit::{Cluster, admit, admit_update, check_definition};

#[derive(Clone, Debug, Default, Serialize, Deserialize, CustomResource, JsonSchema)]
#[crd(group = "example.com", version = "v1", kind = "Shop", namespaced, status = ShopStatus)]
#[schema(rule("!self.open || self.tills > 0", "an open shop has tills"))]
struct ShopSpec {
    #[schema(max = 9, default = 1)]
    tills: i32,
    #[serde(default)]
    open: bool,
    #[schema(rule("self == oldSelf", "a shop stays where it is"))]
    street: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct ShopStatus {
    #[serde(default)]
    customers: i32,
}

#[derive(Clone, Debug, Serialize, Deserialize, CustomResource, JsonSchema)]
#[crd(group = "example.com", version = "v1", kind = "Typo")]
struct TypoSpec {
    #[schema(rule = "self.size() > 0 && slef != 'x'")]
    name: String,
}

fn shop(tills: i32, street: &str) -> Shop {
    let spec = ShopSpec {
        tills,
        open: true,
        street: street.to_owned(),
    };
    Shop::new("corner", spec).within("default")
}

#[test]
fn rules_that_do_not_compile_are_told() {
    assert_eq!(check_definition(&Shop::crd()), []);
    let errors = check_definition(&Typo::crd());
    assert_eq!(errors.len(), 1, "{errors:?}");
    let text = errors[0].to_string();
    assert!(
        text.contains("properties[name].x-kubernetes-validations[0].rule")
            && text.contains("undeclared reference to 'slef'"),
        "{text}"
    );
    assert!(
        admit(&Typo::new(
            "a",
            TypoSpec {
                name: "a".to_owned()
            }
        ))
        .is_err()
    );
}

#[test]
fn objects_are_taken_or_refused() {
    let mut shop_of_two = shop(2, "main");
    shop_of_two.status = Some(ShopStatus { customers: 7 });
    let stored = admit(&shop_of_two).unwrap();
    assert_eq!((stored.spec.tills, stored.metadata.generation), (2, 1));
    assert!(stored.status.is_none(), "the status is written apart");

    let text = |errors: Vec<skeg_meta::FieldError>| {
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        texts.join("; ")
    };
    let refused = text(admit(&shop(0, "main")).unwrap_err());
    assert!(refused.ends_with("an open shop has tills"), "{refused}");
    let refused = text(admit(&shop(12, "main")).unwrap_err());
    assert!(
        refused.contains("should be less than or equal to 9"),
        "{refused}"
    );

    let more = admit_update(&shop(3, "main"), &stored).unwrap();
    assert_eq!((more.spec.tills, more.metadata.generation), (3, 2));
    let refused = text(admit_update(&shop(3, "side"), &stored).unwrap_err());
    assert!(refused.ends_with("a shop stays where it is"), "{refused}");
}

fn gadgets(stored: &str) -> String {
    let version = |name: &str| {
        format!(
            "
  - name: {name}
    served: true
    storage: {}
    schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}",
            name == stored
        )
    };
    format!(
        "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: gadgets.example.com}}
spec:
  group: example.com
  scope: Namespaced
  names: {{plural: gadgets, kind: Gadget}}
  versions:{}{}
",
        version("v1"),
        version("v2"),
    )
}

#[tokio::test]
async fn a_migration_ends_the_storage_of_old_versions() {
    let cluster = Cluster::start().await.unwrap();
    for stored in ["v1", "v2"] {
        cluster.apply(&gadgets(stored)).await.unwrap();
        let definition = cluster.expect::<CustomResourceDefinition>("gadgets.example.com");
        definition
            .to(move |held| held.status.stored_versions.iter().any(|one| one == stored))
            .await
            .unwrap();
        let gadget = format!(
            "{{apiVersion: example.com/{stored}, kind: Gadget, metadata: {{name: of-{stored}}}}}"
        );
        cluster.apply(&gadget).await.unwrap();
    }
    let migration = "
apiVersion: storagemigration.k8s.io/v1
kind: StorageVersionMigration
metadata: {name: gadgets}
spec: {resource: {group: example.com, resource: gadgets}}
";
    cluster.apply(migration).await.unwrap();
    let migrated = cluster
        .expect::<StorageVersionMigration>("gadgets")
        .to(|held| {
            let mut conditions = held.status.conditions.iter();
            conditions.any(|one| one.type_ == "Succeeded" && one.status == "True")
        })
        .await;
    assert!(migrated.is_some());
    // The definition is told after the migration.
    let held = cluster
        .expect::<CustomResourceDefinition>("gadgets.example.com")
        .to(|held| {
            let mut conditions = held.status.conditions.iter();
            let told = conditions.find(|one| one.type_ == "StorageMigrating");
            let told = told.map(|one| (one.status.as_str(), one.reason.as_str()));
            told == Some(("False", "MigrationSucceeded"))
        })
        .await
        .unwrap();
    assert_eq!(held.status.stored_versions, ["v2"]);
}

#[tokio::test]
async fn policies_about_custom_kinds_are_checked() {
    let cluster = Cluster::start().await.unwrap();
    cluster.apply(&gadgets("v1")).await.unwrap();
    let definition = cluster.expect::<CustomResourceDefinition>("gadgets.example.com");
    let served = definition.to(|held| {
        let mut conditions = held.status.conditions.iter();
        conditions.any(|one| one.type_ == "Established" && one.status == "True")
    });
    assert!(served.await.is_some());
    for (name, group) in [("served", "example.com"), ("nowhere", "example.org")] {
        let policy = format!(
            "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: {name}}}
spec:
  paramKind: {{apiVersion: {group}/v1, kind: Gadget}}
  matchConstraints:
    resourceRules:
    - {{apiGroups: [{group}], apiVersions: [v1], resources: [gadgets], operations: ['*']}}
  validations:
  - expression: object.kind == 1
"
        );
        cluster.apply(&policy).await.unwrap();
        let held = cluster
            .expect::<ValidatingAdmissionPolicy>(name)
            .to(|held| held.status.observed_generation == held.metadata.generation)
            .await
            .unwrap();
        let checked = held.status.type_checking.clone().unwrap_or_default();
        let warned: Vec<&str> = checked
            .expression_warnings
            .iter()
            .map(|one| one.field_ref.as_str())
            .collect();
        let expected: &[&str] = match name {
            "served" => &["spec.validations[0].expression"],
            _ => &[],
        };
        assert_eq!(warned, expected, "{checked:?}");
    }
}
