//! A telephone of the tests: one UDP socket that says a tone and keeps what it is sent.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use telephony::media::tone::{ToneGenerator, tone_share};
use telephony::media::{FRAME_SAMPLES, g711};
use telephony::rtp::{RtpHeader, RtpPacket};
use telephony::sdp::{Codec, TrunkOffer};

/// The time of a frame.
pub(crate) const FRAME: Duration = Duration::from_millis(20);
/// Share of a frame's energy that makes it this tone.
pub(crate) const SHARE_MIN: f64 = 0.15;

/// What came in one packet.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) at: Instant,
    pub(crate) header: RtpHeader,
    pub(crate) samples: Vec<i16>,
}

/// A telephone.
pub(crate) struct Phone {
    pub(crate) socket: Arc<UdpSocket>,
    pub(crate) codec: Codec,
    heard: Arc<Mutex<Vec<Heard>>>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Phone {
    /// A telephone that speaks this law.
    pub(crate) fn new(codec: Codec) -> Self {
        let mut phone = Self::deaf(codec);
        phone.listen();
        phone
    }

    /// A telephone on another address of this machine.
    pub(crate) fn on(address: Ipv4Addr, codec: Codec) -> Self {
        let mut phone = Self::deaf_on(address, codec);
        phone.listen();
        phone
    }

    /// A telephone that never reads.
    pub(crate) fn deaf(codec: Codec) -> Self {
        Self::deaf_on(Ipv4Addr::LOCALHOST, codec)
    }

    fn deaf_on(address: Ipv4Addr, codec: Codec) -> Self {
        let socket = UdpSocket::bind((address, 0)).expect("a socket");
        socket.set_read_timeout(Some(Duration::from_millis(50))).expect("a limit");
        let (heard, stop) = (Arc::<Mutex<Vec<Heard>>>::default(), Arc::<AtomicBool>::default());
        Self { socket: Arc::new(socket), codec, heard, stop, threads: Vec::new() }
    }

    /// What it would offer a trunk.
    pub(crate) fn offer(&self) -> TrunkOffer {
        let own = self.socket.local_addr().expect("bound");
        let (kind, name) = (self.codec.payload_type(), self.codec.name());
        let text = format!(
            "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP {kind} 101\r\na=rtpmap:{kind} {name}/8000\r\n\
             a=rtpmap:101 telephone-event/8000\r\n",
            ip = own.ip(),
            port = own.port()
        );
        TrunkOffer::parse(text.as_bytes()).expect("a good offer")
    }

    /// Says a tone without end to this address, each 20 ms.
    pub(crate) fn say(&mut self, hertz: f64, target: SocketAddr) {
        let (socket, stop, codec) = (self.socket.clone(), self.stop.clone(), self.codec);
        let ssrc = 1_000 + hertz as u32;
        self.threads.push(std::thread::spawn(move || {
            let mut tone = ToneGenerator::steady(hertz, 6000);
            let mut header = RtpHeader {
                marker: true,
                payload_type: codec.payload_type(),
                sequence: 65_500,
                timestamp: u32::MAX - 3000,
                ssrc,
            };
            let begun = Instant::now();
            for n in 1.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let mut samples = [0; FRAME_SAMPLES];
                tone.fill(&mut samples);
                let mut datagram = [0; 400];
                let payload = g711::encoded(codec, &samples);
                let len = header.write(&payload, &mut datagram).expect("room");
                let _full = socket.send_to(&datagram[..len], target);
                header.sequence = header.sequence.wrapping_add(1);
                header.timestamp = header.timestamp.wrapping_add(160);
                header.marker = false;
                std::thread::sleep((FRAME * n).saturating_sub(begun.elapsed()));
            }
        }));
    }

    fn listen(&mut self) {
        let (socket, stop, heard) = (self.socket.clone(), self.stop.clone(), self.heard.clone());
        self.threads.push(std::thread::spawn(move || {
            let mut datagram = [0; 2000];
            while !stop.load(Ordering::Relaxed) {
                let Ok((len, _)) = socket.recv_from(&mut datagram) else { continue };
                let Ok(packet) = RtpPacket::parse(&datagram[..len]) else { continue };
                let codec = Codec::from_payload_type(packet.header.payload_type);
                let samples = codec.map_or(Vec::new(), |law| g711::decoded(law, packet.payload));
                let (at, header) = (Instant::now(), packet.header);
                heard.lock().expect("no panic").push(Heard { at, header, samples });
            }
        }));
    }

    /// What it was sent since the last look.
    pub(crate) fn take_heard(&self) -> Vec<Heard> {
        std::mem::take(&mut *self.heard.lock().expect("no panic"))
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
    }
}

/// In how many of these packets, in hundredths, a tone is.
pub(crate) fn share_of(heard: &[Heard], hertz: f64) -> usize {
    let whole = heard.iter().filter(|packet| packet.samples.len() == FRAME_SAMPLES);
    let (mut with, mut all) = (0, 0);
    for packet in whole {
        all += 1;
        with += usize::from(tone_share(hertz, &packet.samples) >= SHARE_MIN);
    }
    (with * 100_usize).checked_div(all).unwrap_or(0)
}

/// One stream: the same name throughout, numbers and timestamps that only go up by what is due.
pub(crate) fn assert_one_stream(heard: &[Heard]) {
    for pair in heard.windows(2) {
        let (before, after) = (&pair[0].header, &pair[1].header);
        assert_eq!(before.ssrc, after.ssrc, "one name");
        let step = after.sequence.wrapping_sub(before.sequence);
        assert_eq!(step, 1, "{before:?} then {after:?}");
        let ahead = after.timestamp.wrapping_sub(before.timestamp);
        assert!(ahead % 160 == 0 && (160..=3200).contains(&ahead), "{before:?} then {after:?}");
    }
}

/// The longest time between two packets.
pub(crate) fn longest_gap(heard: &[Heard]) -> Duration {
    let gaps = heard.windows(2).map(|pair| pair[1].at - pair[0].at);
    gaps.max().unwrap_or(Duration::MAX)
}
