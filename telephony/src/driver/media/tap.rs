//! What a recording sees of a leg: what it says, and what it is made to hear. Sends to the recorder.
//!
//! An observer: it copies packets on their way and never holds one up. A recorder that cannot take a
//! frame loses it, and says so in its own figures.

use ids::Timestamp;

use super::recorder::RecorderPort;
use crate::media::record::{
    FRAME_BYTES_MAX, Placement, RecordedFrame, RecordingId, Side, position,
};
use crate::rtp::RtpHeader;
use crate::sdp::Codec;

/// One leg's way into its recording.
pub(super) struct Tap {
    recording: RecordingId,
    recorder: RecorderPort,
    began: Timestamp,
    said: Placement,
    heard: Placement,
}

impl Tap {
    pub(super) fn new(recording: RecordingId, recorder: RecorderPort, began: Timestamp) -> Self {
        let (said, heard) = (Placement::default(), Placement::default());
        Self { recording, recorder, began, said, heard }
    }

    pub(super) fn said(&mut self, header: RtpHeader, codec: Codec, payload: &[u8], now: Timestamp) {
        let at = self.said.place(header.ssrc, header.timestamp, position(self.began, now));
        self.pass(Side::Said, at, codec, payload);
    }

    pub(super) fn heard(
        &mut self,
        header: RtpHeader,
        codec: Codec,
        payload: &[u8],
        now: Timestamp,
    ) {
        let at = self.heard.place(header.ssrc, header.timestamp, position(self.began, now));
        self.pass(Side::Heard, at, codec, payload);
    }

    fn pass(&self, side: Side, at: u64, codec: Codec, payload: &[u8]) {
        for (part, n) in payload.chunks(FRAME_BYTES_MAX).zip(0_u64..) {
            let at = at + n * FRAME_BYTES_MAX as u64;
            if let Some(frame) = RecordedFrame::new(self.recording, side, at, codec, part) {
                // What cannot be taken is counted by the recorder.
                let _dropped = self.recorder.frame(&frame);
            }
        }
    }
}
