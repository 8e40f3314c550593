//! The place of a call that was let in, given back when it ends, however it ends.

use std::sync::{Arc, Mutex, PoisonError};

use super::admission::{Door, Full, Place};
use crate::driver::clock;

/// A place among the calls. Dropping it gives it back.
pub(super) struct Admitted {
    door: Arc<Mutex<Door>>,
    place: Place,
}

impl Admitted {
    /// A place for a caller.
    pub(super) fn incoming(
        door: &Arc<Mutex<Door>>,
        trunk: usize,
        dialled: &str,
    ) -> Result<Self, Full> {
        let admitted = locked(door).admit(clock::now(), trunk, dialled);
        admitted.map(|place| Self { door: door.clone(), place })
    }

    /// A place for a call of ours.
    pub(super) fn outgoing(door: &Arc<Mutex<Door>>, trunk: usize) -> Result<Self, Full> {
        let admitted = locked(door).admit_outgoing(clock::now(), trunk);
        admitted.map(|place| Self { door: door.clone(), place })
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        locked(&self.door).leave(self.place);
    }
}

fn locked(door: &Mutex<Door>) -> std::sync::MutexGuard<'_, Door> {
    // A panic while holding this lock leaves whole counts behind: carry on with them.
    door.lock().unwrap_or_else(PoisonError::into_inner)
}
