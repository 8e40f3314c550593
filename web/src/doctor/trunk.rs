//! Whether the trunks are there: each `[[trunk]]` that our calls go to, and every single address of
//! `sip.trunks`, is sent OPTIONS.

use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;
use telephony::driver::sip::probe::{Answered, ProbeError, probe};
use tokio::net::lookup_host;
use tokio::task::JoinSet;

use super::finding::Finding;
use crate::config::Settings;

/// Where a trunk listens if nothing else is said (RFC 3261 §19.1.2).
const PORT: u16 = 5060;
/// How long it may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(3);
/// Slower than that, audio will be late too.
const SLOW: Duration = Duration::from_millis(150);

/// What came of asking a trunk.
enum Asked {
    /// Its name is not in the DNS.
    Unknown(String),
    /// It was asked.
    Probed(SocketAddr, Result<Answered, ProbeError>),
}

/// Asks all trunks at once.
pub async fn look(settings: &Settings) -> Vec<Finding> {
    let nets = settings.trunks.iter().flat_map(|trunk| &trunk.networks);
    let nets: Vec<&IpNet> = nets.chain(&settings.sip.trunks).collect();
    let outside = nets.iter().any(|net| !net.addr().is_loopback());
    if !outside && settings.trunks.iter().all(|trunk| trunk.send_to.is_none()) {
        let found = "only this machine may call: no trunk is set";
        let to_do = "set a [[trunk]] with the addresses that your carrier gave";
        return vec![Finding::warning("trunk", found, to_do)];
    }
    if let Some(open) = nets.iter().find(|net| net.prefix_len() == 0) {
        let to_do = "name the carrier's addresses alone; scanners will call within minutes";
        return vec![Finding::wrong("trunk", format!("{open} lets everybody call"), to_do)];
    }
    let mut asked = JoinSet::new();
    for net in settings.sip.trunks.iter().filter(|net| is_one(net) && !net.addr().is_loopback()) {
        asked.spawn(ask(format!("trunk {}", net.addr()), net.addr().to_string(), PORT));
    }
    for trunk in &settings.trunks {
        if let Some(to) = &trunk.send_to {
            asked.spawn(ask(format!("trunk {}", trunk.name), to.host.clone(), to.port));
        }
    }
    let mut findings: Vec<_> = asked.join_all().await.into_iter().map(judge).collect();
    findings.sort_by(|a, b| a.check.cmp(&b.check));
    findings
}

fn is_one(net: &IpNet) -> bool {
    net.prefix_len() == net.max_prefix_len()
}

async fn ask(check: String, host: String, port: u16) -> (String, Asked) {
    let found = lookup_host((host.as_str(), port)).await.ok().and_then(|mut found| found.next());
    let Some(to) = found else { return (check, Asked::Unknown(host)) };
    (check, Asked::Probed(to, probe(to, rand::random(), ANSWER_LIMIT).await))
}

/// Pure.
fn judge((check, asked): (String, Asked)) -> Finding {
    match asked {
        Asked::Unknown(host) => Finding::wrong(
            check,
            format!("{host} has no address in the DNS"),
            "check the name, and that this machine has a resolver (/etc/resolv.conf)",
        ),
        Asked::Probed(_, Ok(Answered { status, took })) if took > SLOW => Finding::warning(
            check,
            format!("answers OPTIONS with {status} after {} ms", took.as_millis()),
            "ask the carrier for a nearer address, or see what fills the line",
        ),
        Asked::Probed(_, Ok(Answered { status, took })) => Finding::ok(
            check,
            format!("answers OPTIONS with {status} after {} ms", took.as_millis()),
        ),
        Asked::Probed(to, Err(error)) => Finding::wrong(
            check,
            format!("{to}: {error}"),
            "check the firewall both ways, and that the carrier knows this machine's address",
        ),
    }
}
