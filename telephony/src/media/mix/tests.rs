//! Who hears whom: a matrix of tones; overload; places out of range.

use super::*;
use crate::media::tone::{ToneGenerator, tone_share};

/// Whole periods in a frame, so that Goertzel's algorithm tells them apart; none is a harmonic or
/// a difference of others.
const TONES: [f64; MEMBERS_MAX] = [350.0, 550.0, 800.0, 1150.0, 1500.0, 1950.0, 2450.0, 3100.0];

type Frames = Vec<[i16; FRAME_SAMPLES]>;

fn tones(members: usize, amplitude: i16) -> Frames {
    let frame = |hertz: &f64| {
        let mut frame = [0; FRAME_SAMPLES];
        ToneGenerator::steady(*hertz, amplitude).fill(&mut frame);
        frame
    };
    TONES[..members].iter().map(frame).collect()
}

fn mixed(inputs: &Frames, mutes: &Mutes) -> Frames {
    let mut out = vec![[-1; FRAME_SAMPLES]; inputs.len()];
    mix(inputs, mutes, &mut out);
    out
}

/// Every listener hears every un-muted other's tone, equally loud, and nothing else.
fn check(members: usize, mutes: &Mutes) {
    let out = mixed(&tones(members, 2000), mutes);
    for (listener, heard) in out.iter().enumerate() {
        let speakers = (0..members).filter(|speaker| mutes.hears(listener, *speaker)).count();
        for (speaker, hertz) in TONES[..members].iter().enumerate() {
            let share = tone_share(*hertz, heard);
            #[expect(clippy::cast_precision_loss, reason = "at most eight")]
            let expected = if mutes.hears(listener, speaker) { 1.0 / speakers as f64 } else { 0.0 };
            let place = format!("{members} members, {speaker} at {listener}: {share}");
            assert!((share - expected).abs() < 0.02, "{place}, expected {expected}");
        }
    }
}

#[test]
fn each_hears_all_but_itself() {
    for members in 1..=MEMBERS_MAX {
        check(members, &Mutes::default());
    }
}

#[test]
fn a_whisper_reaches_one_and_hold_shuts_out() {
    let mut whisper = Mutes::default();
    whisper.whisper(2, 1);
    assert!(whisper.hears(1, 2) && !whisper.hears(0, 2) && whisper.hears(2, 0));
    check(3, &whisper);
    let mut hold = Mutes::default();
    hold.hold(0);
    assert!(!hold.hears(0, 1) && !hold.hears(1, 0) && hold.hears(1, 2));
    check(4, &hold);
    hold.unmute(1, 0);
    assert!(hold.hears(0, 1) && !hold.hears(1, 0));
    check(4, &hold);
}

#[test]
fn every_pair_can_be_muted_alone() {
    for (from, to) in (0..4).flat_map(|from| (0..4).map(move |to| (from, to))) {
        let mut mutes = Mutes::default();
        mutes.mute(from, to);
        check(4, &mutes);
    }
}

#[test]
fn overload_is_bent_and_never_wraps() {
    let loud = tones(MEMBERS_MAX, i16::MAX);
    for heard in mixed(&loud, &Mutes::default()) {
        assert!(heard.iter().all(|sample| sample.abs() < i16::MAX));
    }
    for value in [i16::MIN, i16::MAX] {
        let heard = mixed(&vec![[value; FRAME_SAMPLES]; 8], &Mutes::default())[0][0];
        assert!(heard.abs() > 32_000 && (heard < 0) == (value < 0), "{value}: {heard}");
    }
    let curve: Vec<i16> = (-8 * 32_768..=8 * 32_768).map(limited).collect();
    assert!(curve.is_sorted(), "louder is never quieter");
    assert!((-24_576..=24_576).all(|sum| i32::from(limited(sum)) == sum));
}

#[test]
fn one_loud_voice_and_silence_pass_unchanged() {
    let inputs = vec![tones(1, 20_000)[0], [0; FRAME_SAMPLES], [0; FRAME_SAMPLES]];
    let out = mixed(&inputs, &Mutes::default());
    assert_eq!(out, [[0; FRAME_SAMPLES], inputs[0], inputs[0]]);
}

#[test]
fn what_is_out_of_range_is_silence() {
    let mut mutes = Mutes::default();
    mutes.mute(8, 0);
    mutes.mute(0, usize::MAX);
    mutes.whisper(9, 12);
    mutes.hold(8);
    assert_eq!(mutes, Mutes::default());
    assert!(!mutes.hears(8, 0) && !mutes.hears(0, 8) && !mutes.hears(0, 0));
    let mut out = [[-1; FRAME_SAMPLES]; 10];
    mix(&[[5; FRAME_SAMPLES]; 10], &mutes, &mut out);
    assert_eq!((out[0][0], out[7][0], out[8][0], out[9][0]), (35, 35, 0, 0));
    mix(&[[5; FRAME_SAMPLES]; 2], &mutes, &mut out);
    assert_eq!((out[0][0], out[1][0], out[2][0]), (5, 5, 0));
    mix(&[[5; FRAME_SAMPLES]; 3], &mutes, &mut out[..1]);
    assert_eq!(out[0][0], 10, "fewer listeners than speakers");
}
