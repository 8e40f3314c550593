//! Tells callers apart for the floor without telling it their numbers.

use std::hash::{BuildHasher, RandomState};

use routing::CallerKey;

use crate::view::CallView;

/// Makes the keys: hashes of numbers under a secret of this process. After a restart callers have
/// other keys, so what the floor remembers of them ends there, as their calls do.
#[derive(Default)]
pub(crate) struct CallerKeys(RandomState);

impl CallerKeys {
    /// The key of a caller; none if the number is withheld.
    pub(crate) fn of(&self, view: &CallView) -> Option<CallerKey> {
        view.number.map(|number| CallerKey(self.0.hash_one(number.expose())))
    }
}
