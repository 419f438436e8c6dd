//! Derive macros of the client library: use them through `skeg_client`, with
//! its feature `derive`.
//!
//! [`CustomResource`](macro@CustomResource) makes a kind of the struct of its
//! spec, [`JsonSchema`](macro@JsonSchema) the structural schema of a type.

#![deny(missing_docs)]

mod attrs;
mod case;
mod overlay;
mod resource;
mod schema;
mod serde_attrs;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a kind of the struct of its spec: a struct `{ metadata, spec, status }`
/// for `Api`, informers and controllers, and its CustomResourceDefinition.
///
/// ```text
/// #[derive(CustomResource, JsonSchema, Serialize, Deserialize, Clone, Debug)]
/// #[crd(group = "example.com", version = "v1", kind = "Foo", namespaced, status = FooStatus)]
/// #[crd(column("Ready", "boolean", ".status.ready"), column("Size", "integer", ".spec.replicas"))]
/// struct FooSpec {
///     replicas: i32,
/// }
/// ```
///
/// `#[crd(…)]` takes:
///
/// | item | meaning |
/// |---|---|
/// | `group`, `version`, `kind` | must be said |
/// | `namespaced` | the objects stand in namespaces |
/// | `plural`, `singular`, `list_kind`, `short_names = […]`, `categories = […]` | other names |
/// | `status = Type` | the status, and its subresource |
/// | `scale(spec_replicas = ".spec.replicas", status_replicas = ".status.replicas")`, perhaps with `label_selector = "…"` | the scale subresource |
/// | `column("Name", "type", ".path")`, behind it perhaps a priority and a description | a column of `kubectl get` |
/// | `column(name = "…", type = "…", json_path = "…", format, description, priority)` | the same, with names |
/// | `selectable = ".spec.color"` | a field for field selectors |
/// | `rule = "…"`, `rule("…", "message")`, or with names: `rule(rule = "…", message, message_expression, reason, field_path, optional_old_self)` | a CEL rule about the whole object |
/// | `storage = false`, `served = false`, `deprecated`, `deprecated = "warning"` | of the version |
/// | `doc = "…"` | the description, in place of the doc comment |
/// | `struct = "Name"` | the struct's name, if not the kind |
/// | `derive(PartialEq, …)` | derives for the struct |
/// | `label("k", "v")`, `annotation("k", "v")` | of the definition |
/// | `schema = "any"`, `schema = "path::of::function"` | no schema, or one of one's own |
/// | `crate = "path"` | where `skeg_client` is |
#[proc_macro_derive(CustomResource, attributes(crd))]
pub fn custom_resource(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    resource::derive(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Makes the structural schema of a type, from its fields, serde's attributes
/// and `#[schema(…)]`. Doc comments become descriptions.
///
/// On fields, types and variants `#[schema(…)]` takes:
///
/// | item | meaning |
/// |---|---|
/// | `min`, `max`, `exclusive_min`, `exclusive_max` (or `minimum` and so on), `multiple_of` | bounds of a number |
/// | `min_length`, `max_length`, `pattern`, `format` | of a text |
/// | `min_items`, `max_items`, `items(…)` | of a list, and of its elements |
/// | `min_properties`, `max_properties`, `values(…)` | of a map, and of its values |
/// | `enum = ["a", "b"]`, `default = …`, `example = …`, `nullable` | of any |
/// | `required`, `optional`, `skip` | of a field |
/// | `title`, `description` | in place of the doc comment |
/// | `list_type = "set"`, `list_map_keys = ["name"]`, `map_type = "atomic"` | how server-side apply merges |
/// | `rule = "…"`, `rule("…", "message")`, `rule(…)` | a CEL rule |
/// | `int_or_string`, `preserve_unknown_fields`, `embedded_resource` | Kubernetes' own |
/// | `as = Type`, `with = function` | another schema |
/// | `crate = "path"` | where `skeg_client` is (on the type) |
#[proc_macro_derive(JsonSchema, attributes(schema))]
pub fn json_schema(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    schema::derive(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
