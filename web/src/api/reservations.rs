//! `/reservations`: a ringing console takes the caller or declines.

use axum::extract::State;
use axum::http::StatusCode;
use ids::{AgentId, ReservationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Signed;
use crate::auth::access::TakesCalls;
use crate::extract::{Body, Param};
use crate::problem::Answer;

/// Why an agent declines.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// A short word, for the supervisor; may be absent.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Takes the caller. Of two agents at once, one gets 409.
#[utoipa::path(post, path = "/reservations/{id}/accept", tag = "reservations",
    operation_id = "accept_reservation", security(("session" = [])),
    params(("id" = u64, Path, description = "The reservation that rings.")),
    responses(
        (status = 204, description = "The caller is being connected."),
        (status = 409, description = "The reservation is over."),
    ))]
pub async fn accept(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Param(id): Param<ReservationId>,
) -> Answer<StatusCode> {
    app.exchange().accept(AgentId::from(signed.person.user), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Declines. The caller keeps place and wait, and this agent is not asked again for a while.
#[utoipa::path(post, path = "/reservations/{id}/reject", tag = "reservations",
    operation_id = "reject_reservation", security(("session" = [])), request_body = Rejection,
    params(("id" = u64, Path, description = "The reservation that rings.")),
    responses(
        (status = 204, description = "Declined."),
        (status = 409, description = "The reservation is over."),
    ))]
pub async fn reject(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Param(id): Param<ReservationId>,
    Body(_rejection): Body<Rejection>,
) -> Answer<StatusCode> {
    app.exchange().reject(AgentId::from(signed.person.user), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
