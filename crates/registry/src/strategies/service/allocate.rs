//! Taking addresses and node ports for a service.

use super::ServiceStrategy;
use super::carry::{ips, kind_of, may_have_node_ports, needs_cluster_ip, needs_node_ports, refuse};
use crate::alloc::{IpError, ServiceAllocators};
use crate::context::Ctx;
use crate::errors::Errs;
use crate::objects::Gr;
use crate::path::Path;
use crate::strategy::Finish;
use crate::tree::{self, at, i0, list, s, set};
use crate::validation::{names, service as rules};
use skeg_meta::Status;
use skeg_schema::Value;
use std::net::IpAddr;

impl ServiceStrategy {
    /// Families and policy as they are on a cluster of one family.
    pub(super) fn families(&self, svc: &mut Value, old: Option<&Value>) -> Result<(), Status> {
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
    pub(super) fn take_ips(
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
    pub(super) fn take_ports(
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
                return Ok(());
            }
            let refused = |words: String| {
                Status::internal_error(format!(
                    "failed to allocate requested HealthCheck NodePort {asked}: {words}"
                ))
            };
            let number = u16::try_from(asked).map_err(|_| refused(self.out_of_range()))?;
            if !have.contains(&number) {
                self.allocators
                    .ports
                    .take(number)
                    .map_err(|e| refused(e.to_string()))?;
                taken.push(number);
            }
        }
        Ok(())
    }

    pub(super) fn out_of_range(&self) -> String {
        let (first, last) = self.allocators.options().node_ports;
        format!(
            "provided port is not in the valid range. The range of valid ports is {first}-{last}"
        )
    }

    pub(super) fn finish(&self, dry_run: bool, taken: Taken, released: Taken) -> Finish {
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
pub(super) struct Taken {
    pub(super) ips: Vec<IpAddr>,
    pub(super) ports: Vec<u16>,
}

impl Taken {
    pub(super) fn release(&self, allocators: &ServiceAllocators) {
        for ip in &self.ips {
            allocators.release(*ip);
        }
        for port in &self.ports {
            allocators.ports.release(*port);
        }
    }
}

// Gives everything back unless told to keep it: any `?` on the way is safe.
pub(super) struct Guard<'a> {
    pub(super) allocators: &'a ServiceAllocators,
    pub(super) taken: Taken,
    pub(super) keep: bool,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if !self.keep {
            self.taken.release(self.allocators);
        }
    }
}
