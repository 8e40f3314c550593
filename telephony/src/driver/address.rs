//! Which of our addresses another machine can use. Does I/O.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

/// The address to tell others for a socket bound to `bound`: itself, unless it is "every
/// interface", which nobody can send to; then the one that the default route would use.
pub(super) fn reachable(bound: IpAddr) -> IpAddr {
    if !bound.is_unspecified() {
        return bound;
    }
    let (any, far, near) = match bound {
        IpAddr::V4(_) => ("0.0.0.0:0", "192.0.2.1:9", IpAddr::V4(Ipv4Addr::LOCALHOST)),
        IpAddr::V6(_) => ("[::]:0", "[2001:db8::1]:9", IpAddr::V6(Ipv6Addr::LOCALHOST)),
    };
    // Connecting a UDP socket sends nothing; it only asks the routing table.
    UdpSocket::bind(any)
        .and_then(|socket| socket.connect(far).and_then(|()| socket.local_addr()))
        .map_or(near, |local| local.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_is_told_as_one_that_can_be_reached() {
        let local: IpAddr = "127.0.0.1".parse().expect("an address");
        assert_eq!(reachable(local), local);
        assert!(!reachable(Ipv4Addr::UNSPECIFIED.into()).is_unspecified());
        assert!(!reachable(Ipv6Addr::UNSPECIFIED.into()).is_unspecified());
    }
}
