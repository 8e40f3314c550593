//! A trunk as the settings have it. Pure.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use thiserror::Error;

/// Longest name of a trunk, bytes.
const NAME_LEN_MAX: usize = 32;

/// A trunk's name: how people, the API and the metrics call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrunkName(Arc<str>);

/// A name that no trunk may have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no name of a trunk: 1 to 32 of a-z, 0-9, '-' and '_'")]
pub struct BadTrunkName(String);

impl TrunkName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TrunkName {
    /// The name of the one trunk of those who name none.
    fn default() -> Self {
        Self("default".into())
    }
}

impl FromStr for TrunkName {
    type Err = BadTrunkName;

    fn from_str(text: &str) -> Result<Self, BadTrunkName> {
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if text.is_empty() || text.len() > NAME_LEN_MAX || !text.chars().all(known) {
            return Err(BadTrunkName(text.to_owned()));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for TrunkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How requests travel to a trunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Datagrams.
    #[default]
    Udp,
    /// A connection, kept open.
    Tcp,
}

/// Where requests for a trunk go: `sip.carrier.example:5060`, `192.0.2.7`, `[2001:db8::7]:5070`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkAddress {
    /// A name of the DNS (A and AAAA records) or an address.
    pub host: String,
    /// The port; 5060 if none is given.
    pub port: u16,
}

impl TrunkAddress {
    /// The address, if the host is one and not a name.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// The host as it stands in a URI: an IPv6 address in brackets.
    #[must_use]
    pub fn uri_host(&self) -> String {
        match self.ip() {
            Some(IpAddr::V6(six)) => format!("[{six}]"),
            Some(IpAddr::V4(_)) | None => self.host.clone(),
        }
    }
}

impl FromStr for TrunkAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("{text:?} is not a host and port such as \"sip.carrier.example:5060\"");
        let (host, port, is_six) = match text.strip_prefix('[').and_then(|it| it.split_once(']')) {
            Some((six, "")) => (six, None, true),
            Some((six, rest)) => (six, Some(rest.strip_prefix(':').ok_or_else(wrong)?), true),
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port), false),
                None => (text, None, false),
            },
        };
        let port = port.map_or(Ok(5060), str::parse).map_err(|_| wrong())?;
        let known = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
        let is_name = !host.is_empty() && host.len() <= 253 && host.chars().all(known);
        let is_host = if is_six { host.parse::<Ipv6Addr>().is_ok() } else { is_name };
        if port == 0 || !is_host {
            return Err(wrong());
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for TrunkAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.uri_host(), self.port)
    }
}

/// A name and a password that we and the trunk know. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
    /// The realm: what we ask for when we challenge, and the only one to which our digest is told;
    /// `None`: "helpline" when we challenge, and whichever the trunk names.
    pub realm: Option<String>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(not shown)")
    }
}

/// The hash of a digest (RFC 8760 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestAlgorithm {
    /// SHA-256.
    Sha256,
    /// MD5: for equipment that knows no other.
    Md5,
}

impl DigestAlgorithm {
    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Md5 => "MD5",
        }
    }
}

impl FromStr for DigestAlgorithm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Sha256, Self::Md5]
            .into_iter()
            .find(|known| known.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| format!("{text:?} is neither \"SHA-256\" nor \"MD5\""))
    }
}

/// One trunk.
#[derive(Clone, Debug)]
pub struct TrunkConfig {
    /// Its name.
    pub name: TrunkName,
    /// From where its calls come. Where it is sent to counts among them.
    pub networks: Vec<IpNet>,
    /// Where its calls are sent; `None`: it takes none, and nobody can ask whether it lives.
    pub send_to: Option<TrunkAddress>,
    /// How they are sent.
    pub transport: Transport,
    /// Name and password, for digest in both directions.
    pub account: Option<Account>,
    /// Whether it learns by REGISTER where we are. Needs `send_to` and `account`.
    pub registers: bool,
    /// Whether its P-Asserted-Identity is believed (RFC 3325 §3.2).
    pub trusted: bool,
    /// Digests of which one is asked of its calls, most wanted first; empty: its address is enough.
    /// Needs `account`.
    pub challenges: Vec<DigestAlgorithm>,
    /// Calls at once, both directions; the next gets 503.
    pub calls_max: usize,
    /// Calls let in within any second; the next gets 503.
    pub calls_per_second_max: usize,
    /// The smallest is tried first with calls that we place.
    pub priority: u16,
}

impl TrunkConfig {
    /// A trunk known by its addresses alone, bounded by nothing of its own.
    #[must_use]
    pub fn by_address(name: TrunkName, networks: Vec<IpNet>) -> Self {
        Self {
            name,
            networks,
            send_to: None,
            transport: Transport::Udp,
            account: None,
            registers: false,
            trusted: false,
            challenges: Vec::new(),
            calls_max: usize::MAX,
            calls_per_second_max: usize::MAX,
            priority: 10,
        }
    }
}

/// How trunks are asked whether they live.
#[derive(Clone, Copy, Debug)]
pub struct KeepAlive {
    /// Between two OPTIONS.
    pub interval: Duration,
    /// How long an answer may take: to OPTIONS, to REGISTER, and the first of any kind to an INVITE. The
    /// first repetitions of a lost packet fall into it (0.5 s, 1.5 s, 3.5 s).
    pub answer_within: Duration,
    /// Failures in a row until a trunk counts as down.
    pub failures_until_down: u32,
    /// The life asked for a registration.
    pub registration: Duration,
    /// The wait after a first failed REGISTER; it doubles with each further one.
    pub retry_registration: Duration,
}

impl Default for KeepAlive {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(30),
            answer_within: Duration::from_secs(5),
            failures_until_down: 3,
            registration: Duration::from_secs(3600),
            retry_registration: Duration::from_secs(30),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_perhaps_a_port() {
        for (text, host, port) in [
            ("sip.carrier.example", "sip.carrier.example", 5060),
            ("192.0.2.7:5080", "192.0.2.7", 5080),
            ("[2001:db8::7]:5070", "2001:db8::7", 5070),
            ("[2001:db8::7]", "2001:db8::7", 5060),
        ] {
            let address: TrunkAddress = text.parse().expect(text);
            assert_eq!((address.host.as_str(), address.port), (host, port));
            assert_eq!(address.to_string().parse(), Ok(address));
        }
        for bad in ["", ":5060", "a:b", "a:0", "a b", "sip:a", "a:99999", "[x]:1", "a/24"] {
            assert!(bad.parse::<TrunkAddress>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_name_is_short_and_plain() {
        assert!("bsnl-1".parse::<TrunkName>().is_ok());
        for bad in ["", "BSNL", "a b", "a\"b", &"x".repeat(33)] {
            assert!(bad.parse::<TrunkName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let account =
            Account { user: "42".to_owned(), password: "opensesame".to_owned(), realm: None };
        assert!(!format!("{account:?}").contains("sesame"));
    }
}
