//! Keys told by INFO. Pure.
//!
//! Two bodies are in use, neither of them a standard: `application/dtmf-relay` (lines `Signal=5` and
//! `Duration=160`) and `application/dtmf` (the key alone).

use rsipstack::sip::{Header, Request, StatusCode};

use crate::call::Digit;

/// The bodies that we read, for `Accept`.
pub(super) const ACCEPTED: &str = "application/dtmf-relay, application/dtmf";
/// Longest body read, bytes; three lines are usual.
const BODY_LEN_MAX: usize = 256;

/// The key that an INFO tells of; `None` if it tells of none (no body, or a hook flash).
///
/// # Errors
/// 415 for a body of another kind, 400 for one that names no key.
pub(super) fn digit(info: &Request) -> Result<Option<Digit>, StatusCode> {
    if info.body.is_empty() {
        return Ok(None);
    }
    let content_type = info.headers.iter().find_map(|header| {
        if let Header::ContentType(kind) = header { Some(kind.value()) } else { None }
    });
    let kind = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let body = std::str::from_utf8(&info.body).ok().filter(|body| body.len() <= BODY_LEN_MAX);
    let signal = if kind.eq_ignore_ascii_case("application/dtmf-relay") {
        body.and_then(relayed_signal)
    } else if kind.eq_ignore_ascii_case("application/dtmf") {
        body
    } else {
        return Err(StatusCode::UnsupportedMediaType);
    };
    key(signal.unwrap_or_default().trim()).ok_or(StatusCode::BadRequest)
}

/// The value of the line `Signal=`.
fn relayed_signal(body: &str) -> Option<&str> {
    let mut lines = body.lines().filter_map(|line| line.split_once('='));
    lines.find(|(name, _)| name.trim().eq_ignore_ascii_case("signal")).map(|(_, value)| value)
}

/// A key by its sign, or by its event code where that has two figures (RFC 4733 §3.2). Codes from 16
/// on and `!` are no keys.
fn key(signal: &str) -> Option<Option<Digit>> {
    let mut signs = signal.chars();
    if let (Some(sign), None) = (signs.next(), signs.next()) {
        let key = Digit::new(sign.to_ascii_uppercase());
        return key.map(Some).or((sign == '!').then_some(None));
    }
    match signal.parse::<u8>().ok().filter(|_| signal.len() == 2)? {
        10 => Some(Digit::new('*')),
        11 => Some(Digit::new('#')),
        code @ 12..=15 => Some(Digit::new(char::from(b'A' + (code - 12)))),
        16.. => Some(None),
        0..=9 => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(kind: &str, body: &str) -> Result<Option<char>, u16> {
        let text = format!(
            "INFO sip:104@h SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK1\r\n\
             From: <sip:1@h>;tag=1\r\nTo: <sip:104@h>;tag=2\r\nCall-ID: 1\r\nCSeq: 2 INFO\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let request = Request::try_from(text.as_bytes()).expect("the test's INFO is well formed");
        digit(&request).map(|key| key.map(Digit::as_char)).map_err(|status| status.code())
    }

    #[test]
    fn a_key_is_read_from_either_body() {
        for (body, key) in [
            ("Signal=5\r\nDuration=160\r\n", '5'),
            ("Signal= 5 \r\n", '5'),
            ("Duration=100\nsignal=#", '#'),
            ("Signal=10\r\n", '*'),
            ("Signal=a\r\n", 'A'),
        ] {
            assert_eq!(info("application/dtmf-relay", body), Ok(Some(key)), "{body:?}");
        }
        assert_eq!(info("Application/DTMF; charset=x", "9\r\n"), Ok(Some('9')));
        assert_eq!(info("application/dtmf", "11"), Ok(Some('#')));
    }

    #[test]
    fn a_hook_flash_and_an_empty_info_are_no_keys() {
        assert_eq!(info("application/dtmf-relay", "Signal=16\r\n"), Ok(None));
        assert_eq!(info("application/dtmf-relay", "Signal=!\r\n"), Ok(None));
        assert_eq!(info("application/sdp", ""), Ok(None));
    }

    #[test]
    fn bad_bodies_are_told_from_those_of_another_kind() {
        for body in ["Signal=\r\n", "Signal=55\u{966}", "nothing", "Signal=05", "Signal=E", "\u{0}"]
        {
            assert_eq!(info("application/dtmf-relay", body), Err(400), "{body:?}");
        }
        assert_eq!(info("application/dtmf-relay", &"Signal=5\r\n".repeat(99)), Err(400));
        assert_eq!(info("application/media_control+xml", "<x/>"), Err(415));
        assert_eq!(info("", "5"), Err(415));
    }
}
