//! What a leg has heard from its far end. Pure.

use ids::Timestamp;

use super::lateness::Lateness;
use super::presses::Presses;
use crate::rtp::{DtmfDetector, RtpHeader, SequenceTracker};

/// Longest payload kept for a change to mixing: 30 ms.
const RECENT_BYTES: usize = 240;
/// Packets kept for it: 40 ms, what a jitter buffer holds before it speaks.
const RECENT_LEN: usize = 2;

/// What a leg has heard.
pub(super) struct Incoming {
    pub(super) sequence: SequenceTracker,
    pub(super) lateness: Lateness,
    pub(super) keys: DtmfDetector,
    pub(super) presses: Presses,
    pub(super) ssrc: Option<u32>,
    /// The last packet, or the opening.
    pub(super) last_packet: Timestamp,
    pub(super) reported_silent: bool,
    recent: [Option<Recent>; RECENT_LEN],
}

/// A packet that was forwarded a moment ago.
#[derive(Clone, Copy)]
struct Recent {
    header: RtpHeader,
    arrival: Timestamp,
    len: usize,
    payload: [u8; RECENT_BYTES],
}

impl Incoming {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            sequence: SequenceTracker::new(),
            lateness: Lateness::default(),
            keys: DtmfDetector::new(),
            presses: Presses::default(),
            ssrc: None,
            last_packet: now,
            reported_silent: false,
            recent: [None; RECENT_LEN],
        }
    }

    /// A sender that begins a new stream begins new numbers; presses of the old one are over.
    pub(super) fn begin_stream(&mut self, ssrc: u32) {
        if self.ssrc.replace(ssrc).is_some_and(|before| before != ssrc) {
            self.keys = DtmfDetector::new();
            self.sequence.begin_stream();
            self.recent = [None; RECENT_LEN];
        }
    }

    /// Keeps a packet for a mix that may begin before the next one comes.
    pub(super) fn keep(&mut self, header: RtpHeader, payload: &[u8], arrival: Timestamp) {
        let Some(bytes) = payload.get(..payload.len().min(RECENT_BYTES)) else { return };
        self.recent.rotate_left(1);
        let mut kept = [0; RECENT_BYTES];
        kept[..bytes.len()].copy_from_slice(bytes);
        let recent = Recent { header, arrival, len: bytes.len(), payload: kept };
        self.recent[RECENT_LEN - 1] = Some(recent);
    }

    /// The packets of the last moment, oldest first.
    pub(super) fn recent(&self) -> impl Iterator<Item = (RtpHeader, &[u8], Timestamp)> {
        let kept = self.recent.iter().flatten();
        kept.map(|packet| (packet.header, &packet.payload[..packet.len], packet.arrival))
    }
}
