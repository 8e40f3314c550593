//! One struct for each section of the settings. Data only; what each key means is told at length in
//! `config.default.toml`, which the people who set them read.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use ids::{Class, QueueId, SkillLevel};
use ipnet::IpNet;
use serde::Deserialize;
use telephony::call::{PROMPT_MUSIC, PromptName, QueueSound, SayPlace};

use super::service::Service;
use super::value::{PortRange, PublicUrl, blank_is_none, each_from_text};
use super::{ConfigProblem, IceUrl, RecordingRule, Secret};

/// `[http]`: where browsers and machines reach the program.
#[derive(Clone, Debug, Deserialize)]
pub struct Http {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The address that people type; `None`: `http://<listen>`.
    #[serde(deserialize_with = "blank_is_none")]
    pub public_url: Option<PublicUrl>,
    /// Where plain HTTP is sent on to https; `None`: nowhere.
    #[serde(deserialize_with = "blank_is_none")]
    pub redirect_listen: Option<SocketAddr>,
    /// Largest request body, bytes.
    pub body_bytes_max: usize,
    /// Longest time a request may take, seconds.
    pub timeout_s: u64,
    /// Sign-in attempts a minute from one address.
    pub sign_ins_per_minute_by_address: NonZeroU32,
    /// Sign-in attempts a minute for one user name.
    pub sign_ins_per_minute_by_username: NonZeroU32,
    /// Event streams open at once.
    pub event_streams_max: usize,
}

/// `[session]`: how long a sign-in lasts.
#[derive(Clone, Debug, Deserialize)]
pub struct Session {
    /// Minutes without a request.
    pub idle_minutes: u64,
    /// Hours in any case.
    pub absolute_hours: u64,
}

impl Session {
    /// How long a session lives without a request.
    #[must_use]
    pub const fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_minutes * 60)
    }

    /// How long a session lives at most.
    #[must_use]
    pub const fn absolute(&self) -> Duration {
        Duration::from_secs(self.absolute_hours * 3600)
    }
}

/// `[sip]`: over all trunks.
#[derive(Clone, Debug, Deserialize)]
pub struct Sip {
    /// Address and port to listen on, UDP and TCP.
    pub listen: SocketAddr,
    /// The address written into messages; `None`: that of `listen`.
    #[serde(deserialize_with = "blank_is_none")]
    pub public_address: Option<IpAddr>,
    /// Networks from which calls are taken: one trunk, known by its addresses, that is only called from.
    #[serde(deserialize_with = "each_from_text")]
    pub trunks: Vec<IpNet>,
    /// Calls at once.
    pub calls_max: u32,
    /// New calls a second.
    pub calls_per_second_max: u32,
    /// How often a trunk is asked whether it lives, seconds.
    pub keep_alive_s: u64,
    /// How long a registration is asked to live, seconds.
    pub registration_s: u32,
    /// How long a call stands without a refresh, seconds (RFC 4028): what we ask for.
    pub session_expires_s: u32,
    /// The shortest that we take, seconds.
    pub session_expires_min_s: u32,
    /// The address on which trunks send audio, if it is not `public_address`.
    #[serde(deserialize_with = "blank_is_none")]
    pub public_rtp_address: Option<IpAddr>,
}

impl Sip {
    /// RFC 4028 §4 allows no session below 90 seconds; more than a day is a slip of the hand.
    pub(super) fn check(&self) -> Result<(), ConfigProblem> {
        let (expires_s, min_s) = (self.session_expires_s, self.session_expires_min_s);
        let bad = |key, why: &str| Err(ConfigProblem::Value { key, why: why.to_owned() });
        if min_s < 90 {
            return bad("sip.session_expires_min_s", "is less than 90 (RFC 4028)");
        }
        if expires_s < min_s || expires_s > 86_400 {
            let why = "is not between sip.session_expires_min_s and 86400, a day";
            return bad("sip.session_expires_s", why);
        }
        Ok(())
    }
}

/// `[station]`: operators' telephones.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// Where they may be; empty: nobody takes calls on a telephone.
    #[serde(deserialize_with = "each_from_text")]
    pub networks: Vec<IpNet>,
}

/// `[media]`: the threads that carry audio.
#[derive(Clone, Debug, Deserialize)]
pub struct Media {
    /// How many; 0: one for each core.
    pub threads: usize,
    /// How often a busy one looks for packets, milliseconds; 0: each packet wakes it.
    pub tick_ms: u64,
}

/// `[webrtc]`: the browsers' audio.
#[derive(Clone, Debug, Deserialize)]
pub struct Webrtc {
    /// The UDP port, or the first of several.
    pub listen: SocketAddr,
    /// The address that browsers send to; `None`: that of `listen`.
    #[serde(deserialize_with = "blank_is_none")]
    pub public_address: Option<IpAddr>,
}

/// `[turn]`: STUN and TURN servers for browsers behind firewalls.
#[derive(Clone, Debug, Deserialize)]
pub struct Turn {
    /// The servers, most wanted first.
    #[serde(deserialize_with = "each_from_text")]
    pub urls: Vec<IceUrl>,
    /// What we and the TURN server know; once the settings are read, also if it came from the file.
    #[serde(deserialize_with = "super::secret::blank_is_none")]
    pub secret: Option<Secret>,
    /// Where the secret stands instead.
    #[serde(deserialize_with = "blank_is_none")]
    pub secret_file: Option<PathBuf>,
    /// How long an agent's credentials are good, hours.
    pub agent_credential_hours: u32,
    /// How long a citizen's credentials are good, minutes.
    pub citizen_credential_minutes: u32,
    /// Credentials for citizens, an hour, for one address.
    pub citizen_credentials_per_hour_by_address: NonZeroU32,
}

impl Turn {
    /// How long an agent's credentials are good.
    #[must_use]
    pub fn agent_lifetime(&self) -> Duration {
        Duration::from_secs(u64::from(self.agent_credential_hours) * 3600)
    }

    /// How long a citizen's credentials are good.
    #[must_use]
    pub fn citizen_lifetime(&self) -> Duration {
        Duration::from_secs(u64::from(self.citizen_credential_minutes) * 60)
    }

    /// Takes the secret from its file, if the settings name one.
    pub(super) fn read_secret_file(&mut self) -> Result<(), ConfigProblem> {
        let Some(file) = &self.secret_file else { return Ok(()) };
        let key = "turn.secret_file";
        let bad = |why: String| ConfigProblem::Value { key, why };
        if self.secret.is_some() {
            return Err(bad("and `turn.secret` are both given; one must go".to_owned()));
        }
        let unreadable = |e| bad(format!("{} cannot be read: {e}", file.display()));
        let text = std::fs::read_to_string(file).map_err(unreadable)?;
        let line = text.lines().next().unwrap_or_default();
        let secret = Secret::new(line).map_err(|why| bad(format!("the first line {why}")))?;
        self.secret = Some(secret);
        Ok(())
    }

    /// That the parts fit together.
    pub(super) fn check(&self) -> Result<(), ConfigProblem> {
        let bad = |key, why: String| Err(ConfigProblem::Value { key, why });
        if self.secret.is_none()
            && let Some(url) = self.urls.iter().find(|url| url.needs_credentials())
        {
            return bad("turn.secret", format!("is empty, but `turn.urls` names {url}"));
        }
        if self.agent_credential_hours > CREDENTIAL_HOURS_MAX {
            return bad("turn.agent_credential_hours", format!("is over {CREDENTIAL_HOURS_MAX}"));
        }
        if self.citizen_credential_minutes > CREDENTIAL_HOURS_MAX * 60 {
            let most = CREDENTIAL_HOURS_MAX * 60;
            return bad("turn.citizen_credential_minutes", format!("is over {most}"));
        }
        Ok(())
    }
}

/// Longest life of credentials: a day. Whoever has left must not keep a relay of ours for longer.
const CREDENTIAL_HOURS_MAX: u32 = 24;

/// `[rtp]`: the trunk's audio.
#[derive(Clone, Debug, Deserialize)]
pub struct Rtp {
    /// The address that is bound and offered.
    pub address: IpAddr,
    /// The ports.
    pub ports: PortRange,
}

/// `[data]`: where things are kept.
#[derive(Clone, Debug, Deserialize)]
pub struct Data {
    /// The folder; made at start if it is missing.
    pub folder: PathBuf,
}

/// `[database]`.
#[derive(Clone, Debug, Deserialize)]
pub struct Database {
    /// Which database; `None`: SQLite in the data folder.
    #[serde(deserialize_with = "blank_is_none")]
    pub url: Option<String>,
}

/// `[prompts]`.
#[derive(Clone, Debug, Deserialize)]
pub struct Prompts {
    /// Recordings that replace built-in prompts.
    #[serde(deserialize_with = "blank_is_none")]
    pub folder: Option<PathBuf>,
}

/// `[floor]`: times, in seconds.
#[derive(Clone, Debug, Deserialize)]
pub struct Floor {
    /// Ringing for an emergency.
    pub ring_emergency_s: u64,
    /// Ringing for all others.
    pub ring_s: u64,
    /// Not asked again about a rejected caller.
    pub reject_cool_down_s: u64,
    /// Wrap-up after an emergency.
    pub wrap_up_emergency_s: u64,
    /// Wrap-up after all others.
    pub wrap_up_s: u64,
    /// Wrap-up waits for the report.
    pub wrap_up_needs_report: bool,
    /// Who hung up while waiting and calls again within this time has the old wait.
    pub return_grace_s: u64,
    /// Hours for which a caller is offered first to the agent they talked with.
    pub same_agent_hours: u64,
    /// For how long after joining the queue.
    pub same_agent_first_s: u64,
    /// A wait after which a caller counts one class higher.
    pub ageing_s: u64,
    /// Silence of a browser that counts as lost.
    pub heartbeat_lost_s: u64,
}

/// `[limits]`.
#[derive(Clone, Debug, Deserialize)]
pub struct Limits {
    /// Web calls at once.
    pub web_calls_max: usize,
    /// Web calls an hour from one address.
    pub web_calls_per_hour_by_address: NonZeroU32,
    /// Web calls as a share of `sip.calls_max`, per cent.
    pub web_calls_share_percent: u32,
    /// Events that may wait for one console.
    pub events_waiting_max: usize,
}

/// `[log]`.
#[derive(Clone, Debug, Deserialize)]
pub struct Log {
    /// A `tracing` filter.
    pub filter: String,
    /// JSON lines instead of text.
    pub json: bool,
}

/// One `[[queue]]`.
#[derive(Clone, Debug, Deserialize)]
pub struct Queue {
    /// Its key, in the floor and in the API.
    #[serde(deserialize_with = "super::value::from_text")]
    pub id: QueueId,
    /// The number that citizens dial.
    pub number: String,
    /// Its name in English.
    pub name_en: String,
    /// Its name in Hindi.
    pub name_hi: String,
    /// The greeting, by the name of its flow.
    pub flow: String,
    /// The class that its callers get.
    pub class: Class,
    /// Most callers who wait; 0: no limit of its own.
    #[serde(default)]
    pub waiting_max: u32,
    /// Whose agents are asked too once a caller has waited long.
    #[serde(default)]
    pub overflow: Vec<Overflow>,
    /// The skills that its callers need, by how long they have waited.
    #[serde(default)]
    pub skills: Vec<SkillStep>,
    /// What share of its callers is to be answered in time, and how long that is.
    #[serde(default)]
    pub service: Service,
    /// Whether talks of its callers with operators are recorded.
    #[serde(default)]
    pub recording: RecordingRule,
    /// Places kept for callers of this number, out of `sip.calls_max`.
    #[serde(default)]
    pub reserved_calls: u32,
    /// The opening hours, by the name of their calendar.
    #[serde(default = "always")]
    pub calendar: String,
    /// Who takes its callers outside the opening hours; `None`: it is always open.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub after_hours: Option<QueueId>,
    /// The music of its waiting callers, by the name of its prompt.
    #[serde(default = "music")]
    pub music: String,
    /// Whether they are told their place.
    #[serde(default)]
    pub announce_place: AnnouncePlace,
    /// Up to which place, with `up_to`.
    #[serde(default = "five")]
    pub announce_place_limit: u32,
    /// Whether they are told the expected wait.
    #[serde(default = "yes")]
    pub announce_wait: bool,
    /// Whether they hear for whom to press `9`.
    #[serde(default = "yes")]
    pub announce_safety: bool,
}

/// `announce_place` of a `[[queue]]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnnouncePlace {
    /// Always.
    #[default]
    Yes,
    /// Never.
    No,
    /// Up to `announce_place_limit`.
    UpTo,
}

impl Queue {
    /// What its waiting callers hear.
    #[must_use]
    pub fn sound(&self) -> QueueSound {
        QueueSound {
            music: PromptName(self.music.clone()),
            place: match self.announce_place {
                AnnouncePlace::Yes => SayPlace::Yes,
                AnnouncePlace::No => SayPlace::No,
                AnnouncePlace::UpTo => SayPlace::UpTo(self.announce_place_limit),
            },
            wait: self.announce_wait,
            safety: self.announce_safety,
        }
    }
}

fn always() -> String {
    "always".to_owned()
}

fn music() -> String {
    PROMPT_MUSIC.to_owned()
}

const fn five() -> u32 {
    5
}

const fn yes() -> bool {
    true
}

/// One step of a queue's `skills`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkillStep {
    /// After such a wait, seconds.
    pub after_s: u64,
    /// What an agent must hold; nothing in the last step.
    #[serde(default)]
    pub needs: Vec<SkillLevel>,
}

/// One step of a queue's `overflow`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overflow {
    /// After such a wait, seconds.
    pub after_s: u64,
    /// The agents of this queue too.
    #[serde(deserialize_with = "super::value::from_text")]
    pub queue: QueueId,
}
