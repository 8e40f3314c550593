//! What the callers of each queue hear while they wait. Pure: settings, no state.

use std::collections::BTreeMap;
use std::sync::Arc;

use ids::QueueId;

use super::{PROMPT_MUSIC, PromptName};

/// Whether a waiting caller is told the place in the queue. What the options mean is Asterisk's
/// (`queues.conf`, `announce-position`); it is said at first and then only when it went down
/// (`announce-position-only-up`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SayPlace {
    /// Always.
    Yes,
    /// Never.
    No,
    /// Only where it is at most this, counted from 1.
    UpTo(u32),
}

/// What the callers of one queue hear while they wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueSound {
    /// The music between the words.
    pub music: PromptName,
    /// Whether the place is said.
    pub place: SayPlace,
    /// Whether the expected wait is said, where it is known.
    pub wait: bool,
    /// Whether callers hear for whom to press `9` when they begin to wait.
    pub safety: bool,
}

impl Default for QueueSound {
    fn default() -> Self {
        let music = PromptName(PROMPT_MUSIC.to_owned());
        Self { music, place: SayPlace::Yes, wait: true, safety: true }
    }
}

impl SayPlace {
    /// Whether a place is said. `before` counts the callers before this one; 0 is next.
    pub(super) const fn allows(self, before: u32) -> bool {
        match self {
            Self::Yes => true,
            Self::No => false,
            Self::UpTo(limit) => before < limit,
        }
    }
}

/// The sounds of all queues. A greeting may lead to any of them, so each call has them all. Cheap to
/// clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueSounds {
    by_queue: Arc<BTreeMap<QueueId, QueueSound>>,
    other: Arc<QueueSound>,
}

impl QueueSounds {
    /// The sounds of these queues; any other has the default.
    #[must_use]
    pub fn new(by_queue: BTreeMap<QueueId, QueueSound>) -> Self {
        Self { by_queue: Arc::new(by_queue), other: Arc::default() }
    }

    /// The sound of one queue.
    #[must_use]
    pub fn of(&self, queue: QueueId) -> &QueueSound {
        self.by_queue.get(&queue).unwrap_or(&self.other)
    }
}
