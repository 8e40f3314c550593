//! The HTTP server: all paths, what every request passes, and a stop that lets requests finish.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::{Listener, ListenerExt as _};
use axum::{Router, serve};
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::doors::Doors;
use crate::problem::{Problem, ProblemKind};
use crate::tls::listener::TlsListener;
use crate::tls::{redirect, watch};
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
        .layer(from_fn_with_state(edge::StrictTransport::of(app.settings()), edge::https_only))
        .with_state(app)
}

fn described(text: String) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")], text)
}

/// Serves until the app is told to stop, then lets requests finish.
///
/// # Errors
/// A listener failed.
pub async fn run(app: App, doors: Doors) -> std::io::Result<()> {
    let stopping = app.stopping().clone();
    let Doors { main, tls, redirect } = doors;
    let Some(serving) = tls else { return take(app, main, stopping).await };
    let every = Duration::from_secs(app.settings().tls.check_s);
    let watching = tokio::spawn(watch::run(serving.clone(), every, stopping.clone()));
    if let Some((listener, target)) = redirect {
        let served = serve(listener, redirect::router(target));
        tokio::spawn(
            served.with_graceful_shutdown(stopping.clone().cancelled_owned()).into_future(),
        );
    }
    let config = serving.server_config().map_err(std::io::Error::other)?;
    let served = take(app, TlsListener::new(main, config)?, stopping).await;
    watching.abort();
    served
}

async fn take<L>(app: App, listener: L, stopping: CancellationToken) -> std::io::Result<()>
where
    L: Listener<Addr = SocketAddr>,
{
    // Tapped, because only then does axum tell the peer's address for every kind of listener.
    let listener = listener.tap_io(|_| {});
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    serve(listener, service).with_graceful_shutdown(stopping.cancelled_owned()).await
}
