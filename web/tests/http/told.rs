//! What the program under test has logged, kept in memory and searched for personal data.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use crate::privacy::{Canaries, Leak};

/// Citizens of these tests, and what is written about them.
const TOLD: &[&str] = &["Kamla", "कमला", "Kamla Devi", "कमला देवी", "Bela Roy", "+9199990"];

/// Everything that our own crates would ever log.
const FILTER: &str = "info,web=debug,switchboard=debug,telephony=debug,crm=debug,store=debug,\
    rsipstack=warn,webrtc=warn,rtc=error,sqlx=warn,tantivy=warn";

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps the log from now on. A second program of one test logs to the same place.
pub(crate) fn keep() {
    let log = tracing_subscriber::fmt()
        .with_env_filter(FILTER)
        .with_writer(|| Kept)
        .with_ansi(false)
        .json();
    let _already = log.try_init();
}

/// What was logged so far.
pub(crate) fn log() -> String {
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&log).into_owned()
}

/// Fails if log or metrics tell something of a person.
pub(crate) fn nothing_personal(metrics: &str) {
    let canaries = Canaries::default().with(TOLD);
    let leak = canaries.leak(&log()).or_else(|| canaries.leak_in_metrics(metrics));
    if let Some(Leak { line, what }) = leak {
        panic!("the program tells {what:?}, which is somebody's own affair, in: {line}");
    }
}
