//! `--service-cluster-ip-range`: one range of service addresses, or one of each family.

use ipnet::IpNet;

use crate::config::{Cidr, ServiceCidrs};

/// The range when none is given.
const DEFAULT: &str = "10.96.0.0/16";

/// Reads the flag, faults in kube-apiserver's words.
///
/// # Errors
/// It does not name one or two ranges, or names such as a server cannot have.
pub(super) fn of_services(text: Option<&str>) -> Result<ServiceCidrs, Vec<String>> {
    let text = text.filter(|text| !text.is_empty()).unwrap_or(DEFAULT);
    let mut entries = text.split(',');
    let one = |fault: String| vec![fault];
    let primary = entries
        .next()
        .and_then(read)
        .ok_or_else(|| one("service-cluster-ip-range[0] is not a valid cidr".to_owned()))?;
    if primary.0.max_prefix_len() - primary.0.prefix_len() < 3 {
        return Err(one(
            "error determining service IP ranges for primary service cidr: \
             the service cluster IP range must be at least 8 IP addresses"
                .to_owned(),
        ));
    }
    let secondary = match entries.next() {
        None => None,
        Some(text) => Some(
            read(text)
                .ok_or_else(|| one("service-cluster-ip-range[1] is not an ip net".to_owned()))?,
        ),
    };
    let mut faults = Vec::new();
    if entries.next().is_some() {
        faults.push("--service-cluster-ip-range must not contain more than two entries".to_owned());
    }
    if secondary.is_some_and(|secondary| secondary.is_ipv4() == primary.is_ipv4()) {
        faults.push(
            "--service-cluster-ip-range[0] and --service-cluster-ip-range[1] must be of different IP family"
                .to_owned(),
        );
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(ServiceCidrs { primary, secondary })
}

/// A range; the address may have bits beyond its prefix, and numbers leading zeros.
fn read(text: &str) -> Option<Cidr> {
    let (address, length) = skeg_registry::validation::names::parse_cidr_sloppy(text)?;
    let net = IpNet::new(address, length).ok()?;
    Some(Cidr(net.trunc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_or_one_of_each_family() {
        for (text, expect) in [
            ("", Ok("10.96.0.0/16")),
            ("10.0.0.0/24", Ok("10.0.0.0/24")),
            ("10.0.0.9/24", Ok("10.0.0.0/24")),
            ("2001:db8::/64", Ok("2001:db8::/64")),
            (
                "10.0.0.0/24,2001:db8::/112",
                Ok("10.0.0.0/24,2001:db8::/112"),
            ),
            (
                "2001:db8::/112,10.0.0.0/24",
                Ok("2001:db8::/112,10.0.0.0/24"),
            ),
            (
                "10.0.0.0",
                Err("service-cluster-ip-range[0] is not a valid cidr"),
            ),
            (
                ",10.0.0.0/24",
                Err("service-cluster-ip-range[0] is not a valid cidr"),
            ),
            (
                "10.0.0.0/24,",
                Err("service-cluster-ip-range[1] is not an ip net"),
            ),
            (
                "10.0.0.0/24, 2001:db8::/112",
                Err("service-cluster-ip-range[1] is not an ip net"),
            ),
            (
                "10.0.0.0/30",
                Err(
                    "error determining service IP ranges for primary service cidr: \
                     the service cluster IP range must be at least 8 IP addresses",
                ),
            ),
            (
                "10.0.0.0/24,2001:db8::/112,10.1.0.0/24",
                Err("--service-cluster-ip-range must not contain more than two entries"),
            ),
            (
                "10.0.0.0/24,10.1.0.0/24",
                Err(
                    "--service-cluster-ip-range[0] and --service-cluster-ip-range[1] \
                     must be of different IP family",
                ),
            ),
        ] {
            let read = of_services(Some(text)).map(|ranges| ranges.to_string());
            let expect = expect
                .map(str::to_owned)
                .map_err(|one| vec![one.to_owned()]);
            assert_eq!(read, expect, "{text}");
        }
    }
}
