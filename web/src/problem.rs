//! Errors as they leave over HTTP: `application/problem+json` (RFC 9457). The one place that turns a
//! refusal or a fault into a status code; the conversions of other crates' errors are in [`from`].
//!
//! A problem carries what is safe to tell the caller, and apart from it the cause of a fault, which is
//! logged once by the edge (`edge::finish`) under the request's id and never sent.

mod from;
mod kind;

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use kind::ProblemKind;

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// One field that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The field, as named in the request.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// The version that stands now, and who made it: told to one who wrote on an older one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Current {
    /// The version to write on.
    pub version: i64,
    /// Who changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub changed_by: Option<ids::UserId>,
    /// When, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub changed_at: Option<crate::wire::Moment>,
}

/// A problem as it stands on the wire.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "not-found", "title": "Not found", "status": 404,
    "detail": "There is no such case.", "instance": "0192f0c1-2f1e-7c55-9c8e-0242ac120002"
}))]
pub struct ProblemBody {
    /// What kind of problem: a stable word, a relative reference as RFC 9457 allows.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The status code.
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// The id of the request; the log has the cause under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Fields that were not accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
    /// With `version-conflict`: the version that stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
}

/// Anything that keeps a request from its answer.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: ProblemKind,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    current: Option<Current>,
    retry_after: Option<Duration>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// When to try again if the disk is full: somebody has to make room.
const FULL_WAIT: Duration = Duration::from_secs(60);

/// What an endpoint answers.
pub type Answer<T> = Result<T, Problem>;

impl Problem {
    /// A problem of this kind, with what happened this time.
    #[must_use]
    pub fn new(kind: ProblemKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            current: None,
            retry_after: None,
            cause: None,
        }
    }

    /// There is no such thing (or it is not for this caller to know of).
    #[must_use]
    pub fn not_found(what: &'static str) -> Self {
        Self::new(ProblemKind::NotFound, format!("There is no such {what}."))
    }

    /// A fault of ours: the caller learns nothing but the request's id.
    #[must_use]
    pub fn fault(cause: impl Error + Send + Sync + 'static) -> Self {
        if store::disk_is_full(&cause) {
            let detail = "The helpline's disk is full: nothing was saved. Call who runs it; go on.";
            return Self::new(ProblemKind::Unavailable, detail)
                .retry_after(FULL_WAIT)
                .because(cause);
        }
        Self::new(ProblemKind::Internal, "Something went wrong here; the log has the cause.")
            .because(cause)
    }

    /// One field that was not accepted.
    #[must_use]
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut problem = Self::new(ProblemKind::Invalid, "A field was not accepted.");
        problem.errors.push(FieldError { field: field.into(), message: message.into() });
        problem
    }

    /// Too many requests; come back after `wait`.
    #[must_use]
    pub fn too_many(wait: Duration) -> Self {
        Self::new(ProblemKind::TooMany, "Too many attempts; wait a while and try again.")
            .retry_after(wait)
    }

    /// Tells the caller when trying again makes sense; rounded up to whole seconds.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Adds the version that stands.
    #[must_use]
    pub fn current(mut self, current: Current) -> Self {
        self.current = Some(current);
        self
    }

    /// Adds the cause, for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// The cause and its own causes as one line, for the log; `None` when the caller is at fault.
    #[must_use]
    pub fn cause_chain(&self) -> Option<String> {
        let mut next: Option<&dyn Error> = self.cause.as_deref().map(|e| e as &dyn Error);
        let mut links = Vec::new();
        while let Some(error) = next {
            links.push(error.to_string());
            next = error.source();
        }
        (!links.is_empty()).then(|| links.join(": "))
    }

    /// The problem as it goes out, under the request's id.
    #[must_use]
    pub fn body(&self, instance: Option<String>) -> ProblemBody {
        ProblemBody {
            kind: self.kind.slug().to_owned(),
            title: self.kind.title().to_owned(),
            status: self.kind.status().as_u16(),
            detail: self.detail.clone().into_owned(),
            instance,
            errors: self.errors.clone(),
            current: self.current.clone(),
        }
    }

    /// The response under the request's id.
    #[must_use]
    pub fn respond(&self, instance: Option<String>) -> Response {
        let status: StatusCode = self.kind.status();
        // A body of strings and numbers always serialises; were it not so, the status still tells.
        let body = serde_json::to_vec(&self.body(instance)).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.respond(None);
        // The edge takes it out again to add the request's id and to log the cause.
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_told_to_the_log_and_never_to_the_caller() {
        let problem = Problem::fault(std::io::Error::other("disk is on fire"));
        assert_eq!(problem.cause_chain().as_deref(), Some("disk is on fire"));
        let body = serde_json::to_string(&problem.body(None)).expect("json");
        assert!(!body.contains("fire"), "{body}");
    }

    #[test]
    fn waiting_times_are_rounded_up_to_whole_seconds() {
        for (millis, seconds) in [(0, "1"), (1, "1"), (1000, "1"), (1001, "2")] {
            let response = Problem::too_many(Duration::from_millis(millis)).into_response();
            assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(response.headers()[RETRY_AFTER], seconds, "{millis} ms");
        }
    }

    #[test]
    fn empty_members_are_left_out() {
        let body = serde_json::to_value(Problem::not_found("case").body(None)).expect("json");
        let members: Vec<_> = body.as_object().expect("object").keys().cloned().collect();
        assert_eq!(members, ["detail", "status", "title", "type"]);
    }
}
