//! The prompts that the call machine itself plays. Pure.

/// Said when a caller pressed `9`.
pub const PROMPT_EMERGENCY: &str = "emergency";
/// Said when a caller begins to wait.
pub const PROMPT_PLEASE_WAIT: &str = "please_wait";
/// Said now and then while a caller waits.
pub const PROMPT_STILL_WAITING: &str = "still_waiting";
/// Said when the agent's audio was lost.
pub const PROMPT_AGENT_LOST: &str = "agent_lost";
/// Said to a caller whose language is remembered, in the other languages.
pub const PROMPT_CHANGE_LANGUAGE: &str = "change_language";
/// Played while a caller waits or is held.
pub const PROMPT_MUSIC: &str = "music";

/// Said before a person answers, on lines whose talks are recorded.
pub const PROMPT_RECORDED: &str = "recorded";
/// Asked before a person answers, on lines where the caller decides on recording.
pub const PROMPT_RECORDING_CONSENT: &str = "recording_consent";
/// All of them: each must exist in each language of a greeting.
pub const MACHINE_PROMPTS: [&str; 8] = [
    PROMPT_EMERGENCY,
    PROMPT_PLEASE_WAIT,
    PROMPT_STILL_WAITING,
    PROMPT_AGENT_LOST,
    PROMPT_CHANGE_LANGUAGE,
    PROMPT_MUSIC,
    PROMPT_RECORDED,
    PROMPT_RECORDING_CONSENT,
];
