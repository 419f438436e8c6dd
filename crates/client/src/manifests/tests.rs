//! Reading and ordering. Applying is tested against a server.

use super::read::in_order;
use super::*;

#[test]
fn files_are_read_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "b/deployment.yaml",
        "---\n# first\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  text: |\n    a\n    --- b\n",
    );
    write(
        "a.json",
        r#"{"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "hook"}},
            {"apiVersion": "x.io/v1", "kind": "Frob", "metadata": {"name": "f"}},
            {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "frobs.x.io"}}]}"#,
    );
    write(
        "c.yml",
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
    );
    write("notes.txt", "not: read");
    let found = read(dir.path()).unwrap();
    let kinds = |manifests: &mut dyn Iterator<Item = &Manifest>| -> Vec<String> {
        manifests.map(|m| m.gvk().kind.into_owned()).collect()
    };
    assert_eq!(
        kinds(&mut found.iter()),
        [
            "ValidatingWebhookConfiguration",
            "Frob",
            "CustomResourceDefinition",
            "Deployment",
            "ConfigMap",
            "Namespace"
        ]
    );
    assert_eq!(
        kinds(&mut in_order(&found).into_iter()),
        [
            "Namespace",
            "CustomResourceDefinition",
            "ConfigMap",
            "Deployment",
            "Frob",
            "ValidatingWebhookConfiguration"
        ]
    );
    assert_eq!((found[3].namespace(), found[3].name()), ("shop", "web"));
    assert!(
        found[3].origin.ends_with("deployment.yaml, document 1"),
        "{}",
        found[3].origin
    );
    assert_eq!(found[4].tree["data"]["text"], "a\n--- b\n");
}

#[test]
fn what_is_no_manifest_is_named() {
    let check = |text: &str, expect: &str| {
        assert_eq!(parse(text, "x.yaml").unwrap_err().to_string(), expect);
    };
    check("kind: Pod\n", "x.yaml: apiVersion is not set");
    check(
        "apiVersion: v1\nkind: Pod\n",
        "x.yaml: metadata.name is not set",
    );
    check("- a\n", "x.yaml: is no object");
    assert!(parse("a: [", "x.yaml").is_err());
    assert!(matches!(
        read("/nowhere/at/all"),
        Err(ManifestError::Read { .. })
    ));
}

#[test]
fn sets_have_kubectls_identity() {
    // As kubectl computes it for the Secret my-set in the namespace test.
    let set = ApplySet::secret("test", "my-set");
    assert_eq!(
        set.id(),
        "applyset-0eFHV8ySqp7XoShsGvyWFQD3s96yqwHmzc4e0HR1dsY-v1"
    );
    assert_ne!(set.id(), ApplySet::config_map("test", "my-set").id());
    let secrets = crate::ApiResource::of::<skeg_api::core::v1::Secret>();
    assert_eq!(set, ApplySet::custom(secrets, "test", "my-set"));
}
