//! The sockets of SIP: UDP and TCP on one address, open to the trunks only. Does I/O.
//!
//! TCP connections are accepted here and not by the stack, which would find out only later that the
//! port is taken, and only log it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rsipstack::transport::tcp::TcpConnection;
use rsipstack::transport::udp::UdpConnection;
use rsipstack::transport::{SipAddr, SipConnection};
use tokio::net::{TcpListener, TcpStream};

use super::config::SipStartError;
use super::port::Shared;

/// How often port 0 is tried until UDP and TCP get the same number.
const FREE_PORT_TRIES: u32 = 32;
/// TCP connections at once. A trunk needs one; the rest is room for reconnects.
const TCP_CONNECTIONS_MAX: usize = 256;

/// Both sockets, bound, and the address they share.
pub(super) struct Listeners {
    pub(super) udp: UdpConnection,
    pub(super) tcp: TcpListener,
    pub(super) address: SocketAddr,
}

/// Binds UDP and TCP to one address; with port 0, to one free port. `public` is the address that our
/// Via names, if it is another one (NAT).
pub(super) async fn bind(
    listen: SocketAddr,
    public: Option<IpAddr>,
) -> Result<Listeners, SipStartError> {
    let mut tries = if listen.port() == 0 { FREE_PORT_TRIES } else { 1 };
    loop {
        tries -= 1;
        match bind_once(listen, public).await {
            Ok(listeners) => return Ok(listeners),
            Err(error) if tries == 0 => return Err(error),
            Err(_) => {}
        }
    }
}

async fn bind_once(listen: SocketAddr, public: Option<IpAddr>) -> Result<Listeners, SipStartError> {
    let tcp = TcpListener::bind(listen)
        .await
        .map_err(|source| SipStartError::BindTcp { address: listen, source })?;
    let address =
        tcp.local_addr().map_err(|source| SipStartError::BindTcp { address: listen, source })?;
    let reached_at = public.map(|public| SocketAddr::new(public, address.port()));
    let udp = UdpConnection::create_connection(address, reached_at, None)
        .await
        .map_err(|source| SipStartError::BindUdp { address, source: Box::new(source) })?;
    Ok(Listeners { udp, tcp, address })
}

/// Accepts TCP connections until the port stops.
pub(super) async fn accept(shared: Arc<Shared>, listener: TcpListener, address: SocketAddr) {
    loop {
        let accepted = tokio::select! {
            () = shared.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => admit(&shared, stream, peer, address),
            Err(error) => {
                tracing::warn!(kind = %error.kind(), "a SIP connection could not be accepted");
                rest_after(&error).await;
            }
        }
    }
}

/// Out of file handles: the next accept would fail at once, so wait for some to be freed.
async fn rest_after(error: &io::Error) {
    if error.kind() != io::ErrorKind::ConnectionAborted {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

fn admit(shared: &Shared, stream: TcpStream, peer: SocketAddr, address: SocketAddr) {
    let transport = &shared.dialogs.endpoint.transport_layer;
    if !is_known(shared, peer.ip()) || transport.connections_count() >= TCP_CONNECTIONS_MAX {
        return;
    }
    let local = SipAddr { r#type: Some(rsipstack::sip::Transport::Tcp), addr: address.into() };
    let closes_with = Some(shared.stop.child_token());
    // An error means that the peer is gone again.
    if let Ok(connection) = TcpConnection::from_stream(stream, local, closes_with) {
        transport.add_connection(SipConnection::Tcp(connection));
    }
}

/// Whether operators' telephones stand at this address.
pub(super) fn is_station(shared: &Shared, ip: IpAddr) -> bool {
    shared.config.stations.iter().any(|network| network.contains(&ip.to_canonical()))
}

/// Whether this address belongs to a trunk or a station. A stranger is counted and gets silence: an
/// answer of any kind tells a scanner that here is a telephone exchange.
pub(super) fn is_known(shared: &Shared, ip: IpAddr) -> bool {
    let known = shared.trunks.recognise(ip).is_some() || is_station(shared, ip);
    if !known {
        shared.counters.strangers.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("helpline_sip_strangers_total").increment(1);
    }
    known
}
