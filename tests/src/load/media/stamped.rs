//! Receiving with the moment at which the system had the packet, however late it is fetched. Does I/O.

use std::io::IoSliceMut;
use std::net::UdpSocket;
use std::os::fd::AsRawFd as _;
use std::time::Duration;

use anyhow::Result;
use nix::sys::socket::sockopt::ReceiveTimestampns;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt};
use nix::sys::time::TimeSpec;

/// Has the system stamp what a socket receives from now on.
///
/// # Errors
/// The system cannot.
pub fn stamp(socket: &UdpSocket) -> Result<()> {
    Ok(setsockopt(socket, ReceiveTimestampns, &true)?)
}

/// Room for what is received.
pub struct Room {
    datagram: [u8; 2048],
    control: Vec<u8>,
}

impl Default for Room {
    fn default() -> Self {
        Self { datagram: [0; 2048], control: nix::cmsg_space!(TimeSpec) }
    }
}

impl Room {
    /// The next datagram, and when it came, since 1970; `None` if there is none, or an error waits (an
    /// ICMP answer to what was sent).
    pub fn receive(&mut self, socket: &UdpSocket) -> Option<(&mut [u8], Option<Duration>)> {
        let (len, stamp) = {
            let mut parts = [IoSliceMut::new(&mut self.datagram)];
            let (fd, flags) = (socket.as_raw_fd(), MsgFlags::MSG_DONTWAIT);
            let received = recvmsg::<()>(fd, &mut parts, Some(&mut self.control), flags).ok()?;
            let mut told = received.cmsgs().into_iter().flatten();
            let stamp = told.find_map(|message| {
                let ControlMessageOwned::ScmTimestampns(stamp) = message else { return None };
                Some(Duration::from(stamp))
            });
            (received.bytes, stamp)
        };
        Some((&mut self.datagram[..len], stamp))
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::load::media::clock::Clock;

    #[test]
    fn a_packet_that_is_fetched_late_came_when_it_was_sent() {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
        stamp(&socket).expect("the system stamps");
        let clock = Clock::begin();
        socket.send_to(b"now", socket.local_addr().expect("bound")).expect("sent");
        let sent_ns = clock.now_ns();
        clock.wait_until(clock.now() + Duration::from_millis(100));
        let mut room = Room::default();
        let (datagram, stamp) = room.receive(&socket).expect("it is there");
        assert_eq!(datagram, b"now");
        assert!(clock.stamp_ns(stamp.expect("a stamp")) <= sent_ns);
        assert!(room.receive(&socket).is_none());
    }
}
