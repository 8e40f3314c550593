//! One struct for each section of the settings. Data only; what each key means is told at length in
//! `config.default.toml`, which the people who set them read.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use ids::{Class, QueueId};
use ipnet::IpNet;
use serde::Deserialize;

use super::value::{PortRange, PublicUrl, blank_is_none, each_from_text};

/// `[http]`: where browsers and machines reach the program.
#[derive(Clone, Debug, Deserialize)]
pub struct Http {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The address that people type; `None`: `http://<listen>`.
    #[serde(deserialize_with = "blank_is_none")]
    pub public_url: Option<PublicUrl>,
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

/// `[sip]`: the trunk.
#[derive(Clone, Debug, Deserialize)]
pub struct Sip {
    /// Address and port to listen on, UDP and TCP.
    pub listen: SocketAddr,
    /// The address written into messages; `None`: that of `listen`.
    #[serde(deserialize_with = "blank_is_none")]
    pub public_address: Option<IpAddr>,
    /// Networks from which calls are taken.
    #[serde(deserialize_with = "each_from_text")]
    pub trunks: Vec<IpNet>,
    /// Calls at once.
    pub calls_max: u32,
    /// New calls a second.
    pub calls_per_second_max: u32,
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
}
