//! An agent on a telephone that dies in the middle of a talk.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ids::AgentId;
use routing::{AgentState, Wanted};
use switchboard::{CallState, ExchangeError, StationState};
use telephony::driver::dial::dial;
use telephony::driver::sip::{RsipPort, SipConfig, SipEvent, SipPort as _};
use telephony::driver::station::StationAddress;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::support::{Bench, LOCALHOST, SOON, profile};

/// A telephone that answers, says it listens where nobody does, and sends no audio at all.
async fn dead_telephone() -> (Arc<RsipPort>, StationAddress) {
    let (sender, mut events) = mpsc::channel(16);
    let listen = SocketAddr::new(LOCALHOST, 0);
    let sip = RsipPort::start(SipConfig::new(listen, vec![LOCALHOST.into()]), sender).await;
    let sip = sip.expect("a telephone");
    let telephone = Arc::clone(&sip);
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            if let SipEvent::Invited(invitation) = event {
                let description = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n\
                                   t=0 0\r\nm=audio 9 RTP/AVP 8\r\n";
                telephone.answer(invitation.leg, description.to_owned());
            }
        }
    });
    let address = format!("sip:201@{}", sip.local_addr()).parse().expect("an address");
    (sip, address)
}

async fn until(bench: &Bench, what: &str, so: impl Fn(&Bench) -> bool) {
    let reached = timeout(Duration::from_secs(30), async {
        while !so(bench) {
            sleep(Duration::from_millis(20)).await;
        }
    });
    let (agents, calls) = (bench.exchange.floor_board().agents, bench.exchange.calls());
    assert!(reached.await.is_ok(), "not {what}: {agents:?} {calls:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_caller_of_a_telephone_that_dies_goes_back_to_the_head() {
    let bench = Bench::with_patience(Duration::from_secs(1)).await;
    let (telephone, address) = dead_telephone().await;
    let agent = AgentId::from_number(1);
    let elsewhere = "sip:201@192.0.2.1".parse().expect("an address");
    bench.exchange.agent_online(profile(1)).await.expect("on the floor");
    assert_eq!(
        bench.exchange.request_state(agent, Wanted::Available).await,
        Err(ExchangeError::NoAudio)
    );
    assert_eq!(
        bench.exchange.set_station(agent, Some(elsewhere)),
        Err(ExchangeError::StationNotAllowed)
    );
    bench.exchange.set_station(agent, Some(address)).expect("a telephone");
    bench.exchange.request_state(agent, Wanted::Available).await.expect("available");

    let caller = tokio::spawn(dial(bench.caller(&[('0', 0.5)])));
    bench.until_state(CallState::Talking).await;
    let queued_at = bench.exchange.calls()[0].queued_at;
    // Nothing is heard of the telephone: its caller waits again, as long as before.
    bench.until_state(CallState::Waiting).await;
    let call = bench.exchange.calls().pop().expect("the call lives");
    assert_eq!((call.agent, call.queued_at), (None, queued_at));
    until(&bench, "goodbye heard by the telephone", |_| telephone.counts().legs == 0).await;
    until(&bench, "in wrap-up, the telephone on the hook", |bench| {
        let view = bench.exchange.agent_view(agent).expect("the agent");
        let station = view.station.as_ref().map(|station| station.state);
        matches!(view.state, AgentState::WrapUp { .. }) && station == Some(StationState::Ready)
    })
    .await;

    bench.exchange.stop().await;
    timeout(SOON, caller).await.expect("the call ends").expect("no panic").expect("placed");
    bench.assert_nothing_left().await;
}
