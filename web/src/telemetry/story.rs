//! What happened to a call, as steps with a beginning and an end. Pure.

use std::collections::HashMap;
use std::time::Duration;

use ids::{AgentId, CallId, ReservationId, Timestamp};
use switchboard::{BusEvent, CallView, Happening};

/// Rings of one call that are kept; a caller whom so many did not answer has a fault of its own.
const RINGS_MAX: usize = 32;
/// Consoles that ring at the same moment, at most; beyond, the oldest is forgotten with all others.
const RINGING_MAX: usize = 10_000;
/// Whoever rang for a call that never ended is forgotten after so long.
const FORGET_AFTER: Duration = Duration::from_hours(12);

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub until: Timestamp,
    /// How it ended, where there are several ways.
    pub outcome: Option<String>,
}

/// A whole call.
#[derive(Clone, Debug)]
pub struct Story {
    /// The call as it was at its end.
    pub view: CallView,
    /// How it ended.
    pub cause: String,
    /// When.
    pub ended_at: Timestamp,
    /// Its steps, in the order in which they began.
    pub steps: Vec<Step>,
}

/// Calls under way, as far as they are not in their views.
#[derive(Debug, Default)]
pub struct Stories {
    ringing: HashMap<(AgentId, ReservationId), (CallId, Timestamp)>,
    rung: HashMap<CallId, Vec<Step>>,
}

impl Stories {
    /// Notes what happened; gives the story of a call that is over.
    pub fn note(&mut self, event: &BusEvent) -> Option<Story> {
        if let Happening::ReservationRinging { agent, ringing } = &event.happening {
            self.forget(event.at);
            let rang = (ringing.call.id, event.at);
            self.ringing.insert((*agent, ringing.reservation), rang);
        }
        if let Happening::ReservationStopped { agent, reservation, cause } = &event.happening {
            let (call, from) = self.ringing.remove(&(*agent, *reservation))?;
            let outcome = cause.map_or_else(|| "accepted".to_owned(), |cause| word(&cause));
            let rings = self.rung.entry(call).or_default();
            if rings.len() < RINGS_MAX {
                let outcome = Some(outcome);
                rings.push(Step { name: "ring", from, until: event.at, outcome });
            }
        }
        let Happening::CallEnded { call, cause, view } = &event.happening else { return None };
        let rings = self.rung.remove(call).unwrap_or_default();
        let view = view.as_deref()?.clone();
        let steps = steps(&view, rings, event.at);
        Some(Story { view, cause: word(cause), ended_at: event.at, steps })
    }

    /// Forgets everything under way: events were missed.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn forget(&mut self, now: Timestamp) {
        if self.ringing.len() >= RINGING_MAX {
            self.clear();
        }
        self.rung.retain(|_, rings| {
            rings.last().is_none_or(|last| now.since(last.until) < FORGET_AFTER)
        });
    }
}

fn steps(view: &CallView, rings: Vec<Step>, ended: Timestamp) -> Vec<Step> {
    let step = |name, from, until| Step { name, from, until, outcome: None };
    let CallView { arrived_at, answered_at, queued_at, talking_at, .. } = *view;
    let mut steps = vec![step("recorded", arrived_at, answered_at.unwrap_or(ended))];
    if let Some(answered) = answered_at {
        steps.push(step("greeting", answered, queued_at.unwrap_or(ended)));
    }
    if let Some(queued) = queued_at {
        steps.push(step("queue", queued, talking_at.unwrap_or(ended)));
    }
    let accepted = rings.iter().rev().find(|ring| ring.outcome.as_deref() == Some("accepted"));
    let accepted = accepted.map(|ring| ring.until);
    steps.extend(rings);
    if let Some(talking) = talking_at {
        // From the key that the agent pressed until both hear each other.
        steps.extend(accepted.map(|accepted| step("accept", accepted, talking.max(accepted))));
        steps.push(step("talk", talking, ended));
    }
    steps.sort_by_key(|step| step.from);
    steps
}

/// The word of a value as the API writes it: that of its tag, or the value itself.
pub(super) fn word(value: &impl serde::Serialize) -> String {
    let written = serde_json::to_value(value).unwrap_or_default();
    let tag = written.get("cause").unwrap_or(&written);
    tag.as_str().unwrap_or("other").to_owned()
}
