//! One contact with the helpline: a call now, a text later. When it came, how long it waited, who
//! took it, how it ended.
//!
//! Types and [`Interaction::apply`] are pure; `record` writes what the exchange tells, `read` shows
//! it to people. The row is a projection of the call: every mark may come twice, late, and in any
//! order, and the row ends up the same.

mod line_quality;
pub mod paper;
mod read;
mod record;

use core::fmt;

use ids::{
    AgentId, CallId, CaseId, Class, ContactId, InteractionId, Language, QueueId, Timestamp, UserId,
    WishId,
};

use crate::callback;
use crate::phone::E164;
use crate::text::{printable, words};

pub use line_quality::{AudioVerdict, LineQuality, SideQuality};
pub use read::{PreviousCase, PreviousContact, get, previous_contacts, set_contact};
pub(crate) use record::{assign, ensure, from_row, load, mark_in, not_found};
pub use record::{begin, end, mark, mark_all, mark_answered, mark_queued, mark_talking};

/// Most characters kept of the number dialled.
const DIALLED_CHARS_MAX: usize = 64;

words! {
    /// Who began it.
    Direction {
        /// The citizen.
        Inbound = "inbound",
        /// The helpline.
        Outbound = "outbound",
    }
}

words! {
    /// By which means.
    Medium {
        /// A telephone.
        Call = "call",
        /// The browser of a citizen.
        WebCall = "web_call",
    }
}

/// One contact with the helpline.
#[derive(Clone, PartialEq, Eq)]
pub struct Interaction {
    /// The id; for a call, [`id_of`] it.
    pub id: InteractionId,
    /// The call, if it is one.
    pub call: Option<CallId>,
    /// The case that it belongs to.
    pub case: Option<CaseId>,
    /// Who it was about.
    pub contact: Option<ContactId>,
    /// How it began; `None` while only later marks could be written.
    pub origin: Option<Origin>,
    /// When what happened.
    pub times: Times,
    /// The queue it waited in.
    pub queue: Option<QueueId>,
    /// The most urgent class it had.
    pub class: Option<Class>,
    /// The language chosen or remembered.
    pub language: Option<Language>,
    /// Who talked last.
    pub agent: Option<AgentId>,
    /// How it ended: the text of the call's end cause.
    pub outcome: Option<String>,
    /// How its sound was; `None` if nobody talked.
    pub line_quality: Option<LineQuality>,
    /// The last position of the journal that it reflects.
    pub journal_position: Option<i64>,
    /// It happened on paper and was entered later.
    pub entered: Option<Entered>,
    /// Made up, for demonstrations.
    pub synthetic: bool,
}

/// How an interaction began.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin {
    /// Who began it.
    pub direction: Direction,
    /// By which means.
    pub medium: Medium,
    /// The citizen's number; `None` if withheld, or if it is no number.
    pub from: Option<E164>,
    /// The number dialled: `104`.
    pub dialled: String,
}

/// Who entered an interaction that had happened on paper, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Why so late, where that was asked for.
    pub why: Option<String>,
}

/// When what happened to an interaction: each moment the first of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// It reached us.
    pub arrived_at: Timestamp,
    /// The greeting began.
    pub answered_at: Option<Timestamp>,
    /// The wait for a person began.
    pub queued_at: Option<Timestamp>,
    /// The talk with a person began.
    pub talking_at: Option<Timestamp>,
    /// The last agent's talk began; later than `talking_at` if the caller returned to the queue.
    pub agent_since: Option<Timestamp>,
    /// It ended.
    pub ended_at: Option<Timestamp>,
}

/// The beginning of a call.
#[derive(Clone, PartialEq, Eq)]
pub struct Begin {
    /// The call.
    pub call: CallId,
    /// How it began.
    pub origin: Origin,
    /// The queue of the number dialled.
    pub queue: Option<QueueId>,
    /// The class at the beginning.
    pub class: Option<Class>,
    /// The language remembered for the number.
    pub language: Option<Language>,
    /// When it reached us.
    pub arrived_at: Timestamp,
    /// The position of the journal.
    pub journal_position: Option<i64>,
}

/// What happened to a call.
#[derive(Clone, PartialEq, Eq)]
pub enum Mark {
    /// It reached us.
    Begun {
        /// How.
        origin: Origin,
        /// The queue of the number dialled.
        queue: Option<QueueId>,
        /// The class at the beginning.
        class: Option<Class>,
        /// The language remembered for the number.
        language: Option<Language>,
    },
    /// The greeting began.
    Answered,
    /// It waits for a person (again, or at another class).
    Queued {
        /// Where.
        queue: QueueId,
        /// How urgent.
        class: Class,
        /// The language chosen.
        language: Option<Language>,
    },
    /// The talk with an agent began.
    Talking {
        /// Who.
        agent: AgentId,
    },
    /// Its sound was measured so far.
    Measured {
        /// How it was, since the first talk began.
        quality: Box<LineQuality>,
    },
    /// The caller wishes to be called back: said so, or was not served.
    Wished {
        /// The wish.
        id: WishId,
        /// How it came about.
        kind: callback::Kind,
        /// What kept the caller from a person.
        cause: callback::Cause,
    },
    /// It is over.
    Ended {
        /// The text of the end cause.
        cause: String,
    },
}

/// A mark with its call, for several in one transaction.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    /// Whose.
    pub call: CallId,
    /// When it happened.
    pub at: Timestamp,
    /// The position of the journal.
    pub journal_position: Option<i64>,
    /// What happened.
    pub mark: Mark,
}

/// The interaction of a call. Each call has exactly one, so its id is the call's own value: whoever
/// knows the call can name the row before it is written.
#[must_use]
pub const fn id_of(call: CallId) -> InteractionId {
    InteractionId::from_uuid(call.as_uuid())
}

impl Interaction {
    /// A call of which only one moment is known.
    pub(crate) const fn of_call(call: CallId, at: Timestamp) -> Self {
        Self {
            id: id_of(call),
            call: Some(call),
            case: None,
            contact: None,
            origin: None,
            times: Times {
                arrived_at: at,
                answered_at: None,
                queued_at: None,
                talking_at: None,
                agent_since: None,
                ended_at: None,
            },
            queue: None,
            class: None,
            language: None,
            agent: None,
            outcome: None,
            line_quality: None,
            journal_position: None,
            entered: None,
            synthetic: false,
        }
    }

    /// Adds one mark. Marks may come twice and in any order: the result is the same.
    #[must_use]
    pub fn apply(mut self, at: Timestamp, position: Option<i64>, mark: &Mark) -> Self {
        self.journal_position = self.journal_position.max(position);
        if self.origin.is_none() {
            self.times.arrived_at = self.times.arrived_at.min(at);
        }
        match mark {
            Mark::Begun { origin, queue, class, language } => {
                self.times.arrived_at = at;
                self.origin = Some(origin.kept());
                self.queue = self.queue.or(*queue);
                self.raise(*class);
                self.language = self.language.or(*language);
            }
            Mark::Answered => self.times.answered_at = first(self.times.answered_at, at),
            Mark::Queued { queue, class, language } => {
                // The first queue stands. A language is chosen once, before the wait: it is the
                // same in every such mark, and what was remembered gives way to it.
                if self.times.queued_at.is_none_or(|before| at <= before) {
                    self.queue = Some(*queue);
                }
                self.language = language.or(self.language);
                self.times.queued_at = first(self.times.queued_at, at);
                self.raise(Some(*class));
            }
            Mark::Talking { agent } => {
                self.times.talking_at = first(self.times.talking_at, at);
                if self.times.agent_since.is_none_or(|before| at >= before) {
                    self.times.agent_since = Some(at);
                    self.agent = Some(*agent);
                }
            }
            // A row of its own.
            Mark::Wished { .. } => {}
            Mark::Measured { quality } => {
                // Each contains those before it: the longest stands.
                let known = self.line_quality.as_ref().map_or(0, |before| before.seconds);
                if quality.seconds > known {
                    self.line_quality = Some((**quality).clone());
                }
            }
            Mark::Ended { cause } => {
                if self.times.ended_at.is_none_or(|before| at < before) {
                    self.times.ended_at = Some(at);
                    self.outcome = Some(cause.clone());
                }
            }
        }
        self
    }

    /// Milliseconds between the beginning of the wait and the first talk, or the end if nobody
    /// came. `None` if it never waited, or still does.
    #[must_use]
    pub fn wait_ms(&self) -> Option<u64> {
        let until = self.times.talking_at.or(self.times.ended_at)?;
        let waited = until.since(self.times.queued_at?);
        Some(u64::try_from(waited.as_millis()).unwrap_or(u64::MAX))
    }

    /// Takes the more urgent class; classes are ordered with the most urgent first.
    fn raise(&mut self, class: Option<Class>) {
        self.class = match (self.class, class) {
            (Some(old), Some(new)) => Some(old.min(new)),
            (old, new) => old.or(new),
        };
    }
}

impl Origin {
    /// The origin as it is kept: a caller's device may send anything as the number dialled.
    fn kept(&self) -> Self {
        let dialled = printable(&self.dialled).chars().take(DIALLED_CHARS_MAX).collect();
        Self { dialled, ..self.clone() }
    }
}

fn first(before: Option<Timestamp>, at: Timestamp) -> Option<Timestamp> {
    Some(before.map_or(at, |before| before.min(at)))
}

/// Shows which record it is, and nothing of the citizen.
impl fmt::Debug for Interaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interaction({}, {:?})", self.id, self.times)
    }
}

#[cfg(test)]
mod tests;
