//! Which extensions of SIP a request insists on, and which its sender has. Pure.

use rsipstack::sip::{Header, Headers, Method, Request};

/// The extensions that we have.
const SUPPORTED: [&str; 1] = [TIMER];
/// Session timers (RFC 4028).
pub(super) const TIMER: &str = "timer";

/// The extensions that a request insists on and we do not have, as `Unsupported` names them
/// (RFC 3261 §8.2.2.3). `None`: there is nothing in the way.
///
/// ACK and CANCEL must not be refused for it, and a BYE is not either: who wants to leave may.
pub(super) fn unsupported(request: &Request) -> Option<String> {
    if matches!(request.method, Method::Ack | Method::Cancel | Method::Bye) {
        return None;
    }
    let required = tags(&request.headers, required);
    let missing: Vec<&str> = required.filter(|tag| !is_one_of(&SUPPORTED, tag)).collect();
    (!missing.is_empty()).then(|| missing.join(", "))
}

/// Whether the sender has this extension.
pub(super) fn supports(request: &Request, extension: &str) -> bool {
    let mut has = tags(&request.headers, |header| supported(header).or_else(|| required(header)));
    has.any(|tag| tag.eq_ignore_ascii_case(extension))
}

/// Whether the sender takes requests of this method.
pub(super) fn allows(headers: &Headers, method: Method) -> bool {
    let name = method.to_string();
    tags(headers, allowed).any(|tag| tag == name)
}

fn required(header: &Header) -> Option<&str> {
    if let Header::Require(tags) = header { Some(tags.value()) } else { None }
}

fn supported(header: &Header) -> Option<&str> {
    if let Header::Supported(tags) = header { Some(tags.value()) } else { None }
}

fn allowed(header: &Header) -> Option<&str> {
    if let Header::Allow(methods) = header { Some(methods.value()) } else { None }
}

fn is_one_of(known: &[&str], tag: &str) -> bool {
    known.iter().any(|known| tag.eq_ignore_ascii_case(known))
}

/// The words of all headers that `value` picks, which may stand in one line or in several.
fn tags<'a>(
    headers: &'a Headers,
    value: impl Fn(&'a Header) -> Option<&'a str>,
) -> impl Iterator<Item = &'a str> {
    let lines = headers.iter().filter_map(value);
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|tag| !tag.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, more: &str) -> Request {
        let text = format!(
            "{method} sip:104@h SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK1\r\n\
             From: <sip:1@h>;tag=1\r\nTo: <sip:104@h>\r\nCall-ID: 1\r\nCSeq: 1 {method}\r\n\
             {more}Content-Length: 0\r\n\r\n"
        );
        Request::try_from(text.as_bytes()).expect("the test's request is well formed")
    }

    #[test]
    fn every_extension_that_is_missing_is_named_and_the_timer_is_not() {
        let invite = request("INVITE", "Require: 100rel, Timer\r\nRequire: precondition\r\n");
        assert_eq!(unsupported(&invite).as_deref(), Some("100rel, precondition"));
        assert_eq!(unsupported(&request("UPDATE", "Require: timer\r\n")), None);
        assert_eq!(unsupported(&request("INVITE", "Supported: 100rel\r\n")), None);
        assert_eq!(unsupported(&request("INVITE", "Require: ,\r\n")), None);
    }

    #[test]
    fn nobody_is_kept_from_leaving() {
        for method in ["BYE", "CANCEL", "ACK"] {
            assert_eq!(unsupported(&request(method, "Require: 100rel\r\n")), None, "{method}");
        }
    }

    #[test]
    fn what_the_sender_has_is_read_from_each_line() {
        let invite =
            request("INVITE", "Supported: 100rel\r\nk: timer\r\nAllow: INVITE, UPDATE\r\n");
        assert!(supports(&invite, TIMER));
        assert!(!supports(&request("INVITE", ""), TIMER));
        assert!(allows(&invite.headers, Method::Update));
        assert!(!allows(&invite.headers, Method::Info));
    }
}
