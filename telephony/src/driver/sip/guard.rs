//! The end of a leg, whatever brings it about. Does I/O.
//!
//! A call's task may return, be lost or panic; dropping its guard takes the leg off the table,
//! reports the one [`SipEvent::Left`], says goodbye to the far end and lets the dialog go.

use std::sync::Arc;

use ids::LegId;
use rsipstack::dialog::dialog::DialogState;
use rsipstack::dialog::invite_dialog::InviteDialog;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::SipEvent;
use super::leg::LAST_WORDS_DEADLINE;
use super::port::Shared;
use super::refusal::SipRefusal;
use crate::call::{LeftHow, Refusal};

/// Cleans up after a leg, also after a panic of its task.
pub(super) struct Guard {
    pub(super) shared: Arc<Shared>,
    pub(super) id: LegId,
    pub(super) dialog: InviteDialog,
    /// How the leg ended, as soon as that is known.
    pub(super) how: Option<LeftHow>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        metrics::gauge!("helpline_sip_legs").decrement(1);
        self.shared.legs().remove(&self.id);
        let how = self.how.unwrap_or(LeftHow::SignallingLost);
        let left = SipEvent::Left { leg: self.id, how };
        if let Err(mpsc::error::TrySendError::Full(left)) = self.shared.events.try_send(left) {
            let events = self.shared.events.clone();
            self.shared.tasks.spawn(async move {
                // The exchange is far behind; this event it must have, so it may take its time.
                let _closed = events.send(left).await;
            });
        }
        self.part();
    }
}

impl Guard {
    /// Says goodbye to the far end where it has not heard it yet, then forgets the dialog.
    fn part(&self) {
        let id = self.dialog.id();
        match self.dialog.state() {
            DialogState::Terminated(..) => self.shared.dialogs.remove_dialog(&id),
            DialogState::Calling(_) | DialogState::Trying(_) | DialogState::Early(..) => {
                let answer = SipRefusal::from(Refusal::Fault);
                let _gone = self.dialog.reject(Some(answer.status()), Some(answer.reason_value()));
                self.shared.dialogs.remove_dialog(&id);
            }
            DialogState::WaitAck(..)
            | DialogState::Confirmed(..)
            | DialogState::Updated(..)
            | DialogState::Publish(..)
            | DialogState::Notify(..)
            | DialogState::Refer(..)
            | DialogState::Message(..)
            | DialogState::Info(..)
            | DialogState::Options(..) => {
                let (shared, dialog) = (self.shared.clone(), self.dialog.clone());
                self.shared.tasks.spawn(async move {
                    tokio::select! {
                        () = shared.stop.cancelled() => {}
                        _answered = timeout(LAST_WORDS_DEADLINE, dialog.bye()) => {}
                    }
                    shared.dialogs.remove_dialog(&id);
                });
            }
        }
    }
}
