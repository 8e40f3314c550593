//! What each request from a trunk is: a new call, something within a call, or nothing of ours.
//! Does I/O.

use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use ids::LegId;
use rsipstack::dialog::dialog::Dialog;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::Host;
use rsipstack::sip::headers::WwwAuthenticate;
use rsipstack::sip::{Header, HeadersExt, Method, Request, StatusCode, Transport, Uri};
use rsipstack::transaction::{Transaction, TransactionReceiver};
use rsipstack::transport::SipConnection;

use super::port::{Shared, allow};
use super::refusal::{RETRY_AFTER_S, SipRefusal};
use super::session_timer::SessionTimer;
use super::{Invitation, caller, extensions, leg, listen};
use crate::call::Refusal;
use crate::driver::clock;
use crate::driver::trunk::TrunkConfig;
use crate::driver::trunk::digest::{Asked, Verdict};
use crate::sdp::{ParseOfferError, TrunkOffer};

/// The methods that we take part in.
pub(super) const METHODS: [Method; 7] = [
    Method::Invite,
    Method::Ack,
    Method::Cancel,
    Method::Bye,
    Method::Options,
    Method::Info,
    Method::Update,
];

/// How long one answer may take to leave: a TCP peer that does not read must not hold a task.
const REPLY_DEADLINE: Duration = Duration::from_secs(5);
/// How long a request within a call waits for the ACK before it, and how often it looks.
const ACK_PATIENCE: Duration = Duration::from_secs(3);
const ACK_LOOK: Duration = Duration::from_millis(20);

/// Takes requests until the port stops. Never waits for one: each gets a task.
pub(super) async fn serve(shared: Arc<Shared>, mut requests: TransactionReceiver) {
    loop {
        let request = tokio::select! {
            () = shared.stop.cancelled() => return,
            request = requests.recv() => request,
        };
        let Some(transaction) = request else { return };
        let Ok(permit) = shared.requests.clone().try_acquire_owned() else {
            // Too many at once: silence, and the peer repeats its request.
            continue;
        };
        let handler = shared.clone();
        shared.tasks.spawn(async move {
            handle(handler, transaction).await;
            drop(permit);
        });
    }
}

async fn handle(shared: Arc<Shared>, mut transaction: Transaction) {
    if let Some(missing) = extensions::unsupported(&transaction.original) {
        let unsupported = vec![Header::Unsupported(missing.into())];
        reply(&mut transaction, StatusCode::BadExtension, unsupported).await;
        return;
    }
    if has_to_tag(&transaction.original) {
        within_dialog(&shared, transaction).await;
        return;
    }
    match transaction.original.method {
        Method::Invite => new_call(shared, transaction).await,
        Method::Options => reply(&mut transaction, StatusCode::OK, vec![allow()]).await,
        Method::Ack | Method::Cancel => {}
        Method::Bye | Method::Update | Method::Info => {
            let status = StatusCode::CallTransactionDoesNotExist;
            reply(&mut transaction, status, Vec::new()).await;
        }
        Method::Message
        | Method::Notify
        | Method::PRack
        | Method::Publish
        | Method::Refer
        | Method::Register
        | Method::Subscribe => {
            reply(&mut transaction, StatusCode::MethodNotAllowed, vec![allow()]).await;
        }
    }
}

fn has_to_tag(request: &Request) -> bool {
    request.to_header().ok().and_then(|to| to.tag().ok().flatten()).is_some()
}

/// A request within a dialog. The stack hands its meaning to the leg's task as a state.
async fn within_dialog(shared: &Shared, mut transaction: Transaction) {
    let Some(Dialog::Invite(mut dialog)) = shared.dialogs.match_dialog(&transaction) else {
        if transaction.original.method != Method::Ack {
            let status = StatusCode::CallTransactionDoesNotExist;
            reply(&mut transaction, status, Vec::new()).await;
        }
        return;
    };
    let method = transaction.original.method;
    if !METHODS.contains(&method) {
        return reply(&mut transaction, StatusCode::MethodNotAllowed, vec![allow()]).await;
    }
    if !matches!(method, Method::Ack | Method::Bye | Method::Cancel) && !is_confirmed(&dialog).await
    {
        // Our answer to the first INVITE is not confirmed: a second may not overtake it
        // (RFC 3261 §14.2), and the stack would drop the others in silence.
        let later = vec![Header::RetryAfter(RETRY_AFTER_S.to_string().into())];
        return reply(&mut transaction, StatusCode::ServerInternalError, later).await;
    }
    if let Err(error) = dialog.handle(&mut transaction).await {
        tracing::debug!(method = %transaction.original.method, "a request failed: {}", kind(&error));
    }
    // Some requests the stack drops in silence (before the ACK, or with an old CSeq), so that the
    // peer would repeat them for half a minute.
    if transaction.last_response.is_none() && transaction.original.method != Method::Ack {
        reply(&mut transaction, StatusCode::ServerInternalError, Vec::new()).await;
    }
}

/// Whether the call is confirmed, if need be after a moment: its ACK may have been lost, and comes
/// again with the next repetition of our answer.
async fn is_confirmed(dialog: &InviteDialog) -> bool {
    let confirmed = async {
        while dialog.state().waiting_ack() {
            tokio::time::sleep(ACK_LOOK).await;
        }
    };
    // Late is told by the state as well.
    let _in_time = tokio::time::timeout(ACK_PATIENCE, confirmed).await;
    dialog.state().is_confirmed()
}

async fn new_call(shared: Arc<Shared>, mut transaction: Transaction) {
    metrics::counter!("helpline_sip_invites_total").increment(1);
    // The door lets nobody else in; a trunk whose name has just moved to another address gets silence.
    let source = source(&transaction);
    let of_trunk = source.and_then(|ip| shared.trunks.recognise(ip));
    let Some((index, trunk)) = of_trunk.and_then(|index| Some((index, shared.trunks.get(index)?)))
    else {
        if source.is_some_and(|ip| listen::is_station(&shared, ip)) {
            // Operators' telephones are called; nobody calls through us with one.
            reply(&mut transaction, StatusCode::Forbidden, Vec::new()).await;
        }
        return;
    };
    if !knows_password(&shared, &mut transaction, &trunk.config).await {
        return;
    }
    let timer = match SessionTimer::answer(shared.timer_settings(), &transaction.original) {
        Ok(timer) => timer,
        Err(short) => {
            let status = StatusCode::SessionIntervalTooSmall;
            return reply(&mut transaction, status, vec![short.header()]).await;
        }
    };
    let offer = match read_offer(&transaction.original) {
        Ok(offer) => offer,
        Err(refusal) => return refuse(&mut transaction, refusal).await,
    };
    if shared.stop.is_cancelled() || shared.tasks.is_closed() {
        return refuse(&mut transaction, Refusal::Stopping).await;
    }
    let dialled = caller::dialled_number(&transaction.original);
    let Some(place) = shared.admit(index, &dialled) else {
        return refuse(&mut transaction, Refusal::Busy).await;
    };
    let from = caller::caller_number(&transaction.original, trunk.config.trusted);
    let invitation = Invitation { leg: mint_leg(), from, dialled, offer };
    let (states, changes) = shared.dialogs.new_dialog_state_channel();
    let contact = contact(&shared, &transaction);
    let created =
        shared.dialogs.get_or_create_server_invite(&transaction, states, None, Some(contact));
    match created {
        Ok(dialog) => {
            leg::start(shared, (dialog, timer), transaction, changes, (invitation, place));
        }
        Err(_unusable) => refuse(&mut transaction, Refusal::BadDescription).await,
    }
}

/// The address that a request came from. The stack writes it into Via where Via tells another.
fn source(transaction: &Transaction) -> Option<IpAddr> {
    let of_stream = transaction.connection.as_ref().and_then(SipConnection::get_remote_addr);
    let host = match of_stream {
        Some(peer) => peer.addr.host.clone(),
        None => {
            let via = transaction.original.via_header().ok()?;
            SipConnection::parse_target_from_via(via).ok()?.1.host
        }
    };
    match host {
        Host::IpAddr(ip) => Some(ip),
        Host::Domain(_) => None,
    }
}

/// Whether the caller's trunk is one that its address is enough for, or knows the password. If not, it
/// has been asked.
async fn knows_password(
    shared: &Shared,
    transaction: &mut Transaction,
    trunk: &TrunkConfig,
) -> bool {
    let Some(account) = trunk.account.as_ref().filter(|_| !trunk.challenges.is_empty()) else {
        return true;
    };
    let request = &transaction.original;
    let dialled = caller::dialled_number(request);
    let brought = request.headers.iter().find_map(|header| {
        let Header::Authorization(value) = header else { return None };
        Some(value.value().to_owned())
    });
    let asked =
        Asked { method: request.method, dialled: &dialled, authorization: brought.as_deref() };
    let now = clock::now();
    let (verdict, challenges) = {
        let mut check = shared.check.lock().unwrap_or_else(PoisonError::into_inner);
        let verdict = check.check(now, account, &trunk.challenges, asked);
        let stale = verdict == Verdict::AskStale;
        let chance = rand::random();
        (verdict, check.challenges(now, chance, account, &trunk.challenges, stale))
    };
    metrics::counter!("helpline_sip_digest_total", "verdict" => verdict.word()).increment(1);
    if verdict == Verdict::Good {
        return true;
    }
    shared.counters.challenged.fetch_add(1, Ordering::Relaxed);
    let ask = |value| Header::WwwAuthenticate(WwwAuthenticate::new(value));
    let headers = challenges.into_iter().map(ask).collect();
    reply(transaction, StatusCode::Unauthorized, headers).await;
    false
}

/// An id for a caller's leg: drivers mint, pure code is given.
fn mint_leg() -> LegId {
    LegId::from_uuid(uuid::Builder::from_random_bytes(rand::random()).into_uuid())
}

fn contact(shared: &Shared, transaction: &Transaction) -> Uri {
    let over_tcp = transaction
        .connection
        .as_ref()
        .is_some_and(|connection| connection.transport() == Transport::Tcp);
    let transport = if over_tcp { ";transport=tcp" } else { "" };
    let text = format!("sip:helpline@{}{transport}", shared.contact);
    Uri::try_from(text).unwrap_or_default()
}

/// The offer of an INVITE; one without a body wants ours.
fn read_offer(invite: &Request) -> Result<Option<TrunkOffer>, Refusal> {
    if invite.body.is_empty() {
        return Ok(None);
    }
    TrunkOffer::parse(&invite.body).map(Some).map_err(ParseOfferError::refusal)
}

async fn refuse(transaction: &mut Transaction, refusal: Refusal) {
    let answer = SipRefusal::from(refusal);
    metrics::counter!("helpline_sip_refused_total", "code" => answer.code.to_string()).increment(1);
    let reason = Header::Reason(answer.reason_value().into());
    reply(transaction, answer.status(), vec![reason]).await;
}

/// Answers a request and lets its transaction go: the stack repeats the answer to repetitions.
async fn reply(transaction: &mut Transaction, status: StatusCode, headers: Vec<Header>) {
    let sent = transaction.reply_with(status, headers, None);
    match tokio::time::timeout(REPLY_DEADLINE, sent).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!("a reply was not sent: {}", kind(&error)),
        Err(_late) => tracing::debug!("a reply was not sent in time"),
    }
}

/// The kind of an error, without its text: that may quote a message, and so a caller's number.
fn kind(error: &rsipstack::Error) -> &'static str {
    if matches!(error, rsipstack::Error::TransportLayerError(..) | rsipstack::Error::IoError(_)) {
        "transport"
    } else if matches!(error, rsipstack::Error::SipMessageError(_)) {
        "unreadable message"
    } else {
        "transaction or dialog"
    }
}
