//! Packets made by hand, with whatever is to be wrong with them.

use std::net::SocketAddr;

use ids::LegId;
use telephony::media::tone::{ToneGenerator, tone_share};
use telephony::media::{FRAME_SAMPLES, g711};
use telephony::rtp::RtpHeader;
use telephony::sdp::Codec;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::phone::{FRAME, Heard, Phone, SHARE_MIN};
use crate::place::{Place, config};

/// The tone of the one who speaks, and the one of the third in a mix.
pub(crate) const SPEAKS: f64 = 500.0;
const THIRD: f64 = 1900.0;
/// Most of what is heard, in hundredths: a machine with much else to do leaves out what is late.
pub(crate) const MOST: usize = 50;

/// One sender of packets. Its numbers may be changed between two of them.
pub(crate) struct Voice {
    pub(crate) header: RtpHeader,
    tone: ToneGenerator,
}

impl Voice {
    pub(crate) fn new(ssrc: u32, hertz: f64) -> Self {
        let codec = Codec::Pcma.payload_type();
        let (sequence, timestamp) = (1000, 160_000);
        let header = RtpHeader { marker: true, payload_type: codec, sequence, timestamp, ssrc };
        Self { header, tone: ToneGenerator::steady(hertz, 6000) }
    }

    /// The next packet, with so many samples.
    pub(crate) fn packet(&mut self, samples: usize) -> Vec<u8> {
        let mut sound = vec![0; samples];
        self.tone.fill(&mut sound);
        let mut datagram = vec![0; 12 + samples];
        let len = self.header.write(&g711::encoded(Codec::Pcma, &sound), &mut datagram);
        datagram.truncate(len.expect("room"));
        self.header.sequence = self.header.sequence.wrapping_add(1);
        let length = u32::try_from(samples).expect("short");
        self.header.timestamp = self.header.timestamp.wrapping_add(length);
        self.header.marker = false;
        datagram
    }
}

/// Two telephones in a room, one of which speaks by hand; a third makes it a mix.
pub(crate) struct Talk {
    pub(crate) place: Place,
    pub(crate) legs: Vec<LegId>,
    pub(crate) speaker: Phone,
    pub(crate) target: SocketAddr,
    pub(crate) listener: Phone,
    _third: Option<Phone>,
}

impl Talk {
    pub(crate) async fn begin(is_mixed: bool) -> Self {
        let place = Place::start(config(1)).await;
        let mut legs = vec![LegId::from_number(1), LegId::from_number(2)];
        let (speaker, listener) = (Phone::new(Codec::Pcma), Phone::new(Codec::Pcma));
        let target = place.open(legs[0], &speaker).await;
        place.open(legs[1], &listener).await;
        let mut third = None;
        if is_mixed {
            let (leg, phone) = place.phone(3, Codec::Pcma, THIRD).await;
            legs.push(leg);
            third = Some(phone);
        }
        place.plane.mix(place.plane.new_room(), &legs, &[]);
        sleep(FRAME * 2).await;
        Self { place, legs, speaker, target, listener, _third: third }
    }

    pub(crate) fn send(&self, datagram: &[u8]) {
        self.speaker.socket.send_to(datagram, self.target).expect("sent");
    }

    /// Says so many packets of 20 ms in their time.
    pub(crate) async fn say(&self, voice: &mut Voice, packets: usize) {
        self.say_each(packets, FRAME, || vec![voice.packet(FRAME_SAMPLES)]).await;
    }

    /// Sends what is made at each step of time.
    pub(crate) async fn say_each(
        &self,
        steps: usize,
        each: std::time::Duration,
        mut make: impl FnMut() -> Vec<Vec<u8>>,
    ) {
        let mut clock = interval(each);
        clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
        for _ in 0..steps {
            clock.tick().await;
            for datagram in make() {
                self.send(&datagram);
            }
        }
    }

    /// What the listener has heard since the last look, to the last packet on its way.
    pub(crate) async fn heard(&self) -> Vec<Heard> {
        sleep(FRAME * 3).await;
        self.listener.take_heard()
    }

    /// Everything closes and no thread has met a fault.
    pub(crate) async fn end(self) {
        self.place.end(&self.legs).await;
    }
}

/// In how much of this sound, cut anew to 20 ms, a tone is, in hundredths; the silence of a mix before
/// and after does not count.
pub(crate) fn share_in(heard: &[Heard], hertz: f64) -> usize {
    let sound: Vec<i16> = heard.iter().flat_map(|packet| packet.samples.clone()).collect();
    let frames = sound.chunks_exact(FRAME_SAMPLES);
    let with: Vec<_> = frames.map(|frame| tone_share(hertz, frame) >= SHARE_MIN).collect();
    let first = with.iter().position(|with| *with).unwrap_or(0);
    let behind = with.iter().rposition(|with| *with).map_or(first, |last| last + 1);
    let spoken = &with[first..behind];
    spoken.iter().filter(|with| **with).count() * 100 / spoken.len().max(1)
}

/// One stream: one name, numbers that go on by one, timestamps that only go on.
pub(crate) fn assert_goes_on(heard: &[Heard]) {
    for pair in heard.windows(2) {
        let (before, after) = (&pair[0].header, &pair[1].header);
        assert_eq!(before.ssrc, after.ssrc, "one name");
        let step = after.sequence.wrapping_sub(before.sequence);
        assert_eq!(step, 1, "{before:?} then {after:?}");
        let ahead = after.timestamp.wrapping_sub(before.timestamp);
        assert!((1..=80_000).contains(&ahead), "{before:?} then {after:?}");
    }
}
