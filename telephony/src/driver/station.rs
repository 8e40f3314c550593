//! Stations: the SIP telephones of operators. Which address one has. Pure.
//!
//! A station is called where it stands, by address: it needs no account with us and registers
//! nowhere. From which networks stations may be is `SipConfig::stations`.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use super::trunk::Transport;

/// The port of a telephone that names none.
const PORT: u16 = 5060;
/// Longest user part, bytes.
const USER_LEN_MAX: usize = 64;

/// Where a station is reached: `sip:201@10.0.0.5:5060`, `sip:201@[2001:db8::5];transport=tcp`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StationAddress {
    /// The user part: letters, digits and `+*-_.`.
    user: String,
    /// The telephone's own address. Never a name: what a name means may change while it is allowed.
    address: SocketAddr,
    over_tcp: bool,
}

impl StationAddress {
    /// The address to send to.
    #[must_use]
    pub const fn socket(&self) -> SocketAddr {
        self.address
    }

    /// How requests travel there.
    #[must_use]
    pub const fn transport(&self) -> Transport {
        if self.over_tcp { Transport::Tcp } else { Transport::Udp }
    }
}

impl fmt::Display for StationAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transport = if self.over_tcp { ";transport=tcp" } else { "" };
        write!(f, "sip:{}@{}{transport}", self.user, self.address)
    }
}

/// A text that is no station's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no address of a telephone such as sip:201@10.0.0.5:5060 (a user, an IP address, and if need \
     be a port and ;transport=tcp)"
)]
pub struct BadStationAddress;

impl FromStr for StationAddress {
    type Err = BadStationAddress;

    fn from_str(text: &str) -> Result<Self, BadStationAddress> {
        let rest = text.trim().strip_prefix("sip:").ok_or(BadStationAddress)?;
        let (place, parameter) = match rest.split_once(';') {
            Some((place, parameter)) => (place, Some(parameter)),
            None => (rest, None),
        };
        let over_tcp = match parameter {
            None | Some("transport=udp") => false,
            Some("transport=tcp") => true,
            Some(_) => return Err(BadStationAddress),
        };
        let (user, host) = place.split_once('@').ok_or(BadStationAddress)?;
        let known = |c: char| c.is_ascii_alphanumeric() || "+*-_.".contains(c);
        let is_user = (1..=USER_LEN_MAX).contains(&user.len()) && user.chars().all(known);
        let address = socket(host).ok_or(BadStationAddress)?;
        let is_one = !address.ip().is_unspecified() && !address.ip().is_multicast();
        if !is_user || !is_one || address.port() == 0 {
            return Err(BadStationAddress);
        }
        Ok(Self { user: user.to_owned(), address, over_tcp })
    }
}

/// An IP address with or without a port.
fn socket(host: &str) -> Option<SocketAddr> {
    let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(host);
    host.parse().ok().or_else(|| Some(SocketAddr::new(bare.parse().ok()?, PORT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<String> {
        text.parse::<StationAddress>().ok().map(|address| address.to_string())
    }

    #[test]
    fn an_address_is_read_and_written_back() {
        for (text, back) in [
            ("sip:201@10.0.0.5:5070", "sip:201@10.0.0.5:5070"),
            ("sip:201@10.0.0.5", "sip:201@10.0.0.5:5060"),
            ("sip:desk-7@10.0.0.5;transport=udp", "sip:desk-7@10.0.0.5:5060"),
            ("sip:201@10.0.0.5;transport=tcp", "sip:201@10.0.0.5:5060;transport=tcp"),
            ("sip:201@[2001:db8::5]:5070", "sip:201@[2001:db8::5]:5070"),
            (" sip:201@[2001:db8::5] ", "sip:201@[2001:db8::5]:5060"),
        ] {
            assert_eq!(said(text).as_deref(), Some(back), "{text}");
            assert_eq!(said(back).as_deref(), Some(back));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "201@10.0.0.5",
            "sip:10.0.0.5",
            "sip:@10.0.0.5",
            "sip:201@desk.example",
            "sip:201@10.0.0.5:0",
            "sip:201@10.0.0.5:70000",
            "sip:201@0.0.0.0",
            "sip:201@224.0.0.1",
            "sip:2 01@10.0.0.5",
            "sip:201\r\nX: y@10.0.0.5",
            "sip:201@10.0.0.5;lr",
            "sips:201@10.0.0.5",
        ] {
            assert_eq!(said(text), None, "{text:?}");
        }
    }
}
