//! The public numbers: where their callers go, what they hear, and when they are open.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use ids::{Class, QueueId, Timestamp};
use telephony::call::QueueSounds;
use telephony::flow::{Flow, Hours};

use crate::calendar::Calendar;
use crate::recording::RecordingRules;

/// A public number: where its callers go and what they hear.
#[derive(Clone, Debug)]
pub struct Line {
    /// The queue of its callers.
    pub queue: QueueId,
    /// What they hear first.
    pub flow: Arc<Flow>,
    /// The class they start with.
    pub class: Class,
    /// Whether their talks are recorded.
    pub recording: RecordingRules,
    /// When it is open; `None`: always.
    pub hours: Option<OpeningHours>,
}

/// When a line is open, and who takes its callers when it is not.
#[derive(Clone, Debug)]
pub struct OpeningHours {
    /// When it is open.
    pub calendar: Arc<Calendar>,
    /// A queue that is always open.
    pub after_hours: QueueId,
}

impl Line {
    /// Whether the line is open at this moment, and the queue of a caller who asks for a person
    /// before the greeting named one.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> (Hours, QueueId) {
        let Some(hours) = &self.hours else { return (Hours::Open, self.queue) };
        let standing = hours.calendar.at(now);
        match standing.hours {
            Hours::Open => (Hours::Open, self.queue),
            closed @ (Hours::Closed(_) | Hours::Holiday(_)) => (closed, hours.after_hours),
        }
    }
}

/// The public numbers. A number that is not among them reaches the first line all the same: whoever
/// dialled it needs a person, and the carrier sent the call here.
#[derive(Clone, Debug)]
pub struct Lines {
    by_number: HashMap<String, Line>,
    fallback: Line,
    sounds: QueueSounds,
}

impl Lines {
    /// Lines by number; callers of any other number reach `fallback`.
    #[must_use]
    pub fn new(fallback: Line, by_number: HashMap<String, Line>) -> Self {
        Self { by_number, fallback, sounds: QueueSounds::default() }
    }

    /// The same lines, with what waiting callers hear.
    #[must_use]
    pub fn with_sounds(self, sounds: QueueSounds) -> Self {
        Self { sounds, ..self }
    }

    /// What waiting callers hear, by queue.
    #[must_use]
    pub fn sounds(&self) -> &QueueSounds {
        &self.sounds
    }

    pub(crate) fn queues(&self) -> Vec<QueueId> {
        let mut queues: Vec<_> = self.by_number.values().map(|line| line.queue).collect();
        queues.push(self.fallback.queue);
        queues.sort_unstable();
        queues.dedup();
        queues
    }

    pub(crate) fn of(&self, dialled: &str) -> &Line {
        self.by_number.get(dialled).unwrap_or_else(|| {
            metrics::counter!("helpline_calls_to_unknown_number_total").increment(1);
            &self.fallback
        })
    }
}

/// The lines that new calls get. A call keeps those that it began with.
#[derive(Debug)]
pub(crate) struct CurrentLines(RwLock<Arc<Lines>>);

impl CurrentLines {
    pub(crate) fn new(lines: Lines) -> Self {
        Self(RwLock::new(Arc::new(lines)))
    }

    pub(crate) fn get(&self) -> Arc<Lines> {
        // Valid after any panic: a change is one assignment.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn replace(&self, lines: Lines) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(hours: Option<OpeningHours>) -> Line {
        let flow = telephony::flow::builtin_flow("schemes").expect("built in").expect("sound");
        let queue = "schemes".parse().expect("a name");
        let recording = RecordingRules::default();
        Line { queue, flow: Arc::new(flow), class: Class::Info, recording, hours }
    }

    #[test]
    fn a_closed_line_sends_its_callers_to_the_open_queue() {
        let text = "name = \"x\"\n[weekly]\nthursday = [\"05:30-06:00\"]";
        let calendar = Arc::new(Calendar::read(text).expect("sound"));
        let after_hours: QueueId = "health".parse().expect("a name");
        let line = line(Some(OpeningHours { calendar, after_hours }));
        // The first of January 1970 was a Thursday, and it was half past five in India.
        let (hours, queue) = line.at(Timestamp::from_micros(0));
        assert_eq!((hours, queue), (Hours::Open, line.queue));
        let (hours, queue) = line.at(Timestamp::from_micros(30 * 60 * 1_000_000));
        assert!(matches!(hours, Hours::Closed(None)), "a week away: {hours:?}");
        assert_eq!(queue, after_hours);
    }

    #[test]
    fn a_call_keeps_the_lines_that_it_began_with() {
        let current = CurrentLines::new(Lines::new(line(None), HashMap::new()));
        let of_a_call = current.get();
        let other = Line { class: Class::Clinical, ..line(None) };
        current.replace(Lines::new(other, HashMap::new()));
        assert_eq!(of_a_call.of("1").class, Class::Info);
        assert_eq!(current.get().of("1").class, Class::Clinical);
    }
}
