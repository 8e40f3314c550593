//! The way to one far end: a trunk's or a browser's. Does I/O.

use std::net::UdpSocket;

use ids::Timestamp;

use super::browser::BrowserLink;
use super::counters::Counters;
use super::sys::Outbox;
use super::trunk::TrunkLink;
use crate::rtp::RtpHeader;
use crate::sdp::Codec;

/// A leg's link.
pub(super) enum Link {
    Trunk(Box<TrunkLink>),
    Browser(Box<BrowserLink>),
}

/// What a lane lends to a leg that sends.
pub(super) struct Wires<'a> {
    pub(super) now: Timestamp,
    /// Of the lane's shared port.
    pub(super) outbox: &'a mut Outbox,
    pub(super) shared: &'a UdpSocket,
    pub(super) counters: &'a mut Counters,
}

impl Wires<'_> {
    /// Sends what is gathered.
    pub(super) fn flush(&mut self) {
        use std::os::fd::AsFd as _;
        if !self.outbox.is_empty() {
            self.counters.unsent += self.outbox.flush(self.shared.as_fd()) as u64;
        }
    }

    fn make_room(&mut self) {
        if self.outbox.is_full() {
            self.flush();
        }
    }
}

impl Link {
    pub(super) fn codec(&self) -> Codec {
        match self {
            Self::Trunk(link) => link.codec(),
            Self::Browser(link) => link.codec(),
        }
    }

    /// The payload type of telephone events, if the far end takes them.
    pub(super) fn telephone_event(&self) -> Option<u8> {
        match self {
            Self::Trunk(link) => link.telephone_event(),
            Self::Browser(link) => link.telephone_event(),
        }
    }

    /// Sends one packet, or drops and counts it: audio that waits is audio too late.
    pub(super) fn send(&mut self, header: &RtpHeader, payload: &[u8], wires: &mut Wires<'_>) {
        wires.make_room();
        let taken = match self {
            Self::Trunk(link) => link.send(header, payload),
            Self::Browser(link) => link.send(header, payload, wires.outbox),
        };
        if taken {
            wires.counters.sent += 1;
        } else {
            wires.counters.unsent += 1;
        }
    }

    /// Sends one RTCP packet.
    pub(super) fn send_report(&mut self, report: &[u8], wires: &mut Wires<'_>) {
        wires.make_room();
        match self {
            Self::Trunk(link) => link.send_report(report),
            Self::Browser(link) => link.send_report(report, wires.outbox),
        }
    }

    /// Reports travel with the audio, and speak of this stream instead of the leg's own.
    pub(super) fn ssrc(&self) -> Option<u32> {
        match self {
            Self::Trunk(_) => None,
            Self::Browser(link) => Some(link.ssrc()),
        }
    }

    /// Whether there is somebody to send to at all.
    pub(super) fn is_up(&self) -> bool {
        match self {
            Self::Trunk(_) => true,
            Self::Browser(link) => link.is_connected(),
        }
    }
}
