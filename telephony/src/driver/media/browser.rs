//! A browser's link: SRTP over its lane's shared port. Does I/O.
//!
//! Keys and paths come from the gate, which does ICE and DTLS. One link holds the only sender of its
//! key: two senders on one key would give the audio away (RFC 3711 §9.1).

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;

use super::sys::Outbox;
use crate::rtp::RtpHeader;
use crate::sdp::Codec;
use crate::srtp::{SrtpKeys, SrtpReceiver, SrtpSender};

/// Room for a packet of ours and what SRTP adds to it, bytes.
const OUTGOING_BYTES_MAX: usize = 1500;

/// SRTP to and from one browser.
pub(super) struct BrowserLink {
    codec: Codec,
    telephone_event: Option<u8>,
    /// The stream that our description names.
    ssrc: u32,
    /// The nominated address; it stays known when the connection is lost.
    remote: Option<SocketAddr>,
    cipher: Option<Cipher>,
    is_lost: bool,
    home: Home,
    /// The leg is on another lane than its port.
    is_away: bool,
}

/// The lane whose port the browser talks to.
#[derive(Clone, Debug)]
pub(super) struct Home {
    pub(super) lane: usize,
    pub(super) port: Arc<UdpSocket>,
}

struct Cipher {
    sender: SrtpSender,
    receiver: SrtpReceiver,
}

/// Whether the link has just come up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Connected,
    Lost,
    Closed,
    None,
}

impl BrowserLink {
    pub(super) fn new(codec: Codec, telephone_event: Option<u8>, ssrc: u32, home: Home) -> Self {
        Self {
            codec,
            telephone_event,
            ssrc,
            remote: None,
            cipher: None,
            is_lost: false,
            home,
            is_away: false,
        }
    }

    pub(super) fn codec(&self) -> Codec {
        self.codec
    }

    pub(super) fn telephone_event(&self) -> Option<u8> {
        self.telephone_event
    }

    pub(super) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The number of the lane whose port the browser talks to.
    pub(super) fn home(&self) -> usize {
        self.home.lane
    }

    /// The leg is on the lane of this number now.
    pub(super) fn moved_to(&mut self, lane: usize) {
        self.is_away = lane != self.home.lane;
    }

    pub(super) fn is_connected(&self) -> bool {
        self.cipher.is_some() && self.remote.is_some() && !self.is_lost
    }

    /// DTLS is done; these keys are used from now on.
    pub(super) fn key(&mut self, keys: SrtpKeys) -> Change {
        let was_connected = self.is_connected();
        let SrtpKeys { outgoing, incoming } = keys;
        self.cipher = Some(Cipher {
            sender: SrtpSender::new(outgoing),
            receiver: SrtpReceiver::new(incoming),
        });
        self.change_since(was_connected)
    }

    /// ICE has nominated this address, for the first time or anew.
    pub(super) fn path(&mut self, remote: SocketAddr) -> Change {
        let was_connected = self.is_connected();
        self.remote = Some(remote);
        self.is_lost = false;
        self.change_since(was_connected)
    }

    /// Nothing is heard of the browser any more, or it has said goodbye.
    pub(super) fn lose(&mut self, closed: bool) -> Change {
        self.is_lost = true;
        if closed { Change::Closed } else { Change::Lost }
    }

    fn change_since(&self, was_connected: bool) -> Change {
        if self.is_connected() && !was_connected { Change::Connected } else { Change::None }
    }

    /// Decrypts a datagram in place; its plain length. `None`: not authentic, or seen before.
    pub(super) fn open_audio(&mut self, datagram: &mut [u8]) -> Option<usize> {
        self.cipher.as_mut()?.receiver.unprotect_rtp(datagram).ok()
    }

    /// Decrypts a report in place; its plain length. `None`: not authentic, or seen before.
    pub(super) fn open_report(&mut self, datagram: &mut [u8]) -> Option<usize> {
        self.cipher.as_mut()?.receiver.unprotect_rtcp(datagram).ok()
    }

    /// Encrypts one packet into the batch. False: it could not be.
    pub(super) fn send(&mut self, header: &RtpHeader, payload: &[u8], outbox: &mut Outbox) -> bool {
        let header = RtpHeader { ssrc: self.ssrc, ..*header };
        self.transmit(outbox, |sender, buffer| {
            let len = header.write(payload, buffer).ok()?;
            sender.protect_rtp(buffer, len).ok()
        })
    }

    /// Encrypts one report into the batch.
    pub(super) fn send_report(&mut self, report: &[u8], outbox: &mut Outbox) {
        self.transmit(outbox, |sender, buffer| {
            buffer.get_mut(..report.len())?.copy_from_slice(report);
            sender.protect_rtcp(buffer, report.len()).ok()
        });
    }

    fn transmit(
        &mut self,
        outbox: &mut Outbox,
        write: impl FnOnce(&mut SrtpSender, &mut [u8]) -> Option<usize>,
    ) -> bool {
        // Nobody is there yet, or no more: nothing is sent and nothing is lost.
        if !self.is_connected() {
            return true;
        }
        let (Some(target), Some(cipher)) = (self.remote, self.cipher.as_mut()) else {
            return true;
        };
        if !self.is_away {
            return outbox.push(target, |buffer| write(&mut cipher.sender, buffer));
        }
        let mut buffer = [0; OUTGOING_BYTES_MAX];
        write(&mut cipher.sender, &mut buffer)
            .is_some_and(|len| self.home.port.send_to(&buffer[..len], target).is_ok())
    }
}
