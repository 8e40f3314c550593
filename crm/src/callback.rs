//! Callers who were not served, or asked for it, and wish to be called back: nobody is dropped without
//! a row here.
//!
//! Types are pure; `row` writes what the exchange tells, `desk` shows the list to people and takes
//! what they decided. A caller who tries again while an earlier wish is open has one wish, not two: it
//! keeps its place in the list, and counts. Dialling is not done here; it reads this list.

mod desk;
mod row;

use core::fmt;

use ids::{Class, InteractionId, Language, QueueId, Timestamp, UserId, WishId};

use crate::phone::E164;
use crate::text::words;

pub use desk::{OpenWishes, Wanted, counts, decide, list};
pub(crate) use row::{reached, wished};

words! {
    /// How a wish came about.
    Kind {
        /// The caller pressed the key for it.
        Asked = "asked",
        /// The caller was not served, and said nothing of it.
        Unserved = "unserved",
    }
}

words! {
    /// What kept the caller from a person.
    Cause {
        /// The wait: the caller asked, or hung up.
        Waited = "waited",
        /// A long wait, and the caller was told so.
        LongWait = "long_wait",
        /// The queue was full, and the caller was told so.
        QueueFull = "queue_full",
        /// The line was closed, and the caller was told so.
        Closed = "closed",
        /// The caller's line failed.
        LineLost = "line_lost",
        /// We stopped and had to end the call.
        Stopped = "stopped",
        /// A fault of ours ended the call.
        Fault = "fault",
    }
}

words! {
    /// What became of a wish.
    State {
        /// Somebody should call.
        Open = "open",
        /// Somebody did.
        Done = "done",
        /// The caller reached a person meanwhile, or no longer wants it.
        Withdrawn = "withdrawn",
    }
}

/// The wish of a caller to be called back.
#[derive(Clone, PartialEq, Eq)]
pub struct Wish {
    /// The id, minted by the exchange.
    pub id: WishId,
    /// Counts changes.
    pub version: i64,
    /// The call in which it was wished first …
    pub interaction: InteractionId,
    /// … and last.
    pub last_interaction: InteractionId,
    /// The number to call; `None` if it was withheld: then nobody can, and it is counted all the same.
    pub number: Option<E164>,
    /// The number dialled.
    pub line: String,
    /// The queue of the caller.
    pub queue: Option<QueueId>,
    /// How urgent: the most urgent class that the caller had.
    pub class: Class,
    /// The language to speak.
    pub language: Option<Language>,
    /// How it came about; a caller who asked once has asked.
    pub kind: Kind,
    /// What kept the caller from a person, the last time.
    pub cause: Cause,
    /// Since when; the place in the list goes by it.
    pub wished_at: Timestamp,
    /// When last.
    pub last_wished_at: Timestamp,
    /// In how many calls.
    pub times: u32,
    /// What became of it.
    pub state: State,
    /// Who decided that, and when; the agent whom the caller reached, for one withdrawn by that.
    pub decided: Option<(UserId, Timestamp)>,
}

/// Shows which wish it is, and nothing of the citizen.
impl fmt::Debug for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wish({}, {:?}, {:?}, {:?})", self.id, self.class, self.cause, self.state)
    }
}

/// The classes in the order of the column, the most urgent first.
const CLASSES: [Class; 5] =
    [Class::Emergency, Class::Clinical, Class::CallbackDue, Class::Standard, Class::Info];

fn urgency_of(class: Class) -> i32 {
    let rank = CLASSES.iter().position(|one| *one == class);
    rank.and_then(|rank| i32::try_from(rank).ok()).unwrap_or(i32::MAX)
}

fn class_of(urgency: i32) -> Option<Class> {
    usize::try_from(urgency).ok().and_then(|rank| CLASSES.get(rank)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_orders_classes_as_the_floor_does() {
        for (rank, class) in CLASSES.into_iter().enumerate() {
            assert_eq!(urgency_of(class), i32::try_from(rank).unwrap());
            assert_eq!(class_of(urgency_of(class)), Some(class));
        }
        assert!(CLASSES.is_sorted());
        assert_eq!((class_of(-1), class_of(5)), (None, None));
    }
}
