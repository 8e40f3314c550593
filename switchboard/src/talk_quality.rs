//! The sound of one call's talks: what to tell its operator now, and the sum for the records. Pure;
//! its size does not grow with the call.

use std::collections::BTreeMap;

use crm::interaction::{AudioVerdict, LineQuality, SideQuality};
use ids::AgentId;
use telephony::driver::media::Quality;
use telephony::media::quality::{AudioWatch, Verdict};

/// A second of a talk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TalkSecond {
    pub(crate) caller: Quality,
    pub(crate) operator: Quality,
    pub(crate) verdict: Option<Verdict>,
}

/// Follows the talks of one call, one after the other.
#[derive(Debug, Default)]
pub(crate) struct TalkQuality {
    talk: Option<Talk>,
    seconds: u32,
    caller: Sum,
    operator: Sum,
    verdicts: BTreeMap<AudioVerdict, u32>,
}

/// The talk with one agent.
#[derive(Debug)]
struct Talk {
    agent: AgentId,
    /// The last second of the agent's leg.
    operator: Option<Quality>,
    watch: AudioWatch,
}

#[derive(Debug, Default)]
struct Sum {
    packets: u64,
    lost: u64,
    mos: f64,
    mos_worst: Option<f32>,
    jitter_ms: f64,
    round_trip_ms: f64,
    round_trips: u32,
}

impl TalkQuality {
    /// Takes a second of the agent's leg; it counts with the caller's next.
    pub(crate) fn operator(&mut self, agent: AgentId, quality: Quality) {
        self.talk_with(agent).operator = Some(quality);
    }

    /// Takes a second of the caller's leg. `None` while nothing is known of the agent's.
    pub(crate) fn caller(&mut self, agent: AgentId, caller: Quality) -> Option<TalkSecond> {
        let talk = self.talk_with(agent);
        let operator = talk.operator?;
        let verdict = talk.watch.second(&caller, &operator);
        self.seconds = self.seconds.saturating_add(1);
        self.caller.add(&caller);
        self.operator.add(&operator);
        if let Some(verdict) = verdict {
            *self.verdicts.entry(kept(verdict)).or_default() += 1;
        }
        Some(TalkSecond { caller, operator, verdict })
    }

    /// All talks so far; `None` if none was measured.
    pub(crate) fn summary(&self) -> Option<LineQuality> {
        (self.seconds > 0).then(|| LineQuality {
            seconds: self.seconds,
            caller: self.caller.over(self.seconds),
            operator: self.operator.over(self.seconds),
            verdicts: self.verdicts.clone(),
        })
    }

    /// A talk with another agent than before begins anew; the sums go on.
    fn talk_with(&mut self, agent: AgentId) -> &mut Talk {
        let fresh = || Talk { agent, operator: None, watch: AudioWatch::new() };
        let talk = self.talk.get_or_insert_with(fresh);
        if talk.agent != agent {
            *talk = fresh();
        }
        talk
    }
}

impl Sum {
    fn add(&mut self, quality: &Quality) {
        self.packets += u64::from(quality.received);
        self.lost += u64::from(quality.lost);
        self.mos += f64::from(quality.mos);
        let worst = self.mos_worst.map_or(quality.mos, |worst| worst.min(quality.mos));
        self.mos_worst = Some(worst);
        self.jitter_ms += f64::from(quality.jitter_ms);
        if let Some(trip) = quality.round_trip_ms {
            self.round_trip_ms += f64::from(trip);
            self.round_trips += 1;
        }
    }

    fn over(&self, seconds: u32) -> SideQuality {
        let trips = f64::from(self.round_trips);
        SideQuality {
            packets: self.packets,
            lost: self.lost,
            mos: hundredths(self.mos / f64::from(seconds)),
            mos_worst: hundredths(f64::from(self.mos_worst.unwrap_or(1.0))),
            jitter_ms: whole(self.jitter_ms / f64::from(seconds)),
            round_trip_ms: (self.round_trips > 0).then(|| whole(self.round_trip_ms / trips)),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn hundredths(score: f64) -> u16 {
    (score * 100.0).round() as u16
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn whole(ms: f64) -> u32 {
    ms.round() as u32
}

const fn kept(verdict: Verdict) -> AudioVerdict {
    match verdict {
        Verdict::CallerCannotHearYou => AudioVerdict::CallerCannotHearYou,
        Verdict::YouCannotHearCaller => AudioVerdict::YouCannotHearCaller,
        Verdict::YourMicrophoneIsSilent => AudioVerdict::YourMicrophoneIsSilent,
        Verdict::CallerIsSilent => AudioVerdict::CallerIsSilent,
        Verdict::PoorLine => AudioVerdict::PoorLine,
    }
}

#[cfg(test)]
mod tests {
    use telephony::driver::media::{Hears, Sends};

    use super::*;

    const GOOD: Quality = Quality {
        received: 50,
        lost: 0,
        jitter_ms: 2.0,
        round_trip_ms: None,
        mos: 4.4,
        sends: Sends::Sound,
        hears: Hears::Unknown,
    };
    const DEAF: Quality = Quality { hears: Hears::Nothing, ..GOOD };

    fn agent(number: u128) -> AgentId {
        AgentId::from_number(number)
    }

    fn talk(of: &mut TalkQuality, with: AgentId, seconds: u32, caller: Quality, operator: Quality) {
        for _ in 0..seconds {
            of.operator(with, operator);
            of.caller(with, caller);
        }
    }

    #[test]
    fn a_call_that_nobody_took_has_no_summary() {
        let mut quality = TalkQuality::default();
        assert_eq!(quality.summary(), None);
        assert_eq!(quality.caller(agent(1), GOOD), None, "nothing is known of the agent's leg");
        assert_eq!(quality.summary(), None);
    }

    #[test]
    fn the_summary_has_means_the_worst_and_the_seconds_of_each_verdict() {
        let mut quality = TalkQuality::default();
        let far = Quality { round_trip_ms: Some(80.0), lost: 2, ..GOOD };
        talk(&mut quality, agent(1), 3, far, GOOD);
        let poor = Quality { mos: 3.4, jitter_ms: 10.0, ..DEAF };
        talk(&mut quality, agent(1), 5, poor, GOOD);
        let summary = quality.summary().expect("measured");
        assert_eq!(summary.seconds, 8);
        let side = SideQuality {
            packets: 400,
            lost: 6,
            mos: 378,
            mos_worst: 340,
            jitter_ms: 7,
            round_trip_ms: Some(80),
        };
        assert_eq!(summary.caller, side);
        assert_eq!((summary.operator.mos, summary.mos()), (440, 378));
        assert_eq!(summary.operator.round_trip_ms, None);
        let verdicts = BTreeMap::from([(AudioVerdict::CallerCannotHearYou, 3)]);
        assert_eq!(summary.verdicts, verdicts, "from the third second on");
    }

    #[test]
    fn a_second_agent_starts_without_the_verdict_of_the_first_and_the_sums_go_on() {
        let mut quality = TalkQuality::default();
        talk(&mut quality, agent(1), 4, DEAF, GOOD);
        assert_eq!(quality.caller(agent(2), DEAF), None, "the first agent's leg does not count");
        quality.operator(agent(2), GOOD);
        let second = quality.caller(agent(2), DEAF).expect("both are known");
        assert_eq!(second.verdict, None);
        assert_eq!(quality.summary().expect("measured").seconds, 5);
    }
}
