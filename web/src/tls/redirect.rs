//! Plain HTTP that says only where to go: the same address over https. Answers every path with 308, so
//! that a method and a body are kept.

use axum::Router;
use axum::extract::State;
use axum::http::header::{HOST, LOCATION};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

/// Where browsers are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To the address that people type.
    Public(String),
    /// To the host that they asked for, on this port.
    SameHost(u16),
}

impl Target {
    /// The address for a request; `None` if the request names no host.
    fn of(&self, host: Option<&str>, path: &str) -> Option<String> {
        match self {
            Self::Public(base) => Some(format!("{base}{path}")),
            Self::SameHost(port) => {
                let authority: Authority = host?.parse().ok()?;
                let port = if *port == 443 { String::new() } else { format!(":{port}") };
                Some(format!("https://{}{port}{path}", authority.host()))
            }
        }
    }
}

/// The whole of it.
pub fn router(target: Target) -> Router {
    Router::new().fallback(elsewhere).with_state(target)
}

async fn elsewhere(State(target): State<Target>, headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    match target.of(host, path) {
        Some(location) => (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_sent_to_the_same_place_over_https() {
        let same = Target::SameHost(8443);
        assert_eq!(
            same.of(Some("helpline.example:8080"), "/console/?a=b").as_deref(),
            Some("https://helpline.example:8443/console/?a=b")
        );
        let usual = Target::SameHost(443);
        assert_eq!(usual.of(Some("[::1]:80"), "/").as_deref(), Some("https://[::1]/"));
        assert_eq!(usual.of(None, "/"), None);
        assert_eq!(usual.of(Some("a b"), "/"), None);
        let public = Target::Public("https://helpline.example".to_owned());
        assert_eq!(public.of(None, "/x").as_deref(), Some("https://helpline.example/x"));
    }
}
