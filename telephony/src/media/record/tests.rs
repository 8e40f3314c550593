//! The format as a whole: what is written is read back, and what happens to files is told.

use ids::Timestamp;
use proptest::prelude::*;

use super::read::{Closing, Damage, Found};
use super::*;
use crate::media::g711;
use crate::media::tone::{ToneGenerator, tone_share};

/// Chunks of sound in the file of these tests, and samples in each: short, so that a test can go
/// through all bytes.
const CHUNKS: u64 = 4;
const SAMPLES: u64 = 400;

fn key() -> RecordingKey {
    RecordingKey::new([7; 32])
}

fn secrets() -> FileSecrets {
    FileSecrets { salt: [1; 32], data_key: [2; 32], prefix: [3; 7] }
}

fn opening() -> Opening {
    Opening { began: Timestamp::from_micros(1_700_000_000_000_000), recording: RecordingId(42) }
}

/// A-law of a tone; `n` makes every chunk's bytes others.
fn tone(hertz: f64, n: u64, len: u64) -> Vec<u8> {
    let mut samples = vec![0; usize::try_from(len).expect("short")];
    let amplitude = 8000 + i16::try_from(n).expect("few") * 100;
    ToneGenerator::steady(hertz, amplitude).fill(&mut samples);
    g711::encoded(Codec::Pcma, &samples)
}

/// A recording, and where each of its chunks begins.
fn recorded(closed: bool) -> (Vec<u8>, Vec<usize>) {
    let (mut file, mut begins) = (Vec::new(), vec![HEADER_LEN]);
    let mut sealer = Sealer::begin(&key(), secrets(), &opening(), &mut file);
    for n in 0..CHUNKS {
        begins.push(file.len());
        let (said, heard) = (tone(700.0, n, SAMPLES), tone(1100.0, n, SAMPLES));
        let sealed = sealer.audio(n * SAMPLES, Codec::Pcma, [&said, &heard], &mut file);
        sealed.expect("a number is left");
    }
    begins.push(file.len());
    let mark = Mark::Paused(PauseReason::Secret);
    sealer.mark(CHUNKS * SAMPLES, mark, &mut file).expect("a number is left");
    begins.push(file.len());
    if closed {
        sealer.end(CHUNKS * SAMPLES, &mut file).expect("a number is left");
    }
    (file, begins)
}

fn read(file: &[u8]) -> (Vec<Chunk>, Vec<Damage>, Closing) {
    let mut reader = RecordingReader::open(file, &[key()]).expect("the header is whole");
    let (mut chunks, mut damages) = (Vec::new(), Vec::new());
    for found in &mut reader {
        match found.expect("memory can be read") {
            Found::Chunk(chunk) => chunks.push(chunk),
            Found::Damaged(damage) => damages.push(damage),
        }
    }
    (chunks, damages, reader.closing())
}

#[test]
fn what_was_written_is_read_back() {
    let (file, _) = recorded(true);
    let (chunks, damages, closing) = read(&file);
    assert_eq!((damages, closing), (vec![], Closing::Closed { at: CHUNKS * SAMPLES }));
    let mut expected = vec![Chunk::Opening(opening())];
    expected.extend((0..CHUNKS).map(|n| {
        let sides = [tone(700.0, n, SAMPLES), tone(1100.0, n, SAMPLES)];
        Chunk::Audio(Audio { at: n * SAMPLES, law: Codec::Pcma, sides })
    }));
    let mark = Mark::Paused(PauseReason::Secret);
    expected.push(Chunk::Mark { at: CHUNKS * SAMPLES, mark });
    expected.push(Chunk::End { at: CHUNKS * SAMPLES });
    assert_eq!(chunks, expected);
}

#[test]
fn nothing_of_the_audio_or_the_call_stands_in_the_file() {
    let (file, _) = recorded(true);
    let audio = tone(700.0, 0, SAMPLES);
    let began = opening().began.as_micros().to_be_bytes();
    let plain = |needle: &[u8]| file.windows(needle.len()).any(|part| part == needle);
    for frame in audio.chunks(8) {
        assert!(!plain(frame), "eight samples of the tone stand in the file");
    }
    assert!(!plain(&began));
    assert!(!plain(&secrets().data_key[..8]) && !plain(&[7; 8]), "a key stands in the file");
}

#[test]
fn cut_at_every_byte_it_reads_up_to_the_last_whole_chunk() {
    let (file, begins) = recorded(true);
    let whole = read(&file).0;
    for len in 0..file.len() {
        let short = &file[..len];
        if len < HEADER_LEN {
            let refused = RecordingReader::open(short, &[key()]).err().expect("no header");
            assert!(matches!(refused, OpenError::Cut), "{len} bytes: {refused}");
            continue;
        }
        let (chunks, damages, closing) = read(short);
        let complete = begins.iter().filter(|begin| **begin <= len).count() - 1;
        assert_eq!(chunks, whole[..complete], "{len} bytes");
        assert_eq!((damages, closing), (vec![], Closing::NotClosed), "{len} bytes");
    }
}

#[test]
fn every_changed_byte_is_found_and_named_and_the_rest_is_read() {
    let (file, begins) = recorded(true);
    let whole = read(&file).0;
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 0x40;
        if at < HEADER_LEN {
            let refused = RecordingReader::open(&changed[..], &[key()]).err();
            assert!(refused.is_some(), "byte {at} of the header");
            continue;
        }
        let (chunks, damages, _) = read(&changed);
        let hit = begins.iter().filter(|begin| **begin <= at).count() - 1;
        let number = u32::try_from(hit).expect("few");
        let named = damages.iter().any(|damage| match damage {
            Damage::Changed { number: named, .. } => *named == number,
            Damage::Unreadable { offset, .. } => *offset == begins[hit] as u64,
            Damage::Missing { .. }
            | Damage::OutOfPlace { .. }
            | Damage::NotUnderstood { .. }
            | Damage::AfterEnd { .. } => false,
        });
        assert!(named, "byte {at}: {damages:?}");
        let mut others = whole.clone();
        others.remove(hit);
        assert_eq!(chunks, others, "byte {at}");
    }
}

#[test]
fn chunks_exchanged_removed_or_doubled_are_named() {
    let (file, begins) = recorded(true);
    let chunk = |n: usize| &file[begins[n]..begins.get(n + 1).copied().unwrap_or(file.len())];
    let join = |numbers: &[usize]| {
        let parts = numbers.iter().flat_map(|n| chunk(*n).to_vec());
        file[..HEADER_LEN].iter().copied().chain(parts).collect::<Vec<u8>>()
    };
    let (_, damages, closing) = read(&join(&[0, 1, 2, 4, 5, 6]));
    assert!(matches!(damages[..], [Damage::Missing { from: 3, to: 3, .. }]), "{damages:?}");
    assert!(matches!(closing, Closing::Closed { .. }));
    let (_, damages, _) = read(&join(&[0, 1, 3, 2, 4, 5, 6]));
    let named = matches!(
        damages[..],
        [Damage::Missing { from: 2, to: 2, .. }, Damage::OutOfPlace { number: 2, .. }]
    );
    assert!(named, "{damages:?}");
    let (_, damages, _) = read(&join(&[0, 1, 1, 2, 3, 4, 5, 6]));
    assert!(matches!(damages[..], [Damage::OutOfPlace { number: 1, .. }]), "{damages:?}");
    let (_, damages, _) = read(&join(&[0, 1, 2, 3, 4, 5, 6, 6]));
    assert!(matches!(damages[..], [Damage::AfterEnd { .. }]), "{damages:?}");
}

#[test]
fn a_chunk_under_another_number_or_of_another_file_is_found() {
    let (file, begins) = recorded(true);
    let mut renumbered = file.clone();
    // The frame of chunk 2, as chunk 3's: well-formed, but the seal knows better.
    let other = begins[3]..begins[3] + frame::FRAME_LEN;
    renumbered.copy_within(other, begins[2]);
    let (_, damages, _) = read(&renumbered);
    assert!(matches!(damages[0], Damage::Changed { number: 3, .. }), "{damages:?}");

    let mut foreign = Vec::new();
    let secrets = FileSecrets { salt: [1; 32], data_key: [9; 32], prefix: [3; 7] };
    let mut sealer = Sealer::begin(&key(), secrets, &opening(), &mut foreign);
    let begin = foreign.len();
    let (said, heard) = (tone(700.0, 0, SAMPLES), tone(1100.0, 0, SAMPLES));
    sealer.audio(0, Codec::Pcma, [&said, &heard], &mut foreign).expect("a number is left");
    let mut mixed = file.clone();
    mixed[begins[1]..begins[2]].copy_from_slice(&foreign[begin..]);
    let (_, damages, _) = read(&mixed);
    assert!(matches!(damages[..], [Damage::Changed { number: 1, .. }]), "{damages:?}");
}

#[test]
fn zeros_at_the_end_are_a_cut_and_anything_else_is_damage() {
    let (file, _) = recorded(false);
    let mut zeros = file.clone();
    zeros.resize(file.len() + 4096, 0);
    assert_eq!(read(&zeros).1, vec![]);
    assert_eq!(read(&zeros).2, Closing::NotClosed);
    let mut rubbish = file.clone();
    rubbish.resize(file.len() + 100_000, 0xc5);
    let unreadable = Damage::Unreadable { bytes: 100_000, offset: file.len() as u64 };
    assert_eq!(read(&rubbish).1, vec![unreadable]);
}

#[test]
fn a_wrong_key_is_told_and_the_right_one_is_found_among_many() {
    let (file, _) = recorded(true);
    let other = RecordingKey::new([8; 32]);
    let refused = RecordingReader::open(&file[..], std::slice::from_ref(&other)).err();
    let refused = refused.expect("no key fits");
    assert!(matches!(refused, OpenError::WrongKey { needed } if needed == key().id()));
    assert!(refused.to_string().contains(&key().id().to_string()));
    assert!(RecordingReader::open(&file[..], &[other, key()]).is_ok());
    let refused = RecordingReader::open(
        &b"RIFF, or any other file, as long as a header must be: \
        seventy bytes and some more, which is more than it seems to be"[..],
        &[key()],
    );
    assert!(matches!(refused.err(), Some(OpenError::NotARecording)));
}

#[test]
fn a_wav_file_has_each_side_in_its_channel_and_pauses_in_their_place() {
    let mut file = Vec::new();
    let mut sealer = Sealer::begin(&key(), secrets(), &opening(), &mut file);
    let (said, heard) = (tone(700.0, 0, 8000), tone(1100.0, 0, 8000));
    let sides = [&said[..], &heard[..]];
    sealer.audio(0, Codec::Pcma, sides, &mut file).expect("a number is left");
    sealer.mark(8000, Mark::Paused(PauseReason::Asked), &mut file).expect("a number is left");
    sealer.mark(24_000, Mark::Resumed, &mut file).expect("a number is left");
    sealer.audio(24_000, Codec::Pcma, sides, &mut file).expect("a number is left");
    sealer.end(36_000, &mut file).expect("a number is left");

    let mut reader = RecordingReader::open(&file[..], &[key()]).expect("readable");
    let mut wav = std::io::Cursor::new(Vec::new());
    let summary = write_wav(&mut reader, &mut wav).expect("written");
    assert_eq!(summary.samples, 36_000);
    assert_eq!(summary.closing, Closing::Closed { at: 36_000 });
    let paused = (8000, Mark::Paused(PauseReason::Asked));
    assert_eq!(summary.marks, [paused, (24_000, Mark::Resumed)]);

    let wav = hound::WavReader::new(std::io::Cursor::new(wav.into_inner())).expect("a WAV file");
    assert_eq!((wav.spec().channels, wav.spec().sample_rate), (2, 8000));
    let samples: Vec<i16> = wav.into_samples().map(|s| s.expect("whole")).collect();
    let channel = |n: usize| samples.iter().skip(n).step_by(2).copied().collect::<Vec<i16>>();
    for (channel, hertz) in [(channel(0), 700.0), (channel(1), 1100.0)] {
        for at in [0, 24_000] {
            assert!(tone_share(hertz, &channel[at..at + 8000]) > 0.98, "{hertz} Hz at {at}");
        }
        assert!(channel[8000..24_000].iter().chain(&channel[32_000..]).all(|s| *s == 0));
    }
}

/// A file made by another implementation, in Python with the `cryptography` package, after the text
/// at the head of `record.rs`.
const BY_ANOTHER_HAND: &str = "\
    89484c520d0a1a0a000100010703a8187d876af9010101010101010101010101010101010101010101010101\
    01010101010101015b1b506608c3595063679c43480da30c83cc5974b105cc037ddbca3301d5bf85246d922f\
    31635e62e27a5abbfc8276fb5da0c4fe5f8017c563686b0000000000210000ad2944f1e4c66f7565b0ddf533\
    373e1004445a00c674e68d902cee9c109c9e62611a35c563686b00000001002a0000ad23481d13237b77b34a\
    dac22f67227d77b5e23c110cac5da205361bb603fa0ae443f1bf6960f89586514507c563686b00000002001b\
    0000ad11345b92b2d409501c698ee8905c8f0278285c2c28e53ad8a756a3c1c563686b0000000300190001ad\
    130bd4d2e45f962fb4d1dd53dd4d02ef6ade5d1f632b7de11a45";

#[test]
fn another_implementation_of_the_format_makes_the_same_bytes() {
    let mut file = Vec::new();
    let mut sealer = Sealer::begin(&key(), secrets(), &opening(), &mut file);
    let said: Vec<u8> = (0..8).collect();
    let heard: Vec<u8> = (100..108).collect();
    sealer.audio(0, Codec::Pcma, [&said, &heard], &mut file).expect("a number is left");
    sealer.mark(8, Mark::Paused(PauseReason::Secret), &mut file).expect("a number is left");
    sealer.end(16, &mut file).expect("a number is left");
    let hex: String = file.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, BY_ANOTHER_HAND);
}

/// A change to a file: where, what, and how much of it.
#[derive(Clone, Debug)]
enum Accident {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index, u8),
    Repeat(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
}

fn accident() -> impl Strategy<Value = Accident> {
    prop_oneof![
        (any::<prop::sample::Index>(), 1_u8..).prop_map(|(at, bits)| Accident::Flip(at, bits)),
        any::<(prop::sample::Index, u8)>().prop_map(|(at, len)| Accident::Cut(at, len)),
        any::<(prop::sample::Index, u8)>().prop_map(|(at, len)| Accident::Repeat(at, len)),
        (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..40))
            .prop_map(|(at, bytes)| Accident::Insert(at, bytes)),
    ]
}

impl Accident {
    /// It happens behind the header.
    fn happen(&self, file: &mut Vec<u8>) {
        let place = |at: &prop::sample::Index, len: u8| {
            let from = HEADER_LEN + at.index(file.len() - HEADER_LEN);
            from..file.len().min(from + usize::from(len))
        };
        match self {
            Self::Flip(at, bits) => {
                let at = place(at, 0).start;
                file[at] ^= bits;
            }
            Self::Cut(at, len) if place(at, *len).len() < file.len() - HEADER_LEN => {
                file.drain(place(at, *len));
            }
            Self::Cut(..) => {}
            Self::Repeat(at, len) => {
                let part = place(at, *len);
                let bytes = file[part.clone()].to_vec();
                file.splice(part.end..part.end, bytes);
            }
            Self::Insert(at, bytes) => {
                let at = place(at, 0);
                file.splice(at, bytes.iter().copied());
            }
        }
    }
}

proptest! {
    /// Whatever happens to a file, what is read was written, in its order, and reading ends.
    #[test]
    fn after_any_accidents_only_what_was_written_is_read(
        accidents in prop::collection::vec(accident(), 1..6),
    ) {
        let (mut file, _) = recorded(true);
        let whole = read(&file).0;
        for accident in &accidents {
            accident.happen(&mut file);
        }
        let (chunks, _, closing) = read(&file);
        let mut written = whole.iter();
        for chunk in &chunks {
            prop_assert!(written.any(|other| other == chunk), "{chunk:?} was not written here");
        }
        let ended = matches!(chunks.last(), Some(Chunk::End { .. }));
        prop_assert_eq!(ended, closing != Closing::NotClosed);
    }
}
