//! The alerts that supervisors were given, and who has seen to each. Pure and bounded: kept in memory,
//! so that a board opened later shows what was raised before.

use std::collections::VecDeque;

use ids::{Timestamp, UserId};
use routing::Alert;

/// Alerts kept. Beyond it the oldest that somebody has seen to goes first, then the oldest of all.
pub(crate) const ALERTS_MAX: usize = 200;

/// Who has seen to an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// Whose account.
    pub by: UserId,
    /// The name shown to colleagues.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// An alert that was raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertView {
    /// Which: the cursor of its event on the bus.
    pub id: u64,
    /// What.
    pub alert: Alert,
    /// When.
    pub raised_at: Timestamp,
    /// Who has seen to it, if anybody.
    pub acknowledged: Option<Acknowledged>,
}

/// The alerts, oldest first.
#[derive(Debug, Default)]
pub(crate) struct AlertLog {
    alerts: VecDeque<AlertView>,
}

impl AlertLog {
    /// Notes an alert under an id greater than all before.
    pub(crate) fn raise(&mut self, id: u64, raised_at: Timestamp, alert: Alert) {
        if self.alerts.len() == ALERTS_MAX {
            let seen_to = self.alerts.iter().position(|one| one.acknowledged.is_some());
            self.alerts.remove(seen_to.unwrap_or(0));
        }
        self.alerts.push_back(AlertView { id, alert, raised_at, acknowledged: None });
    }

    /// Notes who has seen to an alert; the first stays. `None` if there is no such alert; the flag is
    /// true if this changed it.
    pub(crate) fn acknowledge(&mut self, id: u64, who: Acknowledged) -> Option<(AlertView, bool)> {
        let alert = self.alerts.iter_mut().find(|one| one.id == id)?;
        let changes = alert.acknowledged.is_none();
        alert.acknowledged.get_or_insert(who);
        Some((alert.clone(), changes))
    }

    /// All that are kept, newest first.
    pub(crate) fn newest_first(&self) -> Vec<AlertView> {
        self.alerts.iter().rev().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use ids::AgentId;

    use super::*;

    fn log_of(count: u64) -> AlertLog {
        let mut log = AlertLog::default();
        for id in 1..=count {
            let alert = Alert::MissedTwice { agent: AgentId::from_number(u128::from(id)) };
            log.raise(id, Timestamp::from_micros(0), alert);
        }
        log
    }

    fn who(number: u128) -> Acknowledged {
        let by = UserId::from_number(number);
        Acknowledged { by, name: format!("Person {number}"), at: Timestamp::from_micros(5) }
    }

    #[test]
    fn who_was_first_to_see_to_an_alert_stays() {
        let mut log = log_of(2);
        let (alert, changed) = log.acknowledge(1, who(7)).expect("known");
        assert!(changed && alert.acknowledged == Some(who(7)));
        let (alert, changed) = log.acknowledge(1, who(8)).expect("known");
        assert!(!changed && alert.acknowledged == Some(who(7)));
        assert_eq!(log.acknowledge(3, who(7)), None);
    }

    #[test]
    fn a_full_list_drops_what_was_seen_to_before_what_was_not() {
        let full = u64::try_from(ALERTS_MAX).expect("small");
        let mut log = log_of(full);
        log.acknowledge(3, who(7)).expect("known");
        let ids = |log: &AlertLog| log.newest_first().iter().map(|a| a.id).collect::<Vec<_>>();
        let more = |log: &mut AlertLog, id| {
            let alert = Alert::MissedTwice { agent: AgentId::from_number(1) };
            log.raise(id, Timestamp::from_micros(0), alert);
        };
        more(&mut log, full + 1);
        assert!(!ids(&log).contains(&3) && ids(&log).contains(&1));
        more(&mut log, full + 2);
        assert!(!ids(&log).contains(&1), "nobody saw to any of them: the oldest goes");
        assert_eq!((ids(&log).len(), ids(&log)[0]), (ALERTS_MAX, full + 2));
    }
}
