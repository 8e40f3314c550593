//! What a caller sends: speech, silence and key presses, a packet each 20 ms. Pure.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::call::Digit;
use crate::media::{FRAME_SAMPLES, Frame, g711};
use crate::rtp::{EventTrain, RtpHeader};
use crate::sdp::Codec;

/// Length of a press, in steps of 20 ms.
const PRESS_STEPS: u8 = 5;

/// The sender's side of a call.
#[derive(Debug)]
pub(super) struct Voice {
    codec: Codec,
    telephone_event: Option<u8>,
    speech: Vec<u8>,
    repeats: bool,
    at: usize,
    presses: VecDeque<(Digit, Duration)>,
    pressing: Option<EventTrain>,
    header: RtpHeader,
}

/// One packet to send.
#[derive(Debug)]
pub(super) struct Packet {
    pub(super) header: RtpHeader,
    pub(super) payload: Vec<u8>,
    /// The key whose press begins with this packet.
    pub(super) pressed: Option<Digit>,
}

impl Voice {
    /// Speaks in this codec; the first numbers should be random.
    pub(super) fn new(
        (codec, telephone_event): (Codec, Option<u8>),
        speech: &Arc<[i16]>,
        repeats: bool,
        presses: &[(Digit, Duration)],
        first: RtpHeader,
    ) -> Self {
        let mut presses = presses.to_vec();
        presses.sort_by_key(|(_, at)| *at);
        Self {
            codec,
            telephone_event,
            speech: g711::encoded(codec, speech),
            repeats,
            at: 0,
            presses: presses.into(),
            pressing: None,
            header: first,
        }
    }

    /// The packet of this tick, `elapsed` after the answer.
    pub(super) fn tick(&mut self, elapsed: Duration) -> Packet {
        let mut pressed = None;
        if self.pressing.is_none()
            && let Some((digit, _)) = self.presses.pop_front_if(|(_, at)| *at <= elapsed)
            && self.telephone_event.is_some()
        {
            self.pressing = Some(EventTrain::new(digit, self.header.timestamp, PRESS_STEPS));
            pressed = Some(digit);
        }
        let frame = self.frame();
        let mut packet = self.press().unwrap_or_else(|| self.speak(&frame));
        packet.pressed = pressed;
        self.header.sequence = self.header.sequence.wrapping_add(1);
        self.header.timestamp = self.header.timestamp.wrapping_add(FRAME_SAMPLES as u32);
        packet
    }

    /// The speech of this tick, which goes by also during a press.
    fn frame(&mut self) -> Frame {
        let mut frame = g711::silence_frame(self.codec);
        if self.repeats && self.at >= self.speech.len() {
            self.at = 0;
        }
        let rest = &self.speech[self.at.min(self.speech.len())..];
        let len = rest.len().min(FRAME_SAMPLES);
        frame[..len].copy_from_slice(&rest[..len]);
        self.at += len;
        frame
    }

    fn press(&mut self) -> Option<Packet> {
        let payload_type = self.telephone_event?;
        let Some(event) = self.pressing.as_mut()?.next() else {
            self.pressing = None;
            return None;
        };
        let (marker, timestamp) = (event.marker, event.timestamp);
        let header = RtpHeader { marker, payload_type, timestamp, ..self.header };
        Some(Packet { header, payload: event.event.to_bytes().to_vec(), pressed: None })
    }

    fn speak(&self, frame: &Frame) -> Packet {
        let header = RtpHeader { payload_type: self.codec.payload_type(), ..self.header };
        Packet { header, payload: frame.to_vec(), pressed: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_takes_the_place_of_speech_for_its_time() {
        let speech: Arc<[i16]> = vec![8000; 1600].into();
        let key = Digit::new('5').expect("a key");
        let presses = [(key, Duration::from_millis(40))];
        let first =
            RtpHeader { marker: false, payload_type: 8, sequence: 9, timestamp: 0, ssrc: 1 };
        let mut voice = Voice::new((Codec::Pcma, Some(101)), &speech, false, &presses, first);
        let packets: Vec<Packet> =
            (0..15).map(|n| voice.tick(Duration::from_millis(n * 20))).collect();
        let kinds: Vec<u8> = packets.iter().map(|packet| packet.header.payload_type).collect();
        assert_eq!(kinds[..2], [8, 8]);
        let events = kinds.iter().filter(|kind| **kind == 101).count();
        assert_eq!(events, 7, "five steps, and the end twice more");
        assert_eq!(packets[2].pressed, Some(key));
        assert!(packets.windows(2).all(|w| w[1].header.sequence == w[0].header.sequence + 1));
        let silence = g711::silence(Codec::Pcma);
        assert!(packets[14].payload.iter().all(|byte| *byte == silence), "the speech is over");
    }
}
