//! For those who run the program: `/healthz`, `/readyz`, `/metrics`. No personal data in any of them.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::problem::{Answer, Problem, ProblemKind};

/// The endpoints.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz)).routes(routes!(metrics))
}

/// The program runs.
#[utoipa::path(get, path = "/healthz", tag = "operating", operation_id = "healthz", security(()),
    responses((status = 200, description = "It runs.", body = String, content_type = "text/plain")))]
async fn healthz() -> &'static str {
    "ok\n"
}

/// Calls can be taken.
#[utoipa::path(get, path = "/readyz", tag = "operating", operation_id = "readyz", security(()),
    responses(
        (status = 200, description = "Calls can be taken.", body = String,
            content_type = "text/plain"),
        (status = 503, description = "Starting, stopping, or a part has failed."),
    ))]
async fn readyz(State(app): State<App>) -> Answer<&'static str> {
    if app.exchange().is_ready() && !app.stopping().is_cancelled() {
        return Ok("ready\n");
    }
    Err(Problem::new(ProblemKind::Unavailable, "Calls cannot be taken at the moment."))
}

/// What is counted, as Prometheus reads it.
#[utoipa::path(get, path = "/metrics", tag = "operating", operation_id = "metrics", security(()),
    responses((status = 200, description = "Counters, gauges and histograms.", body = String,
        content_type = "text/plain")))]
async fn metrics(State(app): State<App>) -> impl IntoResponse {
    show_held(&app);
    let text = app.metrics().render();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}

/// What is held for calls at this moment: asked for, not counted along.
fn show_held(app: &App) {
    let held = app.exchange().held();
    let show = |name: &'static str, count: usize| {
        metrics::gauge!(name).set(u32::try_from(count).map_or(f64::INFINITY, f64::from));
    };
    show("helpline_sip_dialogs", held.sip.dialogs);
    show("helpline_sip_transactions", held.sip.transactions);
    show("helpline_media_legs", held.media.legs);
    show("helpline_media_ports", held.media.ports);
    show("helpline_floor_callers", held.callers);
    show("helpline_floor_reservations", held.reservations);
}
