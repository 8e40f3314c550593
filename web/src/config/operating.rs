//! Settings of those who run the program: TLS, stopping, traces. Data and checks.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::ConfigProblem;
use super::value::{PublicUrl, blank_is_none};
use crate::tls::Files;

/// `[tls]`: our own certificate on `http.listen`.
#[derive(Clone, Debug, Deserialize)]
pub struct Tls {
    /// The certificate's file; `None`: plain HTTP.
    #[serde(deserialize_with = "blank_is_none")]
    pub certificate: Option<PathBuf>,
    /// Its key's file.
    #[serde(deserialize_with = "blank_is_none")]
    pub key: Option<PathBuf>,
    /// How often the files are looked at, seconds.
    pub check_s: u64,
    /// For how many days a browser insists on https once it has seen it; 0: not at all.
    pub hsts_days: u32,
}

impl Tls {
    /// The files, if we speak TLS ourselves.
    #[must_use]
    pub fn files(&self) -> Option<Files> {
        let (certificate, key) = (self.certificate.clone()?, self.key.clone()?);
        Some(Files { certificate, key })
    }

    pub(super) fn check(&self) -> Result<(), ConfigProblem> {
        let bad = |key, why: &str| Err(ConfigProblem::Value { key, why: why.to_owned() });
        match (&self.certificate, &self.key) {
            (Some(_), None) => bad("tls.key", "is empty, but `tls.certificate` is given"),
            (None, Some(_)) => bad("tls.certificate", "is empty, but `tls.key` is given"),
            _ if self.check_s == 0 => bad("tls.check_s", "is 0; it must be at least 1"),
            _ => Ok(()),
        }
    }
}

/// `[stop]`: what a stop waits for.
#[derive(Clone, Debug, Deserialize)]
pub struct Stop {
    /// How long calls that are alive may go on, seconds.
    pub drain_s: u64,
}

impl Stop {
    /// How long calls that are alive may go on.
    #[must_use]
    pub const fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_s)
    }
}

/// `[telemetry]`: traces of calls.
#[derive(Clone, Debug, Deserialize)]
pub struct Telemetry {
    /// The collector, by its base address; `None`: nothing is traced.
    #[serde(deserialize_with = "blank_is_none")]
    pub otlp_url: Option<PublicUrl>,
    /// The name under which traces are found.
    pub service_name: String,
    /// Which share of the calls is traced, per cent.
    pub share_percent: u32,
}

impl Telemetry {
    pub(super) fn check(&self) -> Result<(), ConfigProblem> {
        if self.share_percent > 100 {
            let why = "is more than 100".to_owned();
            return Err(ConfigProblem::Value { key: "telemetry.share_percent", why });
        }
        Ok(())
    }
}
