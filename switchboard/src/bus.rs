//! The bus: what happened, told to whoever watches, with a cursor so that nobody misses a thing.
//!
//! The last 4096 events are kept; a watcher that was away for less resumes where it left, any
//! other starts from a snapshot. A slow watcher never slows the exchange: it is told that it lagged.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ids::{AgentId, CallId, ReservationId, Timestamp};
use routing::{Alert, StopCause};
use telephony::call::EndCause;
use telephony::driver::media::Quality;
use telephony::driver::trunk::{TrunkHealth, TrunkName};
use telephony::media::quality::Verdict;
use tokio::sync::broadcast;

use crate::alerts::{Acknowledged, AlertLog, AlertView};
use crate::view::{AgentView, CallView, QueueView, RingingView};

/// Events kept for those who resume.
pub(crate) const KEPT: usize = 4096;

/// Who may hear an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// One agent, and supervisors.
    Agent(AgentId),
    /// Supervisors alone.
    Supervisors,
    /// Everybody who is signed in.
    Everyone,
}

/// One thing that happened, as watchers see it.
#[derive(Clone, Debug)]
pub enum Happening {
    /// An agent's state, next state or audio changed.
    AgentStateChanged(AgentView),
    /// A console must ring.
    ReservationRinging {
        /// Whose console.
        agent: AgentId,
        /// What to show.
        ringing: Box<RingingView>,
    },
    /// A console must stop ringing.
    ReservationStopped {
        /// Whose console.
        agent: AgentId,
        /// Which reservation.
        reservation: ReservationId,
        /// Why; `None` when this agent took it.
        cause: Option<StopCause>,
    },
    /// A call changed.
    CallChanged(Box<CallView>),
    /// A call is over.
    CallEnded {
        /// Which.
        call: CallId,
        /// How.
        cause: EndCause,
        /// As it was at the end.
        view: Option<Box<CallView>>,
    },
    /// How the sound of a talk was over the last second.
    CallQuality {
        /// Which call.
        call: CallId,
        /// The caller's leg.
        caller: Quality,
        /// The agent's leg.
        operator: Quality,
        /// What is wrong, for the agent.
        verdict: Option<Verdict>,
    },
    /// A queue's length changed.
    QueueChanged(QueueView),
    /// A supervisor should look. The alert is kept under this event's cursor as its id.
    Alerted(Alert),
    /// The program stops: no more calls are taken, and those alive are ended at a moment.
    ServerStopping {
        /// When.
        until: Timestamp,
    },
    /// A trunk's health is another now.
    TrunkChanged {
        /// Which trunk.
        trunk: TrunkName,
        /// How it is doing.
        health: TrunkHealth,
        /// Since when.
        since: Timestamp,
    },
    /// Somebody has seen to an alert.
    AlertAcknowledged(AlertView),
    /// The agent's audio was lost.
    MediaLost {
        /// Whose.
        agent: AgentId,
    },
}

/// A happening with its place in the order.
#[derive(Clone, Debug)]
pub struct BusEvent {
    /// Counts from 1 since the program started.
    pub cursor: u64,
    /// When.
    pub at: Timestamp,
    /// Who may hear it.
    pub audience: Audience,
    /// What.
    pub happening: Happening,
}

/// What a watcher gets to begin with.
#[derive(Debug)]
pub struct Subscription {
    /// The events missed since the cursor given, if all of them are still kept.
    pub missed: Option<Vec<Arc<BusEvent>>>,
    /// The cursor of the last event before the live ones.
    pub cursor: u64,
    /// The live events. `Lagged` means: take a snapshot and subscribe again.
    pub live: broadcast::Receiver<Arc<BusEvent>>,
}

/// The bus. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bus {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    kept: Mutex<VecDeque<Arc<BusEvent>>>,
    alerts: Mutex<AlertLog>,
    live: broadcast::Sender<Arc<BusEvent>>,
}

impl Bus {
    pub(crate) fn new() -> Self {
        let (live, _) = broadcast::channel(KEPT);
        Self { shared: Arc::new(Shared { kept: Mutex::default(), alerts: Mutex::default(), live }) }
    }

    /// Tells everybody. Never waits.
    pub(crate) fn publish(&self, at: Timestamp, audience: Audience, happening: Happening) {
        let mut kept = self.kept();
        let cursor = kept.back().map_or(0, |last| last.cursor) + 1;
        if let Happening::Alerted(alert) = &happening {
            self.alert_log().raise(cursor, at, *alert);
        }
        let event = Arc::new(BusEvent { cursor, at, audience, happening });
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Arc::clone(&event));
        // Sent under the lock so that watchers see cursors in order. Nobody listening is no error.
        let _ = self.shared.live.send(event);
    }

    /// Watches from after `cursor` on, or from now.
    #[must_use]
    pub fn subscribe(&self, after: Option<u64>) -> Subscription {
        let kept = self.kept();
        let cursor = kept.back().map_or(0, |last| last.cursor);
        let oldest = kept.front().map_or(1, |first| first.cursor);
        let missed = after.filter(|after| *after + 1 >= oldest && *after <= cursor).map(|after| {
            kept.iter().filter(|event| event.cursor > after).map(Arc::clone).collect()
        });
        Subscription { missed, cursor, live: self.shared.live.subscribe() }
    }

    /// The alerts raised, newest first; the last 200.
    #[must_use]
    pub fn alerts(&self) -> Vec<AlertView> {
        self.alert_log().newest_first()
    }

    /// Notes who has seen to an alert and tells supervisors; the first who did stays. `None` if there
    /// is no such alert, or no longer.
    pub(crate) fn acknowledge(&self, id: u64, who: Acknowledged) -> Option<AlertView> {
        let at = who.at;
        let (alert, changed) = self.alert_log().acknowledge(id, who)?;
        if changed {
            self.publish(at, Audience::Supervisors, Happening::AlertAcknowledged(alert.clone()));
        }
        Some(alert)
    }

    fn alert_log(&self) -> MutexGuard<'_, AlertLog> {
        // Each change of the list is one insert or remove, and whole after a panic.
        self.shared.alerts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Arc<BusEvent>>> {
        // A panic while holding this lock leaves a whole queue behind: carry on with it.
        self.shared.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(bus: &Bus, times: u64) {
        for at in 0..times {
            let at = Timestamp::from_micros(i64::try_from(at).expect("small"));
            let agent = AgentId::from_number(1);
            bus.publish(at, Audience::Everyone, Happening::MediaLost { agent });
        }
    }

    #[test]
    fn a_watcher_resumes_after_its_cursor_and_misses_nothing() {
        let bus = Bus::new();
        publish(&bus, 10);
        let missed = bus.subscribe(Some(7)).missed.expect("still kept");
        assert_eq!(missed.iter().map(|e| e.cursor).collect::<Vec<_>>(), [8, 9, 10]);
        assert_eq!(bus.subscribe(Some(10)).missed.expect("nothing missed").len(), 0);
    }

    #[test]
    fn an_alert_is_kept_under_its_cursor_and_told_once_when_somebody_sees_to_it() {
        let bus = Bus::new();
        publish(&bus, 2);
        let at = Timestamp::from_micros(9);
        let alert = Alert::MissedTwice { agent: AgentId::from_number(4) };
        bus.publish(at, Audience::Supervisors, Happening::Alerted(alert));
        assert_eq!(bus.alerts().iter().map(|one| one.id).collect::<Vec<_>>(), [3]);
        let who = || Acknowledged { by: ids::UserId::from_number(1), name: "V".to_owned(), at };
        assert!(bus.acknowledge(2, who()).is_none(), "not an alert");
        assert!(bus.acknowledge(3, who()).is_some() && bus.acknowledge(3, who()).is_some());
        let told = bus.subscribe(Some(3)).missed.expect("kept");
        assert!(matches!(&told[..], [one]
            if matches!(&one.happening, Happening::AlertAcknowledged(alert) if alert.id == 3)));
    }

    #[test]
    fn a_cursor_too_old_or_from_another_life_asks_for_a_snapshot() {
        let bus = Bus::new();
        publish(&bus, KEPT as u64 + 5);
        assert!(bus.subscribe(Some(4)).missed.is_none(), "dropped already");
        assert!(bus.subscribe(Some(5)).missed.is_some(), "the oldest kept is 6");
        assert!(bus.subscribe(Some(99_999)).missed.is_none(), "never given out");
    }
}
