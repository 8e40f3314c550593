//! The address of a STUN or TURN server as browsers take it (RFC 7064, RFC 7065). Pure.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

/// One server, by scheme, host, port and transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IceUrl(String);

impl IceUrl {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the server asks for credentials: TURN does, STUN does not.
    #[must_use]
    pub fn needs_credentials(&self) -> bool {
        self.0.starts_with("turn")
    }
}

impl fmt::Display for IceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for IceUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if is_ice_url(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(format!("{text:?} is not a server such as \"turn:turn.example:3478?transport=tcp\""))
    }
}

/// A browser refuses the whole connection for one address that it cannot read, so this is strict.
fn is_ice_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let (place, query) = match rest.split_once('?') {
        Some((place, query)) => (place, Some(query)),
        None => (rest, None),
    };
    let transport = match scheme {
        "stun" | "stuns" => query.is_none(),
        "turn" | "turns" => {
            matches!(query, None | Some("transport=udp" | "transport=tcp"))
        }
        _ => false,
    };
    transport && is_place(place)
}

/// A host, and a port if one is given.
fn is_place(place: &str) -> bool {
    if let Some(rest) = place.strip_prefix('[') {
        let Some((host, rest)) = rest.split_once(']') else { return false };
        let port = rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port);
        return port && host.parse::<Ipv6Addr>().is_ok();
    }
    match place.split_once(':') {
        Some((host, port)) => is_host(host) && is_port(port),
        None => is_host(place),
    }
}

fn is_host(host: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    !host.is_empty() && host.chars().all(plain)
}

fn is_port(port: &str) -> bool {
    port.chars().all(|c| c.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_read_as_browsers_read_them() {
        for good in [
            "stun:stun.example",
            "stun:192.0.2.1:3478",
            "turn:turn.example:3478?transport=udp",
            "turns:turn.example:443?transport=tcp",
            "turn:[2001:db8::1]:3478",
            "turn:[2001:db8::1]",
        ] {
            assert_eq!(good.parse::<IceUrl>().expect(good).as_str(), good);
        }
        for bad in [
            "",
            "turn.example",
            "https://turn.example",
            "turn://turn.example",
            "turn:",
            "turn::3478",
            "turn:turn.example:0",
            "turn:turn.example:99999",
            "turn:turn.example?transport=sctp",
            "stun:stun.example?transport=udp",
            "turn:user@turn.example",
            "turn:[2001:db8::zz]",
            "turn:[2001:db8::1",
            "turn:turn.example ",
        ] {
            assert!(bad.parse::<IceUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_turn_needs_credentials() {
        let needs = |text: &str| text.parse::<IceUrl>().expect(text).needs_credentials();
        assert!(needs("turn:a") && needs("turns:a"));
        assert!(!needs("stun:a") && !needs("stuns:a"));
    }
}
