//! The expressions that choose devices (`resource.k8s.io`): what they may
//! name, and how a device looks to them.

use std::sync::Arc;

use skeg_meta::Quantity;
use skeg_schema::{Object, Value};

use crate::decl::DeclType;
use crate::env::{Env, EnvOptions, Program};
use crate::semver::Version;
use crate::types::Type;
use crate::value::{Entries, Map, Message, Val};

/// What choosing one device may cost.
pub const COST_MAX: u64 = 1_000_000;
/// How many attributes and capacities a device has at most.
const MEMBERS_MAX: u64 = 32;

fn env(options: EnvOptions) -> Env {
    let named = |value: DeclType| {
        let inner = DeclType::map(value).with_max(MEMBERS_MAX);
        DeclType::map(inner).with_max(MEMBERS_MAX)
    };
    let device = DeclType::object(
        "kubernetes.DRADevice",
        vec![
            ("driver".to_owned(), DeclType::string().with_max(63)),
            ("attributes".to_owned(), named(DeclType::dynamic())),
            ("capacity".to_owned(), named(DeclType::quantity())),
            ("allowMultipleAllocations".to_owned(), DeclType::bool()),
        ],
    );
    Env::new(options.with_bindings()).declare("device", device)
}

/// Compiles an expression that chooses devices, or says what is wrong with it.
///
/// # Errors
///
/// Upstream's words.
pub fn compile(options: EnvOptions, expression: &str) -> Result<Program, String> {
    let program = env(options)
        .compile(expression)
        .map_err(|errors| format!("compilation failed: {errors}"))?;
    match program.result_type() {
        Type::Bool | Type::Dyn => Ok(program),
        other => Err(format!(
            "must evaluate to bool or the unknown type, not {}",
            other.result_name()
        )),
    }
}

/// Members by domain and name: `gpu.example.com/memory`; a name without a
/// domain is in that of the driver.
fn by_domain<'a>(
    driver: &str,
    members: &'a Value,
    value: impl Fn(&'a Value) -> Option<Val<'a>>,
) -> Val<'a> {
    let mut domains: Vec<(String, Entries<'a>)> = Vec::new();
    for (name, member) in members.as_object().into_iter().flat_map(Object::iter) {
        let (domain, name) = name.split_once('/').unwrap_or((driver, name));
        let Some(value) = value(member) else { continue };
        let at = match domains.iter().position(|(held, _)| held == domain) {
            Some(at) => at,
            None => {
                domains.push((domain.to_owned(), Entries::default()));
                domains.len() - 1
            }
        };
        domains[at].1.insert(Val::from(name), value);
    }
    let map = |entries: Entries<'a>| Val::Map(Map::Entries(Arc::new(entries)));
    // A domain of which nothing is known is empty.
    let mut outer = Entries::with_default(map(Entries::default()));
    for (domain, entries) in domains {
        outer.insert(Val::from(domain), map(entries));
    }
    map(outer)
}

fn attribute(value: &Value) -> Option<Val<'_>> {
    let version = |text: &Value| {
        let version = Version::parse(text.as_str()?).ok()?;
        Some(Val::Semver(Arc::new(version)))
    };
    let members = value.as_object()?;
    let (kind, value) = members.iter().find(|(_, value)| !value.is_null())?;
    match &**kind {
        "version" => version(value),
        "versions" => {
            let versions: Option<Vec<Val<'_>>> = value.as_array()?.iter().map(version).collect();
            Some(Val::from(versions?))
        }
        _ => Some(Val::tree(value, None)),
    }
}

fn capacity(value: &Value) -> Option<Val<'_>> {
    let quantity: Quantity = value["value"].as_str()?.parse().ok()?;
    Some(Val::Quantity(Arc::new(quantity.into())))
}

/// A device of a ResourceSlice, as `device` in expressions.
#[must_use]
pub fn device<'a>(driver: &'a str, device: &'a Value) -> Val<'a> {
    let multiple = device["allowMultipleAllocations"].as_bool();
    Val::Message(Arc::new(Message {
        name: "kubernetes.DRADevice".into(),
        fields: vec![
            ("driver".into(), Val::from(driver)),
            (
                "attributes".into(),
                by_domain(driver, &device["attributes"], attribute),
            ),
            (
                "capacity".into(),
                by_domain(driver, &device["capacity"], capacity),
            ),
            (
                "allowMultipleAllocations".into(),
                Val::Bool(multiple.unwrap_or(false)),
            ),
        ],
    }))
}
