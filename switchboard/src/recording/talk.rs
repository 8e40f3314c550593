//! What is known of one recording while its call goes on. Pure.

use std::time::Duration;

use crm::recording::{Consent, Pause, PauseReason, Recording, State};
use ids::{LegId, Timestamp};
use telephony::media::record::RecordingId;

use super::{RecordingState, RecordingView};

/// One recording, as far as it is.
#[derive(Clone, Debug)]
pub(crate) struct Talk {
    /// Its row as it will be written next.
    pub(crate) row: Recording,
    pub(crate) leg: LegId,
    /// Its name in the recorder; `None` where nothing is or was recorded.
    pub(crate) number: Option<RecordingId>,
    phase: Phase,
    /// The call is over: nothing but the end of the file is waited for.
    call_over: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Kept, but for the reasons there are not to.
    Running { held: bool, asked: Option<Timestamp> },
    /// The recorder was told to end it, or has.
    Over(RecordingState),
}

/// What the recorder is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Keep nothing from here.
    Pause(PauseReason),
    /// Keep everything from here.
    Resume,
}

impl Talk {
    pub(crate) const fn running(row: Recording, leg: LegId, number: RecordingId) -> Self {
        let phase = Phase::Running { held: false, asked: None };
        Self { row, leg, number: Some(number), phase, call_over: false }
    }

    /// A talk of which nothing is recorded.
    pub(crate) const fn without_sound(row: Recording, leg: LegId, why: RecordingState) -> Self {
        Self { row, leg, number: None, phase: Phase::Over(why), call_over: false }
    }

    /// What the agent sees.
    pub(crate) const fn view(&self) -> RecordingView {
        let announced = self.row.announced;
        let (state, paused_until) = match self.phase {
            Phase::Running { asked: Some(until), .. } => (RecordingState::Paused, Some(until)),
            Phase::Running { asked: None, .. } => (RecordingState::On, None),
            Phase::Over(state) => (state, None),
        };
        RecordingView { state, paused_until, announced }
    }

    /// When an agent's pause is over.
    pub(crate) const fn deadline(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Running { asked, .. } => asked,
            Phase::Over(_) => None,
        }
    }

    /// The caller hears music, or nobody.
    pub(crate) fn parted(&mut self, now: Timestamp) -> Option<Order> {
        let Phase::Running { held: false, asked } = self.phase else { return None };
        self.phase = Phase::Running { held: true, asked };
        self.begin_pause(now, PauseReason::Hold);
        asked.is_none().then_some(Order::Pause(PauseReason::Hold))
    }

    /// Caller and agent hear each other again.
    pub(crate) fn joined(&mut self, now: Timestamp) -> Option<Order> {
        let Phase::Running { held: true, asked } = self.phase else { return None };
        self.phase = Phase::Running { held: false, asked };
        self.end_pause(now, |because| because == PauseReason::Hold);
        asked.is_none().then_some(Order::Resume)
    }

    /// The agent asks for a pause; asked again, it lasts longer. `None`: nothing is recorded.
    pub(crate) fn pause(
        &mut self,
        now: Timestamp,
        most: Duration,
        because: PauseReason,
    ) -> Option<Order> {
        let Phase::Running { held, asked } = self.phase else { return None };
        self.phase = Phase::Running { held, asked: Some(now + most) };
        if asked.is_none() {
            self.begin_pause(now, because);
        }
        // Told also within a hold: the file's marks say why.
        Some(Order::Pause(because))
    }

    /// The agent's pause is over, or came to its greatest length. `None`: there was none; else what
    /// the recorder is told, which is nothing while the caller is on hold.
    pub(crate) fn resume(&mut self, now: Timestamp) -> Option<Option<Order>> {
        let Phase::Running { held, asked: Some(_) } = self.phase else { return None };
        self.phase = Phase::Running { held, asked: None };
        self.end_pause(now, |because| because != PauseReason::Hold);
        Some((!held).then_some(Order::Resume))
    }

    /// The agent ends the recording. False: there is nothing to end.
    pub(crate) fn stop(&mut self, now: Timestamp, withdrawn: bool, delete: bool) -> bool {
        let Phase::Running { .. } = self.phase else { return false };
        self.end_pause(now, |_| true);
        if withdrawn {
            self.row.consent = Some(Consent::Withdrawn);
            if delete {
                self.row.keep_until = now;
            }
        }
        let state = if withdrawn { RecordingState::NoConsent } else { RecordingState::Stopped };
        self.phase = Phase::Over(state);
        true
    }

    /// The call is over. True if the recorder must be told.
    pub(crate) fn ended(&mut self, now: Timestamp) -> bool {
        self.call_over = true;
        self.stop(now, false, false)
    }

    /// The recorder did not take the order to go on: it is tried again then.
    pub(crate) fn postpone(&mut self, until: Timestamp) {
        if let Phase::Running { held, asked: Some(_) } = self.phase {
            self.phase = Phase::Running { held, asked: Some(until) };
        }
    }

    /// The file is closed and on the disk.
    pub(crate) fn closed(&mut self, now: Timestamp, seconds: u32, bytes: u64, fault: Option<&str>) {
        self.end_pause(now, |_| true);
        self.row.state = State::Kept;
        self.row.ended_at = Some(now);
        (self.row.seconds, self.row.bytes) = (seconds, bytes);
        self.row.fault = fault.map(str::to_owned);
        if let Phase::Running { .. } = self.phase {
            self.phase = Phase::Over(RecordingState::Stopped);
        }
    }

    /// The file could not be written further: what it holds until now can be heard.
    pub(crate) fn failed(&mut self, now: Timestamp, fault: String) {
        self.end_pause(now, |_| true);
        let lasted = now.since(self.row.started_at).as_secs();
        self.row.seconds = u32::try_from(lasted).unwrap_or(u32::MAX);
        self.row.state = State::Kept;
        self.row.ended_at = Some(now);
        self.row.fault = Some(fault);
        self.phase = Phase::Over(RecordingState::Failed);
    }

    /// Whether nothing more will be known or asked of it.
    pub(crate) const fn is_settled(&self) -> bool {
        self.call_over && !matches!(self.row.state, State::Recording)
    }

    fn begin_pause(&mut self, now: Timestamp, because: PauseReason) {
        let from_ms = self.place(now);
        self.row.pauses.push(Pause { from_ms, until_ms: None, because });
    }

    fn end_pause(&mut self, now: Timestamp, which: impl Fn(PauseReason) -> bool) {
        let until_ms = Some(self.place(now));
        let open = |pause: &&mut Pause| pause.until_ms.is_none() && which(pause.because);
        for pause in self.row.pauses.iter_mut().filter(open) {
            pause.until_ms = until_ms;
        }
    }

    fn place(&self, now: Timestamp) -> u64 {
        u64::try_from(now.since(self.row.started_at).as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use crm::recording::Rule;
    use ids::CallId;

    use super::*;

    const MOST: Duration = Duration::from_secs(120);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    fn talk() -> Talk {
        let id = ids::RecordingId::from_number(1);
        let row = Recording::new(id, CallId::from_number(2), Rule::Announced, at(100), at(9_999));
        Talk::running(row, LegId::from_number(3), RecordingId(1))
    }

    fn spans(of: &Talk) -> Vec<(u64, Option<u64>, PauseReason)> {
        of.row.pauses.iter().map(|p| (p.from_ms, p.until_ms, p.because)).collect()
    }

    #[test]
    fn a_pause_within_a_hold_lasts_until_both_are_over() {
        let mut talk = talk();
        assert_eq!(talk.parted(at(110)), Some(Order::Pause(PauseReason::Hold)));
        let secret = PauseReason::Secret;
        assert_eq!(talk.pause(at(112), MOST, secret), Some(Order::Pause(secret)));
        assert_eq!(talk.view().paused_until, Some(at(232)));
        assert_eq!(talk.joined(at(120)), None, "the agent's pause lasts");
        assert_eq!(talk.resume(at(130)), Some(Some(Order::Resume)));
        assert_eq!(talk.resume(at(131)), None, "there is no pause");
        let hold = (10_000, Some(20_000), PauseReason::Hold);
        assert_eq!(spans(&talk), [hold, (12_000, Some(30_000), secret)]);
    }

    #[test]
    fn a_resumed_pause_does_not_record_the_music_of_a_hold() {
        let mut talk = talk();
        talk.pause(at(110), MOST, PauseReason::Asked);
        assert_eq!(talk.parted(at(111)), None);
        assert_eq!(talk.resume(at(112)), Some(None));
        assert_eq!(talk.joined(at(113)), Some(Order::Resume));
        assert_eq!(talk.view().state, RecordingState::On);
    }

    #[test]
    fn a_pause_asked_for_again_lasts_longer_and_is_one() {
        let mut talk = talk();
        talk.pause(at(110), MOST, PauseReason::Asked);
        talk.pause(at(150), MOST, PauseReason::Asked);
        assert_eq!((talk.deadline(), talk.row.pauses.len()), (Some(at(270)), 1));
    }

    #[test]
    fn a_withdrawn_consent_ends_it_and_its_keeping() {
        let mut talk = talk();
        assert!(talk.stop(at(110), true, true));
        assert_eq!(talk.row.consent, Some(Consent::Withdrawn));
        assert_eq!((talk.row.keep_until, talk.view().state), (at(110), RecordingState::NoConsent));
        assert!(!talk.ended(at(120)), "it is over already");
        assert_eq!(talk.pause(at(121), MOST, PauseReason::Asked), None);
        talk.closed(at(122), 10, 160_000, None);
        assert!(talk.is_settled());
        assert_eq!(talk.row.state, State::Kept);
        assert_eq!(talk.view().state, RecordingState::NoConsent);
    }

    #[test]
    fn what_failed_keeps_its_beginning_and_says_why() {
        let mut talk = talk();
        talk.parted(at(105));
        talk.failed(at(107), "the disk is full".to_owned());
        assert_eq!((talk.row.state, talk.row.seconds), (State::Kept, 7));
        assert_eq!(talk.row.fault.as_deref(), Some("the disk is full"));
        assert_eq!(spans(&talk), [(5_000, Some(7_000), PauseReason::Hold)]);
        assert_eq!(talk.view().state, RecordingState::Failed);
    }
}
