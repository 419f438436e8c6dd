//! What the macros say of mistakes, and that they take what is right.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

fn input(tokens: TokenStream) -> DeriveInput {
    syn::parse2(tokens).expect("an item")
}

#[track_caller]
fn refused(made: syn::Result<TokenStream>, expect: &str) {
    match made {
        Ok(_) => panic!("taken, though it should say: {expect}"),
        Err(error) => assert_eq!(error.to_string(), expect),
    }
}

fn resource(attrs: TokenStream) -> syn::Result<TokenStream> {
    crate::resource::derive(&input(quote!(
        #[crd(#attrs)]
        struct FooSpec {
            a: i32,
        }
    )))
}

#[test]
fn mistakes_in_a_kind_are_named() {
    let head = quote!(group = "example.com", version = "v1", kind = "Foo");
    for (attrs, expect) in [
        (
            quote!(),
            "say which group the kind belongs to: `#[crd(group = \"example.com\", version = \"v1\", kind = \"Foo\")]`",
        ),
        (
            quote!(group = "example", version = "v1", kind = "Foo"),
            "`example` is no group: a group is a domain name of yours, such as `example.com`",
        ),
        (
            quote!(group = "example.com", kind = "Foo"),
            "say which version this is: `version = \"v1\"`",
        ),
        (
            quote!(group = "example.com", version = "1", kind = "Foo"),
            "`1` is no version: write `v1`, `v1beta1` or `v2alpha1`",
        ),
        (
            quote!(group = "example.com", version = "v1"),
            "say what the kind is called: `kind = \"Foo\"`",
        ),
        (
            quote!(group = "example.com", version = "v1", kind = "foo"),
            "`foo` is no kind: a kind is written as `CronTab` is, of letters and digits",
        ),
        (
            quote!(#head, namspaced),
            "`crd` has no `namspaced`; did you mean `namespaced`?",
        ),
        (
            quote!(#head, shortname = "f"),
            "`crd` has no `shortname`; did you mean `short_names`?",
        ),
        (
            quote!(#head, plural = "Foos"),
            "`plural` is in lower case: `foos`",
        ),
        (
            quote!(#head, short_names = ["F"]),
            "a short name is in lower case, of letters, digits and `-`",
        ),
        (
            quote!(#head, scale(spec_replicas = ".spec.replicas", status_replicas = ".status.replicas")),
            "`scale` reads the status: say what the status is, `status = FooStatus`",
        ),
        (
            quote!(#head, status = S, scale(".spec.replicas", ".status.replicas")),
            "the paths of `scale` have names: `scale(spec_replicas = \".spec.replicas\", status_replicas = \".status.replicas\")`",
        ),
        (
            quote!(#head, status = S, scale(spec_replicas = ".spec.replicas")),
            "`scale` needs `status_replicas`: `scale(spec_replicas = \".spec.replicas\", status_replicas = \".status.replicas\")`",
        ),
        (
            quote!(#head, status = S, scale(spec_replicas = ".status.n", status_replicas = ".status.n")),
            "`spec_replicas` is a path under `.spec.`",
        ),
        (
            quote!(#head, column(name = "A", type = "text", json_path = ".a")),
            "a column's type is one of integer, number, string, boolean, date",
        ),
        (
            quote!(#head, column(name = "A", type = "string", json_path = "spec.a")),
            "a column's path begins with a dot: `.spec.replicas`, not `spec.a`",
        ),
        (
            quote!(#head, column(name = "A", type = "string")),
            "a column needs its `json_path`: `column(\"Ready\", \"string\", \".status.ready\")`, or `column(name = \"Ready\", type = \"string\", json_path = \".status.ready\")`",
        ),
        (
            quote!(#head, column("A", "string")),
            "a column has a name, a type and a path: `column(\"Ready\", \"string\", \".status.ready\")`",
        ),
        (
            quote!(#head, column("A", "text", ".a")),
            "a column's type is one of integer, number, string, boolean, date",
        ),
        (
            quote!(#head, column("A", "string", ".a", "what it is", 1)),
            "behind a column's path come its priority, a number, and its description, a text",
        ),
        (
            quote!(#head, printcolumn("A", "string", ".a")),
            "`crd` has no `printcolumn`; did you mean `column`?",
        ),
        (
            quote!(#head, rule("true", "a\nb")),
            "a rule's message is one line",
        ),
        (
            quote!(#head, rule("true")),
            "write `rule(\"self.min <= self.max\", \"the message\")`; what else there is to say has names: `rule(rule = \"…\", reason = \"…\")`",
        ),
        (
            quote!(#head, selectable = "spec.color"),
            "a selectable field begins with a dot: `.spec.replicas`, not `spec.color`",
        ),
        (
            quote!(#head, rule(message = "no")),
            "a rule needs its expression: `rule(rule = \"self.min <= self.max\", message = \"…\")`",
        ),
        (
            quote!(#head, rule(rule = "true", reason = "Wrong")),
            "a rule's reason is one of FieldValueInvalid, FieldValueForbidden, FieldValueRequired, FieldValueDuplicate",
        ),
        (quote!(#head, rule = " "), "`rule` is empty"),
        (
            quote!(#head, label = "x"),
            "write `label(\"key\", \"value\")`",
        ),
    ] {
        refused(resource(attrs), expect);
    }
    refused(
        crate::resource::derive(&input(quote!(
            #[crd(group = "example.com", version = "v1", kind = "Foo")]
            struct Spec<T> {
                a: T,
            }
        ))),
        "the spec of a kind has one form: it cannot be generic",
    );
}

#[test]
fn a_kind_may_say_everything() {
    let made = resource(quote!(
        group = "example.com", version = "v1", kind = "Foo", namespaced, plural = "foozes",
        singular = "foo", list_kind = "Foos", short_names = ["f", "fo"], categories = ["all"],
        status = "FooStatus", storage = false, served = true, deprecated = "use v2", doc = "A foo.",
        scale(spec_replicas = ".spec.a", status_replicas = ".status.a", label_selector = ".status.s"),
        column(name = "A", type = "integer", json_path = ".spec.a", priority = 1, format = "int32"),
        column("B", "string", ".spec.b"), column("C", "date", ".spec.c", 1, "When."), rule("true", "m"),
        selectable = ".spec.a", rule = "self.spec.a > 0", struct = "FooV1", derive(PartialEq, Default),
        label("a", "b"), annotation("c", "d"), schema = "any", crate = "my::client",
        rule(rule = "true", message = "m", message_expression = "'m'", reason = "FieldValueInvalid", field_path = ".spec", optional_old_self),
    ))
    .expect("taken")
    .to_string();
    for part in [
        "struct FooV1",
        "my :: client",
        "\"foozes.example.com\"",
        "FooStatus",
    ] {
        assert!(made.contains(part), "{part} in {made}");
    }
}

#[test]
fn bounds_have_two_names() {
    let made = |attr: TokenStream| {
        schema(quote!(
            struct S {
                #[schema(#attr)]
                a: u8,
            }
        ))
        .expect("taken")
        .to_string()
    };
    for (short, long) in [
        (quote!(min = 1, max = 2), quote!(minimum = 1, maximum = 2)),
        (
            quote!(exclusive_min = 1, exclusive_max = 2),
            quote!(exclusive_minimum = 1, exclusive_maximum = 2),
        ),
    ] {
        assert_eq!(made(short), made(long));
    }
}

fn schema(item: TokenStream) -> syn::Result<TokenStream> {
    crate::schema::derive(&input(item))
}

#[test]
fn mistakes_in_a_schema_are_named() {
    for (item, expect) in [
        (
            quote!(union U { a: u8 }),
            "a union has no form in JSON; use a struct or an enum",
        ),
        (
            quote!(
                struct T(u8, u8);
            ),
            "serde writes a tuple struct as a list of different things, which a structural schema cannot describe; name the fields",
        ),
        (
            quote!(
                enum E {
                    A,
                    B(u8),
                }
            ),
            "serde writes `A` as a text and the other variants as objects, which is no structural schema; give the enum `#[serde(tag = \"type\")]`, or this variant data: `A {}`",
        ),
        (
            quote!(
                enum E {
                    A(u8, u8),
                }
            ),
            "serde writes this variant as a list of different things, which a structural schema cannot describe; name its fields",
        ),
        (
            quote!(
                enum E {}
            ),
            "an enum without variants has no value, and so no schema",
        ),
        (
            quote!(
                struct S {
                    #[schema(minLength = 1)]
                    a: u8,
                }
            ),
            "`schema` has no `minLength`; did you mean `min_length`?",
        ),
        (
            quote!(
                struct S {
                    #[schema(patern = "a")]
                    a: u8,
                }
            ),
            "`schema` has no `patern`; did you mean `pattern`?",
        ),
        (
            quote!(
                struct S {
                    #[schema(min = "1")]
                    a: u8,
                }
            ),
            "`min` is a number: write `min = 1`",
        ),
        (
            quote!(
                struct S {
                    #[schema(pattern)]
                    a: String,
                }
            ),
            "write `pattern = \"…\"`, with a text",
        ),
        (
            quote!(
                struct S {
                    #[schema(list_type = "keyed")]
                    a: Vec<u8>,
                }
            ),
            "`list_type` is one of atomic, set, map",
        ),
        (
            quote!(
                struct S {
                    #[schema(list_map_keys = [])]
                    a: Vec<u8>,
                }
            ),
            "a list of objects needs at least one key",
        ),
        (
            quote!(
                struct S {
                    #[schema(enum = "a")]
                    a: String,
                }
            ),
            "write `enum = [\"a\", \"b\"]`",
        ),
        (
            quote!(
                struct S {
                    #[schema(default)]
                    a: String,
                }
            ),
            "write `default = 3`, `default = \"text\"` or `default = Type::default()`; for serde's default write `#[serde(default)]`",
        ),
        (
            quote!(
                struct S {
                    #[schema(optional = 1)]
                    a: String,
                }
            ),
            "write `optional`, or `optional = false`",
        ),
        (
            quote!(
                #[serde(rename_all = "Camel")]
                struct S {
                    a: String,
                }
            ),
            "serde does not know this case",
        ),
    ] {
        refused(schema(item), expect);
    }
    let error = schema(quote!(
        struct S {
            #[schema(format = "ip")]
            a: String,
        }
    ))
    .expect_err("no format")
    .to_string();
    assert!(
        error.starts_with("`format` is one of ") && error.contains("ipv4"),
        "{error}"
    );
}
