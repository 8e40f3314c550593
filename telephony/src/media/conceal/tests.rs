//! Gaps in tones: what is made up, how long, and how it ends.

use super::*;
use crate::media::level::level_dbfs;
use crate::media::tone::{ToneGenerator, tone_share};

const FRAME: usize = 160;

fn tone(hertz: f64, samples: usize) -> Vec<i16> {
    let mut out = vec![0; samples];
    ToneGenerator::steady(hertz, 8000).fill(&mut out);
    out
}

/// The largest step from one sample to the next.
fn largest_step(samples: &[i16]) -> i32 {
    samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap()
}

#[test]
fn a_voice_goes_on_and_fades_within_sixty_milliseconds() {
    for hertz in [80.0, 125.0, 200.0, 250.0, 440.0, 1000.0, 2300.0] {
        let mut concealer = Concealer::new();
        concealer.real(&mut tone(hertz, 800));
        let mut gap = vec![0; 4 * FRAME];
        assert!(concealer.fill(&mut gap[..FRAME]), "{hertz}");
        assert!(tone_share(hertz, &gap[..FRAME]) > 0.8, "{hertz}: the same sound");
        let levels: Vec<f32> = gap.chunks(FRAME).map(level_dbfs).collect();
        assert!((-17.0..-14.0).contains(&levels[0]), "{hertz}: {levels:?}");
        concealer.fill(&mut gap[FRAME..]);
        let levels: Vec<f32> = gap.chunks(FRAME).map(level_dbfs).collect();
        assert!(levels[1] < levels[0] && levels[2] < levels[1] - 4.0, "{hertz}: {levels:?}");
        assert!(gap[480..].iter().all(|sample| *sample == 0), "{hertz}: silence after 60 ms");
        assert!(concealer.is_silent());
        assert!(!concealer.fill(&mut gap[..FRAME]), "nothing more is made up");
    }
}

#[test]
fn audio_begins_and_comes_back_without_a_step() {
    let tone = tone(200.0, 4000);
    let natural = largest_step(&tone);
    for gap in [1, 7, 40, 160, 320, 480, 900] {
        let (mut before, mut after) =
            (tone[..1013].to_vec(), tone[1013 + gap..3013 + gap].to_vec());
        let mut made_up = vec![0; gap];
        let mut concealer = Concealer::new();
        concealer.real(&mut before);
        concealer.fill(&mut made_up);
        for portion in after.chunks_mut(13) {
            concealer.real(portion);
        }
        assert_eq!(before[0], 0, "it fades in");
        let all = [before, made_up, after.clone()].concat();
        assert!(largest_step(&all) <= natural + 400, "{gap}: {}", largest_step(&all));
        assert_eq!(after[40..], tone[1053 + gap..3013 + gap], "after 5 ms all is as it came");
    }
}

#[test]
fn a_splice_blends_two_sounds() {
    let (mut first, mut second) = (tone(300.0, 800), tone(300.0, 814));
    let mut concealer = Concealer::new();
    concealer.real(&mut first);
    concealer.splice();
    second.drain(..14);
    concealer.real(&mut second);
    let natural = largest_step(&tone(300.0, 800));
    assert!(largest_step(&[first, second].concat()) <= natural + 600);
}

#[test]
fn before_any_audio_there_is_silence() {
    let mut concealer = Concealer::new();
    let mut gap = [7; FRAME];
    assert!(!concealer.fill(&mut gap));
    assert_eq!(gap, [0; FRAME]);
    concealer.real(&mut []);
    assert!(concealer.is_silent(), "no samples are no audio");
}
