//! Calls from trunks: the caller's number, and the password where one is asked.

use std::time::Duration;

use telephony::driver::dial::{DialEnded, DialReport, DialRequest, dial};
use telephony::driver::sip::{ReservedLine, SipConfig};
use telephony::driver::trunk::{DigestAlgorithm, Transport};

use super::carrier::{account, trunk};
use crate::exchange::{ANSWER, Exchange, RING, media_config, ports, sip_config};
use crate::sipp;

/// An exchange whose one trunk asks for these digests.
async fn asking(challenges: Vec<DigestAlgorithm>) -> Exchange {
    let mut config = sip_config();
    config.trunks[0].account = Some(account());
    config.trunks[0].challenges = challenges;
    Exchange::start(config, media_config(ports(8))).await
}

async fn callers_number(scenario: &str, trusted: bool) -> Option<String> {
    let mut config: SipConfig = sip_config();
    config.trunks[0].trusted = trusted;
    let exchange = Exchange::start(config, media_config(ports(2))).await;
    sipp::run(&exchange, scenario, ANSWER, &["-m", "1"]).await;
    exchange.is_empty().await;
    exchange.seen(|seen| seen.invited[0].from.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_trunk_tells_the_number_that_it_vouches_for() {
    let number = callers_number("asserted.xml", true).await;
    assert_eq!(number.as_deref(), Some("+919811111111"));
    assert_eq!(callers_number("asserted.xml", false).await, None, "From is anonymous");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_withholds_the_number_is_answered_without() {
    assert_eq!(callers_number("withheld.xml", true).await, None);
}

/// SIPp with this password.
async fn with_password(exchange: &Exchange, scenario: &str, password: &str) {
    let options = ["-m", "5", "-r", "20", "-au", "bsnl", "-ap", password];
    sipp::run(exchange, scenario, ANSWER, &options).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_makers_digest_is_let_in_and_a_wrong_password_is_not() {
    let exchange = asking(vec![DigestAlgorithm::Md5]).await;
    with_password(&exchange, "digest_refused.xml", "guessed").await;
    exchange.seen(|seen| assert!(seen.invited.is_empty(), "a wrong password makes no call"));
    assert_eq!(exchange.sip.counts().challenged, 10);
    with_password(&exchange, "digest_call.xml", "open sesame").await;
    exchange.is_empty().await;
    exchange.seen(|seen| assert_eq!(seen.invited.len(), 5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_digest_is_let_in_by_each_hash_and_transport() {
    for (challenges, transport) in [
        (vec![DigestAlgorithm::Sha256, DigestAlgorithm::Md5], Transport::Udp),
        (vec![DigestAlgorithm::Md5], Transport::Udp),
        (vec![DigestAlgorithm::Sha256], Transport::Tcp),
    ] {
        let exchange = asking(challenges).await;
        let mut over = trunk("us", exchange.sip.local_addr(), 1);
        over.account = Some(account());
        over.transport = transport;
        let brief = Duration::from_millis(200);
        let mut request = DialRequest::new(ANSWER, "+919812345678");
        request.hang_up_after = Some(brief);
        request.over = vec![over];
        let report = dial(request.clone()).await.expect("placed");
        assert_eq!(report.ended, DialEnded::ByUs, "{report:?}");
        assert_eq!(report.trunk.expect("over the trunk").as_str(), "us");
        let wrong = request.over[0].account.as_mut().expect("an account");
        wrong.password = "guessed".to_owned();
        let refused = dial(request).await.expect("placed");
        assert!(matches!(refused.ended, DialEnded::Refused(401 | 407)), "{refused:?}");
        exchange.is_empty().await;
        exchange.seen(|seen| {
            assert_eq!(seen.invited.len(), 1);
            assert_eq!(seen.invited[0].from.as_deref(), Some("+919812345678"));
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_at_another_number_leaves_the_emergency_line_its_places() {
    let mut config = sip_config();
    config.calls_max = 4;
    let reserved = ReservedLine { number: ANSWER.to_owned(), calls: 2 };
    config.reserved = vec![reserved];
    let exchange = Exchange::start(config, media_config(ports(8))).await;
    // Six who only ring: two get in, for two of the four places are kept.
    let mut flood = tokio::task::JoinSet::new();
    for _ in 0..6 {
        flood.spawn(dial(exchange.call(RING)));
    }
    let is_full = |e: &Exchange| e.sip.counts().turned_away == 4;
    exchange.until("the flood fills its places", is_full).await;
    let mut request = exchange.call(ANSWER);
    request.hang_up_after = Some(Duration::from_millis(200));
    let report = dial(request).await.expect("placed");
    assert_eq!(report.ended, DialEnded::ByUs, "{report:?}");
    exchange.sip.stop(Duration::from_secs(5)).await;
    let ended = flood.join_all().await;
    let refused = |report: &DialReport| report.ended == DialEnded::Refused(503);
    assert!(ended.into_iter().all(|report| refused(&report.expect("placed"))));
    exchange.is_empty().await;
}
