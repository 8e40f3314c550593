use proptest::prelude::*;

use super::*;
use crate::media::g711;
use crate::media::tone::ToneGenerator;
use crate::media::{FRAME_SAMPLES, Frame};

const FULL: Interval = Interval { received: 50, lost: 0 };
const EMPTY: Interval = Interval { received: 0, lost: 0 };

/// A leg and its seconds.
struct Bench {
    meter: LegMeter,
    now: Timestamp,
    sent: u32,
}

impl Bench {
    fn new() -> Self {
        let now = Timestamp::from_micros(1_000_000_000);
        Self { meter: LegMeter::new(Codec::Pcma), now, sent: 50 }
    }

    fn second(&mut self, interval: Interval, frame: &Frame) -> Quality {
        for _ in 0..interval.received {
            self.meter.audio(frame);
        }
        self.now = self.now + Duration::from_secs(1);
        self.meter.second(self.now, interval, 2.0, 0.0, self.sent)
    }

    fn seconds(&mut self, count: usize, interval: Interval, frame: &Frame) -> Vec<Sends> {
        (0..count).map(|_| self.second(interval, frame).sends).collect()
    }

    fn report(&mut self, fraction_lost: u8, highest: u32) {
        self.meter.reported(self.now, fraction_lost, highest, None);
    }

    fn hears(&mut self) -> Hears {
        self.second(FULL, &speech()).hears
    }
}

fn frame(amplitude_dbfs: f64) -> Frame {
    frame_of(Codec::Pcma, amplitude_dbfs)
}

fn frame_of(codec: Codec, amplitude_dbfs: f64) -> Frame {
    let mut samples = [0; FRAME_SAMPLES];
    ToneGenerator::steady(700.0, 8000).fill(&mut samples);
    let peak = f64::from(samples.iter().map(|s| s.unsigned_abs()).max().expect("samples"));
    let factor = 32_767.0 * 10_f64.powf(amplitude_dbfs / 20.0) / peak;
    let scaled = samples.map(|sample| {
        #[expect(clippy::cast_possible_truncation, reason = "scaled to fit")]
        let sample = (f64::from(sample) * factor) as i16;
        sample
    });
    g711::encoded(codec, &scaled).try_into().expect("one frame")
}

fn speech() -> Frame {
    frame(-25.0)
}

fn silence() -> Frame {
    g711::silence_frame(Codec::Pcma)
}

#[test]
fn speech_is_sound_and_the_hiss_of_a_line_is_not() {
    for codec in [Codec::Pcma, Codec::Pcmu] {
        for (dbfs, is_sound) in [(-3.0, true), (-25.0, true), (-45.0, true), (-52.0, false)] {
            let mut meter = LegMeter::new(codec);
            meter.audio(&frame_of(codec, dbfs));
            assert_eq!(meter.loud_frames == 1, is_sound, "{codec:?} at {dbfs} dBFS");
        }
        let mut meter = LegMeter::new(codec);
        meter.audio(&g711::silence_frame(codec));
        meter.audio(&[]);
        assert_eq!(meter.loud_frames, 0);
    }
}

#[test]
fn quiet_comes_after_five_seconds_and_goes_with_the_first_sound() {
    let mut bench = Bench::new();
    bench.second(FULL, &speech());
    let told = bench.seconds(7, FULL, &silence());
    assert_eq!(told[..4], [Sends::Sound; 4]);
    assert_eq!(told[4..], [Sends::Quiet; 3]);
    assert_eq!(bench.second(FULL, &speech()).sends, Sends::Sound);
}

#[test]
fn a_click_is_no_sound() {
    let mut bench = Bench::new();
    for _ in 0..9 {
        bench.meter.audio(&speech());
        bench.second(FULL, &silence());
    }
    assert_eq!(bench.second(FULL, &silence()).sends, Sends::Quiet);
}

#[test]
fn no_packets_are_nothing_after_two_seconds_and_score_lowest() {
    let mut bench = Bench::new();
    let before = bench.second(FULL, &speech()).mos;
    let first = bench.second(EMPTY, &speech());
    assert_eq!((first.sends, first.mos), (Sends::Sound, before), "one second says nothing yet");
    let second = bench.second(EMPTY, &speech());
    assert_eq!((second.sends, second.mos), (Sends::Nothing, 1.0));
    assert_eq!(bench.second(FULL, &speech()).sends, Sends::Sound);
}

#[test]
fn after_a_pause_what_was_before_does_not_count() {
    let mut bench = Bench::new();
    bench.seconds(10, FULL, &silence());
    bench.report(0, 100);
    bench.now = bench.now + Duration::from_secs(60);
    let quality = bench.second(EMPTY, &silence());
    assert_eq!((quality.sends, quality.hears), (Sends::Sound, Hears::Well));
}

#[test]
fn reports_tell_what_the_far_end_hears() {
    let mut bench = Bench::new();
    assert_eq!(bench.hears(), Hears::Unknown);
    bench.report(0, 100);
    assert_eq!(bench.hears(), Hears::Well);
    bench.report(HEAVY_LOSS, 150);
    assert_eq!(bench.hears(), Hears::Poorly);
    bench.report(25, 200);
    assert_eq!(bench.hears(), Hears::Well);
    bench.report(255, 250);
    assert_eq!(bench.hears(), Hears::Nothing);
}

#[test]
fn a_number_that_stands_still_is_deafness_only_if_we_sent() {
    let mut bench = Bench::new();
    bench.report(0, 100);
    bench.hears();
    bench.report(0, 100);
    assert_eq!(bench.hears(), Hears::Nothing);
    bench.report(0, 400);
    bench.sent = 0;
    bench.hears();
    bench.report(0, 400);
    assert_eq!(bench.hears(), Hears::Well, "we sent nothing that it could have heard");
}

#[test]
fn reports_that_stop_are_deafness_only_if_we_sent() {
    let mut bench = Bench::new();
    bench.hears();
    bench.report(0, 100);
    bench.hears();
    bench.report(0, 150);
    let told: Vec<_> = (0..16).map(|_| bench.hears()).collect();
    assert!(told[..14].iter().all(|hears| *hears == Hears::Well), "{told:?}");
    assert_eq!(told[14..], [Hears::Nothing; 2]);
    let mut bench = Bench::new();
    bench.sent = 0;
    bench.hears();
    bench.report(0, 100);
    bench.hears();
    bench.report(0, 150);
    assert!((0..30).all(|_| bench.hears() == Hears::Well));
}

#[test]
fn a_far_end_is_held_to_its_own_pace_of_reports() {
    let mut bench = Bench::new();
    bench.hears();
    bench.report(0, 100);
    assert!((0..60).all(|_| bench.hears() == Hears::Well), "one report promises no second");
    bench.report(0, 3_000);
    let told: Vec<_> = (0..181).map(|_| bench.hears()).collect();
    assert!(told[..179].iter().all(|hears| *hears == Hears::Well), "it reports once a minute");
    assert_eq!(told[179..], [Hears::Nothing; 2]);
}

#[test]
fn loss_delay_and_buffer_lower_the_score() {
    let now = Timestamp::from_micros(5_000_000);
    let with_jitter = |lost, trip, buffer, jitter| {
        let mut meter = LegMeter::new(Codec::Pcmu);
        meter.reported(now, 0, 1, Some(Duration::from_millis(trip)));
        let interval = Interval { received: 50 - lost, lost };
        meter.second(now, interval, jitter, buffer, 50)
    };
    let of = |lost, trip, buffer| with_jitter(lost, trip, buffer, 0.0);
    let best = of(0, 0, 0.0);
    assert!((best.mos - 4.40).abs() < 0.01, "one frame of delay: {}", best.mos);
    assert!((of(5, 0, 0.0).mos - 3.38).abs() < 0.05, "a tenth lost");
    assert!((of(0, 400, 0.0).mos - of(0, 0, 200.0).mos).abs() < 1e-6);
    assert!(of(0, 400, 0.0).mos < 4.2);
    assert_eq!(of(0, 80, 0.0).round_trip_ms, Some(80.0));
    let jittery = with_jitter(0, 0, 0.0, 100.0).mos;
    assert!((jittery - of(0, 0, 200.0).mos).abs() < 1e-6, "somebody holds back twice the jitter");
    assert!((with_jitter(0, 0, 200.0, 50.0).mos - jittery).abs() < 1e-6, "our buffer holds more");
}

proptest! {
    #[test]
    fn any_figures_give_a_score_on_the_scale(
        steps in prop::collection::vec((0..2_000_000_u64, any::<u32>(), any::<u32>(), any::<f32>(), any::<f32>(), any::<u32>()), 1..20),
        reports in prop::collection::vec((any::<u8>(), any::<u32>(), prop::option::of(any::<u64>())), 20),
        bytes in prop::collection::vec(any::<u8>(), 0..1500),
    ) {
        let mut meter = LegMeter::new(Codec::Pcma);
        let mut now = Timestamp::from_micros(0);
        for ((micros, received, lost, jitter, buffer, sent), report) in steps.into_iter().zip(reports) {
            now = now + Duration::from_micros(micros);
            meter.audio(&bytes);
            meter.reported(now, report.0, report.1, report.2.map(Duration::from_micros));
            let quality = meter.second(now, Interval { received, lost }, jitter, buffer, sent);
            prop_assert!((1.0..=4.5).contains(&quality.mos), "{quality:?}");
        }
    }
}
