//! A call over trunks: one try after the other until one takes it. Does I/O.

use std::sync::Arc;
use std::time::Duration;

use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, TerminatedReason};
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::dialog::invitation::{InviteAsyncResult, InviteOption};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::platform::JoinHandle;
use rsipstack::sip::{Header, Response, StatusCode, Uri};
use thiserror::Error;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::choice::{About, about};
use super::config::TrunkName;
use super::health::TrunkFault;
use super::request::Way;
use crate::call::LeftHow;

/// How long the other side may take to confirm a CANCEL or a BYE.
const LAST_WORDS_DEADLINE: Duration = Duration::from_secs(5);
/// How long the DNS may take for a trunk's host.
pub(crate) const FIND_DEADLINE: Duration = Duration::from_secs(5);
/// Longest number, bytes.
const NUMBER_LEN_MAX: usize = 64;

/// A call to place over a trunk.
#[derive(Clone, Debug)]
pub struct OutgoingCall {
    /// The number to call: digits, `+`, `*`, `#`.
    pub to: String,
    /// The number to show; `None`: the account's user, as most carriers want it.
    pub from: Option<String>,
    /// Our session description.
    pub offer: String,
    /// Over which trunk; `None`: the healthiest.
    pub trunk: Option<TrunkName>,
    /// How long it may ring, over all tries together.
    pub answer_within: Duration,
}

/// A try that failed for a reason of the trunk's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which trunk.
    pub trunk: TrunkName,
    /// What was wrong with it.
    pub fault: TrunkFault,
}

/// Why a call was not placed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlaceError {
    /// No trunk takes calls, or none has room.
    #[error("no trunk takes calls, or none has room")]
    NoTrunk,
    /// The number cannot be called.
    #[error("the number to call, or the one to show, is none")]
    BadNumber,
    /// Every trunk failed.
    #[error("every trunk failed")]
    AllFailed {
        /// Each try.
        attempts: Vec<Attempt>,
    },
    /// The called side refused: busy, declined, not found.
    #[error("the called side refused with {code}")]
    Refused {
        /// Over which trunk.
        trunk: TrunkName,
        /// The status code.
        code: u16,
    },
    /// Nobody answered in time.
    #[error("nobody answered in time")]
    Unanswered,
    /// The exchange is stopping.
    #[error("the exchange is stopping")]
    Stopping,
}

/// Whether a number can stand in a URI and be called.
pub(crate) fn is_number(text: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || "+*#-_.".contains(c);
    !text.is_empty() && text.len() <= NUMBER_LEN_MAX && text.chars().all(known)
}

/// The INVITE for one trunk.
///
/// # Errors
/// A number that cannot be called.
pub(crate) fn invite(
    way: Way<'_>,
    to: &str,
    from: Option<&str>,
    offer: &str,
) -> Result<InviteOption, PlaceError> {
    let from = from.unwrap_or(way.user());
    if !is_number(to) || !is_number(from) {
        return Err(PlaceError::BadNumber);
    }
    let bad = |_| PlaceError::BadNumber;
    // `#` ends a URI's user part unless it is escaped (RFC 3261 §25.1).
    let callee = way.uri(Some(&to.replace('#', "%23"))).map_err(|_| PlaceError::BadNumber)?;
    let caller = format!("sip:{}@{}", from.replace('#', "%23"), way.contact);
    // A Contact that names its transport is left as it is.
    let contact = way.contact_uri();
    Ok(InviteOption {
        caller: Uri::try_from(caller.as_str()).map_err(bad)?,
        callee,
        contact: Uri::try_from(contact.as_str()).map_err(bad)?,
        destination: Some(way.destination()),
        credential: way.credential(),
        content_type: Some("application/sdp".to_owned()),
        offer: Some(offer.as_bytes().to_vec()),
        ..Default::default()
    })
}

/// How long one try waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience<'a> {
    /// For any answer at all; `None`: as long as for the whole.
    pub(crate) first_answer_by: Option<Instant>,
    /// For somebody to answer.
    pub(crate) gives_up_at: Instant,
    /// Done once the call is wanted no more.
    pub(crate) taken_back: Option<&'a CancellationToken>,
}

impl Patience<'_> {
    async fn taken_back(&self) {
        match self.taken_back {
            Some(token) => token.cancelled().await,
            None => std::future::pending().await,
        }
    }
}

/// What came of one try.
pub(crate) enum Tried {
    /// Somebody answered.
    Answered(Box<Answered>),
    /// It is over; `given_up` if we had cancelled it.
    Over { reason: TerminatedReason, given_up: bool },
    /// Nothing was heard in time, or the signalling broke.
    Silent,
}

/// A call that was answered.
pub(crate) struct Answered {
    pub(crate) dialog: InviteDialog,
    pub(crate) changes: DialogStateReceiver,
    pub(crate) answer: Response,
}

/// An INVITE under way. Dropping it takes it back: the stack sends the CANCEL.
struct Inviting<'a> {
    dialogs: &'a Arc<DialogLayer>,
    dialog: InviteDialog,
    invited: Option<JoinHandle<InviteAsyncResult>>,
}

impl Inviting<'_> {
    /// Takes the INVITE back: at once if it was heard, else as soon as it is. Until when that may take.
    async fn cancel(&self) -> Instant {
        let _unconfirmed = timeout(LAST_WORDS_DEADLINE, self.dialog.cancel()).await;
        Instant::now() + LAST_WORDS_DEADLINE
    }
}

impl Drop for Inviting<'_> {
    fn drop(&mut self) {
        if let Some(invited) = self.invited.take() {
            invited.abort();
            self.dialogs.remove_dialog(&self.dialog.id());
        }
    }
}

/// Sends one INVITE and stays with it until it is decided.
///
/// # Errors
/// The INVITE could not be made.
pub(crate) async fn try_once(
    dialogs: &Arc<DialogLayer>,
    option: InviteOption,
    patience: Patience<'_>,
    rings: &mut (dyn FnMut() + Send),
) -> Result<Tried, rsipstack::Error> {
    let (states, mut changes) = dialogs.new_dialog_state_channel();
    let (dialog, invited) = dialogs.do_invite_async(option, states)?;
    let mut inviting = Inviting { dialogs, dialog, invited: Some(invited) };
    // Once we have taken the call back: until when its end may take.
    let mut over_by: Option<Instant> = None;
    let mut heard = false;
    loop {
        let ends_at = match (over_by, patience.first_answer_by) {
            (Some(over_by), _) => over_by,
            (None, Some(first)) if !heard => first.min(patience.gives_up_at),
            (None, Some(_) | None) => patience.gives_up_at,
        };
        let change = tokio::select! {
            change = changes.recv() => change,
            () = patience.taken_back(), if over_by.is_none() => {
                over_by = Some(inviting.cancel().await);
                continue;
            }
            () = sleep_until(ends_at) => {
                if over_by.is_some() || !heard {
                    // Not even `100 Trying`: there is nobody to take a CANCEL.
                    return Ok(Tried::Silent);
                }
                over_by = Some(inviting.cancel().await);
                continue;
            }
        };
        match change {
            None => return Ok(Tried::Silent),
            Some(DialogState::Terminated(_, reason)) => {
                settle(&mut inviting).await;
                return Ok(Tried::Over { reason, given_up: over_by.is_some() });
            }
            Some(DialogState::Confirmed(_, answer)) => {
                // The INVITE's own task goes on by itself: it repeats the ACK when it must.
                inviting.invited = None;
                let dialog = inviting.dialog.clone();
                return Ok(Tried::Answered(Box::new(Answered { dialog, changes, answer })));
            }
            Some(DialogState::Trying(_)) => heard = true,
            Some(DialogState::Early(..)) => {
                heard = true;
                rings();
            }
            Some(_) => {}
        }
    }
}

async fn settle(inviting: &mut Inviting<'_>) {
    if let Some(invited) = inviting.invited.take() {
        let _settled = timeout(LAST_WORDS_DEADLINE, invited).await;
        inviting.dialogs.remove_dialog(&inviting.dialog.id());
    }
}

/// What the end of a try is about.
pub(crate) fn verdict(tried: &Tried) -> Option<About> {
    match tried {
        Tried::Answered(_) => None,
        Tried::Silent => Some(About::Trunk(TrunkFault::NoAnswer)),
        Tried::Over { reason, .. } => Some(about(code_of(reason))),
    }
}

/// The status code of an end without answer.
pub(crate) fn code_of(reason: &TerminatedReason) -> u16 {
    match reason {
        TerminatedReason::UasOther(code)
        | TerminatedReason::UacOther(code)
        | TerminatedReason::ProxyError(code) => code.code(),
        TerminatedReason::UasBusy | TerminatedReason::UacBusy => 486,
        TerminatedReason::UasDecline => 603,
        TerminatedReason::ProxyAuthRequired => 407,
        TerminatedReason::Timeout => 408,
        TerminatedReason::UacCancel | TerminatedReason::UacBye | TerminatedReason::UasBye => 487,
    }
}

/// A call that we placed and that was answered. Dropping it hangs up.
pub struct OutgoingLeg {
    pub(crate) trunk: TrunkName,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) offer: String,
    pub(crate) answered: Answered,
    pub(crate) dialogs: Arc<DialogLayer>,
    pub(crate) tasks: TaskTracker,
    pub(crate) over: bool,
    /// Its place among the calls, given back when it is dropped.
    pub(crate) place: Option<Box<dyn Send>>,
}

impl OutgoingLeg {
    /// The trunk that took it.
    #[must_use]
    pub fn trunk(&self) -> &TrunkName {
        &self.trunk
    }

    /// The tries on other trunks before.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// Their session description: the answer to our offer.
    #[must_use]
    pub fn description(&self) -> &[u8] {
        &self.answered.answer.body
    }

    /// Waits until the other side hangs up or the signalling breaks, and answers what it asks within
    /// the call: nothing changes on our side.
    pub async fn ended(&mut self) -> LeftHow {
        while let Some(change) = self.answered.changes.recv().await {
            match change {
                DialogState::Terminated(_, reason) => {
                    self.over = true;
                    let hung_up =
                        matches!(reason, TerminatedReason::UasBye | TerminatedReason::UacBye);
                    return if hung_up { LeftHow::HungUp } else { LeftHow::SignallingLost };
                }
                DialogState::Updated(_, _, handle) => {
                    let headers = vec![Header::ContentType("application/sdp".into())];
                    let body = Some(self.offer.clone().into_bytes());
                    let _gone = handle.respond(StatusCode::OK, Some(headers), body).await;
                }
                DialogState::Info(_, _, handle) | DialogState::Options(_, _, handle) => {
                    let _gone = handle.reply(StatusCode::OK).await;
                }
                DialogState::Notify(_, _, handle)
                | DialogState::Refer(_, _, handle)
                | DialogState::Message(_, _, handle)
                | DialogState::Publish(_, _, handle) => {
                    let _gone = handle.reply(StatusCode::MethodNotAllowed).await;
                }
                DialogState::Calling(_)
                | DialogState::Trying(_)
                | DialogState::Early(..)
                | DialogState::WaitAck(..)
                | DialogState::Confirmed(..) => {}
            }
        }
        self.over = true;
        LeftHow::SignallingLost
    }
}

impl Drop for OutgoingLeg {
    fn drop(&mut self) {
        let (dialogs, dialog) = (self.dialogs.clone(), self.answered.dialog.clone());
        if self.over {
            dialogs.remove_dialog(&dialog.id());
            return;
        }
        let place = self.place.take();
        self.tasks.spawn(async move {
            let _unconfirmed = timeout(LAST_WORDS_DEADLINE, dialog.bye()).await;
            dialogs.remove_dialog(&dialog.id());
            drop(place);
        });
    }
}
