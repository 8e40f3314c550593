//! Telephone events (RFC 4733): keys of a telephone inside the audio stream. Pure.
//!
//! One press is a burst of packets with one RTP timestamp (the start of the press), a growing
//! duration, and three copies of the last. Any of them may be lost, doubled or late.

use crate::call::Digit;

/// A telephone event's payload, bytes (RFC 4733 §2.3).
const PAYLOAD_BYTES: usize = 4;
/// Length of one packet of a press that we send: 20 ms in 1/8000 s.
const STEP: u16 = 160;
/// Copies of the last packet of a press (RFC 4733 §2.5.1.4).
const END_COPIES: u8 = 3;
/// Presses remembered to recognise late packets.
const REMEMBERED: usize = 8;
/// Volume of the keys that we send: −10 dBm0.
const VOLUME: u8 = 10;

/// One packet's payload: what is pressed, for how long by now, and whether it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelephoneEvent {
    /// The key.
    pub digit: Digit,
    /// The press is over.
    pub end: bool,
    /// Power of the tone, −dBm0 (0–63).
    pub volume: u8,
    /// Since the start of the press, in 1/8000 s.
    pub duration: u16,
}

impl TelephoneEvent {
    /// Reads a payload. `None` if it is too short or is not a key (events from 16 on are hook
    /// flash, fax tones and so on).
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let bytes = payload.first_chunk::<PAYLOAD_BYTES>()?;
        Some(Self {
            digit: digit_of(bytes[0])?,
            end: bytes[1] & 0x80 != 0,
            volume: bytes[1] & 0x3f,
            duration: u16::from_be_bytes([bytes[2], bytes[3]]),
        })
    }

    /// The payload's bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 4] {
        let [high, low] = self.duration.to_be_bytes();
        let flags = (self.volume & 0x3f) | if self.end { 0x80 } else { 0 };
        [code_of(self.digit), flags, high, low]
    }
}

/// The keys in the order of their event codes (RFC 4733 §3.2).
const KEYS: [char; 16] =
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

fn digit_of(code: u8) -> Option<Digit> {
    KEYS.get(usize::from(code)).copied().and_then(Digit::new)
}

fn code_of(digit: Digit) -> u8 {
    let key = digit.as_char();
    let code = KEYS.iter().position(|k| *k == key).expect("every Digit is one of the 16 keys");
    u8::try_from(code).expect("an index below 16 fits")
}

/// Tells presses from packets: each press is reported once, with its first packet that arrives.
///
/// One detector for each stream (SSRC). Fixed size.
#[derive(Clone, Debug, Default)]
pub struct DtmfDetector {
    /// RTP timestamps of the last presses seen.
    seen: [Option<u32>; REMEMBERED],
    next: usize,
    last: Option<LastPacket>,
}

#[derive(Clone, Copy, Debug)]
struct LastPacket {
    timestamp: u32,
    digit: Digit,
    end: bool,
}

impl DtmfDetector {
    /// A detector that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one telephone-event packet: its RTP timestamp and payload. Returns the key if this is
    /// the first packet of its press.
    pub fn packet(&mut self, timestamp: u32, payload: &[u8]) -> Option<Digit> {
        let event = TelephoneEvent::parse(payload)?;
        if self.seen.contains(&Some(timestamp)) {
            if let Some(last) = self.last.as_mut().filter(|last| last.timestamp == timestamp) {
                last.end |= event.end;
            }
            return None;
        }
        let continued = self.last.is_some_and(|last| last.is_continued_by(timestamp, event.digit));
        self.remember(timestamp);
        self.last = Some(LastPacket { timestamp, digit: event.digit, end: event.end });
        (!continued).then_some(event.digit)
    }

    fn remember(&mut self, timestamp: u32) {
        self.seen[self.next] = Some(timestamp);
        self.next = (self.next + 1) % REMEMBERED;
    }
}

impl LastPacket {
    /// A press longer than 8.19 s goes on in a segment whose timestamp is where the duration of the
    /// one before could grow no more (RFC 4733 §2.5.1.3).
    fn is_continued_by(self, timestamp: u32, digit: Digit) -> bool {
        !self.end
            && self.digit == digit
            && timestamp.wrapping_sub(self.timestamp) == u32::from(u16::MAX)
    }
}

/// One packet of a press to send, 20 ms after the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventPacket {
    /// The marker bit: set on the first.
    pub marker: bool,
    /// The RTP timestamp: the same for the whole press.
    pub timestamp: u32,
    /// The payload; see [`TelephoneEvent::to_bytes`].
    pub event: TelephoneEvent,
}

/// The packets of one press, in order: an iterator, to be taken one each 20 ms.
#[derive(Clone, Debug)]
pub struct EventTrain {
    digit: Digit,
    timestamp: u32,
    steps: u8,
    sent: u8,
}

impl EventTrain {
    /// A press of `steps` × 20 ms (2 to 100), starting at this RTP timestamp. 5 (100 ms) is what
    /// telephones send.
    #[must_use]
    pub fn new(digit: Digit, timestamp: u32, steps: u8) -> Self {
        Self { digit, timestamp, steps: steps.clamp(2, 100), sent: 0 }
    }
}

impl Iterator for EventTrain {
    type Item = EventPacket;

    fn next(&mut self) -> Option<EventPacket> {
        // The first of the copies of the end is the last step itself.
        if self.sent >= self.steps + END_COPIES - 1 {
            return None;
        }
        let marker = self.sent == 0;
        self.sent += 1;
        let step = self.sent.min(self.steps);
        let event = TelephoneEvent {
            digit: self.digit,
            end: step == self.steps,
            volume: VOLUME,
            duration: u16::from(step) * STEP,
        };
        Some(EventPacket { marker, timestamp: self.timestamp, event })
    }
}
