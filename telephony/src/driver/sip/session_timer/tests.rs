//! Negotiations as RFC 4028 §9, table 2, has them, and the deadlines that follow.

use super::*;

const SETTINGS: TimerSettings = TimerSettings { interval_s: 1800, interval_min_s: 90 };

fn request(more: &str) -> Request {
    let text = format!(
        "INVITE sip:104@h SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK1\r\n\
         From: <sip:1@h>;tag=1\r\nTo: <sip:104@h>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\
         {more}Content-Length: 0\r\n\r\n"
    );
    Request::try_from(text.as_bytes()).expect("the test's INVITE is well formed")
}

fn answered(more: &str) -> (u32, Refresher) {
    let timer = SessionTimer::answer(SETTINGS, &request(more)).expect("long enough");
    (timer.interval_s, timer.refresher)
}

fn lines(headers: &[Header]) -> Vec<String> {
    headers.iter().map(ToString::to_string).collect()
}

#[test]
fn who_refreshes_is_as_the_table_says() {
    use Refresher::{Them, Us};
    for (more, expected) in [
        ("", (1800, Us)),
        ("Session-Expires: 600\r\n", (600, Us)),
        ("Supported: timer\r\n", (1800, Them)),
        ("Supported: timer\r\nSession-Expires: 600\r\n", (600, Them)),
        ("Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n", (600, Them)),
        ("Supported: timer\r\nSession-Expires: 600;refresher=UAS\r\n", (600, Us)),
        ("Supported: timer\r\nx: 7200 ; refresher=uas\r\n", (1800, Us)),
        ("Supported: timer\r\nMin-SE: 3600\r\nSession-Expires: 4000\r\n", (3600, Them)),
        ("Supported: timer\r\nSession-Expires: soon\r\n", (1800, Them)),
    ] {
        assert_eq!(answered(more), expected, "{more:?}");
    }
}

#[test]
fn too_short_is_refused_only_if_the_sender_can_ask_again() {
    let short = "Session-Expires: 60\r\n";
    let refused = SessionTimer::answer(SETTINGS, &request(&format!("Supported: timer\r\n{short}")));
    assert_eq!(refused, Err(TooShort { interval_min_s: 90 }));
    assert_eq!(answered(short), (90, Refresher::Us), "a proxy wrote it: nobody can ask again");
}

#[test]
fn the_answer_names_the_refresher_as_the_sender_sees_it() {
    let asked = request("Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n");
    let timer = SessionTimer::answer(SETTINGS, &asked).expect("long enough");
    let expected = ["Supported: timer", "Session-Expires: 600;refresher=uac", "Require: timer"];
    assert_eq!(lines(&timer.answer_headers()), expected);
    let unaware = SessionTimer::answer(SETTINGS, &request("")).expect("long enough");
    let expected = ["Supported: timer", "Session-Expires: 1800;refresher=uas"];
    assert_eq!(lines(&unaware.answer_headers()), expected);
}

#[test]
fn a_refresh_of_ours_may_hand_the_task_over_or_lengthen_it() {
    let timer = SessionTimer::answer(SETTINGS, &request("")).expect("long enough");
    let expected = ["Supported: timer", "Session-Expires: 1800;refresher=uac", "Min-SE: 90"];
    assert_eq!(lines(&timer.refresh_headers(SETTINGS)), expected);
    assert_eq!(timer.refreshed(SETTINGS, &request("").headers), timer, "no timers there");
    let theirs =
        timer.refreshed(SETTINGS, &request("Session-Expires: 400;refresher=uas\r\n").headers);
    assert_eq!((theirs.interval_s, theirs.refresher), (400, Refresher::Them));
    let longer = timer.lengthened(&request("Min-SE: 2000\r\n").headers).expect("longer");
    assert_eq!(longer.interval_s, 2000);
    assert_eq!(timer.lengthened(&request("Min-SE: 100\r\n").headers), None);
    assert_eq!(timer.lengthened(&request("Min-SE: 4000000000\r\n").headers), None);
}

#[test]
fn a_session_that_they_leave_alone_is_dead_a_little_early_and_one_of_ours_is_not() {
    let dead_after = |more: &str| {
        let timer = SessionTimer::answer(SETTINGS, &request(more)).expect("long enough");
        (timer.refresh_after().as_secs(), timer.dead_after().as_secs())
    };
    assert_eq!(dead_after(""), (900, 1800));
    assert_eq!(dead_after("Supported: timer\r\n"), (900, 1768));
    assert_eq!(dead_after("Supported: timer\r\nSession-Expires: 90\r\n"), (45, 60));
}
