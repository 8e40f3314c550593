//! The E-model of ITU-T G.107 (06/2015) for narrowband telephone audio, G.711. Pure.
//!
//! R = Ro − Is − Id − Ie,eff, with the default values of G.107 table 2 for everything that cannot be
//! measured here: loudness, noise and echo of the two telephones (TELR 65 dB, an echo that is well
//! cancelled). What is measured is delay, which makes Id, and loss, which makes Ie,eff. The advantage
//! factor is 0: a caller in need forgives nothing.

use std::time::Duration;

/// Basic signal-to-noise ratio, Ro, of G.107's default values (§7.2).
const BASIC_SIGNAL_TO_NOISE: f64 = 94.769;
/// Simultaneous impairments, Is, of the default values (§7.3).
const SIMULTANEOUS_IMPAIRMENT: f64 = 1.414;
/// Noise at the 0 dBr point less the receive loudness rating, No − RLR, of the default values, dB.
const NOISE_RECEIVED: f64 = -63.179;
/// Talker echo loudness rating, TELR, dB.
const TALKER_ECHO_LOSS: f64 = 65.0;
/// Weighted echo path loss, WEPL, dB.
const ECHO_PATH_LOSS: f64 = 110.0;
/// Equipment impairment of G.711, Ie (G.113 table I.4): its sound is what the others are held to.
const EQUIPMENT_IMPAIRMENT: f64 = 0.0;
/// One frame is spoken before its packet leaves.
pub const PACKETISATION: Duration = Duration::from_millis(20);

/// What the listener's end does about a packet that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concealment {
    /// It fills the gap from what it heard before (G.711 appendix I), as browsers, gateways and our
    /// own mixer do.
    Applied,
    /// It plays silence.
    None,
}

impl Concealment {
    /// Robustness against loss, Bpl, of G.711 with packets of up to 20 ms (G.113 table I.4).
    const fn robustness(self) -> f64 {
        match self {
            Self::Applied => 25.1,
            Self::None => 4.3,
        }
    }
}

/// What is measured of a way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Path {
    /// From mouth to ear: see [`one_way`].
    pub delay: Duration,
    /// Packets lost, 0 to 1.
    pub loss: f64,
    /// Mean length of a run of lost packets over that of random loss, BurstR: 1 for random loss,
    /// more when losses come together. Taken as 1 if below.
    pub burst_ratio: f64,
    /// What is done about lost packets.
    pub concealment: Concealment,
}

/// The delay from mouth to ear: half the round trip, what the jitter buffer holds, and one frame.
#[must_use]
pub fn one_way(round_trip: Duration, buffer: Duration) -> Duration {
    round_trip / 2 + buffer + PACKETISATION
}

/// The transmission rating factor, R: 93.2 with no delay and no loss, 0 at the worst.
#[must_use]
pub fn rating(path: Path) -> f64 {
    let impairments = SIMULTANEOUS_IMPAIRMENT
        + delay_impairment(path.delay.as_secs_f64() * 1000.0)
        + loss_impairment(path);
    (BASIC_SIGNAL_TO_NOISE - impairments).clamp(0.0, 100.0)
}

/// The mean opinion score of a rating (G.107 annex B), 1.0 to 4.5.
#[must_use]
pub fn mos(rating: f64) -> f64 {
    let r = rating.clamp(0.0, 100.0);
    // The formula dips below 1 for ratings below 6.5; the scale has nothing there.
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).clamp(1.0, 4.5)
}

/// Id (§7.4): talker's echo, listener's echo, and delay alone. All three grow with the delay.
fn delay_impairment(ms: f64) -> f64 {
    let echo_rating = TALKER_ECHO_LOSS - 40.0 * ((1.0 + ms / 10.0) / (1.0 + ms / 150.0)).log10()
        + 6.0 * (-0.3 * ms * ms).exp();
    let talker = over(-1.5 * NOISE_RECEIVED, 80.0 + 2.5 * (echo_rating - 14.0), 10.0) - 1.0;
    let round_trip = 2.0 * ms;
    let listener_rating = 10.5 * (ECHO_PATH_LOSS + 7.0) * (round_trip + 1.0).powf(-0.25);
    let listener = over(BASIC_SIGNAL_TO_NOISE, listener_rating, 13.0);
    talker * (1.0 - (-ms).exp()) + listener + pure_delay_impairment(ms)
}

/// How far `best` is above `rating`, smoothed around zero by `softness`.
fn over(best: f64, rating: f64, softness: f64) -> f64 {
    let half = (best - rating) / 2.0;
    half + half.hypot(softness)
}

/// Idd (§7.4): nobody notices 100 ms; from there on people begin to talk into each other's words.
fn pure_delay_impairment(ms: f64) -> f64 {
    if ms <= 100.0 {
        return 0.0;
    }
    let x = (ms / 100.0).log2();
    let rise = |x: f64| (1.0 + x.powi(6)).powf(1.0 / 6.0);
    25.0 * (rise(x) - 3.0 * rise(x / 3.0) + 2.0)
}

/// Ie,eff (§7.5).
fn loss_impairment(path: Path) -> f64 {
    let percent = path.loss.clamp(0.0, 1.0) * 100.0;
    let burst = path.burst_ratio.max(1.0);
    let share = percent / (percent / burst + path.concealment.robustness());
    EQUIPMENT_IMPAIRMENT + (95.0 - EQUIPMENT_IMPAIRMENT) * share
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(delay_ms: f64, loss_percent: f64) -> Path {
        Path {
            delay: Duration::from_secs_f64(delay_ms / 1000.0),
            loss: loss_percent / 100.0,
            burst_ratio: 1.0,
            concealment: Concealment::Applied,
        }
    }

    fn near(got: f64, wanted: f64, by: f64, what: &str) {
        assert!((got - wanted).abs() <= by, "{what}: {got:.2}, not {wanted} ± {by}");
    }

    #[test]
    fn the_default_values_rate_93_2() {
        near(rating(path(0.0, 0.0)), 93.2, 0.05, "G.107 §7.7");
    }

    /// G.107 annex B, table B.1: the limits of the categories of G.109, and the default.
    #[test]
    fn scores_of_known_ratings() {
        for (r, score) in [
            (0.0, 1.0),
            (50.0, 2.58),
            (60.0, 3.10),
            (70.0, 3.60),
            (80.0, 4.03),
            (90.0, 4.34),
            (93.2, 4.41),
            (100.0, 4.5),
        ] {
            near(mos(r), score, 0.01, "score");
        }
    }

    /// Cole and Rosenbluth (2001) gave the delay part of the E-model as two straight lines,
    /// 0.024 d + 0.11 (d − 177.3) for d > 177.3, which hold up to 300 ms.
    #[test]
    fn delay_follows_the_known_lines() {
        for ms in [20.0, 50.0, 100.0, 150.0, 177.3, 200.0, 250.0, 300.0] {
            let wanted = 93.2 - 0.024 * ms - 0.11 * f64::max(ms - 177.3, 0.0);
            near(rating(path(ms, 0.0)), wanted, 1.0, "delay");
        }
    }

    /// G.113 (2001) appendix I, table I.2: Ie of G.711 with concealment under random loss, as
    /// listeners judged it.
    #[test]
    fn loss_follows_the_listeners() {
        for (percent, judged) in
            [(1.0, 5.0), (2.0, 7.0), (3.0, 10.0), (5.0, 15.0), (7.0, 20.0), (10.0, 25.0)]
        {
            near(loss_impairment(path(0.0, percent)), judged, 2.2, "loss");
        }
        let unconcealed = Path { concealment: Concealment::None, ..path(0.0, 2.0) };
        near(loss_impairment(unconcealed), 95.0 * 2.0 / 6.3, 0.01, "Bpl 4.3");
    }

    #[test]
    fn the_way_from_mouth_to_ear() {
        let ms = Duration::from_millis;
        assert_eq!(one_way(ms(80), ms(40)), ms(100));
        assert_eq!(one_way(Duration::ZERO, Duration::ZERO), ms(20));
    }

    proptest! {
        #[test]
        fn more_delay_is_never_better(a in 0.0..5000.0_f64, b in 0.0..5000.0_f64, loss in 0.0..100.0_f64) {
            let (less, more) = (a.min(b), a.max(b));
            prop_assert!(rating(path(less, loss)) >= rating(path(more, loss)) - 1e-9);
        }

        #[test]
        fn more_loss_is_never_better(a in 0.0..100.0_f64, b in 0.0..100.0_f64, ms in 0.0..2000.0_f64, burst in 0.5..8.0_f64) {
            let of = |loss| rating(Path { burst_ratio: burst, ..path(ms, loss) });
            prop_assert!(of(a.min(b)) >= of(a.max(b)) - 1e-9);
        }

        #[test]
        fn bursts_and_no_concealment_are_never_better(loss in 0.0..100.0_f64, burst in 1.0..8.0_f64) {
            let random = path(50.0, loss);
            let bursty = Path { burst_ratio: burst, ..random };
            let bare = Path { concealment: Concealment::None, ..random };
            prop_assert!(rating(bursty) <= rating(random) + 1e-9);
            prop_assert!(rating(bare) <= rating(random) + 1e-9);
        }

        #[test]
        fn scores_are_on_the_scale_and_rise(a in -50.0..200.0_f64, b in -50.0..200.0_f64) {
            let (low, high) = (mos(a.min(b)), mos(a.max(b)));
            prop_assert!((1.0..=4.5).contains(&low) && (1.0..=4.5).contains(&high));
            prop_assert!(low <= high + 1e-9);
        }
    }
}
