//! The prompts that come with the program. Pure.
//!
//! Made by `scripts/make-prompts` from `prompts/catalogue.toml`; not edited by hand.

/// Language (or `any`), name and WAV file of each prompt.
pub(super) const FILES: [(&str, &str, &[u8]); 29] = [
    ("any", "beep", include_bytes!("../../../prompts/any/beep.wav")),
    ("any", "music", include_bytes!("../../../prompts/any/music.wav")),
    ("any", "ringing", include_bytes!("../../../prompts/any/ringing.wav")),
    ("en", "agent_lost", include_bytes!("../../../prompts/en/agent_lost.wav")),
    ("en", "change_language", include_bytes!("../../../prompts/en/change_language.wav")),
    ("en", "choose_language", include_bytes!("../../../prompts/en/choose_language.wav")),
    ("en", "emergency", include_bytes!("../../../prompts/en/emergency.wav")),
    ("en", "health_reason", include_bytes!("../../../prompts/en/health_reason.wav")),
    ("en", "health_welcome", include_bytes!("../../../prompts/en/health_welcome.wav")),
    ("en", "not_understood", include_bytes!("../../../prompts/en/not_understood.wav")),
    ("en", "please_wait", include_bytes!("../../../prompts/en/please_wait.wav")),
    ("en", "recorded", include_bytes!("../../../prompts/en/recorded.wav")),
    ("en", "recording_consent", include_bytes!("../../../prompts/en/recording_consent.wav")),
    ("en", "safety", include_bytes!("../../../prompts/en/safety.wav")),
    ("en", "schemes_welcome", include_bytes!("../../../prompts/en/schemes_welcome.wav")),
    ("en", "still_waiting", include_bytes!("../../../prompts/en/still_waiting.wav")),
    ("hi", "agent_lost", include_bytes!("../../../prompts/hi/agent_lost.wav")),
    ("hi", "change_language", include_bytes!("../../../prompts/hi/change_language.wav")),
    ("hi", "choose_language", include_bytes!("../../../prompts/hi/choose_language.wav")),
    ("hi", "emergency", include_bytes!("../../../prompts/hi/emergency.wav")),
    ("hi", "health_reason", include_bytes!("../../../prompts/hi/health_reason.wav")),
    ("hi", "health_welcome", include_bytes!("../../../prompts/hi/health_welcome.wav")),
    ("hi", "not_understood", include_bytes!("../../../prompts/hi/not_understood.wav")),
    ("hi", "please_wait", include_bytes!("../../../prompts/hi/please_wait.wav")),
    ("hi", "recorded", include_bytes!("../../../prompts/hi/recorded.wav")),
    ("hi", "recording_consent", include_bytes!("../../../prompts/hi/recording_consent.wav")),
    ("hi", "safety", include_bytes!("../../../prompts/hi/safety.wav")),
    ("hi", "schemes_welcome", include_bytes!("../../../prompts/hi/schemes_welcome.wav")),
    ("hi", "still_waiting", include_bytes!("../../../prompts/hi/still_waiting.wav")),
];
