//! SIP on `rsipstack`: start, the handle, stop. Does I/O.
//!
//! The stack owns transactions, retransmissions and dialogs' sequence numbers. Ours is what it
//! leaves out: who may speak to us (`listen`), how many (`admission`), what each request is
//! (`incoming`) and one supervised task per call (`leg`).

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use ids::LegId;
use rsipstack::EndpointBuilder;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::sip::{Header, Method};
use rsipstack::transaction::endpoint::EndpointOption;
use rsipstack::transaction::{CallIdFormat, Endpoint};
use rsipstack::transport::TransportLayer;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::admission::{Door, Limits};
use super::admitted::Admitted;
use super::config::{SipConfig, SipCounts, SipStartError};
use super::refusal::RETRY_AFTER_S;
use super::session_timer::TimerSettings;
use super::{SipEvent, SipPort, StationCall, TakenBack, incoming, leg, listen, placed};
use crate::call::Refusal;
use crate::driver::clock;
use crate::driver::station::StationAddress;
use crate::driver::trunk::dialect::{CancelReasons, Dialect};
use crate::driver::trunk::digest::Check;
use crate::driver::trunk::keep::{Keeping, keep};
use crate::driver::trunk::table::Table;
use crate::driver::trunk::{TrunkConfig, TrunkHealth, TrunkView};

/// Commands a leg may have waiting. A call sends five or so in its whole life.
pub(super) const COMMANDS_MAX: usize = 16;
/// Requests being answered at once, dialogs' own apart; beyond it a request gets silence and the
/// peer repeats it.
const REQUESTS_MAX: usize = 4096;

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) turned_away: AtomicU64,
    pub(super) challenged: AtomicU64,
    pub(super) strangers: AtomicU64,
}

/// What the tasks of SIP share.
pub(super) struct Shared {
    pub(super) config: SipConfig,
    /// The address that Contact names.
    pub(super) contact: SocketAddr,
    pub(super) dialogs: Arc<DialogLayer>,
    pub(super) trunks: Arc<Table>,
    pub(super) door: Arc<Mutex<Door>>,
    pub(super) check: Mutex<Check>,
    pub(super) legs: Mutex<HashMap<LegId, mpsc::Sender<leg::Command>>>,
    pub(super) events: mpsc::Sender<SipEvent>,
    pub(super) counters: Counters,
    pub(super) cancel_reasons: CancelReasons,
    pub(super) requests: Arc<Semaphore>,
    pub(super) tasks: TaskTracker,
    pub(super) stop: CancellationToken,
}

impl Shared {
    pub(super) fn legs(&self) -> MutexGuard<'_, HashMap<LegId, mpsc::Sender<leg::Command>>> {
        self.legs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What we want of session timers.
    pub(super) fn timer_settings(&self) -> TimerSettings {
        TimerSettings {
            interval_s: self.config.session_expires_s,
            interval_min_s: self.config.session_expires_min_s,
        }
    }

    /// A place for one more call to this number over this trunk; `None`, and counted, if it is turned
    /// away.
    pub(super) fn admit(&self, trunk: usize, dialled: &str) -> Option<Admitted> {
        match Admitted::incoming(&self.door, trunk, dialled) {
            Ok(admitted) => Some(admitted),
            Err(full) => {
                self.counters.turned_away.fetch_add(1, Ordering::Relaxed);
                metrics::counter!("helpline_sip_turned_away_total", "why" => full.word())
                    .increment(1);
                None
            }
        }
    }
}

/// SIP, running. Dropping it closes the sockets; [`RsipPort::stop`] says goodbye first.
pub struct RsipPort {
    pub(super) shared: Arc<Shared>,
    address: SocketAddr,
    /// The watches over trunks, and their end.
    keepers: TaskTracker,
    stop_keepers: CancellationToken,
}

impl RsipPort {
    /// Listens on UDP and TCP and reports calls to `events`.
    ///
    /// # Errors
    /// A port is taken, or the address is not this machine's.
    pub async fn start(
        config: SipConfig,
        events: mpsc::Sender<SipEvent>,
    ) -> Result<Arc<Self>, SipStartError> {
        let listeners = listen::bind(config.listen, config.public_address).await?;
        let address = listeners.address;
        let reached_at = listeners.udp.get_addr().get_socketaddr().unwrap_or(address).ip();
        let contact = SocketAddr::new(reached_at, address.port());
        let stop = CancellationToken::new();
        let transport = TransportLayer::new(stop.clone());
        transport.add_transport(listeners.udp.into());
        let cancel_reasons = CancelReasons::default();
        let dialect =
            Dialect { retry_after_s: Some(RETRY_AFTER_S), cancel_reasons: cancel_reasons.clone() };
        let endpoint = endpoint(transport, stop.clone(), (config.repeat_after, dialect));
        let requests = endpoint.incoming_transactions().map_err(stack_error)?;
        let configs = config.trunks.clone();
        let until_down = config.keep_alive.failures_until_down;
        let shared = Arc::new(Shared {
            contact,
            door: Arc::new(Mutex::new(door(&config))),
            check: Mutex::new(Check::new(rand::random())),
            trunks: Arc::new(Table::new(configs, until_down, clock::now())),
            config,
            dialogs: Arc::new(DialogLayer::new(endpoint.inner.clone())),
            legs: Mutex::default(),
            events,
            counters: Counters::default(),
            cancel_reasons,
            requests: Arc::new(Semaphore::new(REQUESTS_MAX)),
            tasks: TaskTracker::new(),
            stop,
        });
        guard_door(&shared);
        let serving = shared.tasks.token();
        shared.tasks.spawn(async move {
            let _serving = serving;
            endpoint.serve().await;
        });
        shared.tasks.spawn(listen::accept(shared.clone(), listeners.tcp, address));
        shared.tasks.spawn(incoming::serve(shared.clone(), requests));
        let stop_keepers = shared.stop.child_token();
        let keepers = TaskTracker::new();
        watch_trunks(&shared, &keepers, &stop_keepers);
        Ok(Arc::new(Self { shared, address, keepers, stop_keepers }))
    }

    /// Where it listens, UDP and TCP alike, with the actual port.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// What is open and what was counted.
    #[must_use]
    pub fn counts(&self) -> SipCounts {
        SipCounts {
            legs: self.shared.legs().len(),
            dialogs: self.open_dialogs(),
            transactions: self.open_transactions(),
            turned_away: self.shared.counters.turned_away.load(Ordering::Relaxed),
            challenged: self.shared.counters.challenged.load(Ordering::Relaxed),
            strangers: self.shared.counters.strangers.load(Ordering::Relaxed),
        }
    }

    /// Dialogs that the stack holds.
    #[must_use]
    pub fn open_dialogs(&self) -> usize {
        self.shared.dialogs.len()
    }

    fn open_transactions(&self) -> usize {
        let stats = self.shared.dialogs.endpoint.get_stats();
        stats.running_transactions + stats.waiting_ack
    }

    /// Refuses or hangs up every call, waits until the far ends have confirmed, at most `within`,
    /// then closes the sockets.
    pub async fn stop(&self, within: Duration) {
        let legs: Vec<LegId> = self.shared.legs().keys().copied().collect();
        for leg in legs {
            self.command(leg, leg::Command::End(Refusal::Stopping));
        }
        self.shared.tasks.close();
        self.stop_keepers.cancel();
        self.keepers.close();
        let gone = async {
            self.keepers.wait().await;
            while !self.shared.dialogs.is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        // Late: the sockets close all the same, and the far ends notice by themselves.
        let _in_time = tokio::time::timeout(within, gone).await;
        self.shared.stop.cancel();
    }

    fn command(&self, leg: LegId, command: leg::Command) {
        let Some(commands) = self.shared.legs().get(&leg).cloned() else {
            // It has just left: the event is on its way.
            return;
        };
        if commands.try_send(command).is_err() {
            tracing::warn!(leg.id = %leg, "a command to a leg was not taken");
        }
    }
}

impl SipPort for RsipPort {
    fn counts(&self) -> SipCounts {
        Self::counts(self)
    }

    fn ring(&self, leg: LegId) {
        self.command(leg, leg::Command::Ring);
    }

    fn answer(&self, leg: LegId, description: String) {
        self.command(leg, leg::Command::Answer(description));
    }

    fn describe(&self, leg: LegId, description: Result<String, Refusal>) {
        self.command(leg, leg::Command::Describe(description));
    }

    fn refuse(&self, leg: LegId, refusal: Refusal) {
        self.command(leg, leg::Command::Refuse(refusal));
    }

    fn hang_up(&self, leg: LegId) {
        self.command(leg, leg::Command::HangUp);
    }

    fn may_call(&self, station: &StationAddress) -> bool {
        listen::is_station(&self.shared, station.socket().ip())
    }

    fn place(&self, leg: LegId, call: StationCall) {
        placed::start(&self.shared, leg, call);
    }

    fn take_back(&self, leg: LegId, why: TakenBack) {
        self.command(leg, leg::Command::TakeBack(why));
    }

    fn trunks(&self) -> Vec<TrunkView> {
        let door = self.shared.door.lock().unwrap_or_else(PoisonError::into_inner);
        self.shared.trunks.views(|trunk| door.open(trunk))
    }
}

impl Drop for RsipPort {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

fn stack_error(source: rsipstack::Error) -> SipStartError {
    SipStartError::Stack { source: Box::new(source) }
}

fn endpoint(
    transport: TransportLayer,
    stop: CancellationToken,
    (t1, dialect): (Duration, Dialect),
) -> Endpoint {
    EndpointBuilder::new()
        .with_user_agent(concat!("helpline/", env!("CARGO_PKG_VERSION")))
        .with_transport_layer(transport)
        .with_cancel_token(stop)
        .with_allows(incoming::METHODS.to_vec())
        .with_inspector(Box::new(dialect))
        .with_option(EndpointOption {
            t1,
            t4: 10 * t1,
            t1x64: 64 * t1,
            // A bare UUID: the stack's own suffix would name its maker to every trunk.
            callid_format: CallIdFormat::Uuid,
            ..Default::default()
        })
        .build()
}

/// Closes UDP to strangers. Weak: the door hangs in the transport, which the shared state owns.
fn guard_door(shared: &Arc<Shared>) {
    let door: Weak<Shared> = Arc::downgrade(shared);
    shared.dialogs.endpoint.transport_layer.set_whitelist(move |ip: IpAddr| {
        let known = door.upgrade().is_some_and(|shared| listen::is_known(&shared, ip));
        std::future::ready(known)
    });
}

/// The door, as the settings have it.
fn door(config: &SipConfig) -> Door {
    let of = |trunk: &TrunkConfig| Limits {
        calls: trunk.calls_max,
        per_second: trunk.calls_per_second_max,
    };
    let all = Limits { calls: config.calls_max, per_second: config.calls_per_second_max };
    Door::new(all, config.trunks.iter().map(of).collect(), config.reserved.clone())
}

/// Starts the watch over each trunk that can be asked.
fn watch_trunks(shared: &Arc<Shared>, keepers: &TaskTracker, stop: &CancellationToken) {
    let events = shared.events.clone();
    let keeping = Arc::new(Keeping {
        dialogs: shared.dialogs.clone(),
        contact: shared.contact,
        times: shared.config.keep_alive,
        table: shared.trunks.clone(),
        tell: Box::new(move |trunk, health, since| {
            gauge_health(&trunk.to_string(), health);
            // Lost if the exchange is far behind: the board then shows it with its next look.
            let _behind = events.try_send(SipEvent::TrunkHealth { trunk, health, since });
        }),
        stop: stop.clone(),
    });
    for view in shared.trunks.views(|_| 0) {
        gauge_health(view.name.as_str(), view.health);
    }
    for index in 0..shared.trunks.len() {
        keepers.spawn(keep(keeping.clone(), index));
    }
}

fn gauge_health(trunk: &str, health: TrunkHealth) {
    let value = match health {
        TrunkHealth::Up => 1.0,
        TrunkHealth::Degraded { .. } => 0.5,
        TrunkHealth::Down { .. } => 0.0,
    };
    metrics::gauge!("helpline_sip_trunk_health", "trunk" => trunk.to_owned()).set(value);
}

/// The methods that we take part in, for `Allow`.
pub(super) fn allow() -> Header {
    let names: Vec<String> = incoming::METHODS.iter().map(Method::to_string).collect();
    Header::Allow(names.join(", ").into())
}
