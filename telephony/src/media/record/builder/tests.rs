//! Frames in, seconds out.

use std::convert::Infallible;

use proptest::prelude::*;

use super::super::{RecordingId, Side};
use super::*;

const SILENCE: u8 = g711::silence(Codec::Pcma);

/// What came out: where, and both sides.
type Seconds = Vec<(u64, Vec<u8>, Vec<u8>)>;

struct Bench {
    builder: ChunkBuilder,
    out: Seconds,
}

impl Bench {
    fn new() -> Self {
        Self { builder: ChunkBuilder::new(Codec::Pcma), out: Vec::new() }
    }

    fn put(&mut self, side: Side, at: u64, audio: &[u8]) -> Placed {
        let frame = RecordedFrame::new(RecordingId(1), side, at, Codec::Pcma, audio);
        let frame = frame.expect("a frame");
        self.advance(at + frame.audio().len() as u64);
        self.builder.put(&frame)
    }

    fn advance(&mut self, to: u64) {
        let out = &mut self.out;
        let Ok(()) = self.builder.advance(to, |at, sides| collect(out, at, sides));
    }

    /// Both sides from the beginning to `end`, silence where nothing came out.
    fn finish(mut self, end: u64) -> [Vec<u8>; 2] {
        let out = &mut self.out;
        let Ok(()) = self.builder.finish(end, |at, sides| collect(out, at, sides));
        let len = usize::try_from(end).expect("short");
        let mut sides = [vec![SILENCE; len], vec![SILENCE; len]];
        for (at, said, heard) in &self.out {
            let from = usize::try_from(*at).expect("short");
            for (side, part) in sides.iter_mut().zip([said, heard]) {
                side[from..from + part.len()].copy_from_slice(part);
            }
        }
        sides
    }
}

fn collect(out: &mut Seconds, at: u64, sides: [&[u8]; 2]) -> Result<(), Infallible> {
    out.push((at, sides[0].to_vec(), sides[1].to_vec()));
    Ok(())
}

/// Twenty milliseconds of one value, never silence.
fn frame(n: u64) -> [u8; 160] {
    [u8::try_from(n % 101).expect("small"); 160]
}

#[test]
fn a_second_comes_out_half_a_second_after_it_is_full() {
    let mut bench = Bench::new();
    for n in 0..74 {
        assert_eq!(bench.put(Side::Said, n * 160, &frame(n)), Placed::Kept);
        assert_eq!(bench.put(Side::Heard, n * 160, &frame(n + 7)), Placed::Kept);
        assert!(bench.out.is_empty(), "{n}");
    }
    bench.put(Side::Said, 74 * 160, &frame(74));
    assert_eq!(bench.out.len(), 1);
    let (at, said, heard) = &bench.out[0];
    assert_eq!((*at, said.len(), heard.len()), (0, 8000, 8000));
    assert!((0..50).all(|n| said[n * 160..][..160] == frame(n as u64)));
    assert!((0..50).all(|n| heard[n * 160..][..160] == frame(n as u64 + 7)));
}

#[test]
fn gaps_are_silence_and_seconds_without_frames_are_left_out() {
    let mut bench = Bench::new();
    bench.put(Side::Said, 0, &frame(1));
    bench.put(Side::Said, 480, &frame(2));
    bench.put(Side::Heard, 10 * 8000 + 160, &frame(3));
    assert_eq!(bench.out.len(), 1, "one second had something in it");
    let [said, heard] = bench.finish(11 * 8000);
    assert_eq!(said[..160], frame(1));
    assert!(said[160..480].iter().all(|s| *s == SILENCE));
    assert_eq!(said[480..640], frame(2));
    assert!(heard[..80_160].iter().all(|s| *s == SILENCE));
    assert_eq!(heard[80_160..80_320], frame(3));
}

#[test]
fn a_gap_of_two_milliseconds_is_held_over_and_an_overlap_does_no_harm() {
    let mut bench = Bench::new();
    bench.put(Side::Said, 0, &frame(1));
    bench.put(Side::Said, 161, &frame(2));
    bench.put(Side::Said, 320, &frame(3));
    let [said, _] = bench.finish(480);
    assert_eq!(said[160], 1, "the last sample, held");
    assert_eq!(said[161..320], frame(2)[..159]);
    assert_eq!(said[320..480], frame(3));
}

#[test]
fn a_frame_later_than_half_a_second_is_late_and_changes_nothing() {
    let mut bench = Bench::new();
    bench.put(Side::Said, 12_000, &frame(1));
    assert_eq!(bench.put(Side::Heard, 7840, &frame(2)), Placed::Late);
    assert_eq!(bench.put(Side::Heard, 8000, &frame(2)), Placed::Kept);
    assert_eq!(bench.put(Side::Heard, 7920, &frame(3)), Placed::Kept, "half of it");
    let [_, heard] = bench.finish(13_000);
    assert!(heard[..8000].iter().all(|s| *s == SILENCE));
    assert_eq!((heard[8000], heard[8079], heard[8080]), (3, 3, 2));
}

#[test]
fn nothing_of_a_pause_is_kept_whenever_it_comes() {
    let mut bench = Bench::new();
    for n in 0..20 {
        bench.put(Side::Said, n * 160, &frame(1));
    }
    // Known a little later than it was asked for: in the middle of a frame that is placed already.
    bench.builder.pause(1000);
    assert_eq!(bench.put(Side::Heard, 1120, &frame(2)), Placed::Paused);
    assert_eq!(bench.put(Side::Heard, 960, &frame(2)), Placed::Kept, "its beginning");
    bench.builder.resume(20_000);
    bench.put(Side::Said, 19_920, &frame(3));
    assert_eq!(bench.put(Side::Said, 19_680, &frame(3)), Placed::Paused, "too late for the pause");
    let [said, heard] = bench.finish(20_160);
    assert!(said[..1000].iter().all(|s| *s == 1));
    assert!(said[1000..20_000].iter().all(|s| *s == SILENCE));
    assert_eq!((said[20_000], said[20_079]), (3, 3));
    assert_eq!((heard[960], heard[999], heard[1000]), (2, 2, SILENCE));
}

#[test]
fn pauses_in_quick_succession_keep_less_never_more() {
    let mut bench = Bench::new();
    for n in 0..20 {
        bench.builder.pause(n * 320);
        bench.builder.resume(n * 320 + 160);
    }
    for n in 0..40 {
        bench.put(Side::Said, n * 160, &frame(1));
    }
    let [said, _] = bench.finish(6400);
    for n in 0..20 {
        assert!(said[n * 320..n * 320 + 160].iter().all(|s| *s == SILENCE), "pause {n}");
    }
    assert_eq!(said[160], 1);
}

#[test]
fn frames_of_no_use_are_refused() {
    let mut builder = ChunkBuilder::new(Codec::Pcma);
    let whole = RecordedFrame::new(RecordingId(1), Side::Said, 0, Codec::Pcma, &[1]);
    let whole = whole.expect("a frame");
    for (at, len) in [(0, 0), (0, 241), (u64::MAX, 160), (u64::MAX - 160, 160), (12_000, 160)] {
        let frame = RecordedFrame { at, len, ..whole };
        assert_eq!(builder.put(&frame), Placed::Unusable, "{at} {len}");
    }
    let Ok(()) = builder.advance(u64::MAX, |_, _| Ok::<(), Infallible>(()));
    assert_eq!(builder.put(&whole), Placed::Late);
    assert!(RecordedFrame::new(RecordingId(1), Side::Said, 0, Codec::Pcma, &[]).is_none());
    assert!(RecordedFrame::new(RecordingId(1), Side::Said, 0, Codec::Pcma, &[0; 241]).is_none());
}

#[test]
fn the_other_law_is_turned_into_the_file_s() {
    let mut builder = ChunkBuilder::new(Codec::Pcma);
    let audio: Vec<u8> = (0..160).collect();
    let frame = RecordedFrame::new(RecordingId(1), Side::Heard, 0, Codec::Pcmu, &audio);
    builder.put(&frame.expect("a frame"));
    let mut expected = audio;
    g711::transcode(Codec::Pcmu, Codec::Pcma, &mut expected);
    let Ok(()) = builder.finish(160, |_, sides| {
        assert_eq!(sides[1], expected);
        Ok::<(), Infallible>(())
    });
}

proptest! {
    /// Order and repetition within half a second do not matter.
    #[test]
    fn shuffled_and_doubled_frames_come_out_in_place(
        delays in prop::collection::vec((0_u64..480, any::<bool>()), 300),
    ) {
        let mut arrivals: Vec<(u64, u64)> = Vec::new();
        for (n, (delay, twice)) in (0..).zip(&delays) {
            arrivals.push((n * 20 + delay, n));
            if *twice {
                arrivals.push((n * 20 + delay / 2, n));
            }
        }
        arrivals.sort_unstable();
        let mut bench = Bench::new();
        for (_, n) in arrivals {
            prop_assert_eq!(bench.put(Side::Said, n * 160, &frame(n)), Placed::Kept);
        }
        let [said, _] = bench.finish(300 * 160);
        for n in 0..300 {
            prop_assert_eq!(&said[n * 160..][..160], &frame(n as u64)[..]);
        }
    }
}
