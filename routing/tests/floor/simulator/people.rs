//! What the people of a simulated day are like: who calls, for how long they wait and talk, and
//! what an agent does when the console rings. All by the dice of the day.

use std::time::Duration;

use ids::{Class, Timestamp};
use rand::Rng;
use rand::rngs::StdRng;
use routing::{BreakReason, CallerKey, Wanted};

/// A caller and what became of them.
#[derive(Clone, Debug)]
pub(crate) struct Citizen {
    pub(crate) queue: &'static str,
    pub(crate) class: Class,
    pub(crate) language: Option<&'static str>,
    pub(crate) patience: Duration,
    pub(crate) talk: Duration,
    /// Whose telephone; several calls may come from one.
    pub(crate) key: CallerKey,
    /// Waiting since; kept when they return to the queue.
    pub(crate) since: Timestamp,
    pub(crate) fate: Fate,
}

/// Where a caller stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    ToCome,
    Waiting,
    Talking,
    Answered,
    Abandoned,
}

/// What an agent does about a ringing console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Accept,
    AcceptTwice,
    /// As the ring time ends, or after.
    AcceptLate,
    Reject,
    Ignore,
    Vanish,
}

pub(crate) fn class(rng: &mut StdRng) -> Class {
    match rng.random_range(0..100) {
        0..4 => Class::Emergency,
        4..20 => Class::Clinical,
        20..25 => Class::CallbackDue,
        25..85 => Class::Standard,
        _ => Class::Info,
    }
}

pub(crate) fn citizen(rng: &mut StdRng) -> Citizen {
    let class = class(rng);
    let language = match rng.random_range(0..20) {
        0..12 => Some("hi"),
        12..16 => Some("en"),
        16..18 => Some("ta"),
        _ => None,
    };
    Citizen {
        queue: if rng.random_bool(0.8) { "health" } else { "schemes" },
        class,
        language,
        patience: seconds(rng, 20.0..900.0),
        talk: seconds(rng, 10.0..240.0),
        key: CallerKey(rng.random_range(0..400)),
        since: Timestamp::default(),
        fate: Fate::ToCome,
    }
}

/// Languages, queues and skills of an agent.
pub(crate) fn profile(rng: &mut StdRng) -> Profile {
    let languages = match rng.random_range(0..10) {
        0..5 => vec!["hi", "en"],
        5..8 => vec!["hi"],
        8 => vec!["en"],
        _ => vec!["hi", "ta"],
    };
    let queues = match rng.random_range(0..10) {
        0..5 => vec!["health"],
        5..9 => vec!["health", "schemes"],
        _ => vec!["schemes"],
    };
    let held = match rng.random_range(0..10) {
        0..3 => vec![],
        level @ 3..6 => vec![("heart", level)],
        _ => vec![("heart", 2)],
    };
    (languages, queues, held)
}

/// What an agent serves, in names.
pub(crate) type Profile = (Vec<&'static str>, Vec<&'static str>, Vec<(&'static str, u8)>);

pub(crate) fn reply(rng: &mut StdRng) -> Reply {
    match rng.random_range(0..100) {
        0..80 => Reply::Accept,
        80..82 => Reply::AcceptTwice,
        82..84 => Reply::AcceptLate,
        84..91 => Reply::Reject,
        91..98 => Reply::Ignore,
        _ => Reply::Vanish,
    }
}

pub(crate) fn wish(rng: &mut StdRng) -> Wanted {
    match rng.random_range(0..10) {
        0..4 => Wanted::Break { reason: BreakReason::Rest },
        4..6 => Wanted::Break { reason: BreakReason::Wellbeing },
        6 => Wanted::Offline,
        _ => Wanted::Available,
    }
}

pub(crate) fn seconds(rng: &mut StdRng, range: std::ops::Range<f64>) -> Duration {
    // Whole milliseconds: things do happen at the same moment.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small, positive")]
    let millis = (rng.random_range(range) * 1000.0) as u64;
    Duration::from_millis(millis)
}
