//! Names of kernel objects, derived from the instance id.

/// What an instance calls the things that it makes in the kernel.
///
/// Several instances share a machine, so every name carries the instance id. Link names are
/// limited to 15 bytes; an id that is too long or has other characters than lower case letters
/// and digits is replaced by its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    tag: String,
    /// Two or more characters shorter than `tag`, for names that carry a pod's hash too.
    short: String,
}

impl Names {
    /// The beginning of the names of all instances' bridges.
    pub(crate) const BRIDGE_PREFIX: &str = "skeg";

    /// Derives the names of the instance `instance_id`.
    pub fn new(instance_id: &str) -> Self {
        let plain = !instance_id.is_empty()
            && instance_id.len() <= 8
            && instance_id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let hash = format!("{:016x}", fnv1a(instance_id.as_bytes()));
        Self {
            tag: if plain {
                instance_id.to_owned()
            } else {
                hash[..8].to_owned()
            },
            short: hash[..5].to_owned(),
        }
    }

    /// The bridge: `skeg` and at most eight characters.
    pub fn bridge(&self) -> String {
        format!("{}{}", Self::BRIDGE_PREFIX, self.tag)
    }

    /// The nftables table of the pod network.
    pub fn pod_table(&self) -> String {
        format!("skeg-{}-pods", self.tag)
    }

    /// The nftables table of the service proxy.
    pub fn proxy_table(&self) -> String {
        format!("skeg-{}-services", self.tag)
    }

    /// The beginning of the names of this instance's veth links on the machine's side.
    pub fn veth_prefix(&self) -> String {
        format!("sk{}", self.short)
    }

    /// The machine's side of a sandbox's veth pair: 15 characters.
    pub fn veth(&self, sandbox_id: &str) -> String {
        let hash = format!("{:016x}", fnv1a(sandbox_id.as_bytes()));
        format!("{}{}", self.veth_prefix(), &hash[..8])
    }
}

/// FNV-1a, with a final mix so that short inputs differ in their leading digits too.
fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_the_kernel_and_differ_by_instance() {
        for id in ["a1b2c3d4", "", "Some-Long_Id", "x"] {
            let names = Names::new(id);
            assert!(names.bridge().len() <= 15, "{}", names.bridge());
            assert_eq!(names.veth("sandbox").len(), 15);
            assert!(names.veth("sandbox").starts_with(&names.veth_prefix()));
        }
        let (a, b) = (Names::new("a"), Names::new("b"));
        assert_ne!(a.bridge(), b.bridge());
        assert_ne!(a.pod_table(), b.pod_table());
        assert_ne!(a.proxy_table(), a.pod_table());
        assert_ne!(a.veth("one"), a.veth("two"));
        assert_ne!(a.veth("one"), b.veth("one"));
        assert_eq!(Names::new("a1b2c3d4").bridge(), "skega1b2c3d4");
    }
}
