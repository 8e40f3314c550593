//! A call of ours to an operator's telephone: its INVITE, and once it is answered a leg like any other.
//! Does I/O.

use std::sync::Arc;

use ids::LegId;
use rsipstack::dialog::invitation::InviteOption;
use rsipstack::sip::{Header, Uri};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::extensions::TIMER;
use super::leg::{self, Command, LAST_WORDS_DEADLINE, Leg};
use super::port::{COMMANDS_MAX, Shared, allow};
use super::{NotTaken, SipEvent, StationCall, TakenBack};
use crate::driver::trunk::Transport;
use crate::driver::trunk::place::{Answered, Patience, Tried, code_of, is_number, try_once};
use crate::driver::trunk::request::stack_address;
use crate::sdp::TrunkOffer;

/// Starts the task of one call. The leg is in the table when this returns.
pub(super) fn start(shared: &Arc<Shared>, leg: LegId, call: StationCall) {
    let (sender, commands) = mpsc::channel(COMMANDS_MAX);
    shared.legs().insert(leg, sender);
    let call_id = uuid::Builder::from_random_bytes(rand::random()).into_uuid().to_string();
    let pending =
        Pending { shared: shared.clone(), leg, call_id, why: Some(NotTaken::Unreachable) };
    shared.tasks.spawn(run(pending, call, commands));
}

/// A call that nobody has answered yet. However its task ends, the exchange is told.
struct Pending {
    shared: Arc<Shared>,
    leg: LegId,
    call_id: String,
    /// What the exchange is told; `None` once the call was taken.
    why: Option<NotTaken>,
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.shared.cancel_reasons.forget(&self.call_id);
        let Some(why) = self.why else { return };
        self.shared.legs().remove(&self.leg);
        let event = SipEvent::NotTaken { leg: self.leg, why };
        if let Err(mpsc::error::TrySendError::Full(event)) = self.shared.events.try_send(event) {
            let events = self.shared.events.clone();
            self.shared.tasks.spawn(async move {
                // The exchange is far behind; this event it must have, so it may take its time.
                let _closed = events.send(event).await;
            });
        }
    }
}

/// Runs one call from its INVITE to its end.
async fn run(mut pending: Pending, call: StationCall, mut commands: mpsc::Receiver<Command>) {
    let Some(option) = invite(&pending, &call) else { return };
    let taken_back = CancellationToken::new();
    let gives_up_at = Instant::now() + call.answer_within;
    let tried = {
        let rings = SipEvent::Rings { leg: pending.leg };
        let (mut rings, events) = (Some(rings), pending.shared.events.clone());
        let first = Instant::now() + pending.shared.config.keep_alive.answer_within;
        let first_answer_by = Some(first);
        let patience = Patience { first_answer_by, gives_up_at, taken_back: Some(&taken_back) };
        let mut on_ringing = || {
            // Lost if the exchange is far behind: then a telephone rings that the console does not
            // tell of.
            let _behind = rings.take().map(|rings| events.try_send(rings));
        };
        let dialogs = pending.shared.dialogs.clone();
        let trying = try_once(&dialogs, option, patience, &mut on_ringing);
        tokio::pin!(trying);
        let stop = pending.shared.stop.clone();
        loop {
            tokio::select! {
                tried = &mut trying => break tried,
                Some(command) = commands.recv() => pending.on_command(&command, &taken_back),
                () = stop.cancelled() => return,
            }
        }
    };
    match tried {
        Ok(Tried::Answered(answered)) => {
            taken(pending, *answered, (call.offer, taken_back.is_cancelled()), commands).await;
        }
        Ok(Tried::Over { given_up: true, .. }) => pending.why = Some(NotTaken::Unanswered),
        Ok(Tried::Over { reason, .. }) => pending.why = Some(not_taken(code_of(&reason))),
        Ok(Tried::Silent) if taken_back.is_cancelled() || Instant::now() >= gives_up_at => {
            pending.why = Some(NotTaken::Unanswered);
        }
        Ok(Tried::Silent) | Err(_) => {}
    }
}

impl Pending {
    /// Whatever else is asked of a call that rings means nothing yet.
    fn on_command(&self, command: &Command, taken_back: &CancellationToken) {
        let why = match command {
            Command::TakeBack(why) => *why,
            Command::HangUp | Command::End(_) => TakenBack::Over,
            Command::Ring | Command::Answer(_) | Command::Refuse(_) | Command::Describe(_) => {
                return;
            }
        };
        if !taken_back.is_cancelled() {
            self.shared.cancel_reasons.note(&self.call_id, reason(why));
            taken_back.cancel();
        }
    }
}

/// The reason in a CANCEL (RFC 3326 §3.1).
fn reason(why: TakenBack) -> &'static str {
    match why {
        TakenBack::AnsweredElsewhere => "SIP;cause=200;text=\"Call completed elsewhere\"",
        TakenBack::Over => "SIP;cause=487;text=\"Call over\"",
    }
}

/// What a final refusal means.
fn not_taken(code: u16) -> NotTaken {
    match code {
        480 | 486 | 600 | 603 => NotTaken::Declined,
        487 => NotTaken::Unanswered,
        _ => NotTaken::Unreachable,
    }
}

/// The telephone was answered: from now on a leg like any other.
async fn taken(
    mut pending: Pending,
    answered: Answered,
    (offer, is_late): (String, bool),
    commands: mpsc::Receiver<Command>,
) {
    let Answered { dialog, changes, answer } = answered;
    let theirs = TrunkOffer::parse(&answer.body).ok().filter(|theirs| !theirs.codecs.is_empty());
    let Some(theirs) = theirs.filter(|_| !is_late) else {
        if is_late {
            pending.why = Some(NotTaken::Unanswered);
        }
        let id = dialog.id();
        tokio::select! {
            () = pending.shared.stop.cancelled() => {}
            _answered = timeout(LAST_WORDS_DEADLINE, dialog.bye()) => {}
        }
        pending.shared.dialogs.remove_dialog(&id);
        return;
    };
    pending.why = None;
    let mut leg = Leg::taken(pending.shared.clone(), pending.leg, dialog, &answer, offer);
    drop(pending);
    leg.report_taken(theirs).await;
    leg::attend(&mut leg, std::pin::pin!(std::future::pending()), changes, commands).await;
}

/// The INVITE; `None` if the addresses cannot stand in one.
fn invite(pending: &Pending, call: &StationCall) -> Option<InviteOption> {
    let ours = pending.shared.contact;
    let number = call.from.as_deref().filter(|from| is_number(from));
    let user = number.map_or("anonymous".to_owned(), |number| number.replace('#', "%23"));
    let transport = match call.to.transport() {
        Transport::Udp => "",
        Transport::Tcp => ";transport=tcp",
    };
    Some(InviteOption {
        caller: Uri::try_from(format!("sip:{user}@{ours}")).ok()?,
        callee: Uri::try_from(call.to.to_string()).ok()?,
        contact: Uri::try_from(format!("sip:helpline@{ours}{transport}")).ok()?,
        destination: Some(stack_address(call.to.transport(), call.to.socket())),
        content_type: Some("application/sdp".to_owned()),
        offer: Some(call.offer.clone().into_bytes()),
        headers: Some(vec![allow(), Header::Supported(TIMER.into())]),
        call_id: Some(pending.call_id.clone()),
        ..Default::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_who_declines_and_a_telephone_that_fails_are_told_apart() {
        assert_eq!([480, 486, 600, 603].map(not_taken), [NotTaken::Declined; 4]);
        assert_eq!(not_taken(487), NotTaken::Unanswered);
        let failed = [401, 403, 404, 407, 408, 415, 488, 500, 503, 606].map(not_taken);
        assert_eq!(failed, [NotTaken::Unreachable; 10]);
    }
}
