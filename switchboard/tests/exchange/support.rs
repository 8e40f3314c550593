//! An exchange on free ports of 127.0.0.1, and citizens who call it.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crm::Actor;
use crm::actor::{Purpose, Role};
use crm::callback::{self, State, Wanted, Wish};
use crm::interaction::{self, Interaction};
use ids::{AgentId, CallId, Class, QueueId, UserId};
use routing::FloorConfig;
use store::Store;
use store::testing::TestDb;
use switchboard::{
    AgentProfile, CallState, Drivers, Exchange, ExchangeConfig, Happening, Line, Lines,
    RecordingRules,
};
use telephony::call::{Digit, EndCause};
use telephony::driver::dial::{DialReport, DialRequest, dial};
use telephony::driver::media::{MediaConfig, MediaPlane};
use telephony::driver::sip::{IpNet, RsipPort, SipConfig, SipPort};
use telephony::flow::builtin_flow;
use telephony::media::AudioLibrary;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

pub(crate) const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Longest wait for anything that should happen at once.
pub(crate) const SOON: Duration = Duration::from_secs(10);

pub(crate) struct Bench {
    pub(crate) db: TestDb,
    pub(crate) exchange: Exchange,
    pub(crate) sip: Arc<RsipPort>,
    pub(crate) media: MediaPlane,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::start_with(TestDb::sqlite().await, |sip| sip).await
    }

    /// `wrap` may put something between the exchange and SIP.
    pub(crate) async fn start_with(
        db: TestDb,
        wrap: impl FnOnce(Arc<dyn SipPort>) -> Arc<dyn SipPort>,
    ) -> Self {
        let config = config(&db);
        Self::start_as(db, wrap, config, |media| media).await
    }

    /// At most so many callers wait.
    pub(crate) async fn with_room_for(waiting_max: u32) -> Self {
        let db = TestDb::sqlite().await;
        let mut config = config(&db);
        config.floor.waiting_max = waiting_max;
        Self::start_as(db, |sip| sip, config, |media| media).await
    }

    /// A leg of the telephone network that says nothing for so long in a talk is lost.
    pub(crate) async fn with_patience(silence_limit: Duration) -> Self {
        let db = TestDb::sqlite().await;
        let config = config(&db);
        let media = |media| MediaConfig { silence_limit, ..media };
        Self::start_as(db, |sip| sip, config, media).await
    }

    async fn start_as(
        db: TestDb,
        wrap: impl FnOnce(Arc<dyn SipPort>) -> Arc<dyn SipPort>,
        config: ExchangeConfig,
        media: impl FnOnce(MediaConfig) -> MediaConfig,
    ) -> Self {
        let (sip_sender, sip_events) = mpsc::channel(1024);
        let (media_sender, media_events) = mpsc::channel(1024);
        let listen = SocketAddr::new(LOCALHOST, 0);
        let here: IpNet = "127.0.0.1/32".parse().expect("a network");
        let sip = SipConfig { stations: vec![here], ..SipConfig::new(listen, vec![here]) };
        let sip = RsipPort::start(sip, sip_sender).await;
        let sip = sip.expect("SIP starts");
        let hindi = "hi".parse().expect("a language");
        let library = Arc::new(AudioLibrary::builtin(hindi).expect("prompts are built in"));
        let media =
            MediaPlane::start(media(MediaConfig::new(LOCALHOST)), library, media_sender).await;
        let media = media.expect("the media plane starts");
        let shared: Arc<dyn SipPort> = sip.clone();
        let drivers = Drivers { sip: wrap(shared), sip_events, media: media.clone(), media_events };
        let exchange = Exchange::start(config, db.store().clone(), drivers).await;
        Self { db, exchange: exchange.expect("the exchange starts"), sip, media }
    }

    pub(crate) fn store(&self) -> &Store {
        self.db.store()
    }

    /// A caller from a number of no one, who presses keys at seconds after the answer.
    pub(crate) fn caller(&self, presses: &[(char, f32)]) -> DialRequest {
        let to = format!("sip:104@{}", self.sip.local_addr());
        let mut request = DialRequest::new(to, "+919999000001");
        request.presses = presses
            .iter()
            .map(|(key, at)| (Digit::new(*key).expect("a key"), Duration::from_secs_f32(*at)))
            .collect();
        request.longest = Duration::from_secs(30);
        request
    }

    pub(crate) async fn dial(&self, request: DialRequest) -> DialReport {
        timeout(Duration::from_secs(40), dial(request))
            .await
            .expect("the call ends by itself")
            .expect("the call can be placed")
    }

    /// Waits until the call is over; gives its id and cause.
    pub(crate) async fn ended(
        &self,
        mut live: tokio::sync::broadcast::Receiver<Arc<switchboard::BusEvent>>,
    ) -> (CallId, EndCause) {
        let found = timeout(Duration::from_secs(40), async {
            loop {
                let event = live.recv().await.expect("the bus lives");
                if let Happening::CallEnded { call, cause, .. } = &event.happening {
                    return (*call, *cause);
                }
            }
        });
        found.await.expect("the call ends")
    }

    /// The interaction once its row says how it ended.
    pub(crate) async fn recorded(&self, call: CallId) -> Interaction {
        let actor = Actor {
            user: UserId::from_number(7),
            role: Role::Supervisor,
            purpose: Purpose::Reason("test".to_owned()),
        };
        let now = self.exchange.clock().now();
        let found = timeout(SOON, async {
            loop {
                let id = interaction::id_of(call);
                if let Ok(found) = interaction::get(self.store(), &actor, id, now).await
                    && found.times.ended_at.is_some()
                {
                    return found;
                }
                sleep(Duration::from_millis(20)).await;
            }
        });
        found.await.expect("the end is recorded")
    }

    /// The open wishes to be called back, once there are so many.
    pub(crate) async fn wishes(&self, count: usize) -> Vec<Wish> {
        let purpose = Purpose::Reason("test".to_owned());
        let actor = Actor { user: UserId::from_number(7), role: Role::Supervisor, purpose };
        let now = self.exchange.clock().now();
        let wanted = Wanted { state: State::Open, cursor: None, limit: 100 };
        let found = timeout(SOON, async {
            loop {
                let page = callback::list(self.store(), &actor, &wanted, now).await;
                let wishes = page.expect("the records answer").items;
                if wishes.len() >= count {
                    return wishes;
                }
                sleep(Duration::from_millis(20)).await;
            }
        });
        found.await.expect("the wishes are written")
    }

    /// Waits until the only call is in this state.
    pub(crate) async fn until_state(&self, state: CallState) {
        let reached = timeout(Duration::from_secs(30), async {
            while !self.exchange.calls().iter().any(|call| call.state == state) {
                sleep(Duration::from_millis(20)).await;
            }
        });
        reached.await.unwrap_or_else(|_| panic!("no call became {state:?}"));
    }

    /// Nothing is left behind: no call, dialog, leg or port.
    pub(crate) async fn assert_nothing_left(&self) {
        let empty = timeout(SOON, async {
            loop {
                let media = self.media.counts();
                let sip = self.sip.counts();
                let calls = self.exchange.floor_board().calls;
                if (calls, sip.legs, sip.dialogs, media.legs, media.ports) == (0, 0, 0, 0, 0) {
                    return;
                }
                sleep(Duration::from_millis(20)).await;
            }
        });
        if empty.await.is_err() {
            panic!(
                "left behind: {} calls, {:?}, {:?}",
                self.exchange.floor_board().calls,
                self.sip.counts(),
                self.media.counts()
            );
        }
    }
}

pub(crate) fn profile(number: u128) -> AgentProfile {
    AgentProfile {
        agent: AgentId::from_number(number),
        name: format!("Agent {number}"),
        languages: vec!["hi".parse().expect("a language"), "en".parse().expect("a language")],
        skills: Vec::new(),
        queues: vec![health()],
    }
}

pub(crate) fn health() -> QueueId {
    "health".parse().expect("a queue")
}

fn config(db: &TestDb) -> ExchangeConfig {
    let flow = builtin_flow("health").expect("the flow is built in").expect("the flow is sound");
    let line = Line {
        queue: health(),
        flow: Arc::new(flow),
        class: Class::Standard,
        recording: RecordingRules::default(),
        hours: None,
    };
    ExchangeConfig {
        floor: FloorConfig::with_queues(vec![health()]),
        lines: Lines::new(line.clone(), HashMap::from([("104".to_owned(), line)])),
        calls_max: 100,
        agent_lost_after: Duration::from_secs(15),
        breaches: db.folder().join("breaches"),
        recording: None,
    }
}
