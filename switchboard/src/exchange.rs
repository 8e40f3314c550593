//! The exchange as the edges see it: one handle, plain values in and out.

mod alerts;
mod counted;
mod held;
mod recording;
mod stations;
mod stopping;
mod supervision;
mod trunks;
mod web_media;

pub use held::Held;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ids::{AgentId, CallId, ContactId, Language, LegId, ReservationId};
use rand::TryRngCore;
use rand::rngs::OsRng;
use routing::{FloorConfig, FloorEvent, RefusedWhy, Wanted};
use store::Store;
use telephony::call::{CallEvent, Digit, Refusal};
use telephony::driver::media::recorder::RecorderStartError;
use telephony::driver::media::{MediaEvent, MediaPlane, MediaRefused};
use telephony::driver::sip::{SipEvent, SipPort};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use crate::admission::Admitted;
use crate::bus::{Bus, Subscription};
use crate::caller_keys::CallerKeys;
use crate::clock::Clock;
use crate::floor_task::{self, FloorPort};
use crate::hub::Hub;
use crate::lines::{CurrentLines, Lines};
use crate::recording::{Clerk, NOTES_MAX, RecordingConfig, RecordingError, RecordingPort};
use crate::registry::{AgentEntry, AgentProfile, LegOwner, Registry};
use crate::view::{AgentView, CallView, FloorBoard, Medium, RingingView};
use crate::watch::{Watch, WatchConfig};
use crate::{places, presence, pumps, records, recovery, replay};

/// What the exchange is started with.
pub struct ExchangeConfig {
    /// The rules and times of the floor.
    pub floor: FloorConfig,
    /// The public numbers.
    pub lines: Lines,
    /// Calls alive at most, over all media.
    pub calls_max: usize,
    /// An agent of whom nothing is heard for this long is lost (a live call is never cut).
    pub agent_lost_after: Duration,
    /// Where the live check leaves files about promises that it found broken.
    pub breaches: PathBuf,
    /// Where recordings go; `None`: nothing is recorded, whatever the lines say.
    pub recording: Option<RecordingConfig>,
}

/// The drivers, started, with the ends from which their reports come.
pub struct Drivers {
    /// SIP.
    pub sip: Arc<dyn SipPort>,
    /// What SIP reports.
    pub sip_events: mpsc::Receiver<SipEvent>,
    /// Audio.
    pub media: MediaPlane,
    /// What the media plane reports.
    pub media_events: mpsc::Receiver<MediaEvent>,
}

/// Why something asked of the exchange was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// The floor refused.
    #[error("the floor refused: {0:?}")]
    Refused(RefusedWhy),
    /// There is no such call, or it is not this agent's.
    #[error("the call is over or belongs to another agent")]
    NotYourCall,
    /// The agent is not on the floor: the console has not connected.
    #[error("the agent is not signed in to the floor")]
    NotOnTheFloor,
    /// An agent without audio, in the browser or by telephone, cannot take calls.
    #[error("the agent's audio is not connected")]
    NoAudio,
    /// The agent's telephone rings for this caller: answering it is accepting.
    #[error("the agent's telephone rings; answering it takes the call")]
    AnswerTheTelephone,
    /// No telephone may be there.
    #[error("the telephone is in none of the networks for telephones")]
    StationNotAllowed,
    /// The call was refused, for the reason a caller by telephone would get.
    #[error("the call was refused: {0:?}")]
    CallRefused(Refusal),
    /// The exchange has stopped, or did not answer in time.
    #[error("the exchange does not answer")]
    Unavailable,
    /// The call's recording is not in a state for that.
    #[error(transparent)]
    Recording(#[from] RecordingError),
}

/// Why the exchange could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The journal could not be opened or read.
    #[error("the journal of the floor cannot be read")]
    Journal(#[from] replay::ReplayError),
    /// The recorder has no threads.
    #[error("the recorder cannot start")]
    Recorder(#[from] RecorderStartError),
}

/// A web call that has begun.
#[derive(Clone)]
pub struct WebCall {
    /// The call.
    pub call: CallId,
    /// What the page must show to do anything with the call.
    pub token: String,
    /// Our session description.
    pub answer: String,
}

/// The running exchange. Cheap to clone; lives until [`Exchange::stop`].
#[derive(Clone)]
pub struct Exchange {
    hub: Arc<Hub>,
    floor_task: Arc<tokio::sync::Mutex<Option<JoinHandle<()>>>>,
    watch: Watch,
    others: Arc<Vec<JoinHandle<()>>>,
}

impl Exchange {
    /// Recovers the floor from its journal and starts the exchange.
    ///
    /// # Errors
    /// When the journal cannot be read: a floor that forgot its callers must not open.
    pub async fn start(
        config: ExchangeConfig,
        store: Store,
        drivers: Drivers,
    ) -> Result<Self, StartError> {
        let clock = Clock::system();
        let watch_config = WatchConfig { floor: config.floor.clone(), folder: config.breaches };
        let recovered = recovery::recover(&store, config.floor, clock.now()).await?;
        let (port, inbox) = floor_task::channel();
        let tasks = TaskTracker::new();
        let (records, record_task) = records::start(store.clone());
        let (recording, notes) = match &config.recording {
            Some(_) => {
                let (notes, received) = mpsc::channel(NOTES_MAX);
                (RecordingPort::new(notes), Some(received))
            }
            None => (RecordingPort::off(), None),
        };
        let hub = Arc::new(Hub {
            clock: clock.clone(),
            bus: Bus::new(),
            registry: Registry::default(),
            sip: drivers.sip,
            media: drivers.media,
            floor: port,
            records,
            recording,
            lines: CurrentLines::new(config.lines),
            caller_keys: CallerKeys::default(),
            calls_max: config.calls_max,
            tasks,
            draining: AtomicBool::new(false),
        });
        let recovery::Recovered { floor, journal, orphans } = recovered;
        let watch = Watch::start(&hub, store, watch_config);
        let floor =
            floor_task::run(inbox, floor, journal, clock, watch.port.clone(), Arc::clone(&hub));
        let floor_task = tokio::spawn(floor);
        recovery::note_cut_off(&hub, &orphans);
        recovery::end_orphans(&hub.floor, orphans).await;
        if let (Some(config), Some(notes)) = (config.recording, notes) {
            Clerk::start(&hub, config, notes)?;
        }
        let others = vec![
            tokio::spawn(pumps::pump_sip(Arc::clone(&hub), drivers.sip_events)),
            tokio::spawn(pumps::pump_media(Arc::clone(&hub), drivers.media_events)),
            tokio::spawn(presence::watch(Arc::clone(&hub), config.agent_lost_after)),
            tokio::spawn(places::watch(Arc::clone(&hub))),
            record_task,
        ];
        let floor_task = Arc::new(tokio::sync::Mutex::new(Some(floor_task)));
        Ok(Self { hub, floor_task, watch, others: Arc::new(others) })
    }

    /// The bus: what happens, as it happens.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.hub.bus
    }

    /// Watches what happens, from after `cursor` on if that is still known, else from now.
    #[must_use]
    pub fn subscribe(&self, cursor: Option<u64>) -> Subscription {
        self.hub.bus.subscribe(cursor)
    }

    /// The exchange's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.hub.clock
    }

    /// An agent's console has connected: the floor knows the agent from now on.
    ///
    /// # Errors
    /// [`ExchangeError::Refused`] if the floor is full.
    pub async fn agent_online(&self, profile: AgentProfile) -> Result<AgentView, ExchangeError> {
        let agent = profile.agent;
        let event = profile.registration();
        let known = self.enter(profile);
        if !known {
            self.ask(event).await?;
        }
        self.agent_view(agent).ok_or(ExchangeError::NotOnTheFloor)
    }

    /// Notes the agent as present; true if the floor knows this very profile already.
    fn enter(&self, profile: AgentProfile) -> bool {
        let now = self.hub.clock.now();
        let agent = profile.agent;
        let mut maps = self.hub.registry.lock();
        if let Some(entry) = maps.agents.get_mut(&agent) {
            entry.heard_at = now;
            entry.lost = false;
            let known = entry.profile == profile;
            entry.profile = profile;
            return known;
        }
        let leg = LegId::from_uuid(self.hub.clock.mint());
        maps.legs.insert(leg, LegOwner::Agent(agent));
        maps.agents.insert(agent, AgentEntry::new(profile, leg, now));
        false
    }

    /// The console of this agent was heard.
    pub fn heartbeat(&self, agent: AgentId) {
        let now = self.hub.clock.now();
        self.hub.registry.update_agent(agent, |entry| {
            entry.heard_at = now;
            entry.lost = false;
        });
    }

    /// Connects the browser's audio for the shift, or anew after a change of network.
    ///
    /// # Errors
    /// When the offer cannot be used, or the agent is not on the floor.
    pub async fn connect_agent_media(
        &self,
        agent: AgentId,
        offer: &str,
    ) -> Result<String, ExchangeError> {
        let leg = self.hub.registry.leg_of(agent).ok_or(ExchangeError::NotOnTheFloor)?;
        self.hub.media.open_peer(leg, offer).await.map_err(refused_media)
    }

    /// The agent asks for a state.
    ///
    /// # Errors
    /// [`ExchangeError::NoAudio`] for an agent with neither browser's audio nor telephone who wants to be available; else what the
    /// floor refuses.
    pub async fn request_state(
        &self,
        agent: AgentId,
        want: Wanted,
    ) -> Result<AgentView, ExchangeError> {
        let view = self.agent_view(agent).ok_or(ExchangeError::NotOnTheFloor)?;
        if want == Wanted::Available && !view.has_audio() {
            return Err(ExchangeError::NoAudio);
        }
        self.ask(FloorEvent::AgentStateRequested { agent, want }).await?;
        self.agent_view(agent).ok_or(ExchangeError::NotOnTheFloor)
    }

    /// The agent takes the caller. Of two at once, one gets `ReservationOver`.
    ///
    /// # Errors
    /// [`ExchangeError::AnswerTheTelephone`] while the agent's telephone rings for it; what the floor
    /// refuses.
    pub async fn accept(
        &self,
        agent: AgentId,
        reservation: ReservationId,
    ) -> Result<(), ExchangeError> {
        if self.hub.registry.station_leg_for(reservation).is_some() {
            return Err(ExchangeError::AnswerTheTelephone);
        }
        self.ask(FloorEvent::ReservationAccepted { reservation, agent }).await
    }

    /// The agent's report of a call is filed: wrap-up may end.
    ///
    /// # Errors
    /// What the floor refuses: the agent neither talks on that call nor wraps it up.
    pub async fn report_filed(&self, agent: AgentId, call: CallId) -> Result<(), ExchangeError> {
        self.ask(FloorEvent::ReportFiled { call, agent }).await
    }

    /// The agent ends wrap-up: what was asked to come next comes now, else the agent is available.
    ///
    /// # Errors
    /// What the floor refuses: the agent is not in wrap-up, or the report is not filed.
    pub async fn finish_wrap_up(&self, agent: AgentId) -> Result<(), ExchangeError> {
        self.ask(FloorEvent::WrapUpFinished { agent }).await
    }

    /// The agent declines.
    ///
    /// # Errors
    /// What the floor refuses.
    pub async fn reject(
        &self,
        agent: AgentId,
        reservation: ReservationId,
    ) -> Result<(), ExchangeError> {
        self.ask(FloorEvent::ReservationRejected { reservation, agent }).await
    }

    /// The caller of this agent hears music.
    ///
    /// # Errors
    /// [`ExchangeError::NotYourCall`].
    pub fn hold(&self, agent: AgentId, call: CallId) -> Result<(), ExchangeError> {
        self.tell_own(agent, call, CallEvent::HoldRequested)
    }

    /// The caller of this agent hears the agent again.
    ///
    /// # Errors
    /// [`ExchangeError::NotYourCall`].
    pub fn resume(&self, agent: AgentId, call: CallId) -> Result<(), ExchangeError> {
        self.tell_own(agent, call, CallEvent::ResumeRequested)
    }

    /// The agent ends the call.
    ///
    /// # Errors
    /// [`ExchangeError::NotYourCall`].
    pub fn hang_up(&self, agent: AgentId, call: CallId) -> Result<(), ExchangeError> {
        self.tell_own(agent, call, CallEvent::AgentHungUp)
    }

    /// The agent presses a key for the caller's side.
    ///
    /// # Errors
    /// [`ExchangeError::NotYourCall`].
    pub fn send_digit(
        &self,
        agent: AgentId,
        call: CallId,
        digit: Digit,
    ) -> Result<(), ExchangeError> {
        self.tell_own(agent, call, CallEvent::DigitRequested { digit })
    }

    /// Notes whom a call is about, for those who see the call.
    pub fn set_contact(&self, call: CallId, contact: Option<ContactId>) {
        self.hub.registry.update_call(call, |view| view.contact_id = contact);
    }

    /// Notes the case a call belongs to, for those who see the call.
    pub fn set_case(&self, call: CallId, case: Option<ids::CaseId>) {
        self.hub.registry.update_call(call, |view| view.case_id = case);
    }

    /// A call from the citizen page. The page's offer is answered at once; the caller then hears the
    /// same greeting as on a telephone, in the page's language if one is given.
    ///
    /// # Errors
    /// [`ExchangeError::CallRefused`] with the reason.
    pub async fn web_call(
        &self,
        offer: &str,
        number: &str,
        language: Option<Language>,
    ) -> Result<WebCall, ExchangeError> {
        let token = secret()?;
        let leg = LegId::from_uuid(self.hub.clock.mint());
        let admitted = Admitted::new(&self.hub, leg, None, number, Medium::WebCall)
            .map_err(ExchangeError::CallRefused)?;
        let answer = self.hub.media.open_peer(leg, offer).await.map_err(refused_media)?;
        let call = admitted.id();
        self.hub.registry.lock().web_calls.insert(token.clone(), call);
        admitted.start(None, language).await;
        Ok(WebCall { call, token, answer })
    }

    /// A call, while it lives.
    #[must_use]
    pub fn call_view(&self, call: CallId) -> Option<CallView> {
        self.hub.registry.call_view(call)
    }

    /// Every call alive, oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<CallView> {
        let maps = self.hub.registry.lock();
        let mut calls: Vec<_> = maps.calls.values().map(|entry| entry.view.clone()).collect();
        calls.sort_by_key(|call| (call.arrived_at, call.id));
        calls
    }

    /// An agent, if known to the floor.
    #[must_use]
    pub fn agent_view(&self, agent: AgentId) -> Option<AgentView> {
        self.hub.registry.agent_view(agent)
    }

    /// The call that an agent is on.
    #[must_use]
    pub fn call_of(&self, agent: AgentId) -> Option<CallView> {
        self.call_view(self.hub.registry.call_of(agent)?)
    }

    /// What rings at an agent's console now.
    #[must_use]
    pub fn ringing_at(&self, agent: AgentId) -> Vec<RingingView> {
        let maps = self.hub.registry.lock();
        let ringing = maps.agents.get(&agent).map(|entry| entry.ringing.values().cloned());
        ringing.into_iter().flatten().collect()
    }

    /// The boards' view of the whole floor.
    #[must_use]
    pub fn floor_board(&self) -> FloorBoard {
        let queues = self.hub.lines.get().queues();
        let maps = self.hub.registry.lock();
        let mut agents: Vec<_> = maps.agents.values().map(AgentEntry::view).collect();
        agents.sort_by_key(|view| view.agent);
        FloorBoard {
            agents,
            queues: queues.into_iter().map(|queue| maps.queue_view(queue)).collect(),
            calls: u32::try_from(maps.calls.len()).unwrap_or(u32::MAX),
        }
    }

    fn floor(&self) -> &FloorPort {
        &self.hub.floor
    }

    async fn ask(&self, event: FloorEvent) -> Result<(), ExchangeError> {
        match self.floor().ask(event).await {
            Some(Ok(())) => Ok(()),
            Some(Err(why)) => Err(ExchangeError::Refused(why)),
            None => Err(ExchangeError::Unavailable),
        }
    }

    fn tell_own(
        &self,
        agent: AgentId,
        call: CallId,
        event: CallEvent,
    ) -> Result<(), ExchangeError> {
        if self.hub.registry.call_of(agent) != Some(call) {
            return Err(ExchangeError::NotYourCall);
        }
        self.hub.tell_call(call, event);
        Ok(())
    }
}

fn refused_media(refused: MediaRefused) -> ExchangeError {
    ExchangeError::CallRefused(Refusal::from(refused))
}

/// 128 bits that nobody can guess, for a URL.
fn secret() -> Result<String, ExchangeError> {
    let mut bytes = [0_u8; 16];
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| ExchangeError::Unavailable)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
