//! What an endpoint takes out of a request: JSON bodies, ids in paths, queries, versions. Each refuses
//! with a [`Problem`], never with axum's plain text.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::{Problem, ProblemKind};

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(refused_body(&rejection)),
        }
    }
}

fn refused_body(rejection: &JsonRejection) -> Problem {
    let detail = rejection.body_text();
    if rejection.status() == ProblemKind::TooLarge.status() {
        return Problem::new(ProblemKind::TooLarge, "The body is larger than allowed.");
    }
    let kind = match rejection.status() {
        StatusCode::UNPROCESSABLE_ENTITY => ProblemKind::Invalid,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemKind::NotJson,
        _ => ProblemKind::Malformed,
    };
    Problem::new(kind, detail)
}

/// Ids in the path.
#[derive(Debug)]
pub struct Param<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Param<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value))
            .map_err(|refused| Problem::new(ProblemKind::Malformed, refused.body_text()))
    }
}

/// The query string. Never personal data: that is sent in bodies.
#[derive(Debug)]
pub struct Queried<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Queried<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        query
            .map(|Query(value)| Self(value))
            .map_err(|refused| Problem::new(ProblemKind::Malformed, refused.body_text()))
    }
}

/// The version that the caller has read, from `If-Match: "<version>"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl IfMatch {
    fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let Some(header) = headers.get(IF_MATCH) else {
            return Err(Problem::new(
                ProblemKind::VersionRequired,
                "Send the version that you have read as If-Match.",
            ));
        };
        header
            .to_str()
            .ok()
            .and_then(|text| text.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok())
            .map(Self)
            .ok_or_else(|| {
                Problem::new(ProblemKind::Malformed, "If-Match is not a version in quotes.")
            })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::read(&parts.headers)
    }
}

/// A versioned thing on its way out: JSON with its version as `ETag`.
#[derive(Debug)]
pub struct Versioned<T> {
    /// The version, for `If-Match` of the next write.
    pub version: i64,
    /// The thing.
    pub value: T,
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let tag = format!("\"{}\"", self.version);
        ([(axum::http::header::ETAG, tag)], Json(self.value)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(value: Option<&str>) -> Result<i64, ProblemKind> {
        let mut headers = HeaderMap::new();
        if let Some(value) = value {
            headers.insert(IF_MATCH, HeaderValue::from_str(value).expect("header"));
        }
        IfMatch::read(&headers).map(|m| m.0).map_err(|problem| problem.kind())
    }

    #[test]
    fn a_version_stands_in_quotes() {
        assert_eq!(read(Some("\"7\"")), Ok(7));
        assert_eq!(read(None), Err(ProblemKind::VersionRequired));
        for bad in ["7", "\"\"", "*", "\"seven\"", "W/\"7\"", "\"99999999999999999999\""] {
            assert_eq!(read(Some(bad)), Err(ProblemKind::Malformed), "{bad}");
        }
    }
}
