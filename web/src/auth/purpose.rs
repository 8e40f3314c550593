//! Why a record is opened: the reason the person gave, else the call the person is on, else the work
//! of the desk. Goes into the audit.

use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use crm::actor::Purpose;
use ids::AgentId;
use serde::Deserialize;

use super::Authority;
use crate::app::App;
use crate::problem::{Problem, ProblemKind};

/// The header with the reason, percent-encoded: a reason in Hindi is no header text.
pub const REASON_HEADER: &str = "x-reason";

/// The reason that came with a request, if any.
#[derive(Clone, Debug, Default)]
pub struct Reason(pub Option<String>);

impl Reason {
    /// The purpose of this request.
    #[must_use]
    pub fn purpose(&self, app: &App, authority: &Authority) -> Purpose {
        if let Some(reason) = &self.0 {
            return Purpose::Reason(reason.clone());
        }
        let call = app.exchange().call_of(AgentId::from(authority.user()));
        call.map_or(Purpose::Desk, |call| Purpose::Call(call.id))
    }
}

#[derive(Deserialize)]
struct Given {
    reason: String,
}

/// Reads the header's text.
fn read(text: &str) -> Option<String> {
    let uri: Uri = format!("/?reason={text}").parse().ok()?;
    let Query(given) = Query::<Given>::try_from_uri(&uri).ok()?;
    Some(given.reason)
}

impl<S: Send + Sync> FromRequestParts<S> for Reason {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(header) = parts.headers.get(REASON_HEADER) else { return Ok(Self(None)) };
        let reason = header.to_str().ok().filter(|text| text.len() <= TEXT_MAX).and_then(read);
        match reason {
            Some(reason) => Ok(Self(Some(reason).filter(|reason| !reason.trim().is_empty()))),
            None => Err(Problem::new(
                ProblemKind::Malformed,
                "x-reason must be percent-encoded text, 500 characters at most.",
            )),
        }
    }
}

/// Longest header: 500 characters of three bytes, each byte percent-encoded.
const TEXT_MAX: usize = 500 * 3 * 3;

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_reason_in_hindi_arrives_whole() {
        let encoded = "%E0%A4%B6%E0%A4%BF%E0%A4%95%E0%A4%BE%E0%A4%AF%E0%A4%A4%20104";
        assert_eq!(read(encoded).as_deref(), Some("शिकायत 104"));
        assert_eq!(read("plain").as_deref(), Some("plain"));
        assert_eq!(read("not a header text"), None);
    }
}
