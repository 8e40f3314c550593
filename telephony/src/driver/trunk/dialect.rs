//! The stack's digest in the words of the RFCs: what it sends and receives is put right on its way.
//! Pure.
//!
//! The stack answers challenges by itself and within one transaction, which is why it does it and not
//! we; but it reads only a challenge in its own dialect (`SHA256`, one quality) and writes `qop` in
//! quotes, which strict trunks refuse (RFC 7616 §3.4: a token).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rsipstack::sip::headers::{ProxyAuthenticate, WwwAuthenticate};
use rsipstack::sip::{Header, Headers, HeadersExt as _, Method, Request, SipMessage, StatusCode};
use rsipstack::transaction::endpoint::MessageInspector;
use rsipstack::transport::SipAddr;

use super::config::DigestAlgorithm;
use super::digest::Challenge;

/// The translator of one endpoint. With `retry_after_s`, each 503 gets `Retry-After`: the stack's way
/// to refuse takes no headers, and neither does its way to cancel: those get the reason noted for them.
#[derive(Default)]
pub(crate) struct Dialect {
    pub(crate) retry_after_s: Option<u32>,
    pub(crate) cancel_reasons: CancelReasons,
}

/// Why calls of ours are cancelled (RFC 3326), by Call-ID.
#[derive(Clone, Default)]
pub(crate) struct CancelReasons(Arc<Mutex<HashMap<String, &'static str>>>);

impl CancelReasons {
    /// The reason that a CANCEL of this call carries from now on.
    pub(crate) fn note(&self, call_id: &str, reason: &'static str) {
        self.locked().insert(call_id.to_owned(), reason);
    }

    /// The call is decided.
    pub(crate) fn forget(&self, call_id: &str) {
        self.locked().remove(call_id);
    }

    fn of(&self, cancel: &Request) -> Option<&'static str> {
        let call_id = cancel.call_id_header().ok()?;
        self.locked().get(call_id.value()).copied()
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, &'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MessageInspector for Dialect {
    fn before_send(&self, message: SipMessage, _to: Option<&SipAddr>) -> SipMessage {
        let mut message = message;
        match &mut message {
            SipMessage::Response(response) => {
                if let Some(seconds) = self.retry_after_s
                    && response.status_code == StatusCode::ServiceUnavailable
                {
                    response.headers.unique_push(Header::RetryAfter(seconds.to_string().into()));
                }
            }
            SipMessage::Request(request) => {
                if request.method == Method::Cancel
                    && let Some(reason) = self.cancel_reasons.of(request)
                {
                    request.headers.unique_push(Header::Reason(reason.into()));
                }
                for header in request.headers.iter_mut() {
                    if let Header::Authorization(value) = header {
                        *value = spoken(value.value()).into();
                    } else if let Header::ProxyAuthorization(value) = header {
                        *value = spoken(value.value()).into();
                    }
                }
            }
        }
        message
    }

    fn after_received(&self, message: SipMessage, _from: Option<&SipAddr>) -> SipMessage {
        let mut message = message;
        if let SipMessage::Response(response) = &mut message
            && matches!(
                response.status_code,
                StatusCode::Unauthorized | StatusCode::ProxyAuthenticationRequired
            )
        {
            simplify(&mut response.headers);
        }
        message
    }
}

/// Leaves of the challenges of each kind the strongest, in the stack's dialect.
fn simplify(headers: &mut Headers) {
    let of_www = |header: &Header| {
        let Header::WwwAuthenticate(value) = header else { return None };
        Some(value.value().to_owned())
    };
    let of_proxy = |header: &Header| {
        let Header::ProxyAuthenticate(value) = header else { return None };
        Some(value.value().to_owned())
    };
    let www: Vec<String> = headers.iter().filter_map(of_www).collect();
    let proxy: Vec<String> = headers.iter().filter_map(of_proxy).collect();
    headers.retain(|header| of_www(header).is_none() && of_proxy(header).is_none());
    if let Some(challenge) = Challenge::strongest(www.iter().map(String::as_str)) {
        headers.push(Header::WwwAuthenticate(WwwAuthenticate::new(heard(&challenge))));
    }
    if let Some(challenge) = Challenge::strongest(proxy.iter().map(String::as_str)) {
        headers.push(Header::ProxyAuthenticate(ProxyAuthenticate::new(heard(&challenge))));
    }
}

/// A challenge as the stack reads it.
fn heard(challenge: &Challenge) -> String {
    let quoted = |text: &str| text.replace(['"', '\\'], "");
    let algorithm = match challenge.algorithm {
        DigestAlgorithm::Sha256 => "SHA256",
        DigestAlgorithm::Md5 => "MD5",
    };
    let mut text = format!(
        "Digest realm=\"{}\", nonce=\"{}\", algorithm={algorithm}",
        quoted(&challenge.realm),
        quoted(&challenge.nonce)
    );
    if challenge.with_qop {
        text.push_str(", qop=\"auth\"");
    }
    if let Some(opaque) = &challenge.opaque {
        text.push_str(&format!(", opaque=\"{}\"", quoted(opaque)));
    }
    if challenge.stale {
        text.push_str(", stale=true");
    }
    text
}

/// The stack's answer as the RFCs have it.
fn spoken(value: &str) -> String {
    value
        .replace("qop=\"auth\"", "qop=auth")
        .replace("algorithm=SHA256", "algorithm=SHA-256")
        .replace("algorithm=\"SHA256\"", "algorithm=SHA-256")
        .replace("algorithm=\"MD5\"", "algorithm=MD5")
}

#[cfg(test)]
mod tests {
    use rsipstack::sip::Response;

    use super::*;

    #[test]
    fn the_strongest_challenge_is_left_in_words_that_the_stack_reads() {
        let text = "SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n\
             From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\
             WWW-Authenticate: Digest realm=\"r\", nonce=\"m\", algorithm=MD5, qop=\"auth\"\r\n\
             WWW-Authenticate: Digest realm=\"r\", nonce=\"s\", algorithm=SHA-256, \
             qop=\"auth,auth-int\", opaque=\"o\"\r\nContent-Length: 0\r\n\r\n";
        let response = Response::try_from(text.as_bytes()).expect("readable");
        let read = Dialect::default().after_received(response.into(), None);
        let text = read.to_string();
        assert_eq!(text.matches("WWW-Authenticate").count(), 1, "{text}");
        assert!(
            text.contains("nonce=\"s\", algorithm=SHA256, qop=\"auth\", opaque=\"o\""),
            "{text}"
        );
    }

    #[test]
    fn what_the_stack_says_is_put_into_the_words_of_the_rfc() {
        let said = "Digest username=\"u\", qop=\"auth\", nc=00000001, algorithm=SHA256";
        let put = spoken(said);
        assert!(put.contains("qop=auth,") && put.ends_with("algorithm=SHA-256"), "{put}");
    }
}
