//! Free ports. A port is asked of the system and given back; between that and its use by the program
//! another process could take it, which a start that fails says by name.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// A port of 127.0.0.1 that is free for UDP and TCP alike.
///
/// # Panics
/// If there is none in a thousand tries.
#[must_use]
pub fn free() -> u16 {
    for _ in 0..1000 {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a TCP port is free");
        let port = tcp.local_addr().expect("a bound socket has an address").port();
        if UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
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
