//! Makes the frames of one viewer from what the exchange tells. Reads the records for a screen pop;
//! no socket here.

use std::time::Duration;

use ids::{AgentId, Timestamp};
use switchboard::{BusEvent, Happening, RingingView};

use super::protocol::{News, ServerFrame, Viewer};
use crate::app::App;
use crate::auth::Person;
use crate::records;
use crate::wire::agent::millis;
use crate::wire::alert::AlertView;
use crate::wire::call::{CallView, Eyes};
use crate::wire::quality::QualityWord;
use crate::wire::ringing::{Known, Ringing};

/// How long a ringing console waits for the records: the ring itself must not wait for them longer.
const POP_TIMEOUT: Duration = Duration::from_secs(2);

/// One viewer's eyes on the exchange.
#[derive(Clone)]
pub struct Frames {
    app: App,
    person: Person,
    viewer: Viewer,
}

impl Frames {
    /// For this signed-in person.
    #[must_use]
    pub fn new(app: App, person: Person) -> Self {
        let viewer = Viewer { agent: AgentId::from(person.user), role: person.role };
        Self { app, person, viewer }
    }

    /// Who looks.
    #[must_use]
    pub const fn viewer(&self) -> Viewer {
        self.viewer
    }

    /// Everything as it is at `now`, before the events after `cursor`.
    pub async fn snapshot(&self, cursor: u64, now: Timestamp) -> ServerFrame {
        let exchange = self.app.exchange();
        let watches = self.viewer.watches();
        let agent = self.viewer.takes_calls().then(|| exchange.agent_view(self.viewer.agent));
        let call = exchange.call_of(self.viewer.agent);
        let reservation = match exchange.ringing_at(self.viewer.agent).first() {
            Some(view) => Some(Box::new(self.ringing(view, now).await)),
            None => None,
        };
        let news = News::Snapshot {
            agent: agent.flatten().as_ref().map(|view| Box::new(view.into())),
            reservation,
            call: call.map(|view| CallView::seen(&view, Eyes::Handling, now)),
            queues: self.app.queues(now),
            floor: watches.then(|| Box::new(self.app.floor(true, now))),
            server_time: now.into(),
        };
        ServerFrame { cursor: Some(cursor), at: now.into(), news }
    }

    /// The frame of an event, if it is for this viewer.
    pub async fn of(&self, event: &BusEvent, now: Timestamp) -> Option<ServerFrame> {
        if !self.viewer.hears(event.audience) {
            return None;
        }
        let news = self.news(event, now).await?;
        Some(ServerFrame { cursor: Some(event.cursor), at: event.at.into(), news })
    }

    async fn news(&self, event: &BusEvent, now: Timestamp) -> Option<News> {
        let news = match &event.happening {
            Happening::AgentStateChanged(view) => News::AgentStateChanged { agent: view.into() },
            Happening::ReservationRinging { agent, ringing } => {
                self.own(*agent)?;
                News::ReservationRinging { reservation: Box::new(self.ringing(ringing, now).await) }
            }
            Happening::ReservationStopped { agent, reservation, cause } => {
                self.own(*agent)?;
                News::ReservationStopped { reservation_id: *reservation, cause: (*cause).into() }
            }
            Happening::CallChanged(view) => {
                let eyes = Eyes::of(self.viewer.agent, view.agent);
                News::CallChanged { call: CallView::seen(view, eyes, now) }
            }
            Happening::CallEnded { call, cause, .. } => {
                News::CallEnded { call_id: *call, cause: (*cause).into() }
            }
            Happening::CallQuality { call, caller, operator, verdict } => News::CallQuality {
                call_id: *call,
                received: caller.received,
                lost: caller.lost,
                jitter_ms: caller.jitter_ms,
                // A talk needs both directions.
                word: QualityWord::of(caller.mos.min(operator.mos)),
                caller: caller.into(),
                operator: operator.into(),
                verdict: verdict.map(Into::into),
            },
            Happening::QueueChanged(view) => News::QueueChanged {
                queue: view.id,
                waiting: view.waiting,
                longest_wait_ms: view.longest_since.map_or(0, |from| millis(now.since(from))),
            },
            Happening::TrunkChanged { trunk, health, since } => News::TrunkChanged {
                trunk: trunk.to_string(),
                health: (*health).into(),
                since: (*since).into(),
            },
            Happening::Alerted(alert) => {
                News::Alert(AlertView::raised(event.cursor, event.at, *alert))
            }
            Happening::AlertAcknowledged(alert) => News::AlertAcknowledged(alert.into()),
            Happening::ServerStopping { until } => News::ServerStopping { until: (*until).into() },
            Happening::MediaLost { agent } => News::MediaLost { agent: *agent },
        };
        Some(news)
    }

    /// Ringing is for the console that rings, not for those who watch.
    fn own(&self, agent: AgentId) -> Option<()> {
        (agent == self.viewer.agent).then_some(())
    }

    /// What the records know of the caller. A ring that is over (told to one who resumes) opens no
    /// records; records that do not answer do not delay a ring.
    async fn known(&self, view: &RingingView, now: Timestamp) -> Known {
        if now >= view.expires_at {
            return Known::default();
        }
        let known = records::known(&self.app, &self.person, &view.call, now);
        match tokio::time::timeout(POP_TIMEOUT, known).await {
            Ok(Ok(known)) => known,
            Ok(Err(problem)) => {
                let cause = problem.cause_chain().unwrap_or_default();
                tracing::error!(call.id = %view.call.id, cause, "no records for a ringing console");
                Known::default()
            }
            Err(_) => {
                tracing::error!(call.id = %view.call.id, "the records did not answer in time");
                Known::default()
            }
        }
    }

    async fn ringing(&self, view: &RingingView, now: Timestamp) -> Ringing {
        let known = self.known(view, now).await;
        let name_of = |agent| {
            self.app.exchange().agent_view(agent).map_or_else(String::new, |view| view.name)
        };
        Ringing::new(view, known, name_of, now)
    }
}
