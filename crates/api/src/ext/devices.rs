//! Devices and their taints.

use crate::resource::v1::{DeviceTaint, DeviceTaintRule, DeviceToleration};

impl DeviceTaint {
    /// Whether one of these tolerations is for it.
    #[must_use]
    pub fn is_tolerated(&self, tolerations: &[DeviceToleration]) -> bool {
        tolerations.iter().any(|toleration| {
            (toleration.effect.is_empty() || toleration.effect == self.effect)
                && (toleration.key.is_empty() || toleration.key == self.key)
                && match toleration.operator.as_str() {
                    "Exists" => true,
                    "" | "Equal" => !toleration.key.is_empty() && toleration.value == self.value,
                    _ => false,
                }
        })
    }
}

impl DeviceTaintRule {
    /// Whether it taints a device: all that its selector names must be the
    /// device's. An empty selector is every device's, none is nobody's.
    #[must_use]
    pub fn selects(&self, driver: &str, pool: &str, device: &str) -> bool {
        self.spec.device_selector.as_ref().is_some_and(|selector| {
            [
                (&selector.driver, driver),
                (&selector.pool, pool),
                (&selector.device, device),
            ]
            .into_iter()
            .all(|(wanted, has)| wanted.as_deref().is_none_or(|wanted| wanted == has))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerations_of_device_taints() {
        let taint = DeviceTaint {
            key: "k".to_owned(),
            value: "v".to_owned(),
            effect: "NoExecute".to_owned(),
            ..DeviceTaint::default()
        };
        for (key, operator, value, effect, expect) in [
            ("k", "Exists", "", "", true),
            ("", "Exists", "", "NoExecute", true),
            ("", "Exists", "", "NoSchedule", false),
            ("k", "Equal", "v", "NoExecute", true),
            ("k", "", "v", "", true),
            ("k", "Equal", "w", "", false),
            ("l", "Exists", "", "", false),
            ("k", "Gt", "v", "", false),
        ] {
            let toleration = DeviceToleration {
                key: key.to_owned(),
                operator: operator.to_owned(),
                value: value.to_owned(),
                effect: effect.to_owned(),
                ..DeviceToleration::default()
            };
            assert_eq!(
                taint.is_tolerated(&[toleration]),
                expect,
                "{key} {operator}"
            );
        }
        assert!(!taint.is_tolerated(&[]));
    }

    #[test]
    fn rules_select_devices() {
        let rule = |selector: &str| -> DeviceTaintRule {
            serde_json::from_str(&format!(r#"{{"spec": {{{selector}}}}}"#)).unwrap()
        };
        let selects = |selector| rule(selector).selects("d", "p", "g");
        assert!(!selects(""));
        assert!(selects(r#""deviceSelector": {}"#));
        assert!(selects(
            r#""deviceSelector": {"driver": "d", "device": "g"}"#
        ));
        assert!(!selects(
            r#""deviceSelector": {"driver": "d", "pool": "q"}"#
        ));
    }
}
