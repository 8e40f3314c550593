//! The helpline under load: one that the tool starts and ends, or one that runs already. Does I/O.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;

use super::process;
use crate::desk::Api;
use crate::metrics;
use crate::program::{Program, TOKEN};

/// Settings that let the load in: one machine is all callers, and all its staff signs in at once. A
/// helpline that runs already needs them too.
pub const SETTINGS: &[(&str, &str)] = &[
    ("SIP__CALLS_MAX", "2000"),
    ("SIP__CALLS_PER_SECOND_MAX", "500"),
    ("HTTP__SIGN_INS_PER_MINUTE_BY_ADDRESS", "100000"),
    // As one runs it; the tests log more, to see whether anything personal gets through.
    ("LOG__FILTER", "info,rsipstack=warn,webrtc=warn,rtc=error,sqlx=warn,tantivy=warn"),
];

/// How long calls may take to be gone after the last has hung up.
const QUIET_LIMIT: Duration = Duration::from_secs(20);

/// Where a helpline is, and what the tool may do there.
pub struct Place {
    /// Browsers and machines.
    pub http: SocketAddr,
    /// Telephones.
    pub sip: SocketAddr,
    pid: u32,
    token: String,
    own: Option<Program>,
}

impl Place {
    /// Starts a helpline of one's own.
    ///
    /// # Errors
    /// It is not built, or did not become ready.
    pub async fn start() -> Result<Self> {
        Self::start_with(&[]).await
    }

    /// The same with settings on top (`("FLOOR__RING_S", "2")`).
    ///
    /// # Errors
    /// It is not built, or did not become ready.
    pub async fn start_with(settings: &[(&str, &str)]) -> Result<Self> {
        let program = Program::start(&[SETTINGS, settings].concat()).await?;
        Ok(Self {
            http: program.http,
            sip: program.sip,
            pid: program.id(),
            token: TOKEN.to_owned(),
            own: Some(program),
        })
    }

    /// One that runs already, with a machine's token that may keep accounts.
    #[must_use]
    pub fn attached(pid: u32, http: SocketAddr, sip: SocketAddr, token: String) -> Self {
        Self { http, sip, pid, token, own: None }
    }

    /// The API for the machine.
    #[must_use]
    pub fn machine(&self) -> Api {
        Api::machine(self.http, &self.token)
    }

    /// The helpline's processor time so far, milliseconds.
    ///
    /// # Errors
    /// It is gone.
    pub fn cpu_ms(&self) -> Result<f64> {
        process::cpu_ms(self.pid)
    }

    /// The helpline's memory, kB.
    ///
    /// # Errors
    /// It is gone.
    pub fn rss_kb(&self) -> Result<f64> {
        process::rss_kb(self.pid)
    }

    /// Calls that stay behind after everybody has hung up: 0, soon.
    ///
    /// # Errors
    /// The helpline does not answer.
    pub async fn stuck(&self) -> Result<u32> {
        if metrics::until_quiet(self.http, QUIET_LIMIT).await.is_ok() {
            return Ok(0);
        }
        let calls = metrics::sum(self.http, "helpline_calls").await?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        let stuck = calls.max(1.0) as u32;
        Ok(stuck)
    }

    /// One of its own counts, summed over its labels.
    ///
    /// # Errors
    /// The helpline does not answer.
    pub async fn metric(&self, name: &str) -> Result<f64> {
        metrics::sum(self.http, name).await
    }

    /// What the helpline complained of, if it is the tool's own: the end of it.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        let log = self.own.as_ref().map(Program::log).unwrap_or_default();
        let bad = |line: &&str| line.contains(" WARN ") || line.contains("ERROR");
        let short = |line: &str| line.chars().take(COMPLAINT_CHARS_MAX).collect();
        let lines: Vec<String> = log.lines().filter(bad).map(short).collect();
        lines[lines.len().saturating_sub(COMPLAINTS_MAX)..].to_vec()
    }

    /// Ends it, if it is the tool's own.
    ///
    /// # Errors
    /// It did not stop in peace.
    pub async fn stop(self) -> Result<()> {
        match self.own {
            Some(program) => program.stop().await,
            None => Ok(()),
        }
    }
}

/// Complaints shown at most, and how much of each.
const COMPLAINTS_MAX: usize = 8;
const COMPLAINT_CHARS_MAX: usize = 240;
