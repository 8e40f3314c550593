//! Operators who talk on SIP telephones: SIPp and baresip on both ends of the call.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use telephony::call::Digit;
use telephony::driver::dial::{DialEnded, DialRequest, dial};
use telephony::media::level::level_dbfs;
use telephony::media::tone::ToneGenerator;
use tests::desk::{self, TelephoneDesk};
use tests::greeting::{STRAIGHT_LINE, straight_to_the_queue};
use tests::program::{PASSWORD, Program, TOKEN};
use tests::telephone::{BaresipStation, Sipp, Station};

const SOON: Duration = Duration::from_secs(20);
/// The tone that the caller says.
const CALLER_HERTZ: f64 = 1000.0;
const QUIET: Duration = Duration::from_secs(45);

/// A helpline whose callers wait at once, and whose agents may have telephones here. Wrap-up takes a
/// second and needs no report.
async fn helpline(more: &[(&str, &str)]) -> Program {
    let own = [
        ("STATION__NETWORKS", "127.0.0.1/32"),
        ("FLOOR__WRAP_UP_NEEDS_REPORT", "false"),
        ("FLOOR__WRAP_UP_S", "1"),
        ("FLOOR__WRAP_UP_EMERGENCY_S", "1"),
        ("FLOOR__REJECT_COOL_DOWN_S", "60"),
    ];
    let program = Program::start(&[&own, more].concat()).await.expect("the program starts");
    let machine = desk::Api::machine(program.http, TOKEN);
    straight_to_the_queue(&machine).await.expect("a greeting without questions");
    program
}

/// The demo's operator of this number at a desk with this telephone, available.
async fn operator(program: &Program, n: u32, station: &str) -> TelephoneDesk {
    let api = desk::sign_in(program.http, &format!("operator{n}"), PASSWORD).await;
    let desk = TelephoneDesk::open(api.expect("signed in"), station).await.expect("at the desk");
    desk.available().await.expect("available without a browser's audio");
    desk
}

/// SIPp as a citizen, who waits at once.
fn caller(scenario: &'static str) -> Sipp {
    Sipp::new(scenario).dialled(STRAIGHT_LINE)
}

/// No leg, no dialog, no port is left.
async fn nothing_is_left(program: &Program) {
    program.until_quiet(QUIET).await.expect("no call is left");
    let legs = program.metric("helpline_sip_legs").await.expect("metrics");
    assert_eq!(legs, 0.0, "legs are left");
    assert_eq!(program.metric("helpline_calls_panicked_total").await.expect("metrics"), 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn answering_the_telephone_takes_the_caller_and_either_side_may_hang_up() {
    let program = helpline(&[]).await;
    let station = Station::start("station", 1).expect("a telephone");
    let mut desk = operator(&program, 1, &station.address()).await;
    // The caller hangs up two seconds after the answer: the telephone hears BYE.
    caller("call").run(&program).await.expect("a caller who hangs up");
    desk.until_state("talking", SOON).await.expect("answering was accepting");
    station.went_as_written().await.expect("the telephone is hung up");
    desk.until_state("available", SOON).await.expect("free for the next");

    let station = Station::start("station_hangs_up", 1).expect("a telephone");
    desk.set_station(Some(&station.address())).await.expect("another telephone");
    caller("hung_up").run(&program).await.expect("a caller who is hung up on");
    station.went_as_written().await.expect("the telephone hung up");
    desk.until_state("available", SOON).await.expect("free for the next");
    nothing_is_left(&program).await;
    program.stop().await.expect("it stops in peace");
}

#[tokio::test(flavor = "multi_thread")]
async fn declining_rejects_and_a_telephone_that_fails_takes_its_agent_off_the_floor() {
    let program = helpline(&[]).await;
    let station = Station::start("station_declines", 1).expect("a telephone");
    let mut desk = operator(&program, 1, &station.address()).await;
    desk.until_state("available", SOON).await.expect("available");
    caller("call").run(&program).await.expect("a caller who leaves the queue");
    desk.until_state("ringing", SOON).await.expect("it rang");
    station.went_as_written().await.expect("486 and its ACK");
    desk.until_state("available", SOON).await.expect("an agent who declined is available");

    // The console cannot accept for a telephone, and the caller's leaving stops the ringing.
    let station = Station::start("station_rings", 1).expect("a telephone");
    desk.set_station(Some(&station.address())).await.expect("another telephone");
    let leaves = caller("call");
    let (called, refused) = tokio::join!(leaves.run(&program), async {
        let (_, ringing) = desk.next_ringing(SOON).await.expect("the console rings as well");
        let path = format!("/reservations/{}/accept", ringing.reservation);
        desk.api.ask(Method::POST, &path, None).await.expect("an answer").0
    });
    called.expect("a caller who leaves the queue");
    assert_eq!(refused, StatusCode::CONFLICT);
    station.went_as_written().await.expect("CANCEL with a reason");

    let station = Station::start("station_fails", 1).expect("a telephone");
    desk.set_station(Some(&station.address())).await.expect("another telephone");
    caller("call").run(&program).await.expect("a caller who leaves the queue");
    desk.until_state("offline", SOON).await.expect("nobody waits for this telephone again");
    let view = desk.api.get("/agents/me").await.expect("the agent");
    assert_eq!(view["station"]["state"], "unreachable", "{view}");
    station.went_as_written().await.expect("404 and its ACK");
    nothing_is_left(&program).await;
    program.stop().await.expect("it stops in peace");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_rings_two_telephones_and_the_slower_hears_that_it_was_answered_elsewhere() {
    let program = helpline(&[("FLOOR__RING_S", "1")]).await;
    let slow = Station::start("station_rings", 2).expect("a telephone");
    let mut waits = operator(&program, 1, &slow.address()).await;
    waits.until_state("available", SOON).await.expect("available");
    // Nobody answers for a second.
    caller("call").run(&program).await.expect("a caller who leaves the queue");
    waits.until_state("not_responding", SOON).await.expect("it rang in vain");
    waits.available().await.expect("available again");

    let quick = Station::start("station", 1).expect("a telephone");
    let mut takes = operator(&program, 2, &quick.address()).await;
    let caller = DialRequest {
        presses: vec![(Digit::new('9').expect("a key"), Duration::from_millis(300))],
        hang_up_after: Some(Duration::from_secs(3)),
        ..DialRequest::new(format!("sip:{STRAIGHT_LINE}@{}", program.sip), "+919812345678")
    };
    // Before the key, a caller who only waits may ring one of the two.
    let report = dial(caller).await.expect("placed");
    assert_eq!(report.ended, DialEnded::ByUs);
    takes.until_state("talking", SOON).await.expect("the first to answer has the caller");
    quick.went_as_written().await.expect("hung up with the caller");
    drop(slow);
    nothing_is_left(&program).await;
    program.stop().await.expect("it stops in peace");
}

#[tokio::test(flavor = "multi_thread")]
async fn caller_and_telephone_hear_each_other() {
    let program = helpline(&[]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let telephone = BaresipStation::start(folder.path(), Duration::from_secs(7)).expect("baresip");
    let mut desk = operator(&program, 1, &telephone.address()).await;
    let mut says = vec![0_i16; 8000];
    ToneGenerator::steady(CALLER_HERTZ, 8000).fill(&mut says);
    let caller = DialRequest {
        say: says.into(),
        say_repeatedly: true,
        listen_for: vec![BaresipStation::HERTZ],
        hang_up_after: Some(Duration::from_secs(4)),
        ..DialRequest::new(format!("sip:{STRAIGHT_LINE}@{}", program.sip), "+919812345678")
    };
    let report = dial(caller).await.expect("placed");
    desk.until_state("talking", SOON).await.expect("baresip answered");
    let heard: Duration = report.tones.iter().map(|tone| tone.to - tone.from).sum();
    assert!(heard >= Duration::from_millis(500), "the caller heard {heard:?}: {report:?}");
    let audio = telephone.heard().await.expect("what baresip heard");
    let level = level_dbfs(&audio);
    assert!(level > -40.0, "the telephone heard {level} dBFS");
    nothing_is_left(&program).await;
}
