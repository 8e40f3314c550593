//! Asks a trunk whether it is there: one OPTIONS (RFC 3261 §11), apart from all calls. Does I/O.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout};

/// How often it is asked: a packet may be lost.
const ATTEMPTS: u32 = 3;
/// No answer to OPTIONS is longer, bytes.
const ANSWER_MAX: usize = 8192;

/// What a trunk answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Its status code. Whatever it is, somebody who speaks SIP is there.
    pub status: u16,
    /// How long it took.
    pub took: Duration,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// Nothing can be sent there.
    #[error("nothing can be sent there: {0}")]
    Network(#[from] io::Error),
    /// Nobody answered in time.
    #[error("no answer within {} s", .0.as_secs())]
    Silence(Duration),
    /// What came back is not SIP.
    #[error("what answers there does not speak SIP")]
    NotSip,
}

/// Sends OPTIONS to `to` over UDP and waits for any answer, `limit` at most. `tag` is random.
///
/// # Errors
/// See [`ProbeError`].
pub async fn probe(to: SocketAddr, tag: u64, limit: Duration) -> Result<Answered, ProbeError> {
    let any: IpAddr =
        if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(to).await?;
    let request = request(to, socket.local_addr()?, tag);
    let mut answer = vec![0; ANSWER_MAX];
    for _ in 0..ATTEMPTS {
        let asked = Instant::now();
        socket.send(request.as_bytes()).await?;
        if let Ok(read) = timeout(limit / ATTEMPTS, socket.recv(&mut answer)).await {
            let status = status(&answer[..read?]).ok_or(ProbeError::NotSip)?;
            return Ok(Answered { status, took: asked.elapsed() });
        }
    }
    Err(ProbeError::Silence(limit))
}

/// The request. Pure.
fn request(to: SocketAddr, from: SocketAddr, tag: u64) -> String {
    format!(
        "OPTIONS sip:{to} SIP/2.0\r\n\
         Via: SIP/2.0/UDP {from};rport;branch=z9hG4bK{tag:016x}\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:doctor@{from}>;tag={tag:016x}\r\n\
         To: <sip:{to}>\r\n\
         Call-ID: {tag:016x}@{from}\r\n\
         CSeq: 1 OPTIONS\r\n\
         Contact: <sip:doctor@{from}>\r\n\
         Accept: application/sdp\r\n\
         Content-Length: 0\r\n\r\n"
    )
}

/// The status code of a response. Pure.
fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|byte| *byte == b'\r').next()?;
    let rest = std::str::from_utf8(line).ok()?.strip_prefix("SIP/2.0 ")?;
    let code = rest.split(' ').next()?.parse().ok()?;
    (100..700).contains(&code).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    async fn answering(answer: &'static str) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("an address");
        tokio::spawn(async move {
            let mut request = [0; 2048];
            let (read, from) = socket.recv_from(&mut request).await.expect("a request");
            assert!(request[..read].starts_with(b"OPTIONS sip:127.0.0.1:"));
            socket.send_to(answer.as_bytes(), from).await.expect("sent");
        });
        address
    }

    #[tokio::test]
    async fn any_answer_in_sip_tells_that_somebody_is_there() {
        for (answer, status) in [
            ("SIP/2.0 200 OK\r\n\r\n", Some(200)),
            ("SIP/2.0 405 Method Not Allowed\r\n\r\n", Some(405)),
            ("HTTP/1.1 400 Bad Request\r\n\r\n", None),
        ] {
            let answered = probe(answering(answer).await, 7, PATIENCE).await;
            assert_eq!(answered.ok().map(|answered| answered.status), status, "{answer}");
        }
    }

    #[tokio::test]
    async fn silence_is_told_as_such() {
        let silent = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let to = silent.local_addr().expect("an address");
        let limit = Duration::from_millis(60);
        let silence = probe(to, 7, limit).await.expect_err("nobody answers");
        assert!(matches!(silence, ProbeError::Silence(_)), "{silence}");
    }
}
