//! This machine's own address, as others would call it.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// The address that packets to elsewhere leave from; without a route the
/// first that is not the loopback's; and the loopback if there is no other.
pub fn of_machine() -> IpAddr {
    by_route()
        .or_else(of_interface)
        .unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// Asks the kernel for its route to a documentation address. Nothing is sent.
fn by_route() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_unspecified() && !ip.is_loopback())
}

fn of_interface() -> Option<IpAddr> {
    nix::ifaddrs::getifaddrs()
        .ok()?
        .filter_map(|interface| Some(interface.address?.as_sockaddr_in()?.ip()))
        .find(|ip| !ip.is_loopback() && !ip.is_link_local())
        .map(IpAddr::V4)
}
