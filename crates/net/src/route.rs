//! Links, addresses, routes and neighbours, as far as the pod network needs them.

use std::{
    fs::File,
    net::{IpAddr, Ipv4Addr},
    os::fd::AsRawFd,
};

use crate::{
    Error,
    netlink::{
        Attrs, Family, Message, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, NetlinkError, Socket,
        Writer,
    },
};

const RTM_NEWLINK: u16 = 16;
const RTM_DELLINK: u16 = 17;
const RTM_GETLINK: u16 = 18;
const RTM_SETLINK: u16 = 19;
const RTM_NEWADDR: u16 = 20;
const RTM_GETADDR: u16 = 22;
const RTM_NEWROUTE: u16 = 24;
const RTM_GETROUTE: u16 = 26;
const RTM_NEWNEIGH: u16 = 28;

const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_MASTER: u16 = 10;
const IFLA_PROTINFO: u16 = 12;
const IFLA_LINKINFO: u16 = 18;
const IFLA_IFALIAS: u16 = 20;
const IFLA_NET_NS_FD: u16 = 28;
const IFLA_INFO_KIND: u16 = 1;
const IFLA_INFO_DATA: u16 = 2;
const VETH_INFO_PEER: u16 = 1;
const IFLA_BRPORT_MODE: u16 = 4;

const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PREFSRC: u16 = 7;
const NDA_DST: u16 = 1;
const NDA_LLADDR: u16 = 2;

const RT_TABLE_MAIN: u8 = 254;
const RTPROT_STATIC: u8 = 4;
const RTN_UNICAST: u8 = 1;
const NUD_PERMANENT: u16 = 0x80;
const NUD_NOARP: u16 = 0x40;
const NTF_MASTER: u8 = 0x04;

const IFINFO_LEN: usize = 16;
const IFADDR_LEN: usize = 8;
const RTMSG_LEN: usize = 12;

const AF_INET: u8 = libc::AF_INET as u8;
const AF_BRIDGE: u8 = libc::AF_BRIDGE as u8;
const IFF_UP: u32 = libc::IFF_UP as u32;

/// A hardware address.
pub type Mac = [u8; 6];

/// A link as the kernel shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Its number, unique in its namespace.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// Free text that its maker gave it.
    pub alias: Option<String>,
    /// The bridge that it is a port of.
    pub master: Option<u32>,
    /// Largest packet in bytes.
    pub mtu: u32,
    /// Hardware address.
    pub mac: Option<Mac>,
    /// Whether it is set up.
    pub up: bool,
    /// `veth`, `bridge` …; empty for hardware.
    pub kind: String,
}

/// A veth pair to be made.
#[derive(Clone, Debug)]
pub struct Veth<'a> {
    /// Name on this side.
    pub name: &'a str,
    /// Free text kept on this side.
    pub alias: &'a str,
    /// Name of the other side.
    pub peer_name: &'a str,
    /// Namespace of the other side.
    pub peer_netns: &'a File,
    /// Hardware address of the other side.
    pub peer_mac: Mac,
    /// Largest packet on both sides.
    pub mtu: u32,
}

/// A route to be made.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// Destination; none is the default route.
    pub to: Option<ipnet::Ipv4Net>,
    /// Next hop; none is on the link itself.
    pub via: Option<Ipv4Addr>,
    /// The link.
    pub link: u32,
    /// The address that the machine's own connections carry.
    pub source: Option<Ipv4Addr>,
}

/// A conversation with rtnetlink in one network namespace.
#[derive(Debug)]
pub struct RouteSocket(Socket);

impl RouteSocket {
    /// Opens it in this thread's network namespace.
    pub fn open() -> Result<Self, Error> {
        Ok(Self(Socket::open(Family::Route)?))
    }

    /// The link of this name, if there is one.
    pub fn link(&mut self, name: &str) -> Result<Option<Link>, Error> {
        let mut found = None;
        let result = self.0.query(
            RTM_GETLINK,
            false,
            |w| {
                w.raw(&ifinfo(0, 0, 0, 0));
                w.attr_str(IFLA_IFNAME, name);
            },
            |message| found = parse_link(&message),
        );
        // The answer to a question for one object ends with an acknowledgement.
        match result {
            Ok(()) => Ok(found),
            Err(error) if error.is_absent() => Ok(None),
            Err(source) => Err(failed(format!("read link {name}"), source)),
        }
    }

    /// All links of the namespace.
    pub fn links(&mut self) -> Result<Vec<Link>, Error> {
        let mut links = Vec::new();
        self.0
            .query(
                RTM_GETLINK,
                true,
                |w| w.raw(&ifinfo(0, 0, 0, 0)),
                |message| links.extend(parse_link(&message)),
            )
            .map_err(|source| failed("list links", source))?;
        Ok(links)
    }

    /// Makes a bridge; one that exists is kept and set to these values.
    pub fn ensure_bridge(&mut self, name: &str, mac: Mac, mtu: u32) -> Result<u32, Error> {
        if self.link(name)?.is_none() {
            let made = self.0.request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, |w| {
                w.raw(&ifinfo(0, 0, 0, 0));
                w.attr_str(IFLA_IFNAME, name);
                w.attr(IFLA_ADDRESS, &mac);
                w.attr_u32(IFLA_MTU, mtu);
                w.nested(IFLA_LINKINFO, |w| w.attr_str(IFLA_INFO_KIND, "bridge"));
            });
            match made {
                Err(error) if !error.is_present() => {
                    return Err(failed(format!("make bridge {name}"), error));
                }
                _ => {}
            }
        }
        let link = self.link(name)?.ok_or_else(|| Error::Route {
            action: format!("find bridge {name}, just made"),
            source: absent(),
        })?;
        if link.kind != "bridge" {
            return Err(Error::Route {
                action: format!("use {name} as a bridge: there is another link of this name"),
                source: NetlinkError::from_errno(libc::EEXIST),
            });
        }
        // A bridge takes the lowest address of its ports unless it is set.
        self.set_link(name, link.index, |w| {
            w.attr(IFLA_ADDRESS, &mac);
            if link.mtu != mtu {
                w.attr_u32(IFLA_MTU, mtu);
            }
        })?;
        Ok(link.index)
    }

    /// Makes a veth pair.
    pub fn add_veth(&mut self, veth: &Veth<'_>) -> Result<(), Error> {
        let netns = u32::try_from(veth.peer_netns.as_raw_fd()).expect("descriptors are positive");
        self.0
            .request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, |w| {
                w.raw(&ifinfo(0, 0, 0, 0));
                w.attr_str(IFLA_IFNAME, veth.name);
                w.attr_u32(IFLA_MTU, veth.mtu);
                w.nested(IFLA_LINKINFO, |w| {
                    w.attr_str(IFLA_INFO_KIND, "veth");
                    w.nested(IFLA_INFO_DATA, |w| {
                        w.nested(VETH_INFO_PEER, |w| {
                            w.raw(&ifinfo(0, 0, 0, 0));
                            w.attr_str(IFLA_IFNAME, veth.peer_name);
                            w.attr(IFLA_ADDRESS, &veth.peer_mac);
                            w.attr_u32(IFLA_MTU, veth.mtu);
                            w.attr_u32(IFLA_NET_NS_FD, netns);
                        });
                    });
                });
            })
            .map_err(|e| {
                failed(
                    format!("make veth pair {} – {}", veth.name, veth.peer_name),
                    e,
                )
            })?;
        // Not taken at creation.
        self.0
            .request(RTM_SETLINK, 0, |w| {
                w.raw(&ifinfo(0, 0, 0, 0));
                w.attr_str(IFLA_IFNAME, veth.name);
                w.attr(IFLA_IFALIAS, veth.alias.as_bytes());
            })
            .map_err(|source| failed(format!("describe link {}", veth.name), source))
    }

    /// Makes a link a port of a bridge and sets it up. In hairpin mode the bridge may send a
    /// packet back through the port that it came from, which is how a pod reaches itself
    /// through a service where bridged packets pass the machine's packet filter.
    pub fn join_bridge(&mut self, name: &str, index: u32, bridge: u32) -> Result<(), Error> {
        self.set_link(name, index, |w| w.attr_u32(IFLA_MASTER, bridge))?;
        self.0
            .request(RTM_SETLINK, 0, |w| {
                w.raw(&ifinfo(AF_BRIDGE, index, 0, 0));
                w.nested(IFLA_PROTINFO, |w| w.attr(IFLA_BRPORT_MODE, &[1]));
            })
            .map_err(|source| failed(format!("set hairpin mode of {name}"), source))
    }

    /// Sets a link up.
    pub fn set_up(&mut self, name: &str, index: u32) -> Result<(), Error> {
        self.set_link(name, index, |_| ())
    }

    fn set_link(
        &mut self,
        name: &str,
        index: u32,
        attrs: impl FnOnce(&mut Writer),
    ) -> Result<(), Error> {
        self.0
            .request(RTM_NEWLINK, 0, |w| {
                w.raw(&ifinfo(0, index, IFF_UP, IFF_UP));
                attrs(w);
            })
            .map_err(|source| failed(format!("set up link {name}"), source))
    }

    /// Removes a link (and the other end of a pair); answers whether there was one.
    pub fn delete_link(&mut self, name: &str) -> Result<bool, Error> {
        let result = self.0.request(RTM_DELLINK, 0, |w| {
            w.raw(&ifinfo(0, 0, 0, 0));
            w.attr_str(IFLA_IFNAME, name);
        });
        match result {
            Ok(()) => Ok(true),
            Err(error) if error.is_absent() => Ok(false),
            Err(source) => Err(failed(format!("remove link {name}"), source)),
        }
    }

    /// Gives a link an address; one that it has already is no error.
    pub fn add_address(&mut self, link: u32, net: ipnet::Ipv4Net) -> Result<(), Error> {
        let result = self
            .0
            .request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, |w| {
                w.raw(&[AF_INET, net.prefix_len(), 0, 0]);
                w.raw(&link.to_ne_bytes());
                w.attr(IFA_LOCAL, &net.addr().octets());
                w.attr(IFA_ADDRESS, &net.addr().octets());
            });
        present_is_fine(result).map_err(|source| failed(format!("add address {net}"), source))
    }

    /// The IPv4 addresses of a link, or of all links.
    pub fn addresses(&mut self, link: Option<u32>) -> Result<Vec<Ipv4Addr>, Error> {
        let mut found = Vec::new();
        self.0
            .query(
                RTM_GETADDR,
                true,
                |w| {
                    w.raw(&[AF_INET, 0, 0, 0]);
                    w.raw(&0_u32.to_ne_bytes());
                },
                |message| {
                    let index = message.payload.get(4..8).and_then(|b| b.try_into().ok());
                    let attrs = Attrs::after(message.payload, IFADDR_LEN);
                    let address = attrs.find(IFA_LOCAL).or_else(|| attrs.find(IFA_ADDRESS));
                    let address = address.and_then(|b| <[u8; 4]>::try_from(b).ok());
                    if let (Some(index), Some(address)) = (index, address)
                        && link.is_none_or(|link| link == u32::from_ne_bytes(index))
                    {
                        found.push(Ipv4Addr::from(address));
                    }
                },
            )
            .map_err(|source| failed("list addresses", source))?;
        Ok(found)
    }

    /// Makes a route in the main table, in place of one to the same destination.
    pub fn set_route(&mut self, route: Route) -> Result<(), Error> {
        let prefix = route.to.map_or(0, |net| net.prefix_len());
        let scope = if route.via.is_some() {
            0
        } else {
            libc::RT_SCOPE_LINK
        };
        self.0
            .request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, |w| {
                w.raw(&[
                    AF_INET,
                    prefix,
                    0,
                    0,
                    RT_TABLE_MAIN,
                    RTPROT_STATIC,
                    scope,
                    RTN_UNICAST,
                    0,
                    0,
                    0,
                    0,
                ]);
                if let Some(net) = route.to {
                    w.attr(RTA_DST, &net.network().octets());
                }
                if let Some(via) = route.via {
                    w.attr(RTA_GATEWAY, &via.octets());
                }
                if let Some(source) = route.source {
                    w.attr(RTA_PREFSRC, &source.octets());
                }
                w.attr_u32(RTA_OIF, route.link);
            })
            .map_err(|source| {
                let to = route
                    .to
                    .map_or_else(|| "default".to_owned(), |net| net.to_string());
                failed(format!("set route to {to}"), source)
            })
    }

    /// The link of the main table's default route.
    pub fn default_link(&mut self) -> Result<Option<u32>, Error> {
        let routes = self.routes()?;
        Ok(routes
            .into_iter()
            .find(|(to, _)| to.prefix_len() == 0)
            .map(|(_, link)| link))
    }

    /// The main table's IPv4 routes: destination and link.
    pub fn routes(&mut self) -> Result<Vec<(ipnet::Ipv4Net, u32)>, Error> {
        let mut found = Vec::new();
        self.0
            .query(
                RTM_GETROUTE,
                true,
                |w| w.raw(&[AF_INET, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
                |message| {
                    if message.payload.get(4) != Some(&RT_TABLE_MAIN) {
                        return;
                    }
                    let attrs = Attrs::after(message.payload, RTMSG_LEN);
                    let to = attrs
                        .find(RTA_DST)
                        .and_then(|b| <[u8; 4]>::try_from(b).ok());
                    let to = Ipv4Addr::from(to.unwrap_or_default());
                    let prefix = message.payload.get(1).copied().unwrap_or_default();
                    if let (Ok(net), Some(link)) =
                        (ipnet::Ipv4Net::new(to, prefix), attrs.u32(RTA_OIF))
                    {
                        found.push((net, link));
                    }
                },
            )
            .map_err(|source| failed("list routes", source))?;
        Ok(found)
    }

    /// Pins the hardware address of a neighbour, so that nobody has to ask for it.
    pub fn set_neighbour(&mut self, link: u32, address: IpAddr, mac: Mac) -> Result<(), Error> {
        self.0
            .request(
                RTM_NEWNEIGH,
                NLM_F_CREATE | NLM_F_REPLACE,
                |w| match address {
                    IpAddr::V4(v4) => {
                        w.raw(&ndmsg(AF_INET, link, NUD_PERMANENT, 0));
                        w.attr(NDA_DST, &v4.octets());
                        w.attr(NDA_LLADDR, &mac);
                    }
                    IpAddr::V6(v6) => {
                        w.raw(&ndmsg(libc::AF_INET6 as u8, link, NUD_PERMANENT, 0));
                        w.attr(NDA_DST, &v6.octets());
                        w.attr(NDA_LLADDR, &mac);
                    }
                },
            )
            .map_err(|source| failed(format!("set neighbour {address}"), source))
    }

    /// Tells the bridge behind which port a hardware address is.
    pub fn set_bridge_neighbour(&mut self, port: u32, mac: Mac) -> Result<(), Error> {
        self.0
            .request(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, |w| {
                w.raw(&ndmsg(AF_BRIDGE, port, NUD_NOARP, NTF_MASTER));
                w.attr(NDA_LLADDR, &mac);
            })
            .map_err(|source| failed("set forwarding entry of the bridge", source))
    }
}

fn failed(action: impl Into<String>, source: NetlinkError) -> Error {
    Error::Route {
        action: action.into(),
        source,
    }
}

fn absent() -> NetlinkError {
    NetlinkError::from_errno(libc::ENODEV)
}

fn present_is_fine(result: Result<(), NetlinkError>) -> Result<(), NetlinkError> {
    match result {
        Err(error) if error.is_present() => Ok(()),
        other => other,
    }
}

fn ifinfo(family: u8, index: u32, flags: u32, change: u32) -> [u8; IFINFO_LEN] {
    let mut header = [0; IFINFO_LEN];
    header[0] = family;
    header[4..8].copy_from_slice(&index.to_ne_bytes());
    header[8..12].copy_from_slice(&flags.to_ne_bytes());
    header[12..16].copy_from_slice(&change.to_ne_bytes());
    header
}

fn ndmsg(family: u8, link: u32, state: u16, flags: u8) -> [u8; 12] {
    let mut header = [0; 12];
    header[0] = family;
    header[4..8].copy_from_slice(&link.to_ne_bytes());
    header[8..10].copy_from_slice(&state.to_ne_bytes());
    header[10] = flags;
    header
}

fn parse_link(message: &Message<'_>) -> Option<Link> {
    if message.ty != RTM_NEWLINK {
        return None;
    }
    let word = |at: usize| {
        Some(u32::from_ne_bytes(
            message.payload.get(at..at + 4)?.try_into().ok()?,
        ))
    };
    let attrs = Attrs::after(message.payload, IFINFO_LEN);
    Some(Link {
        index: word(4)?,
        name: attrs.text(IFLA_IFNAME)?.to_owned(),
        alias: attrs.text(IFLA_IFALIAS).map(str::to_owned),
        master: attrs.u32(IFLA_MASTER),
        mtu: attrs.u32(IFLA_MTU).unwrap_or_default(),
        mac: attrs.find(IFLA_ADDRESS).and_then(|b| b.try_into().ok()),
        up: word(8)? & IFF_UP != 0,
        kind: attrs
            .nested(IFLA_LINKINFO)
            .text(IFLA_INFO_KIND)
            .unwrap_or_default()
            .to_owned(),
    })
}
