//! What the API server says of a custom kind and its objects, told without a
//! cluster: for tests that are about a type alone.

use std::sync::Arc;

use async_trait::async_trait;
use skeg_auth::UserInfo;
use skeg_client::CustomResource;
use skeg_client::crd::CustomResourceDefinition;
use skeg_meta::{FieldError, Object, Status, Time};
use skeg_registry::Resource;
use skeg_registry::context::Ctx;
use skeg_registry::errors::Errs;
use skeg_registry::objects::{Gr, Objects};
use skeg_schema::Value;

/// Everything that the API server would refuse in a definition: CEL rules that
/// do not compile or may cost too much, and defaults that break their own schema,
/// too, of which [`skeg_client::crd::check`] knows nothing.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use skeg_client::{CustomResource, JsonSchema};
///
/// #[derive(Clone, Debug, Serialize, Deserialize, CustomResource, JsonSchema)]
/// #[crd(group = "example.com", version = "v1", kind = "Shop", namespaced)]
/// struct ShopSpec {
///     #[schema(rule("self > 0", "a shop has tills"))]
///     tills: i32,
/// }
///
/// assert_eq!(skeg_testkit::check_definition(&Shop::crd()), []);
/// ```
#[must_use]
pub fn check_definition(definition: &CustomResourceDefinition) -> Vec<FieldError> {
    let table = skeg_registry::resource::table();
    let mut rows = table.iter();
    let Some(row) = rows.find(|row| row.desc.resource == "customresourcedefinitions") else {
        return Vec::new();
    };
    created(row, definition.to_tree(), "")
        .err()
        .unwrap_or_default()
}

/// An object as the API server would store it when it is created: with its
/// defaults, and without what its schema does not know. Webhooks, policies and
/// whether its namespace exists are left out.
///
/// # Errors
/// What the schema and its CEL rules refuse, in the server's words.
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// # use skeg_client::{CustomResource, JsonSchema};
/// # #[derive(Clone, Debug, Serialize, Deserialize, CustomResource, JsonSchema)]
/// # #[crd(group = "example.com", version = "v1", kind = "Shop", namespaced)]
/// # struct ShopSpec {
/// #     #[schema(rule("self > 0", "a shop has tills"))]
/// #     tills: i32,
/// # }
/// let errors = skeg_testkit::admit(&Shop::new("corner", ShopSpec { tills: 0 })).unwrap_err();
/// assert_eq!(errors[0].to_string(), "spec.tills: Invalid value: 0: a shop has tills");
/// ```
pub fn admit<K: CustomResource>(object: &K) -> Result<K, Vec<FieldError>> {
    let row = row_of::<K>()?;
    let stored = created(&row, formed(&row, object)?, &object.meta().namespace)?;
    read(stored)
}

/// The same of an object that takes the place of another: rules may compare the
/// two, and what was wrong before and did not change may stay.
///
/// # Errors
/// As [`admit`].
pub fn admit_update<K: CustomResource>(new: &K, old: &K) -> Result<K, Vec<FieldError>> {
    let row = row_of::<K>()?;
    let (mut new, old) = (formed(&row, new)?, formed(&row, old)?);
    let user = UserInfo::default();
    let ctx = context(&user, "");
    row.strategy.prepare_for_update(&ctx, &mut new, &old);
    let mut errors = Errs::new();
    row.strategy.validate_update(&ctx, &new, &old, &mut errors);
    match errors.into_list() {
        none if none.is_empty() => read(new),
        errors => Err(errors),
    }
}

/// The version of a kind, as the server makes it of the definition.
fn row_of<K: CustomResource>() -> Result<Resource, Vec<FieldError>> {
    let mut definition = K::crd();
    let errors = check_definition(&definition);
    if !errors.is_empty() {
        return Err(errors);
    }
    definition.status.accepted_names = definition.spec.names.clone();
    // A version that is not served has no objects to be admitted.
    let mut rows = skeg_registry::custom::rows(&definition.to_tree()).into_iter();
    let version = K::GVK.version;
    rows.find(|row| row.desc.version == version)
        .ok_or_else(|| vec![fault("apiVersion", &version, "is not served")])
}

/// The tree of an object, with defaults and what its schema knows.
fn formed<K: CustomResource>(row: &Resource, object: &K) -> Result<Value, Vec<FieldError>> {
    let mut tree = object.to_tree();
    if let Some(kind) = &row.custom {
        kind.admit_body(&mut tree)
            .map_err(|why| vec![fault("metadata", "", &why)])?;
    }
    Ok(tree)
}

fn created(row: &Resource, mut tree: Value, namespace: &str) -> Result<Value, Vec<FieldError>> {
    let user = UserInfo::default();
    let ctx = context(&user, namespace);
    row.strategy.default(&mut tree);
    row.strategy.prepare_for_create(&ctx, &mut tree);
    let mut errors = Errs::new();
    row.strategy.validate(&ctx, &tree, &mut errors);
    match errors.into_list() {
        none if none.is_empty() => Ok(tree),
        errors => Err(errors),
    }
}

fn read<K: Object>(tree: Value) -> Result<K, Vec<FieldError>> {
    K::from_tree(tree).map_err(|error| vec![fault("", "", &error.to_string())])
}

fn fault(path: &str, value: &str, detail: &str) -> FieldError {
    FieldError::invalid(path, value, detail)
}

fn context<'a>(user: &'a UserInfo, namespace: &'a str) -> Ctx<'a> {
    Ctx {
        user,
        namespace,
        name: "",
        subresource: "",
        verb: "update",
        now: Time::now(),
        dry_run: true,
        features: skeg_registry::Features::default(),
        objects: &Nothing,
    }
}

/// There are no other objects.
struct Nothing;

fn none() -> Status {
    Status::no_such_resource()
}

#[async_trait]
impl Objects for Nothing {
    fn cached(&self, _: Gr, _: &str, _: &str) -> Option<Arc<Value>> {
        None
    }

    fn cached_list(&self, _: Gr, _: Option<&str>) -> Vec<Arc<Value>> {
        Vec::new()
    }

    async fn get(&self, _: Gr, _: &str, _: &str) -> Result<Option<Arc<Value>>, Status> {
        Ok(None)
    }

    async fn list(&self, _: Gr, _: Option<&str>) -> Result<Vec<Arc<Value>>, Status> {
        Ok(Vec::new())
    }

    async fn create(&self, _: Gr, _: &str, _: Value) -> Result<Value, Status> {
        Err(none())
    }

    async fn update(&self, _: Gr, _: &str, _: &str, _: Value) -> Result<Value, Status> {
        Err(none())
    }

    async fn delete(&self, _: Gr, _: &str, _: &str, _: &Value) -> Result<Option<Value>, Status> {
        Ok(None)
    }
}
