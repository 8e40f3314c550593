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

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, SocketAddr};

    use rsipstack::dialog::dialog::Dialog;

    use super::*;
    use crate::driver::dial::{DialEnded, DialRequest, dial};
    use crate::driver::sip::{RsipPort, SipConfig};

    /// Waits for the invitation, then lets a task with this call's dialog panic.
    async fn panic_with_a_call(port: &RsipPort, events: &mut mpsc::Receiver<SipEvent>) -> LegId {
        let invited = events.recv().await;
        assert!(matches!(invited, Some(SipEvent::Invited(_))), "{invited:?}");
        let shared = port.shared.clone();
        let ids = shared.dialogs.all_dialog_ids();
        let Some(Dialog::Invite(dialog)) = shared.dialogs.get_dialog_with(&ids[0]) else {
            panic!("one call is open");
        };
        let id = LegId::from_number(1);
        let guard = Guard { shared, id, dialog, how: None };
        let task = tokio::spawn(async move {
            let _guard = guard;
            panic!("as a fault of ours would");
        });
        assert!(task.await.expect_err("it panicked").is_panic());
        id
    }

    #[tokio::test]
    async fn a_panicking_task_leaves_no_caller_waiting() {
        let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let config = SipConfig::new(SocketAddr::new(local, 0), vec![local.into()]);
        let (sender, mut events) = mpsc::channel(8);
        let port = RsipPort::start(config, sender).await.expect("SIP starts");
        let call = dial(DialRequest::new(format!("sip:104@{}", port.local_addr()), "1"));
        let (report, leg) = tokio::join!(call, panic_with_a_call(&port, &mut events));
        assert_eq!(report.expect("placed").ended, DialEnded::Refused(500));
        let left = events.recv().await;
        let lost = LeftHow::SignallingLost;
        assert!(matches!(left, Some(SipEvent::Left { leg: id, how }) if id == leg && how == lost));
        assert_eq!(port.open_dialogs(), 0);
    }
}
