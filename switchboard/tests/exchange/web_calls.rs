//! A page that is closed while its call is being set up leaves nothing behind.

use futures_util::FutureExt as _;

use crate::support::Bench;

/// What a browser offers, as far as the set-up reads it.
const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
m=audio 9 UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n\
a=ice-ufrag:page\r\na=ice-pwd:a-password-of-a-page-of-a-test\r\n\
a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:\
00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n\
a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:8 PCMA/8000\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_closed_during_set_up_leaves_nothing() {
    let bench = Bench::start().await;
    // Polled once, and dropped where it waits: as a handler whose page has gone.
    let set_up = bench.exchange.web_call(OFFER, "104", None);
    assert!(set_up.now_or_never().is_none(), "the set-up has something to wait for");
    bench.assert_nothing_left().await;

    let call = bench.exchange.web_call(OFFER, "104", None).await.expect("a page may call");
    assert!(bench.exchange.web_call_hang_up(&call.token));
    bench.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_that_cannot_be_read_is_refused_and_leaves_nothing() {
    let bench = Bench::start().await;
    assert!(bench.exchange.web_call("no offer", "104", None).await.is_err());
    bench.assert_nothing_left().await;
}
