//! Whether browsers will trust the page enough for a microphone.

use std::net::IpAddr;

use super::finding::Finding;
use crate::clock;
use crate::config::Settings;
use crate::tls::certificate::{Certificate, CertificateProblem, Facts};
use crate::tls::expiry::Notice;

const CHECK: &str = "certificate";

/// Reads the certificate and judges it.
#[must_use]
pub fn look(settings: &Settings) -> Finding {
    let Some(files) = settings.tls.files() else { return without(settings) };
    let now = clock::now();
    let read = Certificate::read(&files);
    let read = read.and_then(|found| found.check_dates(&files, now).map(|()| found));
    let host = settings.http.public_url.as_ref().map(|url| host(url.as_str()).to_owned());
    match read {
        Ok(certificate) => {
            let facts = certificate.facts();
            judge(facts, facts.days_left(now), host.as_deref())
        }
        Err(problem) => Finding::wrong(CHECK, problem.to_string(), advice(&problem)),
    }
}

fn advice(problem: &CertificateProblem) -> &'static str {
    match problem {
        CertificateProblem::Unreadable { .. } => {
            "check the path and that the service's user may read the file"
        }
        CertificateProblem::NoCertificate(_) | CertificateProblem::NoKey(_) => {
            "put the PEM files there that your authority gave (fullchain.pem and privkey.pem)"
        }
        CertificateProblem::Mismatch { .. } => {
            "put the key there with which this one was asked for"
        }
        CertificateProblem::Expired { .. } => "renew it; the program takes it without a restart",
        CertificateProblem::NotYet { .. } => "set the clock (timedatectl), or wait",
    }
}

/// Without a certificate of our own. Pure.
fn without(settings: &Settings) -> Finding {
    let public = settings.http.public_url.as_ref();
    match public {
        Some(url) if url.is_https() => {
            Finding::ok(CHECK, format!("none of our own; a proxy speaks TLS for {url}"))
        }
        _ if settings.http.listen.ip().is_loopback() => {
            Finding::ok(CHECK, "none, and none needed: pages are for this machine alone")
        }
        _ => Finding::wrong(
            CHECK,
            "none: browsers give no microphone to a page over plain HTTP",
            "set `tls.certificate` and `tls.key`, or `http.public_url` if a proxy speaks TLS",
        ),
    }
}

/// Pure.
fn judge(facts: &Facts, days: f64, host: Option<&str>) -> Finding {
    let names = facts.names.join(", ");
    if let Some(host) = host.filter(|host| !facts.names.iter().any(|name| covers(name, host))) {
        return Finding::wrong(
            CHECK,
            format!("it stands for {names}, but people type {host}"),
            "get one for the name in `http.public_url`",
        );
    }
    let found = format!("{names}, good for {days:.0} days more");
    match Notice::at(days) {
        None => Finding::ok(CHECK, found),
        Some(Notice::ThreeWeeks) => Finding::warning(CHECK, found, "renew it in these days"),
        Some(Notice::Week | Notice::Day | Notice::Over) => {
            Finding::wrong(CHECK, found, "renew it now; the program takes it without a restart")
        }
    }
}

/// Whether a certificate's name stands for a host; `*.` stands for one label (RFC 6125 §6.4.3).
fn covers(name: &str, host: &str) -> bool {
    let same = name.eq_ignore_ascii_case(host);
    let wild = name.strip_prefix("*.").is_some_and(|rest| {
        let above = host.split_once('.').map(|(_, above)| above);
        above.is_some_and(|above| above.eq_ignore_ascii_case(rest))
    });
    same || wild
}

/// The host of an address, without scheme and port.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let bare = rest.strip_prefix('[').and_then(|six| six.split_once(']')).map(|(six, _)| six);
    let bare = bare.filter(|six| six.parse::<IpAddr>().is_ok());
    bare.unwrap_or_else(|| rest.split_once(':').map_or(rest, |(host, _)| host))
}

#[cfg(test)]
mod tests {
    use ids::Timestamp;

    use super::super::finding::Verdict;
    use super::*;

    fn facts(names: &[&str]) -> Facts {
        let moment = Timestamp::from_micros(0);
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Facts { names, from: moment, until: moment }
    }

    #[test]
    fn a_certificate_must_stand_for_the_name_that_people_type() {
        let verdict = |names: &[&str], host| judge(&facts(names), 90.0, Some(host)).verdict;
        assert_eq!(verdict(&["helpline.example"], "helpline.example"), Verdict::Ok);
        assert_eq!(verdict(&["*.example"], "helpline.example"), Verdict::Ok);
        assert_eq!(verdict(&["*.example"], "a.helpline.example"), Verdict::Wrong);
        assert_eq!(verdict(&["other.example"], "helpline.example"), Verdict::Wrong);
        assert_eq!(host("https://helpline.example:8443"), "helpline.example");
        assert_eq!(host("https://[::1]:8443"), "::1");
    }

    #[test]
    fn the_nearer_the_end_the_louder() {
        let verdict = |days| judge(&facts(&["a"]), days, None).verdict;
        assert_eq!(verdict(22.0), Verdict::Ok);
        assert_eq!(verdict(20.0), Verdict::Warning);
        assert_eq!(verdict(6.0), Verdict::Wrong);
    }
}
