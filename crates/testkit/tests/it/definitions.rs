//! Custom kinds, tried without a cluster.

use serde::{Deserialize, Serialize};
use skeg_client::{CustomResource, JsonSchema};
use skeg_testkit::{admit, admit_update, check_definition};

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
