//! What a leg has heard from its far end. Pure but for the clock it starts by.

use ids::Timestamp;

use super::lateness::Lateness;
use crate::driver::clock;
use crate::rtp::{DtmfDetector, SequenceTracker};

/// What a leg has heard.
pub(super) struct Incoming {
    pub(super) sequence: SequenceTracker,
    pub(super) lateness: Lateness,
    pub(super) keys: DtmfDetector,
    ssrc: Option<u32>,
    /// The last packet, or the opening.
    pub(super) last_packet: Timestamp,
    pub(super) reported_silent: bool,
}

impl Incoming {
    pub(super) fn new() -> Self {
        Self {
            sequence: SequenceTracker::new(),
            lateness: Lateness::default(),
            keys: DtmfDetector::new(),
            ssrc: None,
            last_packet: clock::now(),
            reported_silent: false,
        }
    }

    /// A sender that begins a new stream begins new numbers; presses of the old one are over.
    pub(super) fn begin_stream(&mut self, ssrc: u32) {
        if self.ssrc.replace(ssrc).is_some_and(|before| before != ssrc) {
            self.keys = DtmfDetector::new();
        }
    }
}
