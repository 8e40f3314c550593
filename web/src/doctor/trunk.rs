//! Whether the trunk is there: every single address of `sip.trunks` is sent OPTIONS.

use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;
use telephony::driver::sip::probe::{Answered, ProbeError, probe};
use tokio::task::JoinSet;

use super::finding::Finding;
use crate::config::Settings;

/// Where a trunk listens if nothing else is said (RFC 3261 §19.1.2).
const PORT: u16 = 5060;
/// How long it may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(3);
/// Slower than that, audio will be late too.
const SLOW: Duration = Duration::from_millis(150);

/// Asks all trunks at once.
pub async fn look(settings: &Settings) -> Vec<Finding> {
    let trunks = &settings.sip.trunks;
    if trunks.iter().all(|net| net.addr().is_loopback()) {
        let found = "only this machine may call: `sip.trunks` names nobody else";
        let to_do = "set `sip.trunks` to the addresses that your carrier gave";
        return vec![Finding::warning("trunk", found, to_do)];
    }
    if let Some(open) = trunks.iter().find(|net| net.prefix_len() == 0) {
        let to_do = "name the carrier's addresses alone; scanners will call within minutes";
        return vec![Finding::wrong("trunk", format!("{open} lets everybody call"), to_do)];
    }
    let mut asked = JoinSet::new();
    for net in trunks.iter().filter(|net| is_one(net) && !net.addr().is_loopback()) {
        let to = SocketAddr::new(net.addr(), PORT);
        asked.spawn(async move { (to, probe(to, rand::random(), ANSWER_LIMIT).await) });
    }
    let mut findings: Vec<_> = asked.join_all().await.into_iter().map(judge).collect();
    findings.sort_by(|a, b| a.check.cmp(&b.check));
    findings
}

fn is_one(net: &IpNet) -> bool {
    net.prefix_len() == net.max_prefix_len()
}

/// Pure.
fn judge((to, asked): (SocketAddr, Result<Answered, ProbeError>)) -> Finding {
    let check = format!("trunk {}", to.ip());
    match asked {
        Ok(Answered { status, took }) if took > SLOW => Finding::warning(
            check,
            format!("answers OPTIONS with {status} after {} ms", took.as_millis()),
            "ask the carrier for a nearer address, or see what fills the line",
        ),
        Ok(Answered { status, took }) => Finding::ok(
            check,
            format!("answers OPTIONS with {status} after {} ms", took.as_millis()),
        ),
        Err(error) => Finding::wrong(
            check,
            format!("port {}: {error}", to.port()),
            "check the firewall both ways, and that the carrier knows this machine's address",
        ),
    }
}
