//! A browser's end of a connection, as light as it can be: one ICE check, one DTLS handshake, SRTP.
//! Everything comes from the `rtc` crate, so that each run also tests the server against an
//! implementation of others. Does I/O, on a socket of its own, blocking; only while it is set up.

mod dtls;
mod ice;

use std::fmt::Write as _;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rtc::crypto::RTCCryptoProvider;
use rtc::dtls::crypto::Certificate;
use rtc::srtp::context::Context;

pub use dtls::client_hello;
pub use ice::Ice;

/// How long ICE and DTLS may take, each.
const STEP_LIMIT: Duration = Duration::from_secs(10);

/// What SRTP profile browsers ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Profile {
    /// AES-128 in counter mode with HMAC-SHA1 (RFC 3711).
    Cm,
    /// AES-128 in Galois/counter mode (RFC 7714).
    Gcm,
}

/// What all browsers of a run share: making a certificate for each would only cost time.
pub struct Identity {
    crypto: Arc<dyn RTCCryptoProvider>,
    certificate: Certificate,
    fingerprint: String,
    profile: Profile,
}

impl Identity {
    /// Makes a certificate.
    ///
    /// # Errors
    /// The cryptography does not work.
    pub fn new(profile: Profile) -> Result<Self> {
        let crypto = rtc::crypto::default_provider()?;
        let certificate =
            Certificate::generate_self_signed(vec!["browser.test".to_owned()], crypto.crypto())?;
        let der = certificate.certificate.first().context("a certificate")?;
        let fingerprint = dtls::fingerprint(&*crypto, der)?;
        Ok(Self { crypto, certificate, fingerprint, profile })
    }
}

/// A browser that has made its offer.
pub struct Offering {
    socket: UdpSocket,
    ufrag: String,
    password: String,
    ssrc: u32,
    /// The session description.
    pub description: String,
}

/// A browser that is connected.
pub struct Connected {
    /// Its socket, connected to the server.
    pub socket: Arc<UdpSocket>,
    /// The stream that it sends, as its offer says.
    pub ssrc: u32,
    /// For what it sends.
    pub outgoing: Context,
    /// For what it receives.
    pub incoming: Context,
    /// For its checks, if the server speaks ICE.
    pub ice: Option<Arc<Ice>>,
}

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    remote: SocketAddr,
    credentials: Option<(String, String)>,
    fingerprint: String,
    /// The server begins the handshake.
    server_is_client: bool,
}

impl Offering {
    /// Makes an offer for A-law, as a browser would; without ICE if the server shall not need it.
    ///
    /// # Errors
    /// There is no socket.
    pub fn new(identity: &Identity, local: SocketAddr, with_ice: bool) -> Result<Self> {
        let socket = UdpSocket::bind(local).context("a browser's socket")?;
        let address = socket.local_addr()?;
        let ufrag = format!("{:016x}", rand::random::<u64>());
        let password = format!("{:032x}", rand::random::<u128>());
        let ice = if with_ice {
            format!(
                "a=candidate:1 1 udp 2130706431 {} {} typ host\r\na=ice-ufrag:{ufrag}\r\n\
                 a=ice-pwd:{password}\r\n",
                address.ip(),
                address.port()
            )
        } else {
            String::new()
        };
        let ssrc: u32 = rand::random();
        let description = format!(
            "v=0\r\no=- {} 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
             m=audio {} UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 {}\r\n{ice}\
             a=fingerprint:sha-256 {}\r\na=setup:actpass\r\na=mid:0\r\na=sendrecv\r\n\
             a=rtcp-mux\r\na=rtpmap:8 PCMA/8000\r\na=ssrc:{ssrc} cname:load\r\n",
            rand::random::<u32>(),
            address.port(),
            address.ip(),
            identity.fingerprint,
        );
        Ok(Self { socket, ufrag, password, ssrc, description })
    }

    /// Where it receives.
    ///
    /// # Errors
    /// The socket has no address.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }

    /// Connects by the server's answer: an ICE check that nominates, then DTLS.
    ///
    /// # Errors
    /// The answer cannot be used, the server did not answer in time or is not who it said.
    pub fn connect(self, identity: &Identity, answer: &str) -> Result<Connected> {
        let answer = Answer::parse(answer)?;
        self.socket.connect(answer.remote)?;
        let ice = match &answer.credentials {
            Some((ufrag, password)) => {
                let user = format!("{ufrag}:{}", self.ufrag);
                let passwords = [password.clone(), self.password.clone()];
                let ice = Arc::new(Ice::new(identity.crypto.clone(), user, passwords));
                ice.nominate(&self.socket).context("ICE")?;
                Some(ice)
            }
            None => None,
        };
        let keys = dtls::handshake(identity, &self.socket, &answer).context("DTLS")?;
        let Self { socket, ssrc, .. } = self;
        let dtls::Keys { outgoing, incoming } = keys;
        Ok(Connected { socket: Arc::new(socket), ssrc, outgoing, incoming, ice })
    }
}

impl Answer {
    fn parse(text: &str) -> Result<Self> {
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        let candidate = text
            .lines()
            .filter_map(|line| line.strip_prefix("a=candidate:"))
            .filter_map(|line| {
                let fields: Vec<_> = line.split_whitespace().collect();
                let [_, "1", transport, _, address, port, ..] = fields.as_slice() else {
                    return None;
                };
                let is_udp = transport.eq_ignore_ascii_case("udp");
                is_udp.then(|| format!("{address}:{port}").parse().ok()).flatten()
            })
            .next();
        let by_lines = || {
            let port = value("m=audio ")?.split(' ').next()?;
            format!("{}:{port}", value("c=IN IP4 ")?.trim()).parse().ok()
        };
        let remote = candidate.or_else(by_lines).context("an address in the answer")?;
        let fingerprint = value("a=fingerprint:").context("a fingerprint in the answer")?;
        let setup = value("a=setup:").context("a=setup in the answer")?.trim();
        ensure!(["active", "passive"].contains(&setup), "a=setup:{setup} in an answer");
        let credentials = value("a=ice-ufrag:")
            .zip(value("a=ice-pwd:"))
            .map(|(ufrag, password)| (ufrag.trim().to_owned(), password.trim().to_owned()));
        Ok(Self {
            remote,
            credentials,
            fingerprint: fingerprint.trim().to_owned(),
            server_is_client: setup == "active",
        })
    }
}

/// Upper-case hexadecimal with colons (RFC 8122 §5).
fn with_colons(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        let gap = if text.is_empty() { "" } else { ":" };
        // Writing to a string cannot fail.
        let _written = write!(text, "{gap}{byte:02X}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_with_a_candidate_or_without() {
        let text = "v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 UDP/TLS/RTP/SAVPF 8\r\n\
                    a=setup:passive\r\na=fingerprint:sha-256 AA:BB\r\n";
        let plain = Answer::parse(text).expect("it can be read");
        assert_eq!(plain.remote, "192.0.2.1:4000".parse::<SocketAddr>().expect("an address"));
        assert_eq!((plain.credentials, plain.server_is_client), (None, false));
        let text = format!(
            "{text}a=candidate:1 1 UDP 21 192.0.2.2 5000 typ host\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\n"
        );
        let ice = Answer::parse(&text).expect("it can be read");
        assert_eq!(ice.remote, "192.0.2.2:5000".parse::<SocketAddr>().expect("an address"));
        assert_eq!(ice.credentials, Some(("u".to_owned(), "p".to_owned())));
        assert!(Answer::parse("v=0\r\n").is_err());
    }

    #[test]
    fn fingerprints_are_written_as_browsers_write_them() {
        assert_eq!(with_colons(&[0, 171, 16]), "00:AB:10");
    }
}
