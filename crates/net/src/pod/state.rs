//! Which sandbox has which address, kept in a file.

use std::{
    collections::{BTreeMap, HashSet, btree_map::Entry},
    fs::{self, File},
    io::{self, Write},
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::{HostPort, ipam};
use crate::Error;

const FILE: &str = "addresses.json";
const VERSION: u32 = 1;

/// What is kept of a pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pod {
    pub(super) address: Ipv4Addr,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) host_ports: Vec<HostPort>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Content {
    version: u32,
    /// The address given out last.
    last: Ipv4Addr,
    pods: BTreeMap<String, Pod>,
}

/// The file's content, and the addresses that are taken.
#[derive(Debug)]
pub(super) struct State {
    dir: PathBuf,
    cidr: Ipv4Net,
    content: Content,
    taken: HashSet<Ipv4Addr>,
}

impl State {
    /// Reads the file. One that cannot be understood is put aside, and what it said is learned
    /// from the links again.
    pub(super) fn load(dir: &Path, cidr: Ipv4Net) -> Result<Self, Error> {
        let failed = |action, path: &Path| {
            let path = path.to_owned();
            move |source| Error::State {
                action,
                path,
                source,
            }
        };
        fs::create_dir_all(dir).map_err(failed("make the folder of", dir))?;
        let path = dir.join(FILE);
        let content = match fs::read(&path) {
            Ok(bytes) => match serde_json::from_slice::<Content>(&bytes) {
                Ok(content) if content.version == VERSION => Some(content),
                bad => {
                    let aside = path.with_extension("unreadable");
                    let reason =
                        bad.map_or_else(|e| e.to_string(), |c| format!("version {}", c.version));
                    tracing::warn!(
                        file = %path.display(), aside = %aside.display(), reason,
                        "address file not understood; put aside, addresses are taken from the links"
                    );
                    fs::rename(&path, &aside).map_err(failed("put aside", &path))?;
                    None
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(failed("read", &path)(source)),
        };
        let content = content.unwrap_or_else(|| Content {
            version: VERSION,
            last: cidr.network(),
            pods: BTreeMap::new(),
        });
        let taken = content.pods.values().map(|pod| pod.address).collect();
        Ok(Self {
            dir: dir.to_owned(),
            cidr,
            content,
            taken,
        })
    }

    pub(super) fn delete(dir: &Path) -> Result<(), Error> {
        let path = dir.join(FILE);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(Error::State {
                action: "remove",
                path,
                source,
            }),
            _ => Ok(()),
        }
    }

    /// Writes the file so that a power cut leaves the old one or the new one.
    pub(super) fn save(&self) -> Result<(), Error> {
        let path = self.dir.join(FILE);
        let write = || -> io::Result<()> {
            let next = self.dir.join(format!("{FILE}.next"));
            let mut file = File::create(&next)?;
            file.write_all(&serde_json::to_vec(&self.content)?)?;
            file.sync_all()?;
            fs::rename(&next, &path)?;
            File::open(&self.dir)?.sync_all()
        };
        write().map_err(|source| Error::State {
            action: "write",
            path: path.clone(),
            source,
        })
    }

    pub(super) fn get(&self, id: &str) -> Option<&Pod> {
        self.content.pods.get(id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Pod)> {
        self.content.pods.iter()
    }

    /// Gives a sandbox an address, its old one when it has one, and these host ports.
    pub(super) fn claim(&mut self, id: &str, host_ports: &[HostPort]) -> Result<Pod, Error> {
        for port in host_ports {
            let rival = self.content.pods.iter().find(|(other, pod)| {
                *other != id && pod.host_ports.iter().any(|theirs| overlap(theirs, port))
            });
            if let Some((holder, _)) = rival {
                return Err(Error::HostPortTaken {
                    port: port.host_port,
                    protocol: port.protocol,
                    holder: holder.clone(),
                });
            }
        }
        if let Some(pod) = self.content.pods.get_mut(id) {
            pod.host_ports = host_ports.to_vec();
            return Ok(pod.clone());
        }
        let address = ipam::next(self.cidr, self.content.last, |a| self.taken.contains(&a)).ok_or(
            Error::Exhausted {
                cidr: self.cidr,
                used: self.taken.len(),
            },
        )?;
        let pod = Pod {
            address,
            host_ports: host_ports.to_vec(),
        };
        self.content.last = address;
        self.taken.insert(address);
        self.content.pods.insert(id.to_owned(), pod.clone());
        Ok(pod)
    }

    /// Believes a link that says that a sandbox has an address; answers whether it can be so.
    pub(super) fn adopt(&mut self, id: &str, address: Ipv4Addr) -> bool {
        match self.content.pods.entry(id.to_owned()) {
            Entry::Occupied(entry) => entry.get().address == address,
            Entry::Vacant(entry) => {
                let free = self.taken.insert(address);
                if free {
                    entry.insert(Pod {
                        address,
                        host_ports: vec![],
                    });
                }
                free
            }
        }
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Pod> {
        let pod = self.content.pods.remove(id)?;
        self.taken.remove(&pod.address);
        Some(pod)
    }

    /// Goes back to what was, after a file that could not be written.
    pub(super) fn restore(&mut self, id: &str, was: Option<Pod>) {
        self.remove(id);
        if let Some(pod) = was {
            self.taken.insert(pod.address);
            self.content.pods.insert(id.to_owned(), pod);
        }
    }
}

fn overlap(a: &HostPort, b: &HostPort) -> bool {
    a.protocol == b.protocol
        && a.host_port == b.host_port
        && (a.host_ip.is_none() || b.host_ip.is_none() || a.host_ip == b.host_ip)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::L4Protocol;

    fn cidr() -> Ipv4Net {
        "10.244.3.0/24".parse().unwrap()
    }

    fn port(host_port: u16, host_ip: Option<[u8; 4]>) -> HostPort {
        HostPort {
            protocol: L4Protocol::Tcp,
            host_ip: host_ip.map(Ipv4Addr::from),
            host_port,
            pod_port: 80,
        }
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let dir = tempfile::tempdir().unwrap();
        let mut state = State::load(dir.path(), cidr()).unwrap();
        let one = state.claim("one", &[port(8080, None)]).unwrap();
        state.claim("two", &[]).unwrap();
        state.remove("two");
        state.save().unwrap();
        let mut again = State::load(dir.path(), cidr()).unwrap();
        assert_eq!(again.get("one"), Some(&one));
        assert_eq!(again.claim("one", &[port(8080, None)]).unwrap(), one);
        // The address that came free last is the last to be given again.
        assert_eq!(
            again.claim("three", &[]).unwrap().address,
            Ipv4Addr::new(10, 244, 3, 4)
        );
    }

    #[test]
    fn a_broken_file_is_put_aside() {
        let dir = tempfile::tempdir().unwrap();
        for bad in [
            "",
            "{",
            "{\"version\":9,\"last\":\"10.0.0.1\",\"pods\":{}}",
            "[]",
        ] {
            fs::write(dir.path().join(FILE), bad).unwrap();
            let mut state = State::load(dir.path(), cidr()).unwrap();
            assert!(state.adopt("x", Ipv4Addr::new(10, 244, 3, 9)));
            assert!(!state.adopt("y", Ipv4Addr::new(10, 244, 3, 9)));
            assert!(!state.adopt("x", Ipv4Addr::new(10, 244, 3, 10)));
            assert!(dir.path().join("addresses.unreadable").exists());
        }
    }

    #[test]
    fn host_ports_have_one_holder() {
        let dir = tempfile::tempdir().unwrap();
        let mut state = State::load(dir.path(), cidr()).unwrap();
        state
            .claim("one", &[port(80, Some([127, 0, 0, 1]))])
            .unwrap();
        state
            .claim("two", &[port(80, Some([192, 0, 2, 1]))])
            .unwrap();
        let refused = state.claim("three", &[port(80, None)]).unwrap_err();
        assert!(refused.to_string().contains("80/TCP"), "{refused}");
        assert!(state.get("three").is_none());
        state.claim("three", &[port(81, None)]).unwrap();
    }
}
