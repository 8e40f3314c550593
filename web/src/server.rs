//! The HTTP server: all paths, what every request passes, and a stop that lets requests finish.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Router, serve};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::problem::{Problem, ProblemKind};
use crate::{assets, edge, openapi};

/// All paths, ready to serve.
pub fn router(app: App) -> Router {
    let (api, description) = openapi::router();
    let description = description.to_json().unwrap_or_default();
    let timeout = Duration::from_secs(app.settings().http.timeout_s);
    api.route("/openapi.json", get(|| async move { described(description) }))
        .merge(assets::router())
        .method_not_allowed_fallback(|| async {
            Problem::new(ProblemKind::MethodNotAllowed, "The path does not know this method.")
        })
        .fallback(|| async { Problem::new(ProblemKind::NotFound, "There is no such path.") })
        .layer(DefaultBodyLimit::max(app.settings().http.body_bytes_max))
        .layer(CatchPanicLayer::custom(edge::panicked))
        .layer(from_fn_with_state(timeout, edge::deadline))
        .layer(from_fn_with_state(app.own_origin(), edge::own_pages_only))
        .layer(from_fn(edge::request))
        .with_state(app)
}

fn described(text: String) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")], text)
}

/// Serves until the app is told to stop, then lets requests finish.
///
/// # Errors
/// The listener failed.
pub async fn run(app: App, listener: TcpListener) -> std::io::Result<()> {
    let stopping = app.stopping().clone();
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    serve(listener, service).with_graceful_shutdown(stopping.cancelled_owned()).await
}
