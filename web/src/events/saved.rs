//! Tells every open console that a case was saved, so that a second window shows it. Bounded: a console
//! that lags misses some, and asks again when it looks at the case.

use ids::CaseId;
use tokio::sync::broadcast;

/// A case that was saved, with its new version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseSaved {
    /// Which.
    pub case: CaseId,
    /// Its version now.
    pub version: i64,
}

/// The news of saved cases. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SavedCases {
    sender: broadcast::Sender<CaseSaved>,
}

impl SavedCases {
    /// Nobody listens yet.
    #[must_use]
    pub fn new() -> Self {
        Self { sender: broadcast::Sender::new(KEPT) }
    }

    /// Tells whoever listens. Never waits.
    pub fn tell(&self, case: CaseId, version: i64) {
        // Nobody listening is no error.
        let _ = self.sender.send(CaseSaved { case, version });
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<CaseSaved> {
        self.sender.subscribe()
    }
}

impl Default for SavedCases {
    fn default() -> Self {
        Self::new()
    }
}

/// News kept for a console that is slow for a moment.
const KEPT: usize = 256;
