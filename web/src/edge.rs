//! What every request passes, whatever its path: an id, a deadline, protection from panics, headers
//! that tell browsers what a page of ours may do, counts, and the last touch on problems.
//!
//! Logs hold the route's pattern, never the path as sent, and no query: both can carry secrets.

use std::any::Any;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::clock;
use crate::config::Settings;
use crate::problem::{Problem, ProblemKind};

/// What our pages may do: scripts, styles and fonts of our own, sockets to ourselves, audio of our own
/// making. Styles may stand in elements because the component library places its popovers that way.
const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self' ws: wss:; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const PERMISSIONS: &str = "microphone=(self), camera=(), geolocation=(), payment=(), usb=()";

/// The outermost layer: gives the request an id and a span, counts it, and finishes its answer.
pub async fn request(request: Request, next: Next) -> Response {
    let id = clock::fresh_id().to_string();
    let operation = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let api = request.uri().path().starts_with("/api/");
    let span = tracing::info_span!("http", request.id = %id, %method, operation = %operation);
    let began = Instant::now();
    async move {
        let response = next.run(request).await;
        let mut response = finish(response, &id);
        headers(&mut response, &id, api);
        count(&method, &operation, response.status(), began.elapsed());
        tracing::debug!(status = response.status().as_u16(), "answered");
        response
    }
    .instrument(span)
    .await
}

/// Gives a problem its request id and logs its cause, once; makes problems of bare refusals.
fn finish(mut response: Response, id: &str) -> Response {
    let status = response.status();
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        if let Some(cause) = problem.cause_chain() {
            tracing::error!(problem = problem.kind().slug(), cause, "a request failed");
        }
        return problem.respond(Some(id.to_owned()));
    }
    let bare = !response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/"));
    if bare && let Some(problem) = refusal_of_a_library(status) {
        return problem.respond(Some(id.to_owned()));
    }
    response
}

/// A refusal that axum made itself, in words of its own.
fn refusal_of_a_library(status: StatusCode) -> Option<Problem> {
    let problem = match status {
        StatusCode::NOT_FOUND => Problem::new(ProblemKind::NotFound, "There is no such path."),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(ProblemKind::MethodNotAllowed, "The path does not know this method.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(ProblemKind::TooLarge, "The body is larger than allowed.")
        }
        status if status.is_server_error() => {
            Problem::new(ProblemKind::Internal, "Something went wrong here.")
        }
        status if status.is_client_error() => {
            Problem::new(ProblemKind::Malformed, "The request cannot be read.")
        }
        _ => return None,
    };
    Some(problem)
}

fn headers(response: &mut Response, id: &str, api: bool) {
    let headers = response.headers_mut();
    let fixed = [
        (CONTENT_SECURITY_POLICY, CONTENT_SECURITY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("x-frame-options"), "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    // Records must not stay behind in the cache of a shared computer.
    if api {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn count(method: &Method, operation: &str, status: StatusCode, took: Duration) {
    let labels = [
        ("method", method.as_str().to_owned()),
        ("operation", operation.to_owned()),
        ("status", status.as_u16().to_string()),
    ];
    metrics::counter!("helpline_http_requests_total", &labels).increment(1);
    let labels = [("method", method.as_str().to_owned()), ("operation", operation.to_owned())];
    metrics::histogram!("helpline_http_request_seconds", &labels).record(took.as_secs_f64());
}

/// Ends a request that takes longer than the settings allow.
pub async fn deadline(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(ProblemKind::Unavailable, "It took too long; try again.")
            .retry_after(Duration::from_secs(1))
            .into_response(),
    }
}

/// For how long browsers insist on https, as a header of every answer (RFC 6797 §6.1).
#[derive(Clone, Debug)]
pub struct StrictTransport(Option<HeaderValue>);

impl StrictTransport {
    /// Of the settings; nothing if browsers do not reach us over https, or the settings say 0 days.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let seconds = u64::from(settings.tls.hsts_days) * 24 * 60 * 60;
        let insists = settings.is_https() && seconds > 0;
        Self(insists.then(|| HeaderValue::try_from(format!("max-age={seconds}")).ok()).flatten())
    }
}

/// Tells browsers to insist on https.
pub async fn https_only(
    State(strict): State<StrictTransport>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if let StrictTransport(Some(value)) = strict {
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, value);
    }
    response
}

/// What a panic in a handler answers.
#[must_use]
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    // What was panicked with may hold data of a person: the panic hook's place in the source does.
    drop(panic);
    metrics::counter!("helpline_http_panics_total").increment(1);
    Problem::new(ProblemKind::Internal, "Something went wrong here.").into_response()
}

/// The origins from which a page may write or open the event stream: our own.
#[derive(Clone, Debug)]
pub struct OwnOrigin {
    /// Scheme and host as people type them, if the settings tell.
    pub public_url: Option<String>,
}

impl OwnOrigin {
    /// Whether this request comes from a page of ours, or from no page at all (a machine).
    #[must_use]
    pub fn allows(&self, request: &axum::http::HeaderMap) -> bool {
        let Some(origin) = request.get(ORIGIN) else { return true };
        let Ok(origin) = origin.to_str() else { return false };
        if self.public_url.as_deref() == Some(origin) {
            return true;
        }
        // Without a public address: the page's host must be the one that was asked.
        let host = request.get(HOST).and_then(|host| host.to_str().ok());
        let page = origin.parse::<Uri>().ok();
        let page = page.as_ref().and_then(Uri::authority).map(Authority::as_str);
        matches!((host, page), (Some(host), Some(page)) if host.eq_ignore_ascii_case(page))
    }
}

/// Refuses writes that another site's page sends with our people's cookies.
pub async fn own_pages_only(
    State(own): State<OwnOrigin>,
    request: Request,
    next: Next,
) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || own.allows(request.headers()) {
        return next.run(request).await;
    }
    Problem::new(ProblemKind::CrossSite, "Only pages of the helpline may do that.").into_response()
}

/// The network address of the client, as one text for limits: an IPv6 client is its /64, because one
/// household or telephone owns all of it.
#[must_use]
pub fn client_network(info: &ConnectInfo<SocketAddr>) -> std::net::IpAddr {
    match info.0.ip() {
        std::net::IpAddr::V6(six) if six.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = six.segments();
            std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ (std::net::IpAddr::V4(_) | std::net::IpAddr::V6(_)) => address.to_canonical(),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::HeaderMap;
    use axum::middleware::{from_fn, from_fn_with_state};
    use axum::routing::get;
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    async fn answered(router: Router, status: StatusCode) -> String {
        let router = router
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn_with_state(Duration::from_millis(20), deadline))
            .layer(from_fn(request));
        let request = Request::get("/").body(Body::empty()).expect("a request");
        let response = router.oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        let body = to_bytes(response.into_body(), 10_000).await.expect("a body");
        String::from_utf8(body.to_vec()).expect("text")
    }

    async fn panics() -> &'static str {
        panic!("with the number of somebody")
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_tells_nothing() {
        let router = Router::new().route("/", get(panics));
        let body = answered(router, StatusCode::INTERNAL_SERVER_ERROR).await;
        assert!(body.contains("instance") && !body.contains("somebody"), "{body}");
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_ended() {
        let never = || async { std::future::pending::<()>().await };
        let router = Router::new().route("/", get(never));
        let body = answered(router, StatusCode::SERVICE_UNAVAILABLE).await;
        assert!(body.contains("too long"), "{body}");
    }

    #[tokio::test]
    async fn a_fault_keeps_its_cause_to_the_log() {
        let fault = || async { Problem::fault(std::io::Error::other("disk is on fire")) };
        let router = Router::new().route("/", get(fault));
        let body = answered(router, StatusCode::INTERNAL_SERVER_ERROR).await;
        assert!(!body.contains("fire"), "{body}");
    }

    fn allows(public: Option<&str>, host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(host).expect("host"));
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_str(origin).expect("origin"));
        }
        OwnOrigin { public_url: public.map(str::to_owned) }.allows(&headers)
    }

    #[test]
    fn only_our_own_pages_may_write() {
        let here = "127.0.0.1:8080";
        assert!(allows(None, here, None), "a machine sends no Origin");
        assert!(allows(None, here, Some("http://127.0.0.1:8080")));
        assert!(!allows(None, here, Some("http://127.0.0.1:8081")));
        assert!(!allows(None, here, Some("https://elsewhere.example")));
        assert!(!allows(None, here, Some("null")));
        let public = Some("https://helpline.example");
        assert!(allows(public, "10.0.0.7:8080", Some("https://helpline.example")));
        assert!(!allows(public, "10.0.0.7:8080", Some("https://helpline.example.evil")));
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        let at = |text: &str| client_network(&ConnectInfo(text.parse().expect("address")));
        assert_eq!(at("[2001:db8::1:2:3:4]:9"), at("[2001:db8::5:6:7:8]:9"));
        assert_ne!(at("[2001:db8:0:1::1]:9"), at("[2001:db8:0:2::1]:9"));
        assert_eq!(at("[::ffff:192.0.2.1]:9"), at("192.0.2.1:9"));
    }
}
