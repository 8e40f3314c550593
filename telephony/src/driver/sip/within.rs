//! What the far end asks within a call: another description, a key. Does I/O.
//!
//! Offer and answer (RFC 3264) take turns, one at a time: while one is open, another is put off. An
//! offer that cannot be used is refused and the call goes on as it was.

use std::time::Duration;

use rsipstack::dialog::dialog::{Dialog, TransactionHandle};
use rsipstack::sip::{Header, HeadersExt as _, Method, Request, StatusCode};
use tokio::time::Instant;

use super::leg::{Leg, content_type, respond};
use super::port::allow;
use super::refresh::Refreshed;
use super::refusal::{RETRY_AFTER_S, SipRefusal};
use super::session_timer::SessionTimer;
use super::{SipEvent, info};
use crate::call::{LeftHow, Refusal};
use crate::sdp::TrunkOffer;

/// How long the exchange may take for a description.
const DESCRIBE_DEADLINE: Duration = Duration::from_secs(5);

/// Where offer and answer stand.
#[derive(Debug, Default)]
pub(super) enum Exchanging {
    /// Nothing is open.
    #[default]
    Nothing,
    /// The INVITE had no offer: ours is due in the answer to it.
    OfferDue { cseq: u32 },
    /// The exchange is asked for a description.
    Asked(Box<Asked>),
    /// Our offer left with a 2xx; the answer comes with its ACK.
    Offered {
        /// The number of the INVITE.
        cseq: u32,
    },
}

/// A request that waits for the exchange.
#[derive(Debug)]
pub(super) struct Asked {
    request: Request,
    handle: TransactionHandle,
    timer: SessionTimer,
    until: Instant,
}

impl Exchanging {
    /// Our answer to the first INVITE leaves.
    pub(super) fn offer_left(&mut self) {
        if let Self::OfferDue { cseq } = *self {
            *self = Self::Offered { cseq };
        }
    }

    /// When the exchange's time is over.
    pub(super) fn until(&self) -> Option<Instant> {
        match self {
            Self::Asked(asked) => Some(asked.until),
            Self::Nothing | Self::OfferDue { .. } | Self::Offered { .. } => None,
        }
    }
}

/// The number of a request; 0 if it has none that can be read, which the stack lets nobody send.
pub(super) fn cseq(request: &Request) -> u32 {
    request.cseq_header().ok().and_then(|cseq| cseq.seq().ok()).unwrap_or(0)
}

impl Leg {
    /// A re-INVITE or UPDATE: a new offer, a wish for ours, or a refresh alone.
    pub(super) async fn on_offer(&mut self, request: &Request, handle: TransactionHandle) {
        let is_invite = request.method == Method::Invite;
        let exchanges = is_invite || !request.body.is_empty();
        if exchanges && let Some((status, headers)) = self.put_off() {
            return respond(&handle, status, headers, None).await;
        }
        let timer = match SessionTimer::answer(self.shared.timer_settings(), request) {
            Ok(timer) => timer,
            Err(short) => {
                let status = StatusCode::SessionIntervalTooSmall;
                return respond(&handle, status, vec![short.header()], None).await;
            }
        };
        let leg = self.guard.id;
        let event = match TrunkOffer::parse(&request.body) {
            _ if request.body.is_empty() && is_invite => SipEvent::OfferWanted { leg },
            _ if request.body.is_empty() => {
                self.take_refresh(request, timer);
                let mut headers = timer.answer_headers();
                headers.push(allow());
                return respond(&handle, StatusCode::OK, headers, None).await;
            }
            Ok(offer) => SipEvent::Offered { leg, offer: Box::new(offer) },
            Err(error) => return decline(&handle, error.refusal()).await,
        };
        let until = Instant::now() + DESCRIBE_DEADLINE;
        let asked = Asked { request: request.clone(), handle, timer, until };
        self.exchanging = Exchanging::Asked(Box::new(asked));
        self.report(event).await;
    }

    /// Why an offer cannot be taken now (RFC 3261 §14.2, RFC 3311 §5.2).
    fn put_off(&self) -> Option<(StatusCode, Vec<Header>)> {
        let later = || vec![Header::RetryAfter(RETRY_AFTER_S.to_string().into())];
        match self.exchanging {
            // Glare: both sides have an offer open.
            _ if self.refreshing.as_ref().is_some_and(Refreshed::is_offer) => {
                Some((StatusCode::RequestPending, Vec::new()))
            }
            Exchanging::Offered { .. } => Some((StatusCode::RequestPending, Vec::new())),
            Exchanging::Asked(_) | Exchanging::OfferDue { .. } => {
                Some((StatusCode::ServerInternalError, later()))
            }
            Exchanging::Nothing => None,
        }
    }

    /// The exchange has described our side, or refuses.
    pub(super) async fn describe(&mut self, description: Result<String, Refusal>) {
        let Exchanging::Asked(asked) = std::mem::take(&mut self.exchanging) else { return };
        let Asked { request, handle, timer, .. } = *asked;
        let description = match description {
            Ok(description) => description,
            Err(refusal) => return decline(&handle, refusal).await,
        };
        if request.body.is_empty() {
            self.exchanging = Exchanging::Offered { cseq: cseq(&request) };
        }
        self.take_refresh(&request, timer);
        let mut headers = timer.answer_headers();
        headers.extend([content_type(), allow()]);
        let body = description.clone().into_bytes();
        self.description = Some(description);
        respond(&handle, StatusCode::OK, headers, Some(body)).await;
    }

    /// The exchange has not answered in time: the call goes on as it was.
    pub(super) async fn give_up_asking(&mut self) {
        self.describe(Err(Refusal::Fault)).await;
    }

    /// A request that is accepted refreshes the call and may move the far end's address
    /// (RFC 3261 §12.2.2).
    fn take_refresh(&mut self, request: &Request, timer: SessionTimer) {
        self.lifetime.refreshed_by_them(timer, request);
        let contacts = request.typed_contact_headers().ok();
        let target = contacts.and_then(|contacts| contacts.first().map(|first| first.uri.clone()));
        if let (Some(target), Ok(contact)) = (target, request.contact_header()) {
            let dialog = Dialog::Invite(self.dialog.clone());
            dialog.set_remote_target(target, Some(contact.clone()));
        }
    }

    /// The ACK of our offer has the answer to it. Without one the call has no audio: a new call ends,
    /// an older one goes on as it was.
    pub(super) async fn take_answer(&mut self) {
        let Exchanging::Offered { cseq: offered } = self.exchanging else { return };
        let ack = self.dialog.last_remote_ack();
        let Some(ack) = ack.filter(|ack| cseq(ack) == offered) else { return };
        self.exchanging = Exchanging::Nothing;
        match TrunkOffer::parse(&ack.body) {
            Ok(answer) if !answer.codecs.is_empty() => self.report_answer(answer).await,
            Ok(_) | Err(_) if !self.confirmed => {
                self.guard.how.get_or_insert(LeftHow::SignallingLost);
                self.end();
            }
            Ok(_) | Err(_) => {}
        }
    }

    pub(super) async fn report_answer(&mut self, answer: TrunkOffer) {
        let leg = self.guard.id;
        self.report(SipEvent::Answered { leg, answer: Box::new(answer) }).await;
    }

    /// INFO: a key, or nothing of ours.
    pub(super) async fn on_info(&mut self, request: &Request, handle: &TransactionHandle) {
        match info::digit(request) {
            Ok(digit) => {
                respond(handle, StatusCode::OK, vec![allow()], None).await;
                if let Some(digit) = digit {
                    let leg = self.guard.id;
                    self.report(SipEvent::DigitSignalled { leg, digit }).await;
                }
            }
            Err(status) => {
                respond(handle, status, vec![Header::Accept(info::ACCEPTED.into())], None).await;
            }
        }
    }
}

/// Refuses an offer; the call goes on as it was.
async fn decline(handle: &TransactionHandle, refusal: Refusal) {
    let answer = SipRefusal::from(refusal);
    let reason = Header::Reason(answer.reason_value().into());
    respond(handle, answer.status(), vec![reason], None).await;
}
