//! Keeping a call alive, and finding out that it is dead (RFC 4028). Does I/O.

use std::pin::Pin;
use std::time::Duration;

use rsipstack::sip::{Headers, Method, Request, Response};
use tokio::time::Instant;

use super::extensions::allows;
use super::leg::{Leg, content_type};
use super::session_timer::{Refresher, SessionTimer};
use crate::sdp::TrunkOffer;

/// How soon a refresh that was put off is tried again.
const PUT_OFF: Duration = Duration::from_secs(2);
/// How soon a refresh that was refused is tried again.
const REFUSED: Duration = Duration::from_secs(10);

/// The session timer of a call, running.
#[derive(Debug)]
pub(super) struct Lifetime {
    timer: SessionTimer,
    /// The far end takes UPDATE, which needs no description.
    takes_update: bool,
    refreshed_at: Instant,
    /// When a refresh of ours is due, if it is for us.
    refresh_due: Option<Instant>,
}

impl Lifetime {
    /// As the first INVITE and its answer have it; `theirs` are the headers of the far end's part.
    pub(super) fn new(timer: SessionTimer, theirs: &Headers) -> Self {
        let takes_update = allows(theirs, Method::Update);
        let mut lifetime =
            Self { timer, takes_update, refreshed_at: Instant::now(), refresh_due: None };
        lifetime.begin();
        lifetime
    }

    pub(super) fn answer_headers(&self) -> Vec<rsipstack::sip::Header> {
        self.timer.answer_headers()
    }

    /// The call was refreshed now.
    pub(super) fn begin(&mut self) {
        self.refreshed_at = Instant::now();
        self.refresh_due = match self.timer.refresher {
            Refresher::Us => Some(self.refreshed_at + self.timer.refresh_after()),
            Refresher::Them => None,
        };
    }

    /// The far end has refreshed it.
    pub(super) fn refreshed_by_them(&mut self, timer: SessionTimer, request: &Request) {
        self.timer = timer;
        self.takes_update |= allows(&request.headers, Method::Update);
        self.begin();
    }

    fn dead_at(&self) -> Instant {
        self.refreshed_at + self.timer.dead_after()
    }
}

/// What comes of a refresh; `None`: no answer in time.
type Outcome = rsipstack::Result<Option<Response>>;

/// A refresh of ours on its way.
pub(super) struct Refreshed {
    outcome: Pin<Box<dyn Future<Output = Outcome> + Send>>,
    is_offer: bool,
}

impl Refreshed {
    /// Whether it carries an offer.
    pub(super) fn is_offer(&self) -> bool {
        self.is_offer
    }

    /// The outcome of the refresh on its way; waits for ever if there is none.
    pub(super) async fn next(refreshing: &mut Option<Self>) -> Outcome {
        match refreshing {
            Some(refreshing) => refreshing.outcome.as_mut().await,
            None => std::future::pending().await,
        }
    }
}

impl Leg {
    /// When the clock brings something next.
    pub(super) fn due(&self) -> Instant {
        let refresh = self.lifetime.refresh_due.filter(|_| self.refreshing.is_none());
        let dead_at = self.lifetime.dead_at();
        [refresh, self.exchanging.until()].into_iter().flatten().fold(dead_at, Instant::min)
    }

    /// That time has come.
    pub(super) async fn on_time(&mut self) {
        let now = Instant::now();
        if self.lifetime.dead_at() <= now {
            metrics::counter!("helpline_sip_sessions_expired_total").increment(1);
            self.lose();
        } else if self.exchanging.until().is_some_and(|until| until <= now) {
            self.give_up_asking().await;
        } else if self.lifetime.refresh_due.is_some_and(|due| due <= now) {
            self.refresh();
        }
    }

    /// Sends a refresh: an UPDATE where the far end takes it, else a re-INVITE with the description
    /// that stands.
    fn refresh(&mut self) {
        self.lifetime.refresh_due = None;
        let dialog = self.dialog.clone();
        let mut headers = self.lifetime.timer.refresh_headers(self.shared.timer_settings());
        let is_offer = !self.lifetime.takes_update;
        let description = self.description.clone().filter(|_| is_offer);
        let outcome = async move {
            let Some(description) = description else {
                return dialog.update(Some(headers), None).await;
            };
            headers.push(content_type());
            dialog.reinvite(Some(headers), Some(description.into_bytes())).await
        };
        self.refreshing = Some(Refreshed { outcome: Box::pin(outcome), is_offer });
    }

    /// What came of a refresh. One that the far end does not know, or does not answer, ends the call
    /// (RFC 4028 §10); one that it refuses is tried again for as long as the call lives.
    pub(super) async fn on_refreshed(&mut self, outcome: Outcome) {
        let Some(refresh) = self.refreshing.take() else { return };
        let Ok(Some(answer)) = outcome else { return self.lose() };
        let again = Instant::now();
        match answer.status_code.code() {
            200..=299 => {
                let settings = self.shared.timer_settings();
                self.lifetime.timer = self.lifetime.timer.refreshed(settings, &answer.headers);
                self.lifetime.begin();
                let offer = TrunkOffer::parse(&answer.body).ok().filter(|_| refresh.is_offer);
                if let Some(answer) = offer.filter(|answer| !answer.codecs.is_empty()) {
                    self.report_answer(answer).await;
                }
            }
            // No such call; no answer.
            481 | 408 => self.lose(),
            // No such method.
            405 | 501 if !refresh.is_offer => {
                self.lifetime.takes_update = false;
                self.lifetime.refresh_due = Some(again);
            }
            // Too short.
            422 => {
                let longer = self.lifetime.timer.lengthened(&answer.headers);
                self.lifetime.refresh_due = Some(longer.map_or(again + REFUSED, |_| again));
                self.lifetime.timer = longer.unwrap_or(self.lifetime.timer);
            }
            // Glare.
            491 => self.lifetime.refresh_due = Some(again + PUT_OFF),
            _ => self.lifetime.refresh_due = Some(again + REFUSED),
        }
    }
}
