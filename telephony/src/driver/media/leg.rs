//! One leg: what it hears, what it is made to hear, and its place among others.
//!
//! A leg belongs to one lane and is touched by that lane's thread alone, so nothing here is locked or
//! waits. What comes from one leg is judged by that leg, and only then given to the one that hears it.

use std::time::Duration;

use ids::{LegId, Timestamp};

use super::MediaEvent;
use super::event_queue::EventQueue;
use super::incoming::Incoming;
use super::link::{Link, Wires};
use super::outgoing::Outgoing;
use super::presses::Way;
use super::reports::{self, Reports, Sent};
use super::tap::Tap;
use super::trunk::TrunkTerms;
use crate::call::{Digit, PlayId};
use crate::media::quality::{LegMeter, Quality};
use crate::media::{FRAME_SAMPLES, JitterBuffer, Player, Progress, g711};
use crate::rtp::{EventTrain, PACKET_BYTES_MAX, RtpHeader, RtpPacket};
use crate::sdp::Codec;

/// Length of a key press that we send, in steps of 20 ms: 100 ms, as telephones send.
const KEY_STEPS: u8 = 5;

/// How long a browser in a talk may send nothing until it counts as lost: it sends even its silence.
const BROWSER_SILENCE_MAX: Duration = Duration::from_secs(3);

/// A leg of the media plane.
pub(super) struct Leg {
    pub(super) id: LegId,
    pub(super) link: Link,
    pub(super) place: Place,
    pub(super) incoming: Incoming,
    /// The slot of the wheel in which this leg has something to send.
    pub(super) slot: Option<usize>,
    pub(super) tap: Option<Tap>,
    outgoing: Outgoing,
    sent: Sent,
    reports: Reports,
    meter: LegMeter,
    playing: Option<Playing>,
    keys: Option<EventTrain>,
}

/// Whom a leg hears.
pub(super) enum Place {
    /// Nobody.
    Alone,
    /// One other leg, whose packets are forwarded as they are.
    Paired { room: usize, with: usize },
    /// The others of a room, mixed.
    Seated { room: usize, buffer: Box<JitterBuffer> },
}

/// A playlist on its way to the leg.
struct Playing {
    player: Box<Player>,
    play: PlayId,
    /// The last frame is sent; the end is told one frame later, when it was heard.
    is_over: bool,
}

/// What one packet of a leg means for the leg that hears it.
pub(super) enum Heard {
    Nothing,
    /// A packet that is left out without being a loss.
    LeftOut {
        by: usize,
    },
    Audio {
        by: usize,
        codec: Codec,
    },
    Keys {
        by: usize,
    },
}

impl Leg {
    pub(super) fn new(id: LegId, link: Link, first: (u32, u16, u32), now: Timestamp) -> Self {
        let (ssrc, sequence, timestamp) = first;
        Self {
            id,
            place: Place::Alone,
            incoming: Incoming::new(now),
            slot: None,
            tap: None,
            outgoing: Outgoing::new(link.ssrc().unwrap_or(ssrc), sequence, timestamp),
            sent: Sent::default(),
            reports: Reports::default(),
            meter: LegMeter::new(link.codec()),
            playing: None,
            keys: None,
            link,
        }
    }

    /// The room that the leg is in.
    pub(super) fn room(&self) -> Option<usize> {
        match self.place {
            Place::Alone => None,
            Place::Paired { room, .. } | Place::Seated { room, .. } => Some(room),
        }
    }

    /// Puts the leg on a link that begins anew; its place and what it is played stay.
    pub(super) fn replace_link(&mut self, link: Link, now: Timestamp) {
        self.link = link;
        self.meter = LegMeter::new(self.link.codec());
        self.sent = Sent::default();
        if let Some(ssrc) = self.link.ssrc() {
            self.outgoing.rename(ssrc);
        }
        self.begin_anew(now);
    }

    /// Takes what a later description settles; place, numbers and what is played stay.
    pub(super) fn agree(&mut self, terms: TrunkTerms, now: Timestamp) {
        let Link::Trunk(link) = &mut self.link else { return };
        if link.codec() != terms.codec {
            self.meter = LegMeter::new(terms.codec);
            if let Some(playing) = &mut self.playing {
                playing.player.turn_to(terms.codec);
            }
        }
        link.agree(terms);
        // The far end may have been silent on hold: the limit begins now.
        self.incoming.last_packet = now;
        self.incoming.reported_silent = false;
    }

    /// The far end begins anew, with numbers and keys of its own.
    pub(super) fn begin_anew(&mut self, now: Timestamp) {
        self.incoming = Incoming::new(now);
        self.reports = Reports::default();
        self.outgoing.end_source();
    }

    /// The leg comes to hear somebody: from now on its silence means something.
    pub(super) fn take_place(&mut self, place: Place, now: Timestamp) {
        if matches!(self.place, Place::Alone) {
            self.incoming.last_packet = now;
        }
        self.place = place;
        self.end_source();
    }

    /// The leg's source of audio changes: the next packet begins something new.
    pub(super) fn end_source(&mut self) {
        self.outgoing.end_source();
    }

    /// Takes a packet of the far end.
    pub(super) fn hear(
        &mut self,
        packet: RtpPacket<'_>,
        wires: &mut Wires<'_>,
        events: &mut EventQueue,
    ) -> Heard {
        let RtpHeader { payload_type, sequence, timestamp, ssrc, .. } = packet.header;
        let now = wires.now;
        self.incoming.begin_stream(ssrc);
        self.incoming.last_packet = now;
        let was_silent = std::mem::take(&mut self.incoming.reported_silent);
        if was_silent && matches!(self.link, Link::Browser(_)) {
            events.send(MediaEvent::PeerConnected { leg: self.id });
        }
        self.incoming.sequence.packet(sequence, timestamp, now);
        if self.link.telephone_event() == Some(payload_type) {
            if let Some(digit) = self.incoming.keys.packet(timestamp, packet.payload) {
                self.press_heard(digit, Way::Heard, now, events);
            }
            return self.hearer().map_or(Heard::Nothing, |by| Heard::Keys { by });
        }
        let codec = Codec::from_payload_type(payload_type).filter(|_| !packet.payload.is_empty());
        let late = self.incoming.lateness.is_late(ssrc, timestamp, now);
        wires.counters.late += u64::from(late);
        match codec {
            Some(codec) if !late => self.hear_audio(packet, codec, now),
            _ => self.hearer().map_or(Heard::Nothing, |by| Heard::LeftOut { by }),
        }
    }

    /// A key that the signalling tells of, unless it was heard as well.
    pub(super) fn key_signalled(&mut self, digit: Digit, now: Timestamp, events: &mut EventQueue) {
        self.press_heard(digit, Way::Signalled, now, events);
    }

    fn press_heard(&mut self, digit: Digit, way: Way, now: Timestamp, events: &mut EventQueue) {
        if self.incoming.presses.is_new(digit, way, now) {
            events.send(MediaEvent::DigitPressed { leg: self.id, digit });
        }
    }

    fn hearer(&self) -> Option<usize> {
        match self.place {
            Place::Paired { with, .. } => Some(with),
            Place::Alone | Place::Seated { .. } => None,
        }
    }

    fn hear_audio(&mut self, packet: RtpPacket<'_>, codec: Codec, now: Timestamp) -> Heard {
        if let Some(tap) = &mut self.tap {
            tap.said(packet.header, codec, packet.payload, now);
        }
        match &mut self.place {
            Place::Alone => Heard::Nothing,
            Place::Paired { with, .. } => {
                self.meter.audio(packet.payload);
                self.incoming.keep(packet.header, packet.payload, now);
                Heard::Audio { by: *with, codec }
            }
            Place::Seated { buffer, .. } => {
                self.meter.audio(packet.payload);
                buffer.put(packet.header, packet.payload, now);
                Heard::Nothing
            }
        }
    }

    /// Another leg's audio, forwarded.
    pub(super) fn forward_audio(
        &mut self,
        packet: RtpPacket<'_>,
        from: Codec,
        wires: &mut Wires<'_>,
    ) {
        if self.playing.is_some() {
            return;
        }
        let to = self.link.codec();
        let Some(mut header) = self.outgoing.forward(packet.header, wires.now) else { return };
        header.payload_type = to.payload_type();
        with_law(packet.payload, from, to, |payload| self.send(&header, payload, wires));
    }

    /// A key press of the other leg, for a far end that takes them; the rest is left out.
    pub(super) fn forward_keys(&mut self, packet: RtpPacket<'_>, wires: &mut Wires<'_>) {
        if self.playing.is_some() {
            return;
        }
        let Some(payload_type) = self.link.telephone_event() else {
            self.outgoing.leave_out(packet.header);
            return;
        };
        let Some(mut header) = self.outgoing.forward(packet.header, wires.now) else { return };
        header.payload_type = payload_type;
        self.send_packet(&header, packet.payload, wires);
    }

    /// A packet of the other leg is left out on purpose: no loss.
    pub(super) fn leave_out(&mut self, header: RtpHeader) {
        self.outgoing.leave_out(header);
    }

    /// The next 20 ms of what this leg says, for a mix; silence if it says nothing.
    pub(super) fn take_frame(&mut self, now: Timestamp, frame: &mut [i16; FRAME_SAMPLES]) {
        match &mut self.place {
            Place::Seated { buffer, .. } => {
                buffer.take(now, frame);
            }
            Place::Alone | Place::Paired { .. } => frame.fill(0),
        }
    }

    /// The next 20 ms of a mix.
    pub(super) fn send_mixed(&mut self, frame: &[i16; FRAME_SAMPLES], wires: &mut Wires<'_>) {
        if self.playing.is_none() && self.keys.is_none() {
            let mut bytes = [0; FRAME_SAMPLES];
            g711::encode(self.link.codec(), frame, &mut bytes);
            self.send_own(&bytes, wires);
        }
    }

    fn send_own(&mut self, frame: &[u8; FRAME_SAMPLES], wires: &mut Wires<'_>) {
        let header = self.outgoing.own(self.link.codec().payload_type(), wires.now);
        self.send(&header, frame, wires);
    }

    fn send(&mut self, header: &RtpHeader, payload: &[u8], wires: &mut Wires<'_>) {
        if let Some(tap) = &mut self.tap {
            tap.heard(*header, self.link.codec(), payload, wires.now);
        }
        self.send_packet(header, payload, wires);
    }

    /// Sends and counts one packet, audio or a key's.
    fn send_packet(&mut self, header: &RtpHeader, payload: &[u8], wires: &mut Wires<'_>) {
        if self.link.is_up() {
            self.sent.packet(header.timestamp, payload.len(), wires.now);
            self.link.send(header, payload, wires);
        }
    }

    /// Begins a playlist, in place of the one before.
    pub(super) fn play(&mut self, play: PlayId, player: Box<Player>) {
        self.playing = Some(Playing { player, play, is_over: false });
        self.outgoing.end_source();
    }

    /// Stops the playlist; nothing is told.
    pub(super) fn stop_playing(&mut self) {
        if self.playing.take().is_some() {
            self.outgoing.end_source();
        }
    }

    /// Begins a key press, if the far end takes them.
    pub(super) fn press(&mut self, digit: Digit, now: Timestamp) {
        if self.link.telephone_event().is_some() {
            self.keys = Some(EventTrain::new(digit, self.outgoing.begin_keys(now), KEY_STEPS));
        }
    }

    /// Whether the leg wants [`Leg::pace`] each 20 ms.
    pub(super) fn wants_pace(&self) -> bool {
        self.playing.is_some() || self.keys.is_some()
    }

    /// Sends what is due in these 20 ms: a packet of a key press, else a frame of a playlist.
    pub(super) fn pace(&mut self, wires: &mut Wires<'_>, events: &mut EventQueue) {
        if let Some(train) = &mut self.keys {
            if let Some(packet) = train.next() {
                self.send_key(packet, wires);
                return;
            }
            self.keys = None;
            self.outgoing.end_source();
        }
        let Some(playing) = &mut self.playing else { return };
        if playing.is_over {
            events.send(MediaEvent::PlayEnded { leg: self.id, play: playing.play });
            self.stop_playing();
            return;
        }
        let mut frame = [0; FRAME_SAMPLES];
        let progress = playing.player.next_frame(&mut frame);
        playing.is_over = progress != Progress::Playing;
        if progress != Progress::Idle {
            self.send_own(&frame, wires);
        }
    }

    fn send_key(&mut self, packet: crate::rtp::EventPacket, wires: &mut Wires<'_>) {
        let Some(payload_type) = self.link.telephone_event() else { return };
        let header = self.outgoing.keys(packet.marker, payload_type, packet.timestamp, wires.now);
        self.send_packet(&header, &packet.event.to_bytes(), wires);
    }

    /// Takes an RTCP packet of the far end.
    pub(super) fn hear_report(&mut self, packet: &[u8], now: Timestamp) {
        let Some(about) = self.reports.take(packet, self.outgoing.ssrc(), now) else { return };
        self.meter.reported(now, about.fraction_lost, about.highest_sequence, about.round_trip);
    }

    /// Sends our report.
    pub(super) fn send_report(&mut self, wires: &mut Wires<'_>) {
        if !self.link.is_up() || self.sent.newest.is_none() && self.incoming.ssrc.is_none() {
            return;
        }
        let mut room = reports::room();
        let heard = self.incoming.ssrc.map(|ssrc| (ssrc, &self.incoming.sequence));
        let own = self.outgoing.ssrc();
        if let Some(report) = self.reports.write(own, &self.sent, heard, wires.now, &mut room) {
            self.link.send_report(report, wires);
        }
    }

    /// How the last second was; `None` while the leg is in no room.
    pub(super) fn measure(&mut self, now: Timestamp) -> Option<Quality> {
        let interval = self.incoming.sequence.take_interval();
        let sent = std::mem::take(&mut self.sent.interval);
        let jitter_ms = self.incoming.sequence.jitter_ms();
        let buffer_ms = match &self.place {
            Place::Alone => return None,
            Place::Paired { .. } => 0.0,
            Place::Seated { buffer, .. } => buffer.delay().as_secs_f32() * 1000.0,
        };
        Some(self.meter.second(now, interval, jitter_ms, buffer_ms, sent))
    }

    /// What to tell if nothing has come for too long; once for each silence. A trunk may be silent
    /// for `trunk_limit`, one on hold for ever; a browser that talks sends without a pause, so that silence is a loss long
    /// before ICE notices.
    pub(super) fn fell_silent(
        &mut self,
        trunk_limit: Duration,
        now: Timestamp,
    ) -> Option<MediaEvent> {
        let leg = self.id;
        let (limit, event) = match &self.link {
            Link::Trunk(link) if !link.is_due_to_speak() => return None,
            Link::Trunk(_) => (trunk_limit, MediaEvent::TrunkSilent { leg }),
            Link::Browser(link) => {
                let talks = link.is_connected() && !matches!(self.place, Place::Alone);
                if !talks || self.incoming.ssrc.is_none() {
                    return None;
                }
                (BROWSER_SILENCE_MAX, MediaEvent::PeerDisconnected { leg, closed: false })
            }
        };
        let is_silent = now.since(self.incoming.last_packet) >= limit;
        let is_news =
            is_silent && !std::mem::replace(&mut self.incoming.reported_silent, is_silent);
        is_news.then_some(event)
    }
}

/// Gives `payload` on in the law of the listener.
fn with_law(payload: &[u8], from: Codec, to: Codec, give: impl FnOnce(&[u8])) {
    if from == to {
        return give(payload);
    }
    let mut bytes = [0; PACKET_BYTES_MAX];
    let turned = &mut bytes[..payload.len().min(PACKET_BYTES_MAX)];
    turned.copy_from_slice(&payload[..turned.len()]);
    g711::transcode(from, to, turned);
    give(turned);
}
