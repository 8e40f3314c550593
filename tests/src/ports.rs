//! Free ports. A port is asked of the system and given back; between that and its use by the program
//! another process could take it, which a start that fails says by name.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// Below the ports that the system hands out by itself: between our look and the program's start it
/// cannot give one of them to a socket that asked for any port, as the program's own do.
const PORTS: std::ops::Range<u16> = 28_200..32_700;

/// A port of 127.0.0.1 that is free for UDP and TCP alike.
///
/// # Panics
/// If there is none in a thousand tries.
#[must_use]
pub fn free() -> u16 {
    for _ in 0..1000 {
        let port = rand::random_range(PORTS);
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, port));
        if udp.is_ok() && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free for UDP and TCP alike");
}

/// A free port of 127.0.0.1 with its address.
#[must_use]
pub fn free_address() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, free()))
}
