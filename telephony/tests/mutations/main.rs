//! Mutations over a saved corpus: whatever the bytes, a parser answers and never panics.
//!
//! The corpus (`telephony/tests/corpus`) holds what real peers send. Each seed makes one mutant: a
//! few bytes changed, cut, doubled, inserted, or two files spliced. A failing seed is printed and
//! becomes a file of the corpus. `MUTATIONS=2000000` runs longer.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use telephony::call::Digit;
use telephony::flow::{Flow, FlowNext, FlowRun, Hours};
use telephony::rtp::{DtmfDetector, RtpPacket, SequenceTracker, TelephoneEvent};
use telephony::sdp::{LocalAudio, ParseOfferError, TrunkOffer};

/// SplitMix64: enough chance for mutations, the same on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `bound`, which is at least 1.
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound.max(1) as u64)).expect("below a usize")
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

/// Bytes and words that parsers trip over.
const SHARP: [&[u8]; 12] = [
    b"\r\n",
    b"\n",
    b"\0",
    b"=",
    b":",
    b"/",
    b" ",
    b"-1",
    b"99999999999999999999",
    b"\xff\xfe",
    "\u{905}".as_bytes(),
    b"[[",
];

fn mutant(corpus: &[Vec<u8>], seed: u64) -> Vec<u8> {
    let mut chance = Chance(seed);
    let mut bytes = corpus[chance.below(corpus.len())].clone();
    for _ in 0..=chance.below(6) {
        let at = chance.below(bytes.len() + 1).min(bytes.len());
        let end = (at + chance.below(40)).min(bytes.len());
        match chance.below(7) {
            0 if at < bytes.len() => bytes[at] = chance.byte(),
            1 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            5 => {
                let sharp = SHARP[chance.below(SHARP.len())];
                bytes.splice(at..at, sharp.iter().copied());
            }
            _ => {
                let other = &corpus[chance.below(corpus.len())];
                let from = chance.below(other.len() + 1).min(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }
    bytes
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let home = std::env::var("CARGO_MANIFEST_DIR").expect("tests are run by cargo");
    let folder = Path::new(&home).join("tests/corpus").join(name);
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the corpus is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 3, "a corpus of {} files is none", paths.len());
    paths.iter().map(|path| fs::read(path).expect("readable")).collect()
}

fn count() -> u64 {
    std::env::var("MUTATIONS").map_or(20_000, |text| text.parse().expect("a number"))
}

/// Runs the mutants. Returns how many were taken and how many refused: both must happen, or the
/// mutations are too wild or too tame to mean anything.
fn run(name: &str, takes: impl Fn(&[u8]) -> bool) {
    let corpus = corpus(name);
    for whole in &corpus {
        takes(whole);
    }
    let mut taken = 0;
    for seed in 0..count() {
        let bytes = mutant(&corpus, seed);
        match catch_unwind(AssertUnwindSafe(|| takes(&bytes))) {
            Ok(true) => taken += 1,
            Ok(false) => {}
            Err(_) => panic!("{name}: seed {seed} panics: {:?}", String::from_utf8_lossy(&bytes)),
        }
    }
    let share = taken * 100 / count();
    println!("{name}: {} mutants, {share} % taken", count());
    assert!((1..=99).contains(&share), "{name}: {share} % taken");
}

#[test]
fn session_descriptions() {
    let local = LocalAudio {
        address: "127.0.0.1:4000".parse().expect("an address"),
        session_id: 1,
        version: 1,
    };
    run("sdp", |bytes| {
        let offer = match TrunkOffer::parse(bytes) {
            Ok(offer) => offer,
            Err(error) => {
                assert_ne!(error, ParseOfferError::TooLong, "mutants stay short");
                return false;
            }
        };
        assert!(offer.codecs.len() <= 2);
        assert!(offer.telephone_event.is_none_or(|payload_type| payload_type < 128));
        assert!(offer.refused_before.len() + offer.refused_after.len() < 16);
        if let Some(answer) = offer.answer(local) {
            // Whatever they sent, what we say is readable, and says what was agreed.
            let ours = TrunkOffer::parse(answer.description.as_bytes()).expect("our own answer");
            assert_eq!(ours.codecs, [answer.codec]);
            assert_eq!(ours.telephone_event, answer.telephone_event);
            assert_eq!(ours.refused_before.len(), offer.refused_before.len());
        }
        true
    });
}

#[test]
fn packets_and_keys() {
    run("rtp", |bytes| {
        let mut tracker = SequenceTracker::new();
        let mut detector = DtmfDetector::new();
        // A mutant is read at several offsets: more shapes from the same bytes.
        for start in [0, 1, 7, 12] {
            let tail = bytes.get(start..).unwrap_or_default();
            let _ = TelephoneEvent::parse(tail);
            let Ok(packet) = RtpPacket::parse(tail) else { continue };
            assert!(packet.payload.len() + 12 <= tail.len());
            let header = packet.header;
            let arrival = ids::Timestamp::from_micros(i64::from(header.timestamp));
            for step in 0..4 {
                let sequence = header.sequence.wrapping_mul(step);
                tracker.packet(sequence, header.timestamp, arrival);
            }
            detector.packet(header.timestamp, packet.payload);
            assert!(tracker.jitter_ms() >= 0.0);
        }
        tracker.take_interval();
        RtpPacket::parse(bytes).is_ok()
    });
}

#[test]
fn greetings() {
    run("flow", |bytes| {
        let Ok(flow) = Flow::parse(&String::from_utf8_lossy(bytes)) else { return false };
        // A greeting that is taken can be walked, and silence leads out of it.
        let mut now = ids::Timestamp::from_micros(0);
        let mut said = Vec::new();
        let flow = std::sync::Arc::new(flow);
        let mut next = FlowRun::start(flow, None, Hours::Open, None, now, &mut said);
        for step in 0..2000 {
            let FlowNext::Goes(run) = next else { return true };
            if step < 3 {
                let key = Digit::new(['1', '#', '*'][step]).expect("a key");
                next = run.digit(key, now, &mut said);
                continue;
            }
            now = run.poll_timeout();
            next = run.tick(now, &mut said);
        }
        panic!("a greeting without an end");
    });
}
