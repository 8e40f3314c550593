//! What the media plane measures reaches the agent's console and, at the end, the records.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use crm::actor::{Purpose, Role};
use crm::interaction::{self, AudioVerdict, Interaction};
use ids::{Class, Timestamp, UserId};
use routing::AgentState;
use store::testing::TestDb;
use telephony::call::{EndCause, Refusal};
use telephony::driver::media::{Hears, MediaConfig, MediaPlane, Sends};
use telephony::driver::sip::{SipCounts, SipPort, StationCall, TakenBack};
use telephony::driver::station::StationAddress;
use telephony::driver::trunk::TrunkView;
use telephony::flow::builtin_flow;
use telephony::media::AudioLibrary;
use telephony::media::quality::Verdict;
use tokio::time::{sleep, timeout};
use tokio_util::task::TaskTracker;

use super::*;
use crate::bus::{Bus, BusEvent};
use crate::caller_keys::CallerKeys;
use crate::clock::Clock;
use crate::lines::{CurrentLines, Line, Lines};
use crate::recording::{RecordingPort, RecordingRules};
use crate::registry::{AgentEntry, AgentProfile, CallEntry, Registry};
use crate::talk_quality::TalkQuality;
use crate::view::{CallState, CallView, Medium};
use crate::{floor_task, records};

const GOOD: Quality = Quality {
    received: 50,
    lost: 0,
    jitter_ms: 2.0,
    round_trip_ms: Some(40.0),
    mos: 4.38,
    sends: Sends::Sound,
    hears: Hears::Well,
};
const MUTE: Quality = Quality { received: 0, mos: 1.0, sends: Sends::Nothing, ..GOOD };

struct NoSip;

impl SipPort for NoSip {
    fn ring(&self, _: LegId) {}
    fn answer(&self, _: LegId, _: String) {}
    fn describe(&self, _: LegId, _: Result<String, Refusal>) {}
    fn refuse(&self, _: LegId, _: Refusal) {}
    fn hang_up(&self, _: LegId) {}
    fn may_call(&self, _: &StationAddress) -> bool {
        false
    }
    fn place(&self, _: LegId, _: StationCall) {}
    fn take_back(&self, _: LegId, _: TakenBack) {}
    fn counts(&self) -> SipCounts {
        SipCounts::default()
    }
    fn trunks(&self) -> Vec<TrunkView> {
        Vec::new()
    }
}

/// One call and one agent, whose legs are measured as a test says.
struct Bench {
    hub: Arc<Hub>,
    db: TestDb,
    call: CallId,
    agent: AgentId,
    caller_leg: LegId,
    agent_leg: LegId,
    measured: mpsc::Sender<MediaEvent>,
}

impl Bench {
    async fn start() -> Self {
        let db = TestDb::sqlite().await;
        let hub = Arc::new(hub(&db).await);
        let (measured, events) = mpsc::channel(1024);
        tokio::spawn(pump_media(Arc::clone(&hub), events));
        let (call, agent) = (CallId::from_number(1), AgentId::from_number(2));
        let (caller_leg, agent_leg) = (LegId::from_number(3), LegId::from_number(4));
        let view = view(call);
        assert!(hub.records.arrived(&view).await.is_ok(), "the call is written");
        let profile = AgentProfile {
            agent,
            name: "Agent".to_owned(),
            languages: Vec::new(),
            skills: Vec::new(),
            queues: Vec::new(),
        };
        let (inbox, _) = mpsc::channel(1);
        let mut maps = hub.registry.lock();
        let quality = TalkQuality::default();
        maps.calls.insert(call, CallEntry { inbox, leg: caller_leg, view, quality });
        maps.agents.insert(agent, AgentEntry::new(profile, agent_leg, Timestamp::default()));
        maps.legs.insert(caller_leg, LegOwner::Call(call));
        maps.legs.insert(agent_leg, LegOwner::Agent(agent));
        drop(maps);
        Self { hub, db, call, agent, caller_leg, agent_leg, measured }
    }

    /// The floor has given the caller to the agent, and they talk.
    fn talk(&self) {
        let since = self.hub.clock.now();
        let call = self.call;
        self.hub.registry.update_agent(self.agent, |entry| {
            entry.state = AgentState::Talking { call, since };
        });
        self.set_state(CallState::Talking);
    }

    fn set_state(&self, state: CallState) {
        self.hub.registry.update_call(self.call, |view| {
            view.state = state;
            view.agent = Some(self.agent);
        });
    }

    async fn second(&self, caller: Quality, operator: Quality) {
        for (leg, quality) in [(self.agent_leg, operator), (self.caller_leg, caller)] {
            let event = MediaEvent::Measured { leg, quality };
            self.measured.send(event).await.expect("the pump runs");
        }
    }

    async fn ended(&self) -> Interaction {
        self.hub.record_end(self.call, self.hub.clock.now(), EndCause::CallerHungUp);
        let actor = crm::Actor {
            user: UserId::from_number(7),
            role: Role::Supervisor,
            purpose: Purpose::Reason("test".to_owned()),
        };
        let id = interaction::id_of(self.call);
        let written = timeout(Duration::from_secs(10), async {
            loop {
                let now = self.hub.clock.now();
                let found = interaction::get(self.db.store(), &actor, id, now).await;
                match found {
                    Ok(found) if found.times.ended_at.is_some() => return found,
                    Ok(_) | Err(_) => sleep(Duration::from_millis(20)).await,
                }
            }
        });
        written.await.expect("the end is written")
    }
}

pub(crate) async fn hub(db: &TestDb) -> Hub {
    let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let hindi = "hi".parse().expect("a language");
    let library = Arc::new(AudioLibrary::builtin(hindi).expect("prompts are built in"));
    let (sender, _) = mpsc::channel(1);
    let media = MediaPlane::start(MediaConfig::new(local), library, sender).await;
    let flow = builtin_flow("health").expect("built in").expect("sound");
    let queue = "health".parse().expect("a queue");
    let class = Class::Standard;
    let line = Line {
        queue,
        flow: Arc::new(flow),
        class,
        recording: RecordingRules::default(),
        hours: None,
    };
    Hub {
        clock: Clock::system(),
        bus: Bus::new(),
        registry: Registry::default(),
        sip: Arc::new(NoSip),
        media: media.expect("the media plane starts"),
        floor: floor_task::channel().0,
        records: records::start(db.store().clone()).0,
        recording: RecordingPort::off(),
        lines: CurrentLines::new(Lines::new(line, HashMap::new())),
        calls_max: 10,
        tasks: TaskTracker::new(),
        draining: false.into(),
        caller_keys: CallerKeys::default(),
    }
}

pub(crate) fn view(id: CallId) -> CallView {
    CallView {
        id,
        interaction_id: interaction::id_of(id),
        case_id: None,
        contact_id: None,
        state: CallState::Waiting,
        medium: Medium::WebCall,
        number: None,
        dialled: "104".to_owned(),
        queue: "health".parse().expect("a queue"),
        class: Class::Standard,
        language: None,
        arrived_at: Timestamp::from_micros(1_000_000),
        answered_at: None,
        queued_at: None,
        talking_at: None,
        ended_at: None,
        agent: None,
        position: None,
        recording: None,
    }
}

/// The next second of quality that the agent's console is told.
async fn told(
    live: &mut tokio::sync::broadcast::Receiver<Arc<BusEvent>>,
) -> (Audience, Quality, Quality, Option<Verdict>) {
    let next = timeout(Duration::from_secs(10), live.recv()).await;
    let event = next.expect("told in time").expect("the bus lives");
    let Happening::CallQuality { caller, operator, verdict, .. } = &event.happening else {
        panic!("no quality: {event:?}");
    };
    (event.audience, *caller, *operator, *verdict)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_agent_is_told_each_second_and_the_records_at_the_end() {
    let bench = Bench::start().await;
    bench.talk();
    let mut live = bench.hub.bus.subscribe(None).live;
    for (caller, operator, verdict) in [
        (GOOD, GOOD, None),
        (GOOD, MUTE, None),
        (GOOD, MUTE, None),
        (GOOD, MUTE, Some(Verdict::CallerCannotHearYou)),
        (GOOD, MUTE, Some(Verdict::CallerCannotHearYou)),
        (GOOD, GOOD, Some(Verdict::CallerCannotHearYou)),
        (GOOD, GOOD, Some(Verdict::CallerCannotHearYou)),
        (GOOD, GOOD, None),
    ] {
        bench.second(caller, operator).await;
        let wanted = (Audience::Agent(bench.agent), caller, operator, verdict);
        assert_eq!(told(&mut live).await, wanted);
    }
    let quality = bench.ended().await.line_quality.expect("somebody talked");
    assert_eq!(quality.seconds, 8);
    assert_eq!((quality.caller.packets, quality.caller.mos), (400, 438));
    assert_eq!((quality.operator.packets, quality.operator.mos_worst), (200, 100));
    assert_eq!(quality.operator.mos, 269, "half of the talk was silence");
    assert_eq!(quality.caller.round_trip_ms, Some(40));
    let verdicts = BTreeMap::from([(AudioVerdict::CallerCannotHearYou, 4)]);
    assert_eq!(quality.verdicts, verdicts);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_talks_with_nobody_has_no_verdict_and_no_summary() {
    let bench = Bench::start().await;
    let mut live = bench.hub.bus.subscribe(None).live;
    for state in [CallState::Greeting, CallState::Waiting, CallState::OnHold] {
        bench.set_state(state);
        for _ in 0..5 {
            bench.second(MUTE, MUTE).await;
        }
        // Events are taken in their order: what the seconds told would come before this.
        let connected = MediaEvent::PeerConnected { leg: bench.agent_leg };
        bench.measured.send(connected).await.expect("the pump runs");
        let next = timeout(Duration::from_secs(10), live.recv()).await;
        let next = next.expect("told in time").expect("the bus lives");
        assert!(matches!(next.happening, Happening::AgentStateChanged(_)), "{next:?}");
    }
    bench.talk();
    bench.second(GOOD, GOOD).await;
    assert_eq!(told(&mut live).await.3, None);
    let quality = bench.ended().await.line_quality.expect("one second of talk");
    assert_eq!((quality.seconds, quality.verdicts.len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_nobody_took_has_no_quality() {
    let bench = Bench::start().await;
    bench.second(GOOD, GOOD).await;
    assert_eq!(bench.ended().await.line_quality, None);
}
