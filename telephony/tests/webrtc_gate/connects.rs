//! A browser connects, moves, restarts, goes.

use std::time::Duration;

use telephony::sdp::Codec;
use telephony::srtp::SrtpProfile;
use telephony::webrtc::{AnswerKind, GateTiming, PeerId};
use webrtc::peer_connection::RTCPeerConnectionState;

use crate::browser::Browser;
use crate::port::Port;
use crate::relay::Relay;

const PEER: PeerId = PeerId(1);

/// Connects a browser through a relay.
async fn connected(port: &Port) -> (Browser, Relay) {
    let browser = Browser::open().await;
    let relay = Relay::open(port.address()).await;
    let answer = port.answer(PEER, &browser.offer().await);
    assert_eq!(answer.kind, AnswerKind::Fresh);
    assert_eq!(answer.codec, Codec::Pcma);
    browser.accept(&answer.description, port.address(), relay.address()).await;
    port.until("keys and a path", PEER, |seen| seen.keys == 1 && !seen.paths.is_empty()).await;
    (browser, relay)
}

/// Both hear what the other says from now on.
async fn both_hear(port: &Port, browser: &Browser, first: u16) {
    let (ours, theirs) = ([first as u8; 160], [!first as u8; 160]);
    for sequence in first..first + 500 {
        browser.speak(sequence, &theirs).await;
        port.speak(PEER, sequence, &ours).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        let heard = port.seen(PEER, |seen| seen.heard.contains(&theirs.to_vec()));
        if heard && browser.heard().contains(&ours.to_vec()) {
            assert_eq!(port.seen(PEER, |seen| seen.unheard), 0, "all packets open");
            return;
        }
    }
    let (heard, unheard) = port.seen(PEER, |seen| (seen.heard.len(), seen.unheard));
    let state = browser.state();
    panic!("we hear {heard}, not {unheard}; it hears {}, {state:?}", browser.heard().len());
}

#[tokio::test]
async fn both_ends_have_the_same_keys() {
    let port = Port::open().await;
    let (browser, relay) = connected(&port).await;
    both_hear(&port, &browser, 1).await;
    let paths = port.seen(PEER, |seen| seen.paths.clone());
    assert_eq!(paths, [relay.seen_as()]);
    assert_eq!(port.seen(PEER, |seen| seen.profile), Some(SrtpProfile::AeadAes128Gcm));
    assert_eq!(browser.state(), RTCPeerConnectionState::Connected);
    port.close(PEER);
    assert_eq!((port.counts().peers, port.counts().routes), (0, 0));
}

#[tokio::test]
async fn a_changed_address_is_followed_with_the_same_keys() {
    let port = Port::open().await;
    let (browser, mut relay) = connected(&port).await;
    both_hear(&port, &browser, 1).await;
    let first = relay.seen_as();
    relay.hop().await;
    let second = relay.seen_as();
    port.until("the new address", PEER, |seen| seen.paths.last() == Some(&second)).await;
    both_hear(&port, &browser, 1000).await;
    assert_eq!(port.seen(PEER, |seen| (seen.keys, seen.lost)), (1, 0));
    assert_eq!(port.seen(PEER, |seen| seen.paths.clone()), [first, second]);
}

#[tokio::test]
async fn an_ice_restart_keeps_keys() {
    let port = Port::open().await;
    let (browser, relay) = connected(&port).await;
    both_hear(&port, &browser, 1).await;
    browser.restart().await;
    let offer = browser.offer().await;
    let answer = port.answer(PEER, &offer);
    assert_eq!(answer.kind, AnswerKind::Restarted);
    assert_eq!(port.counts().routes, 3, "both names and an address");
    browser.accept(&answer.description, port.address(), relay.address()).await;
    port.until_counts("the old name is gone", |counts| counts.routes == 2).await;
    both_hear(&port, &browser, 2000).await;
    assert_eq!(port.seen(PEER, |seen| (seen.keys, seen.lost)), (1, 0));
}

#[tokio::test]
async fn a_reloaded_page_is_a_fresh_connection_with_new_keys() {
    let port = Port::open().await;
    let (before, _relay) = connected(&port).await;
    let page = Browser::open().await;
    let answer = port.answer(PEER, &page.offer().await);
    assert_eq!(answer.kind, AnswerKind::Fresh);
    page.accept(&answer.description, port.address(), port.address()).await;
    port.until("new keys", PEER, |seen| seen.keys == 2 && seen.paths.len() == 2).await;
    both_hear(&port, &page, 1).await;
    // The page before is a stranger now.
    let strangers = port.counts().strangers;
    port.until_counts("a stranger's check", |counts| counts.strangers > strangers).await;
    before.close().await;
}

#[tokio::test]
async fn a_certificate_that_the_offer_did_not_name_gets_no_keys() {
    let port = Port::impatient().await;
    let browser = Browser::open().await;
    let offer = with_another_fingerprint(&browser.offer().await);
    let answer = port.answer(PEER, &offer);
    browser.accept(&answer.description, port.address(), port.address()).await;
    port.until("the end", PEER, |seen| seen.closed == 1).await;
    assert_eq!(port.seen(PEER, |seen| seen.keys), 0);
    assert_eq!(port.counts().impostors, 1);
    // Its checks go on for a while; nothing more is told of them.
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(port.seen(PEER, |seen| (seen.keys, seen.closed, seen.lost)), (0, 1, 0));
}

/// Turns the last digit of each fingerprint into another one.
fn with_another_fingerprint(offer: &str) -> String {
    let lines = offer.lines().map(|line| {
        let Some(rest) = line.strip_prefix("a=fingerprint:") else { return line.to_owned() };
        let (kept, last) = rest.split_at(rest.len() - 1);
        format!("a=fingerprint:{kept}{}", if last == "0" { "1" } else { "0" })
    });
    lines.map(|line| line + "\r\n").collect()
}

#[tokio::test]
async fn a_wrong_password_opens_nothing() {
    let port = Port::open().await;
    let browser = Browser::open().await;
    let answer = port.answer(PEER, &browser.offer().await);
    let (before, after) = answer.description.split_once("a=ice-pwd:").expect("a password");
    let wrong = format!("{before}a=ice-pwd:0000{}", &after[4..]);
    browser.accept(&wrong, port.address(), port.address()).await;
    port.until_counts("checks were refused", |counts| counts.rejected > 3).await;
    assert_eq!(port.counts().routes, 1, "no address was learned");
    assert_eq!(port.seen(PEER, |seen| (seen.keys, seen.paths.len())), (0, 0));
}

#[tokio::test]
async fn silence_is_loss_and_a_later_check_is_a_path_again() {
    let port = Port::impatient().await;
    let (browser, mut relay) = connected(&port).await;
    relay.cut();
    port.until("loss", PEER, |seen| seen.lost > 0).await;
    relay.mend();
    port.until("a path again", PEER, |seen| seen.paths.len() > 1).await;
    both_hear(&port, &browser, 1).await;
    assert_eq!(port.seen(PEER, |seen| seen.keys), 1);
}

#[tokio::test]
async fn a_page_that_says_goodbye_is_closed_at_once() {
    let port = Port::open().await;
    let (browser, _relay) = connected(&port).await;
    // We have the keys before it has our last flight; until then it has nothing to say goodbye to.
    let its_side = async {
        while browser.state() != RTCPeerConnectionState::Connected {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), its_side).await.expect("it is connected too");
    browser.close().await;
    port.until("goodbye", PEER, |seen| seen.closed == 1).await;
    assert_eq!(port.seen(PEER, |seen| seen.lost), 0);
}

#[tokio::test]
async fn a_browser_that_never_comes_is_lost_in_time() {
    let timing = GateTiming { connect_within: Duration::from_millis(300), ..GateTiming::default() };
    let port = Port::with_timing(timing).await;
    let browser = Browser::open().await;
    port.answer(PEER, &browser.offer().await);
    port.until("loss", PEER, |seen| seen.lost == 1).await;
    assert_eq!(port.answers(), 0);
}
