//! Services: defaults that depend on the cluster, and what they are given of
//! addresses and node ports.

use crate::alloc::{IpError, ServiceAllocators};
use crate::context::Ctx;
use crate::defaults::misc;
use crate::errors::Errs;
use crate::generic::{invalid, keep};
use crate::objects::Gr;
use crate::path::Path;
use crate::strategy::{FieldLabels, Finish, Hooks, Strategy};
use crate::tree::{self, at, has, i0, list, s, set};
use crate::validation::{names, service as rules};
use async_trait::async_trait;
use skeg_meta::{GroupKind, Status};
use skeg_schema::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;

/// The strategy of services.
pub struct ServiceStrategy {
    allocators: Arc<ServiceAllocators>,
}

impl ServiceStrategy {
    /// With the cluster's allocators.
    pub fn new(allocators: Arc<ServiceAllocators>) -> Self {
        Self { allocators }
    }

    fn family(&self) -> &'static str {
        if self.allocators.options().service_cidr.0.is_ipv4() {
            "IPv4"
        } else {
            "IPv6"
        }
    }
}

impl Strategy for ServiceStrategy {
    fn default(&self, obj: &mut Value) {
        misc::service(obj);
    }

    fn validate_name(&self, name: &str, prefix: bool) -> Vec<String> {
        names::dns1123_label(name, prefix)
    }

    fn prepare_for_create(&self, _ctx: &Ctx<'_>, obj: &mut Value) {
        set(obj, "status", json!({"loadBalancer": {}}));
    }

    fn prepare_for_update(&self, _ctx: &Ctx<'_>, new: &mut Value, old: &Value) {
        keep(new, old, "status");
        if kind_of(new) != "LoadBalancer" {
            set(tree::obj_mut(new, "status"), "loadBalancer", json!({}));
        }
    }

    fn validate(&self, _ctx: &Ctx<'_>, obj: &Value, errs: &mut Errs) {
        rules::service(obj, errs);
    }

    fn validate_update(&self, _ctx: &Ctx<'_>, new: &Value, old: &Value, errs: &mut Errs) {
        rules::service_update(new, old, errs);
    }

    fn validate_status_update(&self, _ctx: &Ctx<'_>, new: &Value, _old: &Value, errs: &mut Errs) {
        rules::service_status(new, errs);
    }

    fn warnings_on_create(&self, _ctx: &Ctx<'_>, obj: &Value) -> Vec<String> {
        warnings(obj, None)
    }

    fn warnings_on_update(&self, _ctx: &Ctx<'_>, new: &Value, old: &Value) -> Vec<String> {
        warnings(new, Some(old))
    }

    fn allow_create_on_update(&self) -> bool {
        true
    }

    fn returns_object_on_delete(&self) -> bool {
        true
    }

    fn selectable_fields(&self, obj: &Value) -> Vec<(&'static str, String)> {
        vec![
            (
                "spec.clusterIP",
                tree::sp(obj, &["spec", "clusterIP"]).to_owned(),
            ),
            ("spec.type", tree::sp(obj, &["spec", "type"]).to_owned()),
        ]
    }

    fn field_labels(&self) -> FieldLabels {
        FieldLabels::core(&["spec.clusterIP", "spec.type"])
    }

    fn hooks(&self) -> Option<&dyn Hooks> {
        Some(self)
    }
}

fn refuse(svc: &Value, errs: Errs) -> Status {
    invalid(&GroupKind::new("", "Service"), tree::name_of(svc), errs)
}

fn kind_of(svc: &Value) -> &str {
    tree::sp(svc, &["spec", "type"])
}

fn needs_cluster_ip(svc: &Value) -> bool {
    matches!(kind_of(svc), "ClusterIP" | "NodePort" | "LoadBalancer")
}

fn needs_node_ports(svc: &Value) -> bool {
    match kind_of(svc) {
        "NodePort" => true,
        "LoadBalancer" => tree::path(svc, &["spec", "allocateLoadBalancerNodePorts"])
            .as_bool()
            .unwrap_or(true),
        _ => false,
    }
}

fn may_have_node_ports(svc: &Value) -> bool {
    matches!(kind_of(svc), "NodePort" | "LoadBalancer")
}

fn ips(svc: &Value) -> Vec<String> {
    list(at(svc, "spec"), "clusterIPs")
        .iter()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect()
}

/// clusterIP and clusterIPs are two forms of one thing; who changes one of them
/// means both.
fn normalize(new: &mut Value, old: Option<&Value>) {
    let spec = tree::obj_mut(new, "spec");
    let one = s(spec, "clusterIP").to_owned();
    let many = at(spec, "clusterIPs").clone();
    let whole = |ip: &str| Value::Array(vec![Value::from(ip)]);
    let Some(old) = old else {
        if !one.is_empty() && tree::is_zero(&many) {
            set(spec, "clusterIPs", whole(&one));
        }
        return;
    };
    let old_one = tree::sp(old, &["spec", "clusterIP"]);
    let old_many = tree::path(old, &["spec", "clusterIPs"]);
    if !old_one.is_empty() && one.is_empty() {
        // Clearing the one clears the other, unless that was set anew.
        if tree::same(&many, old_many) {
            tree::remove(spec, "clusterIPs");
        }
    } else if one != old_one {
        if tree::same(&many, old_many) || tree::is_zero(&many) {
            set(spec, "clusterIPs", whole(&one));
        }
    } else if tree::is_zero(&many)
        && !one.is_empty()
        && old_many.as_array().is_some_and(|m| m.len() <= 1)
    {
        set(spec, "clusterIPs", whole(&one));
    }
}

/// Takes over what was given before, where the request leaves it open.
fn patch_allocated(new: &mut Value, old: &Value) {
    if needs_cluster_ip(old) && needs_cluster_ip(new) {
        let old_spec = at(old, "spec");
        let spec = tree::obj_mut(new, "spec");
        if s(spec, "clusterIP").is_empty() {
            tree::copy(spec, old_spec, "clusterIP");
        }
        if list(spec, "clusterIPs").is_empty() && s(spec, "clusterIP") == s(old_spec, "clusterIP") {
            tree::copy(spec, old_spec, "clusterIPs");
        }
    }
    if needs_node_ports(old) && needs_node_ports(new) {
        let mut used: Vec<i64> = list(at(new, "spec"), "ports")
            .iter()
            .map(|p| i0(p, "nodePort"))
            .filter(|p| *p != 0)
            .collect();
        let before: Vec<(String, i64, i64)> = list(at(old, "spec"), "ports")
            .iter()
            .map(|p| {
                (
                    s(p, "protocol").to_owned(),
                    i0(p, "port"),
                    i0(p, "nodePort"),
                )
            })
            .collect();
        for p in tree::list_mut(tree::obj_mut(new, "spec"), "ports") {
            if i0(p, "nodePort") != 0 {
                continue;
            }
            let same = before
                .iter()
                .find(|b| b.0 == s(p, "protocol") && b.1 == i0(p, "port"))
                .map_or(0, |b| b.2);
            if same != 0 && !used.contains(&same) {
                used.push(same);
                set(p, "nodePort", same);
            }
        }
    }
    if rules::needs_health_check_port(old) && rules::needs_health_check_port(new) {
        let kept = at(at(old, "spec"), "healthCheckNodePort").clone();
        let spec = tree::obj_mut(new, "spec");
        if i0(spec, "healthCheckNodePort") == 0 {
            set(spec, "healthCheckNodePort", kept);
        }
    }
}

/// A change of type takes the fields along that only the old type had, unless
/// the request set them itself.
fn drop_type_dependent(new: &mut Value, old: &Value) {
    let unchanged =
        |new: &Value, f: &str| tree::same(at(at(new, "spec"), f), at(at(old, "spec"), f));
    let mut drop: Vec<&str> = Vec::new();
    if needs_cluster_ip(old) && !needs_cluster_ip(new) {
        for f in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
            if unchanged(new, f) {
                drop.push(f);
                if f == "clusterIPs" {
                    drop.push("clusterIP");
                }
            }
        }
        if tree::same(
            at(at(new, "spec"), "internalTrafficPolicy"),
            at(at(old, "spec"), "internalTrafficPolicy"),
        ) {
            drop.push("internalTrafficPolicy");
        }
    }
    if rules::needs_health_check_port(old)
        && !rules::needs_health_check_port(new)
        && unchanged(new, "healthCheckNodePort")
    {
        drop.push("healthCheckNodePort");
    }
    let external = |svc: &Value| {
        may_have_node_ports(svc)
            || (kind_of(svc) == "ClusterIP" && !list(at(svc, "spec"), "externalIPs").is_empty())
    };
    if external(old) && !external(new) && unchanged(new, "externalTrafficPolicy") {
        drop.push("externalTrafficPolicy");
    }
    if kind_of(old) == "LoadBalancer" && kind_of(new) != "LoadBalancer" {
        for f in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
            if unchanged(new, f) {
                drop.push(f);
            }
        }
    }
    let no_ports = may_have_node_ports(old) && !may_have_node_ports(new) && {
        let of = |v: &Value| -> Vec<i64> {
            list(at(v, "spec"), "ports")
                .iter()
                .map(|p| i0(p, "nodePort"))
                .filter(|p| *p != 0)
                .collect()
        };
        let before = of(old);
        of(new).iter().all(|p| before.contains(p))
    };
    let spec = tree::obj_mut(new, "spec");
    for f in drop {
        tree::remove(spec, f);
    }
    if no_ports {
        for p in tree::list_mut(spec, "ports") {
            tree::remove(p, "nodePort");
        }
    }
}

impl ServiceStrategy {
    /// Families and policy as they are on a cluster of one family.
    fn families(&self, svc: &mut Value, old: Option<&Value>) -> Result<(), Status> {
        if kind_of(svc) == "ExternalName" {
            return Ok(());
        }
        let mut errs = Errs::new();
        rules::cluster_ips(svc, &mut errs);
        if !errs.is_empty() {
            return Err(refuse(svc, errs));
        }
        let own = self.family();
        let path = Path::root("spec");
        let spec = at(svc, "spec");
        let policy = at(spec, "ipFamilyPolicy").as_str().map(str::to_owned);
        let wanted: Vec<String> = list(spec, "ipFamilies")
            .iter()
            .filter_map(|f| f.as_str().map(str::to_owned))
            .collect();
        let given = ips(svc);
        let dual = policy.as_deref().is_some_and(|p| p != "SingleStack");
        let headless = rules::is_headless(svc);
        let plain_headless = headless && tree::is_zero(at(spec, "selector"));
        if !dual {
            let p_path = path.child("ipFamilyPolicy");
            let shown = Value::from(policy.as_deref().unwrap_or("SingleStack"));
            if policy.is_some() || !plain_headless {
                if given.len() > 1 {
                    errs.invalid(
                        &p_path,
                        shown.clone(),
                        "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
                    );
                }
                if wanted.len() > 1 {
                    errs.invalid(
                        &p_path,
                        shown,
                        "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
                    );
                }
            }
        }
        let mut families = wanted;
        for (n, ip) in given.iter().enumerate() {
            let Some(parsed) = names::parse_ip(ip) else {
                break;
            };
            let family = if parsed.is_ipv4() { "IPv4" } else { "IPv6" };
            if n >= families.len() {
                if family == own {
                    families.push(family.to_owned());
                } else {
                    errs.invalid(
                        &path.child("clusterIPs").index(n),
                        given.clone(),
                        format!("{family} is not configured on this cluster"),
                    );
                }
            }
        }
        if !errs.is_empty() {
            return Err(refuse(svc, errs));
        }
        let mut policy = policy;
        if plain_headless {
            let policy = policy.unwrap_or_else(|| "RequireDualStack".to_owned());
            if families.is_empty() {
                families.push(own.to_owned());
            }
            if families.len() < 2 && policy != "SingleStack" {
                let other = if families[0] == "IPv4" {
                    "IPv6"
                } else {
                    "IPv4"
                };
                families.push(other.to_owned());
            }
            let spec = tree::obj_mut(svc, "spec");
            set(spec, "ipFamilies", families);
            set(spec, "ipFamilyPolicy", policy);
            return Ok(());
        }
        for (n, f) in families.iter().enumerate() {
            if f != own {
                errs.invalid(
                    &path.child("ipFamilies").index(n),
                    f.as_str(),
                    "not configured on this cluster",
                );
            }
        }
        if policy.as_deref() == Some("RequireDualStack") {
            let kept =
                old.is_some_and(|o| tree::sp(o, &["spec", "ipFamilyPolicy"]) == "RequireDualStack");
            if !kept {
                errs.invalid(
                    &path.child("ipFamilyPolicy"),
                    "RequireDualStack",
                    "this cluster is not configured for dual-stack services",
                );
            }
        }
        if !errs.is_empty() {
            return Err(refuse(svc, errs));
        }
        if families.is_empty() {
            families.push(own.to_owned());
        }
        policy.get_or_insert_with(|| "SingleStack".to_owned());
        let spec = tree::obj_mut(svc, "spec");
        set(spec, "ipFamilies", families);
        set(spec, "ipFamilyPolicy", policy);
        Ok(())
    }

    /// Takes the addresses the service needs. Answers those taken.
    fn take_ips(
        &self,
        ctx: &Ctx<'_>,
        svc: &mut Value,
        taken: &mut Vec<IpAddr>,
    ) -> Result<(), Status> {
        if !needs_cluster_ip(svc) || rules::is_headless(svc) {
            return Ok(());
        }
        let families = list(at(svc, "spec"), "ipFamilies").len().max(1);
        let mut wanted = ips(svc);
        wanted.resize(families, String::new());
        let fail = |svc: &Value, words: String, wanted: &[String]| {
            let mut errs = Errs::new();
            errs.invalid(
                &Path::root("spec").child("clusterIPs"),
                wanted.to_vec(),
                words,
            );
            refuse(svc, errs)
        };
        let whole = wanted.clone();
        for slot in &mut wanted {
            if slot.is_empty() {
                let ip = loop {
                    let ip = self.allocators.take_next().map_err(|e| {
                        fail(svc, format!("failed to allocate a serviceIP: {e}"), &whole)
                    })?;
                    // Someone may have made the object by hand.
                    if ctx
                        .objects
                        .cached(Gr::IP_ADDRESSES, "", &ip.to_string())
                        .is_none()
                    {
                        break ip;
                    }
                };
                if tree::name_of(svc).is_empty() {
                    self.allocators.release(ip);
                    return Err(fail(
                        svc,
                        format!(
                            "failed to allocate IP: IPAddress.networking.k8s.io {:?} is invalid: spec.parentRef.name: Required value",
                            ip.to_string()
                        ),
                        &whole,
                    ));
                }
                taken.push(ip);
                *slot = ip.to_string();
                continue;
            }
            let Some(ip) = names::parse_ip(slot) else {
                continue;
            };
            let foreign = ctx.objects.cached(Gr::IP_ADDRESSES, "", slot).is_some();
            let got = if foreign && !self.allocators.has(ip) {
                Err(IpError::Allocated)
            } else {
                self.allocators.take(ip)
            };
            got.map_err(|e| fail(svc, format!("failed to allocate IP {slot}: {e}"), &whole))?;
            taken.push(ip);
        }
        let spec = tree::obj_mut(svc, "spec");
        set(spec, "clusterIP", wanted[0].as_str());
        set(spec, "clusterIPs", wanted);
        Ok(())
    }

    /// Takes the node ports the service needs, beside those it has already.
    fn take_ports(
        &self,
        svc: &mut Value,
        have: &[u16],
        taken: &mut Vec<u16>,
    ) -> Result<(), Status> {
        let allocate = needs_node_ports(svc);
        let may_have = may_have_node_ports(svc);
        let mut failed: Option<(usize, i64, String)> = None;
        // One number serves TCP and UDP of the same port.
        let mut given: Vec<(i64, String, u16)> = list(at(svc, "spec"), "ports")
            .iter()
            .filter(|p| i0(p, "nodePort") != 0)
            .filter_map(|p| {
                Some((
                    i0(p, "port"),
                    s(p, "protocol").to_owned(),
                    u16::try_from(i0(p, "nodePort")).ok()?,
                ))
            })
            .collect();
        if may_have {
            let spec = tree::obj_mut(svc, "spec");
            let mut mine: Vec<(u16, i64, String)> = Vec::new();
            for (n, p) in tree::list_mut(spec, "ports").iter_mut().enumerate() {
                let asked = i0(p, "nodePort");
                let (port, protocol) = (i0(p, "port"), s(p, "protocol").to_owned());
                if asked != 0 {
                    let Ok(number) = u16::try_from(asked) else {
                        failed = Some((n, asked, self.out_of_range()));
                        break;
                    };
                    let shared = mine
                        .iter()
                        .any(|m| m.0 == number && m.1 == port && m.2 != protocol);
                    if have.contains(&number) || shared {
                        mine.push((number, port, protocol));
                        continue;
                    }
                    if let Err(e) = self.allocators.ports.take(number) {
                        failed = Some((n, asked, e.to_string()));
                        break;
                    }
                    taken.push(number);
                    mine.push((number, port, protocol));
                } else if allocate {
                    let shared = given
                        .iter()
                        .find(|g| g.0 == port && g.1 != protocol)
                        .map(|g| g.2)
                        .filter(|number| !given.iter().any(|g| g.2 == *number && g.1 == protocol));
                    let number = match shared {
                        Some(number) => number,
                        None => match self.allocators.ports.take_next() {
                            Ok(number) => {
                                taken.push(number);
                                number
                            }
                            Err(e) => {
                                failed = Some((n, 0, e.to_string()));
                                break;
                            }
                        },
                    };
                    given.push((port, protocol.clone(), number));
                    mine.push((number, port, protocol));
                    set(p, "nodePort", i64::from(number));
                }
            }
        }
        if let Some((n, bad, words)) = failed {
            let mut errs = Errs::new();
            let path = Path::root("spec");
            errs.invalid(&path.child("ports").index(n).child("nodePort"), bad, words);
            return Err(refuse(svc, errs));
        }
        if rules::needs_health_check_port(svc) {
            let spec = tree::obj_mut(svc, "spec");
            let asked = i0(spec, "healthCheckNodePort");
            if asked == 0 {
                let number = self.allocators.ports.take_next().map_err(|e| {
                    Status::internal_error(format!(
                        "failed to allocate a HealthCheck NodePort: {e}"
                    ))
                })?;
                taken.push(number);
                set(spec, "healthCheckNodePort", i64::from(number));
            } else if let Ok(number) = u16::try_from(asked)
                && !have.contains(&number)
            {
                self.allocators.ports.take(number).map_err(|e| {
                    Status::internal_error(format!(
                        "failed to allocate requested HealthCheck NodePort {number}: {e}"
                    ))
                })?;
                taken.push(number);
            }
        }
        Ok(())
    }

    fn out_of_range(&self) -> String {
        let (first, last) = self.allocators.options().node_ports;
        format!(
            "provided port is not in the valid range. The range of valid ports is {first}-{last}"
        )
    }

    fn finish(&self, dry_run: bool, taken: Taken, released: Taken) -> Finish {
        let (give_back, give_up) = (self.allocators.clone(), self.allocators.clone());
        if dry_run {
            // Nothing is kept, and nothing is let go.
            return Finish::new(move || taken.release(&give_up), {
                let taken = Taken::default();
                move || taken.release(&give_back)
            });
        }
        Finish::new(
            move || released.release(&give_up),
            move || taken.release(&give_back),
        )
    }
}

/// Addresses and ports on their way.
#[derive(Default, Clone)]
struct Taken {
    ips: Vec<IpAddr>,
    ports: Vec<u16>,
}

impl Taken {
    fn release(&self, allocators: &ServiceAllocators) {
        for ip in &self.ips {
            allocators.release(*ip);
        }
        for port in &self.ports {
            allocators.ports.release(*port);
        }
    }
}

// Gives everything back unless told to keep it: any `?` on the way is safe.
struct Guard<'a> {
    allocators: &'a ServiceAllocators,
    taken: Taken,
    keep: bool,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if !self.keep {
            self.taken.release(self.allocators);
        }
    }
}

#[async_trait]
impl Hooks for ServiceStrategy {
    async fn begin_create(&self, ctx: &Ctx<'_>, obj: &mut Value) -> Result<Finish, Status> {
        normalize(obj, None);
        self.families(obj, None)?;
        let mut guard = Guard {
            allocators: &self.allocators,
            taken: Taken::default(),
            keep: false,
        };
        self.take_ips(ctx, obj, &mut guard.taken.ips)?;
        self.take_ports(obj, &[], &mut guard.taken.ports)?;
        guard.keep = true;
        Ok(self.finish(ctx.dry_run, guard.taken.clone(), Taken::default()))
    }

    async fn begin_update(
        &self,
        ctx: &Ctx<'_>,
        new: &mut Value,
        old: &Value,
    ) -> Result<Finish, Status> {
        if ctx.subresource == "status" {
            return Ok(Finish::nothing());
        }
        normalize(new, Some(old));
        patch_allocated(new, old);
        drop_type_dependent(new, old);
        if needs_cluster_ip(new) && needs_cluster_ip(old) {
            let spec = tree::obj_mut(new, "spec");
            let old_spec = at(old, "spec");
            for f in ["ipFamilies", "ipFamilyPolicy"] {
                if !has(spec, f) {
                    tree::copy(spec, old_spec, f);
                }
            }
        }
        let kept_dual = tree::sp(new, &["spec", "ipFamilyPolicy"])
            == tree::sp(old, &["spec", "ipFamilyPolicy"])
            && tree::same(
                tree::path(new, &["spec", "ipFamilies"]),
                tree::path(old, &["spec", "ipFamilies"]),
            )
            && has(at(new, "spec"), "ipFamilies");
        if !kept_dual {
            self.families(new, Some(old))?;
        }
        let old_ips: Vec<IpAddr> = ips(old).iter().filter_map(|ip| ip.parse().ok()).collect();
        let old_ports = crate::alloc::node_ports(at(old, "spec"));
        let mut guard = Guard {
            allocators: &self.allocators,
            taken: Taken::default(),
            keep: false,
        };
        let had = needs_cluster_ip(old) && !rules::is_headless(old);
        if needs_cluster_ip(new) && !rules::is_headless(new) && !had {
            self.take_ips(ctx, new, &mut guard.taken.ips)?;
        }
        self.take_ports(new, &old_ports, &mut guard.taken.ports)?;
        let new_ips: Vec<IpAddr> = ips(new).iter().filter_map(|ip| ip.parse().ok()).collect();
        let new_ports = crate::alloc::node_ports(at(new, "spec"));
        let released = Taken {
            ips: old_ips
                .into_iter()
                .filter(|ip| !new_ips.contains(ip))
                .collect(),
            ports: old_ports
                .into_iter()
                .filter(|p| !new_ports.contains(p))
                .collect(),
        };
        guard.keep = true;
        Ok(self.finish(ctx.dry_run, guard.taken.clone(), released))
    }

    async fn after_write(&self, ctx: &Ctx<'_>, new: &Value, old: Option<&Value>) {
        let now = ips(new);
        for ip in now.iter().filter(|ip| names::parse_ip(ip).is_some()) {
            if ctx.objects.cached(Gr::IP_ADDRESSES, "", ip).is_some() {
                continue;
            }
            let made = ctx
                .objects
                .create(Gr::IP_ADDRESSES, "", ip_object(ip, new))
                .await;
            if let Err(e) = made
                && e.reason != "AlreadyExists"
            {
                tracing::warn!(ip = %ip, error = %e, "the IPAddress of a service could not be made");
            }
        }
        for ip in old.map(ips).unwrap_or_default() {
            if !now.contains(&ip) && names::parse_ip(&ip).is_some() {
                delete_ip_object(ctx, &ip).await;
            }
        }
    }

    async fn after_delete(&self, ctx: &Ctx<'_>, obj: &Value) {
        let taken = Taken {
            ips: ips(obj).iter().filter_map(|ip| ip.parse().ok()).collect(),
            ports: crate::alloc::node_ports(at(obj, "spec")),
        };
        taken.release(&self.allocators);
        for ip in &taken.ips {
            delete_ip_object(ctx, &ip.to_string()).await;
        }
    }
}

async fn delete_ip_object(ctx: &Ctx<'_>, ip: &str) {
    if let Err(e) = ctx
        .objects
        .delete(Gr::IP_ADDRESSES, "", ip, &Value::Null)
        .await
    {
        tracing::warn!(ip = %ip, error = %e, "the IPAddress of a service could not be deleted");
    }
}

/// The IPAddress that says which service has an address.
pub fn ip_object(ip: &str, svc: &Value) -> Value {
    let family = if ip.contains(':') { "IPv6" } else { "IPv4" };
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IPAddress",
        "metadata": {
            "name": ip,
            "labels": {
                "ipaddress.kubernetes.io/ip-family": family,
                "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
            },
        },
        "spec": {
            "parentRef": {
                "group": "",
                "resource": "services",
                "namespace": tree::namespace_of(svc),
                "name": tree::name_of(svc),
            },
        },
    })
}

/// What is odd about an address that is accepted.
pub fn ip_warning(field: &str, ip: &str) -> Option<String> {
    let parsed = names::parse_ip(ip)?;
    (parsed.is_ipv6() && parsed.to_string() != ip).then(|| {
        format!(
            "{field}: IPv6 address {ip:?} should be in RFC 5952 canonical format ({:?})",
            parsed.to_string()
        )
    })
}

fn warnings(svc: &Value, old: Option<&Value>) -> Vec<String> {
    let mut out = Vec::new();
    let spec = at(svc, "spec");
    let kind = s(spec, "type");
    let external = list(spec, "externalIPs");
    let before = old.map(|o| list(at(o, "spec"), "externalIPs"));
    let plain = kind != "ExternalName" && !rules::is_headless(svc);
    if plain && !external.is_empty() && before.is_none_or(|b| b != external) {
        out.push(
            "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
                .into(),
        );
    }
    if rules::is_headless(svc) {
        if !s(spec, "loadBalancerIP").is_empty() {
            out.push("spec.loadBalancerIP is ignored for headless services".into());
        }
        if !external.is_empty() {
            out.push("spec.externalIPs is ignored for headless services".into());
        }
        if !matches!(s(spec, "sessionAffinity"), "" | "None") {
            out.push("spec.SessionAffinity is ignored for headless services".into());
        }
    }
    for (n, ip) in list(spec, "clusterIPs")
        .iter()
        .filter_map(Value::as_str)
        .enumerate()
    {
        out.extend(ip_warning(&format!("spec.clusterIPs[{n}]"), ip));
    }
    for (n, ip) in external.iter().filter_map(Value::as_str).enumerate() {
        out.extend(ip_warning(&format!("spec.externalIPs[{n}]"), ip));
    }
    if kind == "ExternalName" && !external.is_empty() {
        out.push("spec.externalIPs is ignored when spec.type is \"ExternalName\"".into());
    }
    if kind != "ExternalName" && !s(spec, "externalName").is_empty() {
        out.push("spec.externalName is ignored when spec.type is not \"ExternalName\"".into());
    }
    if s(spec, "trafficDistribution") == "PreferClose" {
        out.push(
            "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\""
                .into(),
        );
    }
    out
}
