//! Taking addresses and node ports for a service.

use super::ServiceStrategy;
use super::carry::{ips, kind_of, may_have_node_ports, needs_cluster_ip, needs_node_ports, refuse};
use crate::alloc::{Held, IpError, PortError, ServiceAllocators, family_of};
use crate::context::Ctx;
use crate::errors::Errs;
use crate::objects::Gr;
use crate::path::Path;
use crate::strategy::{Ended, Finish};
use crate::tree::{self, at, i0, list, s, set};
use crate::validation::{names, service as rules};
use skeg_meta::Status;
use skeg_schema::Value;
use std::net::IpAddr;

impl ServiceStrategy {
    /// Families and policy as the cluster's own families allow them (KEP-563).
    pub(super) fn families(&self, svc: &mut Value, old: Option<&Value>) -> Result<(), Status> {
        if kind_of(svc) == "ExternalName" || old.is_some_and(|old| keeps_preferred_dual(svc, old)) {
            return Ok(());
        }
        let path = Path::root("spec");
        let policy_path = path.child("ipFamilyPolicy");
        let policy = settle_policy(svc, old);
        let mut errs = Errs::new();
        rules::cluster_ips(svc, &mut errs);
        if !errs.is_empty() {
            return Err(refuse(svc, errs));
        }
        let single = policy == "SingleStack";
        for (field, lost, many) in [
            (
                "clusterIPs",
                "must be 'SingleStack' to release the secondary cluster IP",
                "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
            ),
            (
                "ipFamilies",
                "must be 'SingleStack' to release the secondary IP family",
                "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
            ),
        ] {
            let before = old.map_or(&Value::Null, |old| at(at(old, "spec"), field));
            let spec = tree::obj_mut(svc, "spec");
            let count = list(spec, field).len();
            // Whoever asks for one family and leaves the rest alone means the first.
            if single && tree::same(at(spec, field), before) {
                if let Some(first) = list(spec, field).first().filter(|_| count > 1).cloned() {
                    set(spec, field, Value::Array(vec![first]));
                }
            } else if single && count == 2 {
                errs.invalid(&policy_path, policy.as_str(), many);
            } else if !single && (1..before.as_array().map_or(0, Vec::len)).contains(&count) {
                errs.invalid(&policy_path, policy.as_str(), lost);
            }
        }
        let own = self.allocators.families();
        let given = ips(svc);
        let mut families = families_of(svc);
        for (n, ip) in given.iter().enumerate().skip(families.len()) {
            let Some(parsed) = names::parse_ip_sloppy(ip) else {
                break;
            };
            let family = family_of(parsed);
            if own.contains(&family) {
                families.push(family.to_owned());
            } else {
                errs.invalid(
                    &path.child("clusterIPs").index(n),
                    given.clone(),
                    format!("{family} is not configured on this cluster"),
                );
            }
        }
        if !errs.is_empty() {
            return Err(refuse(svc, errs));
        }
        // Without pods that would tell them, endpoints may be of families the cluster lacks.
        let free = rules::is_headless(svc) && tree::is_zero(at(at(svc, "spec"), "selector"));
        if !free && policy == "RequireDualStack" && own.len() < 2 {
            errs.invalid(
                &policy_path,
                policy.as_str(),
                "this cluster is not configured for dual-stack services",
            );
        }
        for (n, family) in families.iter().enumerate() {
            if !free && !own.contains(&family.as_str()) {
                errs.invalid(
                    &path.child("ipFamilies").index(n),
                    family.as_str(),
                    "not configured on this cluster",
                );
            }
        }
        if !errs.is_empty() {
            return Err(refuse(svc, errs));
        }
        if families.is_empty() {
            families.push(own[0].to_owned());
        }
        if (free || own.len() == 2) && !single && families.len() == 1 {
            let other = if families[0] == "IPv4" {
                "IPv6"
            } else {
                "IPv4"
            };
            families.push(other.to_owned());
        }
        set(tree::obj_mut(svc, "spec"), "ipFamilies", families);
        Ok(())
    }

    /// Takes the addresses that a service needs and its old version had not: all of
    /// them, or the second of one that gets another family.
    pub(super) fn take_ips(
        &self,
        ctx: &Ctx<'_>,
        svc: &mut Value,
        old: Option<&Value>,
        taken: &mut Taken,
    ) -> Result<(), Status> {
        if !needs_cluster_ip(svc) || rules::is_headless(svc) {
            return Ok(());
        }
        let families = families_of(svc);
        let had = match old {
            None => 0,
            Some(old) if kind_of(old) == "ExternalName" => 0,
            Some(old) if rules::is_headless(old) => return Ok(()),
            Some(old) => match (families_of(old).len(), families.len()) {
                (1, 2) => 1,
                _ => return Ok(()),
            },
        };
        let mut wanted = ips(svc);
        if wanted.len() < families.len() {
            wanted.resize(families.len(), String::new());
        }
        let fail = |svc: &Value, words: String, wanted: &[String]| {
            let mut errs = Errs::new();
            errs.invalid(
                &Path::root("spec").child("clusterIPs"),
                wanted.to_vec(),
                words,
            );
            refuse(svc, errs)
        };
        let full =
            |e: IpError| Status::internal_error(format!("failed to allocate a serviceIP: {e}"));
        let whole = wanted.clone();
        for (slot, family) in wanted.iter_mut().zip(&families).skip(had) {
            if slot.is_empty() && taken.dry_run {
                let got = self.allocators.would_take_next(family);
                *slot = got.map_err(full)?.to_string();
                continue;
            }
            if slot.is_empty() {
                let mut made_by_hand = Vec::new();
                let got = loop {
                    match self.allocators.take_next(family) {
                        Ok(ip) if is_made(ctx, &ip.to_string()) => made_by_hand.push(ip),
                        got => break got,
                    }
                };
                for ip in made_by_hand {
                    self.allocators.release(ip);
                }
                let ip = got.map_err(full)?;
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
                taken.ips.push(ip);
                *slot = ip.to_string();
                continue;
            }
            let Some(ip) = names::parse_ip(slot) else {
                continue;
            };
            let got = if taken.dry_run {
                self.allocators.would_take(ip)
            } else if is_made(ctx, &ip.to_string()) && !self.allocators.has(ip) {
                Err(IpError::Allocated)
            } else {
                self.allocators.take(ip)
            };
            got.map_err(|e| fail(svc, format!("failed to allocate IP {slot}: {e}"), &whole))?;
            if !taken.dry_run {
                taken.ips.push(ip);
            }
        }
        let spec = tree::obj_mut(svc, "spec");
        set(spec, "clusterIP", wanted[0].as_str());
        set(spec, "clusterIPs", wanted);
        Ok(())
    }

    /// Takes the node ports that a service needs.
    pub(super) fn take_ports(
        &self,
        svc: &mut Value,
        old: Option<&Value>,
        taken: &mut Taken,
    ) -> Result<(), Status> {
        if may_have_node_ports(svc) {
            match old {
                None => self.first_ports(svc, taken)?,
                Some(old) => self.changed_ports(svc, old, taken)?,
            }
        }
        let had = old.is_some_and(rules::needs_health_check_port);
        if rules::needs_health_check_port(svc) && !had {
            self.take_health_check_port(svc, taken)?;
        }
        Ok(())
    }

    /// The node ports of a new service: ports of one number share theirs, whatever their protocol.
    fn first_ports(&self, svc: &mut Value, taken: &mut Taken) -> Result<(), Status> {
        let allocate = needs_node_ports(svc);
        let mut ports = list(at(svc, "spec"), "ports").to_vec();
        let asked: Vec<(i64, i64)> = ports
            .iter()
            .map(|p| (i0(p, "port"), i0(p, "nodePort")))
            .filter(|(_, node)| *node != 0)
            .collect();
        let mut shared: Vec<(i64, i64)> = Vec::new();
        for (n, p) in ports.iter_mut().enumerate() {
            let (port, own) = (i0(p, "port"), i0(p, "nodePort"));
            if own == 0 && !allocate {
                continue;
            }
            let known = shared.iter().find(|s| s.0 == port).map(|s| s.1);
            match known {
                Some(number) if own == 0 => set(p, "nodePort", number),
                Some(number) if own == number => {}
                Some(_) => self.take_port(svc, n, own, taken)?,
                None => {
                    let wish = asked.iter().find(|a| a.0 == port).map(|a| a.1);
                    let number = match wish {
                        Some(wish) => {
                            self.take_port(svc, n, wish, taken)?;
                            wish
                        }
                        None => self.take_any_port(taken)?,
                    };
                    set(p, "nodePort", number);
                    shared.push((port, number));
                }
            }
        }
        set(tree::obj_mut(svc, "spec"), "ports", ports);
        Ok(())
    }

    /// The node ports of a service that had some: each port has its own, and keeps those it asks
    /// for that were the service's before.
    fn changed_ports(&self, svc: &mut Value, old: &Value, taken: &mut Taken) -> Result<(), Status> {
        let allocate = needs_node_ports(svc);
        let had: Vec<i64> = list(at(old, "spec"), "ports")
            .iter()
            .map(|p| i0(p, "nodePort"))
            .collect();
        let mut ports = list(at(svc, "spec"), "ports").to_vec();
        let mut known: Vec<(String, i64)> = Vec::new();
        for (n, p) in ports.iter_mut().enumerate() {
            let mut number = i0(p, "nodePort");
            if number == 0 && !allocate {
                continue;
            }
            if number == 0 {
                number = self.take_any_port(taken)?;
                set(p, "nodePort", number);
            } else if !had.contains(&number) && !taken.has_port(number) {
                self.take_port(svc, n, number, taken)?;
            }
            let one = (s(p, "protocol").to_owned(), number);
            if known.contains(&one) {
                return Err(Status::plain_error(format!(
                    "duplicate nodePort: {{{} {number}}}",
                    one.0
                )));
            }
            known.push(one);
        }
        set(tree::obj_mut(svc, "spec"), "ports", ports);
        Ok(())
    }

    fn take_any_port(&self, taken: &mut Taken) -> Result<i64, Status> {
        let number = self
            .reserve_next(taken)
            .map_err(|e| Status::internal_error(format!("failed to allocate a nodePort: {e}")))?;
        Ok(i64::from(number))
    }

    /// Takes a number; `n` is the place of the port that wants it.
    fn take_port(
        &self,
        svc: &Value,
        n: usize,
        number: i64,
        taken: &mut Taken,
    ) -> Result<(), Status> {
        let Err(refused) = self.reserve(number, taken) else {
            return Ok(());
        };
        let mut errs = Errs::new();
        let path = Path::root("spec");
        errs.invalid(
            &path.child("ports").index(n).child("nodePort"),
            number,
            refused,
        );
        Err(refuse(svc, errs))
    }

    fn take_health_check_port(&self, svc: &mut Value, taken: &mut Taken) -> Result<(), Status> {
        let spec = tree::obj_mut(svc, "spec");
        let asked = i0(spec, "healthCheckNodePort");
        if asked == 0 {
            let number = self.reserve_next(taken).map_err(|e| {
                Status::internal_error(format!(
                    "failed to allocate a HealthCheck NodePort {asked}: {e}"
                ))
            })?;
            set(spec, "healthCheckNodePort", i64::from(number));
            return Ok(());
        }
        self.reserve(asked, taken).map_err(|words| {
            Status::internal_error(format!(
                "failed to allocate requested HealthCheck NodePort {asked}: {words}"
            ))
        })
    }

    /// Takes a port that is asked for.
    fn reserve(&self, number: i64, taken: &mut Taken) -> Result<(), String> {
        let port = u16::try_from(number).map_err(|_| self.out_of_range())?;
        let ports = &self.allocators.ports;
        match taken.dry_run {
            true if ports.has(port) || taken.has_port(number) => Err(PortError::Allocated),
            true => Ok(()),
            false => ports.take(port),
        }
        .map_err(|e| e.to_string())?;
        taken.ports.push(port);
        Ok(())
    }

    /// Takes any port. A dry run is shown one that nobody gets, as upstream shows it.
    fn reserve_next(&self, taken: &mut Taken) -> Result<u16, PortError> {
        const SHOWN_FIRST: u16 = 32_769;
        let port = match taken.dry_run {
            true => taken
                .ports
                .iter()
                .max()
                .map_or(SHOWN_FIRST, |last| last.saturating_add(1)),
            false => self.allocators.ports.take_next()?,
        };
        taken.ports.push(port);
        Ok(port)
    }

    pub(super) fn out_of_range(&self) -> String {
        let (first, last) = self.allocators.options().node_ports;
        format!(
            "provided port is not in the valid range. The range of valid ports is {first}-{last}"
        )
    }

    /// The end of a write that took something and gives something up.
    pub(super) fn finish(&self, dry_run: bool, taken: Held, released: Held) -> Finish {
        let allocators = self.allocators.clone();
        Finish::new(move |ended| match ended {
            // A dry run has taken nothing, and lets go of nothing.
            Ended::Written if dry_run => {}
            Ended::Written => allocators.give_back(&released),
            Ended::Not => allocators.give_back(&taken),
            Ended::Stored(now) => {
                let spec = now.map_or(&Value::Null, |svc| at(svc, "spec"));
                allocators.give_back(&taken.and(released).without(spec));
            }
        })
    }
}

/// The families of a service.
fn families_of(svc: &Value) -> Vec<String> {
    list(at(svc, "spec"), "ipFamilies")
        .iter()
        .filter_map(|family| family.as_str().map(str::to_owned))
        .collect()
}

/// Whether someone made the object of an address by hand.
fn is_made(ctx: &Ctx<'_>, ip: &str) -> bool {
    ctx.objects.cached(Gr::IP_ADDRESSES, "", ip).is_some()
}

/// Whether a service prefers two families, as it did, and means the same ones: it stays as it
/// is, whatever the cluster has by now.
fn keeps_preferred_dual(new: &Value, old: &Value) -> bool {
    let policy = |svc| tree::sp(svc, &["spec", "ipFamilyPolicy"]);
    let same = |field| tree::same(at(at(new, "spec"), field), at(at(old, "spec"), field));
    policy(new) == "PreferDualStack"
        && matches!(policy(old), "" | "PreferDualStack")
        && kind_of(new) == kind_of(old)
        && same("clusterIPs")
        && same("ipFamilies")
}

/// The policy of a service; one that names none keeps the one it had.
fn settle_policy(svc: &mut Value, old: Option<&Value>) -> String {
    let of = |svc: &Value| {
        tree::path(svc, &["spec", "ipFamilyPolicy"])
            .as_str()
            .map(str::to_owned)
    };
    let free = rules::is_headless(svc) && tree::is_zero(at(at(svc, "spec"), "selector"));
    let policy = of(svc).or_else(|| old.and_then(of)).unwrap_or_else(|| {
        if free {
            "RequireDualStack"
        } else {
            "SingleStack"
        }
        .to_owned()
    });
    set(
        tree::obj_mut(svc, "spec"),
        "ipFamilyPolicy",
        policy.as_str(),
    );
    policy
}

/// Addresses and ports on their way.
pub(super) struct Taken {
    /// They are only shown, and are not taken.
    pub(super) dry_run: bool,
    pub(super) ips: Vec<IpAddr>,
    pub(super) ports: Vec<u16>,
}

impl Taken {
    pub(super) fn new(ctx: &Ctx<'_>) -> Self {
        Self {
            dry_run: ctx.dry_run,
            ips: Vec::new(),
            ports: Vec::new(),
        }
    }

    fn has_port(&self, number: i64) -> bool {
        self.ports.iter().any(|port| i64::from(*port) == number)
    }

    pub(super) fn held(&self, allocators: &ServiceAllocators) -> Held {
        if self.dry_run {
            return Held::default();
        }
        allocators.held(self.ips.iter().copied(), self.ports.iter().copied())
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
            self.allocators.give_back(&self.taken.held(self.allocators));
        }
    }
}
