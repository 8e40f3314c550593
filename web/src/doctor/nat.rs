//! Whether the addresses that we tell the trunk and the browsers are ones at which they find us.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use super::finding::Finding;
use crate::config::{PublicUrl, Settings};

/// An address outside, to ask the system by which of its own it would go there. Nothing is sent: a UDP
/// socket that is connected only looks at the routes. (TEST-NET-3, RFC 5737, is nobody's.)
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);

/// What one part of the program listens on and tells others.
#[derive(Clone, Copy, Debug)]
struct Told {
    check: &'static str,
    key: &'static str,
    listen: IpAddr,
    public: Option<IpAddr>,
    /// Somebody outside this machine is to reach it.
    from_outside: bool,
}

/// Looks at the trunk's side and the browsers'.
pub async fn look(settings: &Settings) -> Vec<Finding> {
    let own = own_address();
    let trunks = settings.sip.trunks.iter();
    let outside = trunks.clone().any(|net| !net.addr().is_loopback());
    let public_page = !settings.http.listen.ip().is_loopback()
        || settings.http.public_url.as_ref().is_some_and(PublicUrl::is_https);
    let told = [
        Told {
            check: "address of the trunk's audio",
            key: "sip.public_address",
            listen: settings.rtp.address,
            public: settings.sip.public_address,
            from_outside: outside,
        },
        Told {
            check: "address of sip",
            key: "sip.public_address",
            listen: settings.sip.listen.ip(),
            public: settings.sip.public_address,
            from_outside: outside,
        },
        Told {
            check: "address of the browsers' audio",
            key: "webrtc.public_address",
            listen: settings.webrtc.listen.ip(),
            public: settings.webrtc.public_address,
            from_outside: public_page,
        },
    ];
    told.into_iter().map(|told| judge(told, own)).collect()
}

/// The address by which this machine goes out; `None` without a route.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(SocketAddr::from((OUTSIDE, 9))).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Pure.
fn judge(told: Told, own: Option<IpAddr>) -> Finding {
    let Told { check, key, listen, public, from_outside } = told;
    let says = public.unwrap_or(listen);
    if says.is_unspecified() {
        let example = own.map_or_else(|| "203.0.113.7".to_owned(), |own| own.to_string());
        return Finding::wrong(
            check,
            format!("{listen} is no address that anybody can send to"),
            format!("set `{key}` to the address by which others reach this machine, say {example}"),
        );
    }
    if !from_outside {
        return Finding::ok(check, format!("{says}, for this machine alone"));
    }
    if listen.is_loopback() {
        return Finding::wrong(
            check,
            format!("listens on {listen}, which nobody outside reaches"),
            "listen on 0.0.0.0 or on an address of the network",
        );
    }
    match public {
        None if is_private(says) => Finding::warning(
            check,
            format!("{says} is a private address"),
            format!(
                "right if all who call are in that network; else set `{key}` to the public one"
            ),
        ),
        Some(public) if own.is_some_and(|own| own != public && !is_private(own)) => {
            Finding::warning(
                check,
                format!("{public} is told, but this machine goes out by another public address"),
                format!("make sure that what is sent to {public} arrives here, or mend `{key}`"),
            )
        }
        Some(public) if own != Some(public) => Finding::ok(
            check,
            format!("{public}, translated by a router that must forward the ports to {listen}"),
        ),
        Some(_) | None => Finding::ok(check, says.to_string()),
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        // 100.64.0.0/10 is the carriers' own (RFC 6598).
        IpAddr::V4(four) => {
            let [a, b, ..] = four.octets();
            four.is_private() || four.is_link_local() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(six) => six.is_unique_local() || six.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    fn found(listen: &str, public: Option<&str>, own: &str, from_outside: bool) -> Finding {
        let told = Told {
            check: "address of sip",
            key: "sip.public_address",
            listen: listen.parse().expect("address"),
            public: public.map(|text| text.parse().expect("address")),
            from_outside,
        };
        judge(told, Some(own.parse().expect("address")))
    }

    #[test]
    fn only_an_address_that_others_reach_is_told() {
        let verdict = |finding: Finding| finding.verdict;
        assert_eq!(verdict(found("127.0.0.1", None, "10.0.0.5", false)), Verdict::Ok);
        assert_eq!(verdict(found("127.0.0.1", None, "10.0.0.5", true)), Verdict::Wrong);
        assert_eq!(verdict(found("0.0.0.0", None, "10.0.0.5", true)), Verdict::Wrong);
        assert_eq!(verdict(found("10.0.0.5", None, "10.0.0.5", true)), Verdict::Warning);
        let behind = found("10.0.0.5", Some("198.51.100.7"), "10.0.0.5", true);
        assert_eq!(behind.verdict, Verdict::Ok, "behind a router");
        let other = found("0.0.0.0", Some("198.51.100.7"), "198.51.100.9", true);
        assert_eq!(other.verdict, Verdict::Warning, "two public addresses");
        assert_eq!(verdict(found("198.51.100.7", None, "198.51.100.7", true)), Verdict::Ok);
    }

    #[test]
    fn the_advice_names_the_setting_and_a_value() {
        let advice = found("0.0.0.0", None, "10.0.0.5", true).to_do.expect("advice");
        assert!(advice.contains("sip.public_address") && advice.contains("10.0.0.5"), "{advice}");
    }
}
