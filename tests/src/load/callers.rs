//! The people at the telephones: real SIP and RTP, each with a number of its own, who press a key
//! for a person and speak a tone. Does I/O.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use telephony::call::Digit;
use telephony::driver::dial::{DialEnded, DialProgress, DialReport, DialRequest, Dialler};
use telephony::media::tone::ToneGenerator;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{AGENT_HERTZ, CALLER_HERTZ, Place};

/// When a caller presses the key for a person, after the answer.
const PRESS_AFTER: Duration = Duration::from_millis(100);
/// How long the telephones ring at most: the helpline answers at once or not at all.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
const AMPLITUDE: i16 = 8000;
/// The answer is timed from the moment we began to dial, which on a busy machine is some time before
/// the telephone does.
const CLOCK_DOUBT: Duration = Duration::from_millis(500);

/// Any number of telephones.
pub struct Callers {
    dialler: Dialler,
    to: String,
    voice: Arc<[i16]>,
    /// When each number's caller pressed the key.
    pressed: Mutex<HashMap<String, Instant>>,
}

/// A caller after the call.
pub struct Called {
    /// The number.
    pub number: String,
    /// What the telephone saw.
    pub report: DialReport,
    answered_at: Option<Instant>,
}

impl Callers {
    /// Telephones that call 104 there.
    ///
    /// # Errors
    /// No socket is free.
    pub async fn start(place: &Place) -> Result<Self> {
        let dialler = Dialler::start(IpAddr::V4(Ipv4Addr::LOCALHOST)).await?;
        // A whole second holds whole waves of a whole number of hertz: it repeats without a click.
        let mut second = vec![0; 8000];
        ToneGenerator::steady(CALLER_HERTZ, AMPLITUDE).fill(&mut second);
        Ok(Self {
            dialler,
            to: format!("sip:104@{}", place.sip),
            voice: second.into(),
            pressed: Mutex::default(),
        })
    }

    /// Calls, asks for a person (key `0`), and stays until the helpline hangs up.
    ///
    /// # Errors
    /// The call could not be placed, was refused, or ended otherwise than by the agent.
    pub async fn call(&self, n: u32, longest: Duration) -> Result<Called> {
        self.call_pressing('0', n, longest).await
    }

    /// The same with another key.
    ///
    /// # Errors
    /// As [`Callers::call`].
    pub async fn call_pressing(&self, key: char, n: u32, longest: Duration) -> Result<Called> {
        let number = number_of(n);
        let key = Digit::new(key).context("a key")?;
        let request = DialRequest {
            say: self.voice.clone(),
            say_repeatedly: true,
            presses: vec![(key, PRESS_AFTER)],
            give_up_after: ANSWER_LIMIT,
            longest,
            listen_for: vec![AGENT_HERTZ],
            ..DialRequest::new(self.to.clone(), number.clone())
        };
        let (sender, mut progress) = mpsc::channel(8);
        let began = Instant::now();
        let dialling = self.dialler.dial(request, Some(sender));
        let watching = async {
            while let Some(step) = progress.recv().await {
                if matches!(step, DialProgress::Pressed(_)) {
                    self.pressed().insert(number.clone(), Instant::now());
                }
            }
        };
        let (report, ()) = tokio::join!(dialling, watching);
        let report = report.with_context(|| format!("caller {n}"))?;
        anyhow::ensure!(
            report.ended == DialEnded::ByOther,
            "caller {n}: {:?} {:?} after the answer",
            report.ended,
            report.talked
        );
        let answered_at = report.answered_after.map(|after| began + after);
        Ok(Called { number, report, answered_at })
    }

    /// When the caller of this number pressed the key.
    #[must_use]
    pub fn pressed_at(&self, number: &str) -> Option<Instant> {
        self.pressed().get(number).copied()
    }

    /// Closes all telephones.
    pub async fn stop(&self) {
        self.dialler.stop().await;
    }

    fn pressed(&self) -> std::sync::MutexGuard<'_, HashMap<String, Instant>> {
        self.pressed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Called {
    /// When the caller first heard the agent who accepted then, by the packets' own times; `None` if
    /// never.
    #[must_use]
    pub fn heard_agent_at(&self, accepted: Instant) -> Option<Instant> {
        let answered = self.answered_at?;
        // By its end: where the clocks differ by more than the doubt, a tone seems to begin too early.
        let after = |to: Duration| answered + to + CLOCK_DOUBT >= accepted;
        let tones = self.report.tones.iter().filter(|tone| after(tone.to));
        tones.map(|tone| (answered + tone.from).max(accepted)).min()
    }
}

/// A mobile number in India that is nobody's in the demo.
pub(crate) fn number_of(n: u32) -> String {
    format!("+9198{:08}", 10_000_000 + n % 80_000_000)
}
