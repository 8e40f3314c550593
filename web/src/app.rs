//! What every endpoint holds: the parts of the running program, behind one cheap handle.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use crm::search::Search;
use ids::{QueueId, Timestamp};
use metrics_exporter_prometheus::PrometheusHandle;
use store::Store;
use switchboard::Exchange;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::auth::session::EndedSessions;
use crate::config::Settings;
use crate::edge::OwnOrigin;
use crate::events::saved::SavedCases;
use crate::limit::Limit;
use crate::web_call;
use crate::wire::agent::{FloorView, QueueView};
use crate::wire::call::{CallView, Eyes};

/// The parts of the running program. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

/// What the program is made of, as started elsewhere.
pub struct Parts {
    /// The settings.
    pub settings: Settings,
    /// The database.
    pub store: Store,
    /// The exchange.
    pub exchange: Exchange,
    /// The search.
    pub search: Search,
    /// What is counted.
    pub metrics: PrometheusHandle,
    /// Ends what outlives a request (event streams) when the program stops.
    pub stopping: CancellationToken,
}

struct Inner {
    parts: Parts,
    limits: Limits,
    streams: Arc<Semaphore>,
    saved: SavedCases,
    ended: EndedSessions,
    queue_names: HashMap<QueueId, String>,
}

/// How often clients may try.
#[derive(Debug)]
pub struct Limits {
    /// Sign-in, by network address.
    pub sign_in_by_address: Limit<IpAddr>,
    /// Sign-in, by user name.
    pub sign_in_by_username: Limit<String>,
    /// Web calls, by network address.
    pub web_call_by_address: Limit<IpAddr>,
    /// Credentials for TURN servers, by network address.
    pub turn_by_address: Limit<IpAddr>,
    /// New connections of one web call, by its secret.
    pub web_call_audio: Limit<String>,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let http = &parts.settings.http;
        let limits = Limits {
            sign_in_by_address: Limit::per_minute(http.sign_ins_per_minute_by_address),
            sign_in_by_username: Limit::per_minute(http.sign_ins_per_minute_by_username),
            web_call_by_address: Limit::per_hour(
                parts.settings.limits.web_calls_per_hour_by_address,
            ),
            turn_by_address: Limit::per_hour(
                parts.settings.turn.citizen_credentials_per_hour_by_address,
            ),
            web_call_audio: Limit::per_minute(web_call::RECONNECTIONS_PER_MINUTE),
        };
        let queues = parts.settings.queues.iter();
        let inner = Inner {
            limits,
            streams: Arc::new(Semaphore::new(http.event_streams_max)),
            saved: SavedCases::new(),
            ended: EndedSessions::new(),
            queue_names: queues.map(|queue| (queue.id, queue.name_en.clone())).collect(),
            parts,
        };
        Self { inner: Arc::new(inner) }
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.parts.settings
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.parts.store
    }

    /// The exchange.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.inner.parts.exchange
    }

    /// The search.
    #[must_use]
    pub fn search(&self) -> &Search {
        &self.inner.parts.search
    }

    /// What is counted.
    #[must_use]
    pub fn metrics(&self) -> &PrometheusHandle {
        &self.inner.parts.metrics
    }

    /// Cancelled when the program stops.
    #[must_use]
    pub fn stopping(&self) -> &CancellationToken {
        &self.inner.parts.stopping
    }

    /// How often clients may try.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// News of saved cases.
    #[must_use]
    pub fn saved(&self) -> &SavedCases {
        &self.inner.saved
    }

    /// News of ended sessions.
    #[must_use]
    pub fn ended_sessions(&self) -> &EndedSessions {
        &self.inner.ended
    }

    /// A place for one event stream; `None` if all are taken.
    #[must_use]
    pub fn stream_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.inner.streams).try_acquire_owned().ok()
    }

    /// From which pages writes are taken.
    #[must_use]
    pub fn own_origin(&self) -> OwnOrigin {
        let public_url = self.settings().http.public_url.as_ref();
        OwnOrigin { public_url: public_url.map(ToString::to_string) }
    }

    /// Whether browsers reach us over TLS, so that cookies may insist on it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.settings().is_https()
    }

    /// The floor at `now`: everything for those who watch it, else the queues and a number.
    #[must_use]
    pub fn floor(&self, watches: bool, now: Timestamp) -> FloorView {
        let board = self.exchange().floor_board();
        let queues = self.queues(now);
        if !watches {
            let (agents, calls_alive, alerts) = (vec![], vec![], vec![]);
            return FloorView { agents, queues, calls: board.calls, calls_alive, alerts };
        }
        let seen = |view: &switchboard::CallView| CallView::seen(view, Eyes::Watching, now);
        FloorView {
            agents: board.agents.iter().map(Into::into).collect(),
            queues,
            calls: board.calls,
            calls_alive: self.exchange().calls().iter().map(seen).collect(),
            alerts: self.exchange().alerts().iter().map(Into::into).collect(),
        }
    }

    /// All queues as they are at `now`, in the order of the settings.
    #[must_use]
    pub fn queues(&self, now: Timestamp) -> Vec<QueueView> {
        let board = self.exchange().floor_board();
        let names = &self.inner.queue_names;
        let at = |view: &switchboard::QueueView| {
            let name = names.get(&view.id).map_or(view.id.as_str(), String::as_str);
            QueueView::at(view, name, now)
        };
        let mut views: Vec<_> = board.queues.iter().map(at).collect();
        let place = |id: QueueId| self.settings().queues.iter().position(|queue| queue.id == id);
        views.sort_by_key(|view| place(view.id));
        views
    }
}
