//! One caller's leg: its INVITE, its dialog, its end. One task each. Does I/O.
//!
//! However the task ends — BYE, CANCEL, refusal, a lost peer, a panic — the leg leaves the table,
//! the dialog leaves the stack and exactly one [`SipEvent::Left`] is reported: [`Guard`] sees to it.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ids::LegId;
use rsipstack::dialog::dialog::{
    DialogState, DialogStateReceiver, TerminatedReason, TransactionHandle,
};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::{Header, Response, StatusCode};
use rsipstack::transaction::Transaction;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::admitted::Admitted;
use super::guard::Guard;
use super::port::{COMMANDS_MAX, Shared, allow};
use super::refresh::{Lifetime, Refreshed};
use super::refusal::SipRefusal;
use super::session_timer::SessionTimer;
use super::within::{Exchanging, cseq};
use super::{Invitation, SipEvent, TakenBack};
use crate::call::{LeftHow, Refusal};
use crate::sdp::TrunkOffer;

/// How long the exchange may take to accept an event before the leg gives up on it.
const EVENT_DEADLINE: Duration = Duration::from_secs(5);
/// How long a final answer is repeated for its ACK (RFC 3261 timer H, 64 × T1), and a BYE for its
/// answer; and a little more.
pub(super) const LAST_WORDS_DEADLINE: Duration = Duration::from_secs(35);

/// What the exchange asks of a leg.
#[derive(Debug)]
pub(super) enum Command {
    Ring,
    Answer(String),
    Refuse(Refusal),
    HangUp,
    /// Take a call of ours back that nobody has answered.
    TakeBack(TakenBack),
    /// What the exchange says to an offer, or its own.
    Describe(Result<String, Refusal>),
    /// Refuse if it still rings, else hang up.
    End(Refusal),
}

/// Starts the task of one call. The leg is in the table when this returns.
pub(super) fn start(
    shared: Arc<Shared>,
    (dialog, timer): (InviteDialog, SessionTimer),
    transaction: Transaction,
    states: DialogStateReceiver,
    (invitation, place): (Invitation, Admitted),
) {
    let (sender, commands) = mpsc::channel(COMMANDS_MAX);
    shared.legs().insert(invitation.leg, sender);
    let tasks = shared.tasks.clone();
    let mut leg = Leg::new(shared, invitation.leg, dialog, (timer, place));
    if invitation.offer.is_none() {
        leg.exchanging = Exchanging::OfferDue { cseq: cseq(&transaction.original) };
    }
    tasks.spawn(run(leg, transaction, states, commands, invitation));
}

/// Runs one call from its INVITE to its end.
async fn run(
    mut leg: Leg,
    mut transaction: Transaction,
    states: DialogStateReceiver,
    commands: mpsc::Receiver<Command>,
    invitation: Invitation,
) {
    let mut handler = leg.dialog.clone();
    let handling = handler.handle(&mut transaction);
    tokio::pin!(handling);
    leg.report(SipEvent::Invited(Box::new(invitation))).await;
    let invite_open = attend(&mut leg, handling.as_mut(), states, commands).await;
    let stop = leg.shared.stop.clone();
    drop(leg);
    if invite_open {
        // A refusal is repeated until the caller's side confirms it (RFC 3261 §17.2.1).
        tokio::select! {
            _confirmed = timeout(LAST_WORDS_DEADLINE, handling) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Stays with a leg until it is over. `handling` is the INVITE that it came with; true if that is still
/// open. One that we placed has none.
pub(super) async fn attend(
    leg: &mut Leg,
    mut handling: Pin<&mut impl Future<Output = rsipstack::Result<()>>>,
    mut states: DialogStateReceiver,
    mut commands: mpsc::Receiver<Command>,
) -> bool {
    let mut invite_open = true;
    while !leg.over {
        let (set_up_ends, due) = (leg.set_up_ends, leg.due());
        tokio::select! {
            handled = &mut handling, if invite_open => {
                invite_open = false;
                if handled.is_err() {
                    leg.lose();
                }
            }
            state = states.recv() => match state {
                Some(state) => leg.on_state(state).await,
                None => leg.lose(),
            },
            Some(command) = commands.recv() => leg.on_command(command).await,
            () = sleep_until(set_up_ends), if leg.waits => leg.refuse(Refusal::Busy),
            () = sleep_until(due), if leg.confirmed => leg.on_time().await,
            refreshed = Refreshed::next(&mut leg.refreshing) => leg.on_refreshed(refreshed).await,
            () = leg.shared.stop.cancelled() => leg.lose(),
        }
    }
    invite_open
}

pub(super) struct Leg {
    pub(super) shared: Arc<Shared>,
    pub(super) dialog: InviteDialog,
    pub(super) guard: Guard,
    /// Our last description that stands.
    pub(super) description: Option<String>,
    /// What is on its way between the exchange and the far end.
    pub(super) exchanging: Exchanging,
    pub(super) lifetime: Lifetime,
    /// Our refresh that waits for its answer.
    pub(super) refreshing: Option<Refreshed>,
    set_up_ends: Instant,
    /// Neither answered nor refused.
    waits: bool,
    pub(super) confirmed: bool,
    over: bool,
    /// Given back when the leg has left. Operators' telephones take none.
    _place: Option<Admitted>,
}

impl Leg {
    fn new(
        shared: Arc<Shared>,
        id: LegId,
        dialog: InviteDialog,
        (timer, place): (SessionTimer, Admitted),
    ) -> Self {
        metrics::gauge!("helpline_sip_legs").increment(1);
        let set_up_ends = Instant::now() + shared.config.set_up_limit;
        Self {
            guard: Guard { shared: shared.clone(), id, dialog: dialog.clone(), how: None },
            shared,
            description: None,
            exchanging: Exchanging::Nothing,
            lifetime: Lifetime::new(timer, &dialog.initial_request().headers),
            refreshing: None,
            dialog,
            set_up_ends,
            waits: true,
            confirmed: false,
            over: false,
            _place: Some(place),
        }
    }

    /// A call of ours that was answered just now.
    pub(super) fn taken(
        shared: Arc<Shared>,
        id: LegId,
        dialog: InviteDialog,
        answer: &Response,
        offer: String,
    ) -> Self {
        metrics::gauge!("helpline_sip_legs").increment(1);
        let timer = SessionTimer::placed(shared.timer_settings(), &answer.headers);
        Self {
            guard: Guard { shared: shared.clone(), id, dialog: dialog.clone(), how: None },
            shared,
            description: Some(offer),
            exchanging: Exchanging::Nothing,
            lifetime: Lifetime::new(timer, &answer.headers),
            refreshing: None,
            dialog,
            set_up_ends: Instant::now(),
            waits: false,
            confirmed: true,
            over: false,
            _place: None,
        }
    }

    /// Tells the exchange of an answer to a call of ours.
    pub(super) async fn report_taken(&mut self, answer: TrunkOffer) {
        let leg = self.guard.id;
        self.report(SipEvent::Taken { leg, answer: Box::new(answer) }).await;
    }

    /// Tells the exchange. One that does not listen any more cannot run a call: it ends.
    pub(super) async fn report(&mut self, event: SipEvent) {
        if self.shared.events.send_timeout(event, EVENT_DEADLINE).await.is_err() {
            self.refuse(Refusal::Busy);
            self.end();
        }
    }

    async fn on_command(&mut self, command: Command) {
        match command {
            Command::Ring => {
                if self.waits && self.dialog.ringing(None, None).is_err() {
                    self.lose();
                }
            }
            Command::Answer(description) => self.answer(description),
            Command::Describe(description) => self.describe(description).await,
            Command::Refuse(refusal) => self.refuse(refusal),
            Command::HangUp => {
                if self.waits {
                    self.reject(StatusCode::TemporarilyUnavailable, None);
                } else {
                    self.end();
                }
            }
            Command::TakeBack(_) => self.end(),
            Command::End(refusal) => {
                self.refuse(refusal);
                self.end();
            }
        }
    }

    fn answer(&mut self, description: String) {
        if !self.waits {
            return;
        }
        self.waits = false;
        let mut headers = self.lifetime.answer_headers();
        headers.extend([content_type(), allow()]);
        let body = description.clone().into_bytes();
        self.description = Some(description);
        self.exchanging.offer_left();
        if self.dialog.accept(Some(headers), Some(body)).is_err() {
            self.lose();
        }
    }

    /// Refuses a leg that still waits.
    fn refuse(&mut self, refusal: Refusal) {
        if self.waits {
            let answer = SipRefusal::from(refusal);
            self.reject(answer.status(), Some(answer.reason_value()));
        }
    }

    fn reject(&mut self, status: StatusCode, reason: Option<String>) {
        self.waits = false;
        let code = status.code().to_string();
        metrics::counter!("helpline_sip_refused_total", "code" => code).increment(1);
        // The end of the leg follows as a state.
        if self.dialog.reject(Some(status), reason).is_err() {
            self.lose();
        }
    }

    /// Ends a leg that was answered: [`Guard`] sends the BYE.
    pub(super) fn end(&mut self) {
        if self.description.is_some() {
            self.guard.how.get_or_insert(LeftHow::HungUp);
            self.over = true;
        }
    }

    /// The signalling failed.
    pub(super) fn lose(&mut self) {
        self.guard.how.get_or_insert(LeftHow::SignallingLost);
        self.over = true;
    }

    async fn on_state(&mut self, state: DialogState) {
        match state {
            DialogState::Calling(_)
            | DialogState::Trying(_)
            | DialogState::Early(..)
            | DialogState::WaitAck(..) => {}
            DialogState::Confirmed(..) => self.on_confirmed().await,
            DialogState::Updated(_, request, handle) => self.on_offer(&request, handle).await,
            DialogState::Info(_, request, handle) => self.on_info(&request, &handle).await,
            DialogState::Options(_, _, handle) => {
                respond(&handle, StatusCode::OK, vec![allow()], None).await;
            }
            DialogState::Publish(_, _, handle)
            | DialogState::Notify(_, _, handle)
            | DialogState::Refer(_, _, handle)
            | DialogState::Message(_, _, handle) => {
                respond(&handle, StatusCode::MethodNotAllowed, vec![allow()], None).await;
            }
            DialogState::Terminated(_, reason) => {
                self.guard.how.get_or_insert(left_how(&reason));
                self.waits = false;
                self.over = true;
            }
        }
    }

    /// Again after each request within the call: only the first confirms the call.
    async fn on_confirmed(&mut self) {
        self.take_answer().await;
        if !self.confirmed && !self.over {
            self.confirmed = true;
            self.lifetime.begin();
            self.report(SipEvent::Confirmed { leg: self.guard.id }).await;
        }
    }
}

pub(super) fn content_type() -> Header {
    Header::ContentType("application/sdp".into())
}

pub(super) async fn respond(
    handle: &TransactionHandle,
    status: StatusCode,
    headers: Vec<Header>,
    body: Option<Vec<u8>>,
) {
    // An error means that its transaction is gone: nobody waits for the answer.
    let _gone = handle.respond(status, Some(headers), body).await;
}

fn left_how(reason: &TerminatedReason) -> LeftHow {
    match reason {
        TerminatedReason::UacCancel => LeftHow::Cancelled,
        TerminatedReason::UacBye
        | TerminatedReason::UasBye
        | TerminatedReason::UasDecline
        | TerminatedReason::UacBusy
        | TerminatedReason::UasBusy => LeftHow::HungUp,
        TerminatedReason::Timeout
        | TerminatedReason::ProxyError(_)
        | TerminatedReason::ProxyAuthRequired
        | TerminatedReason::UacOther(_)
        | TerminatedReason::UasOther(_) => LeftHow::SignallingLost,
    }
}
