//! The prompts that the call machine itself plays. Pure.

use std::time::Duration;

use super::PromptName;

/// Said when a caller pressed `9`.
pub const PROMPT_EMERGENCY: &str = "emergency";
/// Said now and then to a waiting emergency.
pub const PROMPT_EMERGENCY_WAITING: &str = "emergency_waiting";
/// Said when a caller begins to wait.
pub const PROMPT_PLEASE_WAIT: &str = "please_wait";
/// Said when a caller begins to wait: for whom to press `9`.
pub const PROMPT_QUEUE_SAFETY: &str = "queue_safety";
/// Begins each announcement to a waiting caller but the first.
pub const PROMPT_STILL_WAITING: &str = "still_waiting";
/// Ends each announcement to a waiting caller but the first.
pub const PROMPT_PRESS_NINE: &str = "press_nine";
/// Said by a queue that takes nobody more.
pub const PROMPT_QUEUE_FULL: &str = "queue_full";
/// Said to a caller who may wait long: which key asks for a call back.
pub const PROMPT_CALLBACK_OFFER: &str = "callback_offer";
/// Said when a caller pressed that key.
pub const PROMPT_CALLBACK_NOTED: &str = "callback_noted";
/// Said when the agent's audio was lost.
pub const PROMPT_AGENT_LOST: &str = "agent_lost";
/// Said to a caller whose language is remembered, in the other languages.
pub const PROMPT_CHANGE_LANGUAGE: &str = "change_language";
/// Played while a caller waits or is held, where a queue has no music of its own.
pub const PROMPT_MUSIC: &str = "music";

/// Said before a person answers, on lines whose talks are recorded.
pub const PROMPT_RECORDED: &str = "recorded";
/// Asked before a person answers, on lines where the caller decides on recording.
pub const PROMPT_RECORDING_CONSENT: &str = "recording_consent";

/// Places that are said by their number; behind them the caller hears [`PLACE_MORE`].
const PLACES: [&str; 10] = [
    "place_1", "place_2", "place_3", "place_4", "place_5", "place_6", "place_7", "place_8",
    "place_9", "place_10",
];
const PLACE_MORE: &str = "place_more";

/// Expected waits that are said, minutes; a longer one is [`WAIT_MORE`].
const WAITS: [(u64, &str); 7] = [
    (1, "wait_1"),
    (2, "wait_2"),
    (5, "wait_5"),
    (10, "wait_10"),
    (15, "wait_15"),
    (20, "wait_20"),
    (30, "wait_30"),
];
const WAIT_MORE: &str = "wait_more";
/// From here on a wait is long, minutes.
const LONG_MIN: u64 = 5;

/// All of them: each must exist in each language of a greeting.
pub const MACHINE_PROMPTS: [&str; 33] = [
    PROMPT_EMERGENCY,
    PROMPT_EMERGENCY_WAITING,
    PROMPT_PLEASE_WAIT,
    PROMPT_QUEUE_SAFETY,
    PROMPT_STILL_WAITING,
    PROMPT_PRESS_NINE,
    PROMPT_QUEUE_FULL,
    PROMPT_CALLBACK_OFFER,
    PROMPT_CALLBACK_NOTED,
    PROMPT_AGENT_LOST,
    PROMPT_CHANGE_LANGUAGE,
    PROMPT_MUSIC,
    PROMPT_RECORDED,
    PROMPT_RECORDING_CONSENT,
    PLACES[0],
    PLACES[1],
    PLACES[2],
    PLACES[3],
    PLACES[4],
    PLACES[5],
    PLACES[6],
    PLACES[7],
    PLACES[8],
    PLACES[9],
    PLACE_MORE,
    WAITS[0].1,
    WAITS[1].1,
    WAITS[2].1,
    WAITS[3].1,
    WAITS[4].1,
    WAITS[5].1,
    WAITS[6].1,
    WAIT_MORE,
];

/// How a place is said. `before` counts the callers before this one; 0 is next.
pub(super) fn place_prompt(before: u32) -> &'static str {
    usize::try_from(before).ok().and_then(|n| PLACES.get(n)).copied().unwrap_or(PLACE_MORE)
}

/// How an expected wait is said: rounded up, so that fewer callers wait longer than they were told.
pub(super) fn wait_prompt(wait: Duration) -> &'static str {
    let fits = |(minutes, _): &&(u64, &str)| wait <= Duration::from_secs(60 * minutes);
    WAITS.iter().find(fits).map_or(WAIT_MORE, |(_, name)| name)
}

/// Whether a prompt tells of a wait of five minutes or more.
#[must_use]
pub fn says_long_wait(prompt: &PromptName) -> bool {
    let name = prompt.0.as_str();
    name == WAIT_MORE || WAITS.iter().any(|(minutes, wait)| *minutes >= LONG_MIN && *wait == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_from_the_callers_side() {
        let said: Vec<_> = [0, 1, 9, 10, u32::MAX].into_iter().map(place_prompt).collect();
        assert_eq!(said, ["place_1", "place_2", "place_10", "place_more", "place_more"]);
    }

    #[test]
    fn waits_are_rounded_up() {
        let said = |seconds| wait_prompt(Duration::from_secs(seconds));
        assert_eq!(
            [0, 60, 61, 120, 121].map(said),
            ["wait_1", "wait_1", "wait_2", "wait_2", "wait_5"]
        );
        assert_eq!([1800, 1801, 86_400].map(said), ["wait_30", "wait_more", "wait_more"]);
    }

    #[test]
    fn all_are_listed() {
        let named = (0..=10)
            .map(place_prompt)
            .chain((0..=40).map(|m| wait_prompt(Duration::from_secs(60 * m))));
        for name in named {
            assert!(MACHINE_PROMPTS.contains(&name), "{name}");
        }
    }
}
