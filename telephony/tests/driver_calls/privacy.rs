//! No caller's number in any log line, as long as the log's filter holds [`LOG_FILTER`].

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use telephony::driver::LOG_FILTER;
use telephony::driver::dial::{DialRequest, dial};
use tokio::net::UdpSocket;
use tracing_subscriber::EnvFilter;

use crate::exchange::{ANSWER, Exchange, LOCAL, RING, media_config, ports, sip_config};

/// A number that nothing else would write.
const NUMBER: &str = "917305551234";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_line_holds_a_callers_number() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(format!("trace,{LOG_FILTER}")))
        .with_writer(move || writer.clone())
        .init();
    let exchange = Exchange::start(sip_config(), media_config(ports(2))).await;
    let brief = Duration::from_millis(300);
    for number in [ANSWER, RING, "999"] {
        let request = DialRequest {
            from: NUMBER.to_owned(),
            give_up_after: brief,
            hang_up_after: Some(brief),
            ..exchange.call(number)
        };
        dial(request).await.expect("placed");
    }
    // And messages that go wrong.
    let socket = UdpSocket::bind((LOCAL, 0)).await.expect("a socket");
    for broken in ["", "CSeq: x INVITE\r\n", "CSeq: 1 INVITE\r\nContact: <<\r\nTo: ;;\r\n"] {
        let message = format!(
            "INVITE sip:105@h SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\n\
             From: <sip:{NUMBER}@h>;tag=1\r\nCall-ID: {NUMBER}\r\n{broken}\r\n"
        );
        socket.send_to(message.as_bytes(), exchange.sip.local_addr()).await.expect("sent");
    }
    exchange.is_empty().await;
    tracing::info!("the log works");
    let text = String::from_utf8_lossy(&log.0.lock().expect("not poisoned")).into_owned();
    assert!(text.contains("the log works"));
    let telling: Vec<&str> = text.lines().filter(|line| line.contains(NUMBER)).collect();
    assert!(telling.is_empty(), "{telling:#?}");
}
