//! Whether the addresses that the settings name can be listened on.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

use super::finding::Finding;
use crate::config::Settings;

/// How long whoever listens on our HTTP address may take to say who it is.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);
/// How many of the audio's ports are tried.
const AUDIO_TRIED: u16 = 50;

/// Whether a helpline listens where the settings say: then its ports are taken by itself.
pub async fn serving(settings: &Settings) -> bool {
    let scheme = if settings.tls.certificate.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{}/healthz", settings.http.listen);
    // The certificate is judged elsewhere; nothing is told to whoever answers.
    let client = reqwest::Client::builder().tls_danger_accept_invalid_certs(true).no_proxy();
    let Ok(client) = client.timeout(ANSWER_LIMIT).build() else { return false };
    let asked = async { client.get(url).send().await?.error_for_status()?.text().await };
    asked.await.is_ok_and(|answer: String| answer == "ok\n")
}

/// Tries every address; `serving` tells that a helpline of ours has them.
pub async fn look(settings: &Settings, serving: bool) -> Vec<Finding> {
    let (http, sip, webrtc) = (&settings.http, settings.sip.listen, settings.webrtc.listen);
    let mut findings = vec![judge("port http", http.listen, "tcp", tcp(http.listen), serving)];
    if let Some(redirect) = http.redirect_listen {
        findings.push(judge("port redirect", redirect, "tcp", tcp(redirect), serving));
    }
    findings.push(judge("port sip udp", sip, "udp", udp(sip), serving));
    findings.push(judge("port sip tcp", sip, "tcp", tcp(sip), serving));
    findings.push(judge("port webrtc", webrtc, "udp", udp(webrtc), serving));
    findings.push(audio(settings));
    findings
}

fn tcp(address: SocketAddr) -> io::Result<()> {
    TcpListener::bind(address).map(drop)
}

fn udp(address: SocketAddr) -> io::Result<()> {
    UdpSocket::bind(address).map(drop)
}

/// What a try to listen means. Pure.
fn judge(
    check: &str,
    address: SocketAddr,
    transport: &str,
    tried: io::Result<()>,
    serving: bool,
) -> Finding {
    let port = address.port();
    let error = match tried {
        Ok(()) => return Finding::ok(check, format!("{address} is free")),
        Err(error) => error,
    };
    let kind = error.kind();
    if kind == ErrorKind::AddrInUse && serving {
        return Finding::ok(check, format!("{address} is taken by the helpline that runs"));
    }
    let (found, to_do) = if kind == ErrorKind::AddrInUse {
        let flag = if transport == "tcp" { 't' } else { 'u' };
        (
            format!("{address} ({transport}) is taken by another program"),
            format!("see which by `ss -{flag}lnp sport = :{port}`; end it or take another port"),
        )
    } else if kind == ErrorKind::AddrNotAvailable {
        let to_do = "take one that `ip address` shows, or 0.0.0.0 for all of them";
        (format!("this machine has no address {}", address.ip()), to_do.to_owned())
    } else if kind == ErrorKind::PermissionDenied {
        let to_do =
            "give the service AmbientCapabilities=CAP_NET_BIND_SERVICE, or take a higher port";
        (format!("this user may not listen on port {port}"), to_do.to_owned())
    } else {
        (format!("{address}: {error}"), "ask who keeps the network of this machine".to_owned())
    };
    Finding::wrong(check, found, to_do)
}

fn audio(settings: &Settings) -> Finding {
    let check = "ports rtp";
    let (address, ports) = (settings.rtp.address, settings.rtp.ports.ports());
    let (first, last) = (*ports.start(), *ports.end());
    let pairs = (u32::from(last) - u32::from(first)).div_ceil(2);
    let tried = first..=last.min(first.saturating_add(AUDIO_TRIED));
    let refused = tried.clone().filter_map(|port| refusal(address, port)).collect::<Vec<_>>();
    if refused.len() == tried.count() {
        let why = refused.first().map(ToString::to_string).unwrap_or_default();
        return Finding::wrong(
            check,
            format!("none of the first ports from {address}:{first} on can be used: {why}"),
            "set `rtp.address` to an address of this machine and `rtp.ports` to a free range",
        );
    }
    if pairs < settings.sip.calls_max {
        return Finding::warning(
            check,
            format!(
                "{first}-{last} is enough for {pairs} calls, `sip.calls_max` is {}",
                settings.sip.calls_max
            ),
            "make `rtp.ports` wider: two ports for each call",
        );
    }
    Finding::ok(check, format!("{address}:{first}-{last}, enough for {pairs} calls"))
}

fn refusal(address: IpAddr, port: u16) -> Option<io::Error> {
    udp(SocketAddr::new(address, port)).err()
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    fn found(kind: ErrorKind, serving: bool) -> Finding {
        let address = SocketAddr::from(([10, 0, 0, 5], 443));
        judge("port http", address, "tcp", Err(kind.into()), serving)
    }

    #[test]
    fn a_port_of_somebody_else_is_wrong_and_our_own_is_not() {
        assert_eq!(found(ErrorKind::AddrInUse, true).verdict, Verdict::Ok);
        let taken = found(ErrorKind::AddrInUse, false);
        assert_eq!(taken.verdict, Verdict::Wrong);
        assert!(taken.to_do.expect("advice").contains("ss -tlnp sport = :443"));
        let denied = found(ErrorKind::PermissionDenied, false);
        assert!(denied.to_do.expect("advice").contains("CAP_NET_BIND_SERVICE"));
        let missing = found(ErrorKind::AddrNotAvailable, false);
        assert!(missing.found.contains("10.0.0.5"), "{missing:?}");
    }
}
