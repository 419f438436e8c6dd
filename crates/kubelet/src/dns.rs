//! `/etc/resolv.conf` and `/etc/hosts` of a pod.

use std::collections::BTreeMap;

use skeg_api::core::v1::Pod;

/// The resolver's limits (upstream's `MaxDNSNameservers`, `MaxDNSSearchPaths`).
const NAMESERVERS_MAX: usize = 3;
const SEARCHES_MAX: usize = 32;
/// The kernel's limit (`__NEW_UTS_LEN`).
const HOSTNAME_BYTES_MAX: usize = 64;

/// What a resolver is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resolv {
    pub(crate) nameservers: Vec<String>,
    pub(crate) searches: Vec<String>,
    pub(crate) options: Vec<String>,
}

impl Resolv {
    /// Reads a resolv.conf; what is not understood is passed over.
    pub(crate) fn parse(text: &str) -> Self {
        let mut out = Self::default();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let rest = |words: std::str::SplitWhitespace<'_>| {
                words.map(ToOwned::to_owned).collect::<Vec<_>>()
            };
            match words.next() {
                Some("nameserver") => out.nameservers.extend(words.next().map(ToOwned::to_owned)),
                Some("search") => out.searches = rest(words),
                Some("options") => out.options.extend(rest(words)),
                _ => {}
            }
        }
        out
    }

    /// The file's text.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        if !self.searches.is_empty() {
            out.push_str(&format!("search {}\n", self.searches.join(" ")));
        }
        for nameserver in &self.nameservers {
            out.push_str(&format!("nameserver {nameserver}\n"));
        }
        if !self.options.is_empty() {
            out.push_str(&format!("options {}\n", self.options.join(" ")));
        }
        out
    }
}

/// What a pod's resolver is told, by its policy (API documentation of `dnsPolicy` and `dnsConfig`).
pub(crate) fn resolv(
    pod: &Pod,
    host: &Resolv,
    cluster_dns: &[String],
    cluster_domain: &str,
) -> Resolv {
    let cluster = || {
        let namespace = &pod.metadata.namespace;
        let mut searches = vec![
            format!("{namespace}.svc.{cluster_domain}"),
            format!("svc.{cluster_domain}"),
            cluster_domain.to_owned(),
        ];
        searches.extend(host.searches.iter().cloned());
        Resolv {
            nameservers: cluster_dns.to_vec(),
            searches,
            options: vec!["ndots:5".into()],
        }
    };
    let mut out = match pod.spec.dns_policy.as_str() {
        "None" => Resolv::default(),
        "ClusterFirstWithHostNet" if !cluster_dns.is_empty() => cluster(),
        "ClusterFirst" if !cluster_dns.is_empty() && !pod.spec.host_network => cluster(),
        _ => host.clone(),
    };
    if let Some(config) = &pod.spec.dns_config {
        out.nameservers.extend(config.nameservers.iter().cloned());
        out.searches.extend(config.searches.iter().cloned());
        let mut options: BTreeMap<String, Option<String>> = BTreeMap::new();
        let own = config
            .options
            .iter()
            .map(|option| (option.name.clone(), option.value.clone()));
        let before = out
            .options
            .iter()
            .map(|option| match option.split_once(':') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (option.clone(), None),
            });
        options.extend(before.chain(own));
        out.options = options
            .into_iter()
            .map(
                |(name, value)| match value.filter(|value| !value.is_empty()) {
                    Some(value) => format!("{name}:{value}"),
                    None => name,
                },
            )
            .collect();
    }
    dedup(&mut out.nameservers);
    dedup(&mut out.searches);
    out.nameservers.truncate(NAMESERVERS_MAX);
    out.searches.truncate(SEARCHES_MAX);
    out
}

fn dedup(list: &mut Vec<String>) {
    let mut seen = Vec::new();
    list.retain(|item| {
        let new = !seen.contains(item);
        if new {
            seen.push(item.clone());
        }
        new
    });
}

/// The pod's name for itself: `hostnameOverride` (KEP-4762), `hostname` or its
/// name, cut to what a host may be called.
pub(crate) fn hostname(pod: &Pod) -> String {
    if let Some(name) = &pod.spec.hostname_override {
        return name.clone();
    }
    let name = if pod.spec.hostname.is_empty() {
        &pod.metadata.name
    } else {
        &pod.spec.hostname
    };
    let mut name = name.clone();
    name.truncate(63);
    name.trim_end_matches(['-', '.']).to_owned()
}

/// The name with which the cluster's DNS knows the pod, if it has a subdomain.
fn full_name(pod: &Pod, cluster_domain: &str) -> Option<String> {
    let named = !pod.spec.subdomain.is_empty() && pod.spec.hostname_override.is_none();
    named.then(|| {
        format!(
            "{}.{}.{}.svc.{cluster_domain}",
            hostname(pod),
            pod.spec.subdomain,
            pod.metadata.namespace
        )
    })
}

/// What the kernel is told as the pod's host name: the short name, or the full
/// one by `setHostnameAsFQDN` (KEP-1797).
///
/// # Errors
/// When the kernel has no room for it.
pub(crate) fn kernel_hostname(pod: &Pod, cluster_domain: &str) -> Result<String, String> {
    let full = pod.spec.set_hostname_as_fqdn.unwrap_or(false);
    let name = full
        .then(|| full_name(pod, cluster_domain))
        .flatten()
        .unwrap_or_else(|| hostname(pod));
    if name.len() > HOSTNAME_BYTES_MAX {
        return Err(format!(
            "failed to construct FQDN from pod hostname and cluster domain, FQDN {name} is too long ({HOSTNAME_BYTES_MAX} characters is the max, {} characters requested)",
            name.len()
        ));
    }
    Ok(name)
}

/// `/etc/hosts`, as every kubelet writes it. Pods on the node's network see `of_node`.
pub(crate) fn hosts(pod: &Pod, ips: &[String], cluster_domain: &str, of_node: &str) -> String {
    if pod.spec.host_network {
        let mut out = format!("# Kubernetes-managed hosts file (host network).\n{of_node}");
        add_aliases(pod, &mut out);
        return out;
    }
    let mut out = String::from(
        "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n\
         fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n",
    );
    let host = hostname(pod);
    let full = full_name(pod, cluster_domain);
    for ip in ips {
        match &full {
            Some(full) => out.push_str(&format!("{ip}\t{full}\t{host}\n")),
            None => out.push_str(&format!("{ip}\t{host}\n")),
        }
    }
    add_aliases(pod, &mut out);
    out
}

fn add_aliases(pod: &Pod, out: &mut String) {
    if !pod.spec.host_aliases.is_empty() {
        out.push_str("\n# Entries added by HostAliases.\n");
        for alias in &pod.spec.host_aliases {
            out.push_str(&format!("{}\t{}\n", alias.ip, alias.hostnames.join("\t")));
        }
    }
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::{PodDNSConfig, PodDNSConfigOption};

    use super::*;

    fn pod(policy: &str, host_network: bool) -> Pod {
        let mut pod = Pod::default();
        pod.metadata.name = "p".into();
        pod.metadata.namespace = "ns".into();
        pod.spec.dns_policy = policy.into();
        pod.spec.host_network = host_network;
        pod
    }

    #[test]
    fn policies_choose_the_resolver() {
        let host = Resolv::parse(
            "nameserver 9.9.9.9\nsearch example.com\noptions timeout:1\n# a comment\n",
        );
        let cluster = ["10.96.0.10".to_owned()];
        let text = |pod: &Pod| resolv(pod, &host, &cluster, "cluster.local").text();
        let in_cluster = "search ns.svc.cluster.local svc.cluster.local cluster.local example.com\n\
                          nameserver 10.96.0.10\noptions ndots:5\n";
        let on_host = "search example.com\nnameserver 9.9.9.9\noptions timeout:1\n";
        assert_eq!(text(&pod("ClusterFirst", false)), in_cluster);
        assert_eq!(text(&pod("ClusterFirst", true)), on_host);
        assert_eq!(text(&pod("ClusterFirstWithHostNet", true)), in_cluster);
        assert_eq!(text(&pod("Default", false)), on_host);
        let mut own = pod("None", false);
        own.spec.dns_config = Some(Box::new(PodDNSConfig {
            nameservers: vec!["1.1.1.1".into()],
            options: vec![PodDNSConfigOption {
                name: "ndots".into(),
                value: Some("2".into()),
            }],
            ..Default::default()
        }));
        assert_eq!(text(&own), "nameserver 1.1.1.1\noptions ndots:2\n");
    }

    #[test]
    fn hosts_name_the_pod() {
        let mut pod = pod("ClusterFirst", false);
        pod.spec.hostname = "web-0".into();
        pod.spec.subdomain = "web".into();
        let text = hosts(&pod, &["10.0.0.5".into()], "cluster.local", "");
        assert!(
            text.ends_with("10.0.0.5\tweb-0.web.ns.svc.cluster.local\tweb-0\n"),
            "{text}"
        );
    }

    #[test]
    fn hosts_of_the_node_are_those_of_pods_on_its_network() {
        let text = hosts(
            &pod("Default", true),
            &["192.0.2.2".into()],
            "cluster.local",
            "192.0.2.9\tother\n",
        );
        assert_eq!(
            text,
            "# Kubernetes-managed hosts file (host network).\n192.0.2.9\tother\n"
        );
    }

    #[test]
    fn a_host_name_may_be_the_full_one() {
        let mut pod = pod("ClusterFirst", false);
        let name = |pod: &Pod| kernel_hostname(pod, "cluster.local");
        assert_eq!(name(&pod), Ok("p".into()));
        pod.spec.set_hostname_as_fqdn = Some(true);
        assert_eq!(name(&pod), Ok("p".into()));
        pod.spec.subdomain = "sub".into();
        assert_eq!(name(&pod), Ok("p.sub.ns.svc.cluster.local".into()));
        pod.spec.hostname = "h".repeat(50);
        assert!(
            name(&pod)
                .unwrap_err()
                .contains("is too long (64 characters is the max, 75")
        );
        pod.spec.hostname_override = Some("other.example".into());
        assert_eq!(name(&pod), Ok("other.example".into()));
    }
}
