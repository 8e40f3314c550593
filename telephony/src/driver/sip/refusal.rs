//! Refusals in the words of SIP: the one place where ours become status codes. Pure.

use rsipstack::sip::StatusCode;

use crate::call::Refusal;

/// After how many seconds a caller who met a full or stopping exchange may try again. Short: a
/// citizen redials anyway, and a trunk that waits longer looks like a dead helpline.
pub(super) const RETRY_AFTER_S: u32 = 5;

/// How one refusal is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SipRefusal {
    /// The final status code (RFC 3261 §21).
    pub code: u16,
    /// Why, for the `Reason` header (RFC 3326): ours to read in a trace, never with a number in it.
    pub reason: &'static str,
    /// Seconds for `Retry-After`, where the condition passes.
    pub retry_after_s: Option<u32>,
}

impl From<Refusal> for SipRefusal {
    fn from(refusal: Refusal) -> Self {
        let (code, reason, retry_after_s) = match refusal {
            Refusal::NoCommonCodec => (488, "no codec in common", None),
            Refusal::BadDescription => (400, "session description unreadable", None),
            Refusal::Busy => (503, "exchange full", Some(RETRY_AFTER_S)),
            Refusal::UnknownNumber => (404, "number unknown", None),
            Refusal::Stopping => (503, "exchange stopping", Some(RETRY_AFTER_S)),
            Refusal::Fault => (500, "fault of the exchange", None),
        };
        Self { code, reason, retry_after_s }
    }
}

impl SipRefusal {
    /// The status code in the stack's type.
    pub(super) fn status(self) -> StatusCode {
        StatusCode::from(self.code)
    }

    /// The value of the `Reason` header.
    pub(super) fn reason_value(self) -> String {
        format!("SIP;cause={};text=\"{}\"", self.code, self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_condition_that_passes_invites_another_try() {
        for refusal in [
            Refusal::NoCommonCodec,
            Refusal::BadDescription,
            Refusal::Busy,
            Refusal::UnknownNumber,
            Refusal::Stopping,
            Refusal::Fault,
        ] {
            let answer = SipRefusal::from(refusal);
            assert!((400..600).contains(&answer.code), "{refusal:?}");
            assert_eq!(answer.retry_after_s.is_some(), answer.code == 503, "{refusal:?}");
        }
    }
}
