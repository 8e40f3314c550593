//! One leg: what it hears, what it is made to hear, and who it is joined to. Shares memory, does no
//! I/O of its own: packets go through its [`Line`].
//!
//! A leg's lock is held for one packet. Two legs are never locked at once: what comes from one is
//! judged under its lock, and only then sent under the other's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ids::{LegId, Timestamp};
use tokio_util::sync::CancellationToken;

use super::events::Events;
use super::incoming::Incoming;
use super::line::{Ears, Line};
use super::outgoing::Outgoing;
use super::{MediaEvent, Quality};
use crate::call::Digit;
use crate::driver::clock;
use crate::media::quality::LegMeter;
use crate::media::{Frame, g711};
use crate::rtp::{EventPacket, EventTrain, PACKET_BYTES_MAX, RtpHeader, RtpPacket};
use crate::sdp::Codec;

/// Length of a key press that we send, in steps of 20 ms: 100 ms, as telephones send.
const KEY_STEPS: u8 = 5;

/// A leg of the media plane.
pub(super) struct Leg {
    id: LegId,
    events: Events,
    state: Mutex<State>,
}

struct State {
    line: Arc<dyn Line>,
    /// Grows when the line is replaced, so that the old one's last words are known as such.
    generation: u64,
    outgoing: Outgoing,
    incoming: Incoming,
    meter: LegMeter,
    joined_to: Weak<Leg>,
    /// Stops the pacer of what is being played.
    playing: Option<CancellationToken>,
}

/// What one packet of a leg means for the leg it is joined to.
enum Heard {
    Nothing,
    /// A packet that is left out without being a loss.
    LeftOut(Arc<Leg>),
    Audio(Arc<Leg>, Codec),
    Keys(Arc<Leg>),
}

impl Leg {
    pub(super) fn new(id: LegId, events: Events, line: Arc<dyn Line>) -> Self {
        let state = State {
            meter: LegMeter::new(line.codec()),
            line,
            generation: 0,
            outgoing: Outgoing::new(rand::random(), rand::random(), rand::random()),
            incoming: Incoming::new(),
            joined_to: Weak::new(),
            playing: None,
        };
        Self { id, events, state: Mutex::new(state) }
    }

    pub(super) fn id(&self) -> LegId {
        self.id
    }

    pub(super) fn codec(&self) -> Codec {
        self.state().line.codec()
    }

    /// Puts the leg on another line; joins and playing stay. Returns the number of the new line.
    pub(super) fn replace_line(&self, line: Arc<dyn Line>) -> u64 {
        let mut state = self.state();
        state.generation += 1;
        state.incoming = Incoming::new();
        state.meter = LegMeter::new(line.codec());
        state.outgoing.end_source();
        let old = std::mem::replace(&mut state.line, line);
        let (generation, other) = (state.generation, state.joined_to.upgrade());
        drop(state);
        old.close();
        if let Some(other) = other {
            // The new line may go on with the old one's SSRC, but not with its numbers.
            other.state().outgoing.end_source();
        }
        generation
    }

    /// Ends everything of this leg.
    pub(super) fn close(&self) {
        self.stop_playing();
        self.part();
        let line = self.state().line.clone();
        line.close();
    }

    /// Joins this leg to another, one way: what it hears goes there.
    pub(super) fn join(&self, other: &Arc<Self>) {
        self.state().joined_to = Arc::downgrade(other);
    }

    /// The leg that hears this one.
    pub(super) fn joined_to(&self) -> Option<Arc<Self>> {
        self.state().joined_to.upgrade()
    }

    /// Ends the join, on both sides.
    pub(super) fn part(&self) {
        let other = std::mem::take(&mut self.state().joined_to).upgrade();
        let Some(other) = other else { return };
        self.state().outgoing.end_source();
        let mut theirs = other.state();
        if theirs.joined_to.upgrade().is_some_and(|leg| leg.id == self.id) {
            theirs.joined_to = Weak::new();
            theirs.outgoing.end_source();
        }
    }

    /// Makes room for a new playlist: stops the one before. Returns what stops the new one.
    pub(super) fn begin_playing(&self) -> CancellationToken {
        let stop = CancellationToken::new();
        let mut state = self.state();
        if let Some(before) = state.playing.replace(stop.clone()) {
            before.cancel();
        }
        state.outgoing.end_source();
        stop
    }

    /// Stops what is being played.
    pub(super) fn stop_playing(&self) {
        let mut state = self.state();
        if let Some(playing) = state.playing.take() {
            playing.cancel();
            state.outgoing.end_source();
        }
    }

    /// A playlist ended by itself: the leg is free for what comes from its other side.
    pub(super) fn end_playing(&self, stop: &CancellationToken) {
        let mut state = self.state();
        if !stop.is_cancelled() {
            state.playing = None;
            state.outgoing.end_source();
        }
    }

    /// Sends a frame of a playlist, unless that was stopped meanwhile.
    pub(super) fn send_frame(&self, frame: &Frame, stop: &CancellationToken) {
        let mut state = self.state();
        if stop.is_cancelled() || state.outgoing.sends_keys() {
            return;
        }
        let payload_type = state.line.codec().payload_type();
        let header = state.outgoing.own(payload_type, clock::now());
        state.line.send(&header, frame);
    }

    /// Begins a key press. `None` if the far end takes no telephone events.
    pub(super) fn begin_keys(&self, digit: Digit) -> Option<EventTrain> {
        let mut state = self.state();
        state.line.event_payload_type()?;
        let timestamp = state.outgoing.begin_keys(clock::now());
        Some(EventTrain::new(digit, timestamp, KEY_STEPS))
    }

    /// Sends a packet of a key press.
    pub(super) fn send_keys(&self, packet: EventPacket) {
        let mut state = self.state();
        let Some(payload_type) = state.line.event_payload_type() else { return };
        let now = clock::now();
        let header = state.outgoing.keys(packet.marker, payload_type, packet.timestamp, now);
        state.line.send(&header, &packet.event.to_bytes());
    }

    /// A key press is over.
    pub(super) fn end_keys(&self) {
        self.state().outgoing.end_source();
    }

    /// How the last second was; `None` while the leg is joined to nobody.
    pub(super) fn measure(&self) -> Option<Quality> {
        let mut state = self.state();
        let interval = state.incoming.sequence.take_interval();
        let jitter_ms = state.incoming.sequence.jitter_ms();
        state.joined_to.upgrade()?;
        // No RTCP and no buffer here: nothing is known of what the far end hears.
        Some(state.meter.second(clock::now(), interval, jitter_ms, 0.0, 0))
    }

    /// Whether nothing came for this long; told once for each silence.
    pub(super) fn fell_silent(&self, limit: std::time::Duration) -> bool {
        let mut state = self.state();
        let incoming = &mut state.incoming;
        let silent = clock::now().since(incoming.last_packet) >= limit;
        silent && !std::mem::replace(&mut incoming.reported_silent, silent)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn heard(&self, generation: u64, packet: RtpPacket<'_>, arrival: Timestamp) {
        match self.judge(generation, packet, arrival) {
            Heard::Nothing => {}
            Heard::LeftOut(other) => other.state().outgoing.leave_out(packet.header),
            Heard::Audio(other, codec) => other.forward_audio(packet, codec, arrival),
            Heard::Keys(other) => other.forward_keys(packet, arrival),
        }
    }

    fn judge(&self, generation: u64, packet: RtpPacket<'_>, arrival: Timestamp) -> Heard {
        let mut state = self.state();
        if generation != state.generation {
            return Heard::Nothing;
        }
        let RtpHeader { payload_type, sequence, timestamp, ssrc, .. } = packet.header;
        let is_keys = state.line.event_payload_type() == Some(payload_type);
        let other = state.joined_to.upgrade();
        let incoming = &mut state.incoming;
        incoming.begin_stream(ssrc);
        incoming.last_packet = arrival;
        incoming.reported_silent = false;
        incoming.sequence.packet(sequence, timestamp, arrival);
        if is_keys {
            if let Some(digit) = incoming.keys.packet(timestamp, packet.payload) {
                self.events.send(MediaEvent::DigitPressed { leg: self.id, digit });
            }
            return other.map_or(Heard::Nothing, Heard::Keys);
        }
        let codec = Codec::from_payload_type(payload_type).filter(|_| !packet.payload.is_empty());
        let late = incoming.lateness.is_late(ssrc, timestamp, arrival);
        if other.is_some() && codec.is_some() {
            state.meter.audio(packet.payload);
        }
        match (other, codec) {
            (None, _) => Heard::Nothing,
            (Some(other), Some(codec)) if !late => Heard::Audio(other, codec),
            (Some(other), _) => Heard::LeftOut(other),
        }
    }

    fn forward_audio(&self, packet: RtpPacket<'_>, from: Codec, now: Timestamp) {
        let mut state = self.state();
        if state.playing.is_some() {
            return;
        }
        let to = state.line.codec();
        let Some(mut header) = state.outgoing.forward(packet.header, now) else { return };
        header.payload_type = to.payload_type();
        if from == to {
            state.line.send(&header, packet.payload);
            return;
        }
        let mut bytes = [0; PACKET_BYTES_MAX];
        let payload = &mut bytes[..packet.payload.len().min(PACKET_BYTES_MAX)];
        payload.copy_from_slice(&packet.payload[..payload.len()]);
        g711::transcode(from, to, payload);
        state.line.send(&header, payload);
    }

    /// A key press of the other side, for a far end that takes them; the rest is left out.
    fn forward_keys(&self, packet: RtpPacket<'_>, now: Timestamp) {
        let mut state = self.state();
        if state.playing.is_some() {
            return;
        }
        let Some(payload_type) = state.line.event_payload_type() else {
            state.outgoing.leave_out(packet.header);
            return;
        };
        let Some(mut header) = state.outgoing.forward(packet.header, now) else { return };
        header.payload_type = payload_type;
        state.line.send(&header, packet.payload);
    }
}

/// A leg as its line knows it.
pub(super) struct LegEars {
    pub(super) leg: Arc<Leg>,
    /// Which of the leg's lines speaks.
    pub(super) generation: u64,
}

impl Ears for LegEars {
    fn packet(&self, packet: RtpPacket<'_>, arrival: Timestamp) {
        self.leg.heard(self.generation, packet, arrival);
    }

    fn connected(&self) {
        if self.leg.state().generation == self.generation {
            self.leg.events.send(MediaEvent::PeerConnected { leg: self.leg.id });
        }
    }

    fn disconnected(&self) {
        if self.leg.state().generation == self.generation {
            self.leg.events.send(MediaEvent::PeerDisconnected { leg: self.leg.id });
        }
    }
}
