//! The settings of the program: compiled-in defaults, then a file, then the environment.
//!
//! Reads the file and the environment, nothing else; no other part of the program does. A key that
//! `config.default.toml` does not list is refused by its full name, a bad value likewise, so that a
//! typing error is one clear sentence at start and not a setting that silently stayed as it was.

mod ice_url;
mod operating;
mod recording;
mod secret;
mod section;
mod service;
pub mod trunk;
mod unknown;
mod value;

use std::path::Path;

use config::{Config, Environment, File, FileFormat};
use serde::Deserialize;
use thiserror::Error;

pub use ice_url::IceUrl;
pub use operating::{Stop, Telemetry, Tls};
pub use recording::{Recording, RecordingRule};
pub use secret::Secret;
pub use section::{
    AnnouncePlace, Data, Database, Floor, Http, Limits, Log, Media, Overflow, Prompts, Queue, Rtp,
    Session, Sip, SkillStep, Station, Turn, Webrtc,
};
pub use service::Service;
pub use trunk::Trunk;
pub use value::{PortRange, PublicUrl};

/// The documented defaults, as compiled in.
pub const DEFAULTS: &str = include_str!("../../config.default.toml");

/// All settings, each a checked value.
#[derive(Clone, Debug, Deserialize)]
pub struct Settings {
    /// Browsers and machines.
    pub http: Http,
    /// Our own certificate.
    pub tls: Tls,
    /// Signed-in people.
    pub session: Session,
    /// SIP, over all trunks.
    pub sip: Sip,
    /// Operators' telephones.
    pub station: Station,
    /// The trunks, besides the short form in `sip.trunks`.
    #[serde(rename = "trunk")]
    pub trunks: Vec<Trunk>,
    /// Threads of the audio.
    pub media: Media,
    /// Browsers' audio.
    pub webrtc: Webrtc,
    /// Help for browsers behind firewalls.
    pub turn: Turn,
    /// The trunk's audio.
    pub rtp: Rtp,
    /// Where things are kept.
    pub data: Data,
    /// Which database.
    pub database: Database,
    /// What callers hear.
    pub prompts: Prompts,
    /// What is recorded, where, and for how long.
    pub recording: Recording,
    /// Times of the floor.
    pub floor: Floor,
    /// What is bounded, and by how much.
    pub limits: Limits,
    /// What is logged.
    pub log: Log,
    /// Traces of calls.
    pub telemetry: Telemetry,
    /// What a stop waits for.
    pub stop: Stop,
    /// The queues, at least one.
    #[serde(rename = "queue")]
    pub queues: Vec<Queue>,
}

/// Why the settings cannot be used. Each reads as one sentence that names the key or the file.
#[derive(Debug, Error)]
pub enum ConfigProblem {
    /// The file is missing, unreadable or not TOML.
    #[error("the configuration cannot be read: {0}")]
    Unreadable(String),
    /// A key that no setting has.
    #[error("unknown setting `{key}`; see config.default.toml for all settings")]
    Unknown {
        /// The whole key, with its section.
        key: String,
    },
    /// A value of the wrong form.
    #[error("bad setting: {0}")]
    Form(String),
    /// A value that cannot be used, or two that do not fit together.
    #[error("bad setting `{key}`: {why}")]
    Value {
        /// The whole key, with its section.
        key: &'static str,
        /// What is wrong with it, and what would be right.
        why: String,
    },
}

impl Settings {
    /// Reads the settings: defaults, then `file` if given, then the process's environment.
    ///
    /// # Errors
    /// The first thing found wrong, as a sentence for the person who starts the program.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigProblem> {
        Self::layered(file, None)
    }

    /// As [`Settings::load`], with the environment given: for tests, which share a process.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn with_environment(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigProblem> {
        Self::layered(file, Some(environment.into_iter().collect()))
    }

    /// Whether browsers reach us over TLS: ours, or that of a proxy.
    #[must_use]
    pub fn is_https(&self) -> bool {
        let public = self.http.public_url.as_ref();
        self.tls.certificate.is_some() || public.is_some_and(PublicUrl::is_https)
    }

    fn layered(
        file: Option<&Path>,
        environment: Option<std::collections::HashMap<String, String>>,
    ) -> Result<Self, ConfigProblem> {
        let unreadable = |e: config::ConfigError| ConfigProblem::Unreadable(e.to_string());
        let defaults = Config::builder()
            .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
            .build()
            .map_err(unreadable)?;
        let mut overlay = Config::builder();
        if let Some(path) = file {
            overlay = overlay.add_source(File::from(path).format(FileFormat::Toml));
        }
        let variables = environment.clone();
        let environment = Environment::with_prefix("HELPLINE")
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true)
            .list_separator(",")
            .with_list_parse_key("sip.trunks")
            .with_list_parse_key("station.networks")
            .with_list_parse_key("turn.urls")
            .with_list_parse_key("recording.old_key_files")
            .source(environment);
        let overlay = overlay.add_source(environment).build().map_err(unreadable)?;
        if let Some(key) = unknown::first_unknown(&defaults.cache, &overlay.cache) {
            return Err(ConfigProblem::Unknown { key });
        }
        let mut settings: Self = Config::builder()
            .add_source(defaults)
            .add_source(overlay)
            .build()
            .and_then(Config::try_deserialize)
            .map_err(|e| ConfigProblem::Form(e.to_string()))?;
        settings.turn.read_secret_file()?;
        settings.recording.read_keys()?;
        for trunk in &mut settings.trunks {
            trunk.read_password(|name| match &variables {
                Some(given) => given.get(name).cloned(),
                None => std::env::var(name).ok(),
            })?;
        }
        settings.check()?;
        Ok(settings)
    }

    /// What no single value can tell: that they fit together.
    fn check(&self) -> Result<(), ConfigProblem> {
        let bad = |key, why: String| Err(ConfigProblem::Value { key, why });
        if self.queues.is_empty() {
            return bad("queue", "there must be at least one [[queue]]".to_owned());
        }
        for (n, queue) in self.queues.iter().enumerate() {
            if self.queues[..n].iter().any(|other| other.id == queue.id) {
                return bad("queue.id", format!("\"{}\" is given twice", queue.id));
            }
            if self.queues[..n].iter().any(|other| other.number == queue.number) {
                return bad("queue.number", format!("\"{}\" is given twice", queue.number));
            }
            if queue.service.percent.max(queue.service.emergency_percent) > 100 {
                return bad("queue.service", format!("of \"{}\" is more than 100 %", queue.id));
            }
        }
        if self.limits.web_calls_share_percent > 100 {
            return bad("limits.web_calls_share_percent", "is more than 100".to_owned());
        }
        self.turn.check()?;
        self.tls.check()?;
        self.telemetry.check()?;
        if self.http.redirect_listen.is_some() && self.tls.certificate.is_none() {
            return bad("http.redirect_listen", "needs `tls.certificate`".to_owned());
        }
        self.recording.check()?;
        trunk::check(&self.trunks, &self.sip)?;
        let reserved: u64 = self.queues.iter().map(|queue| u64::from(queue.reserved_calls)).sum();
        if reserved > u64::from(self.sip.calls_max) {
            return bad(
                "queue.reserved_calls",
                "is more, over all queues, than `sip.calls_max`".to_owned(),
            );
        }
        self.sip.check()?;
        let zero = [
            ("http.timeout_s", self.http.timeout_s),
            ("floor.ring_s", self.floor.ring_s),
            ("floor.ring_emergency_s", self.floor.ring_emergency_s),
            ("floor.heartbeat_lost_s", self.floor.heartbeat_lost_s),
            ("sip.keep_alive_s", self.sip.keep_alive_s),
            ("sip.registration_s", self.sip.registration_s.into()),
            ("session.idle_minutes", self.session.idle_minutes),
            ("session.absolute_hours", self.session.absolute_hours),
            ("turn.agent_credential_hours", self.turn.agent_credential_hours.into()),
            ("turn.citizen_credential_minutes", self.turn.citizen_credential_minutes.into()),
        ];
        match zero.into_iter().find(|(_, value)| *value == 0) {
            Some((key, _)) => bad(key, "is 0; it must be at least 1".to_owned()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
