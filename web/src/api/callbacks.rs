//! `/callbacks`: callers who wish to be called back, because they asked or because they were not served.

#![expect(unused_qualifications, reason = "utoipa writes the paths of parameters out")]

use axum::Json;
use axum::extract::State;
use crm::callback::{self, Wanted};
use ids::WishId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::access::{ReadsRecords, SeesCalls, SeesFloor};
use crate::auth::purpose::Reason;
use crate::auth::{Permitted, Signed};
use crate::clock;
use crate::extract::{Body, IfMatch, Param, Queried, Versioned};
use crate::problem::Answer;
use crate::records;
use crate::wire::record::callback::{Callback, CallbackState, OpenCallbacks};

/// Wishes of one page if the query does not say.
const PAGE: u64 = 25;

/// Which wishes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallbackFilter {
    /// Only those in this state; left out: those that are open.
    #[serde(default)]
    pub state: Option<CallbackState>,
    /// Where the page begins: `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Wishes on a page, 1 to 100.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
}

/// A page of wishes.
#[derive(Serialize, ToSchema)]
pub struct Callbacks {
    /// The most urgent class first, in it the one that waits longest.
    pub callbacks: Vec<Callback>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What became of a wish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallbackDecision {
    /// The state that it is in from now on.
    pub state: CallbackState,
}

/// Callers who wish to be called back.
#[utoipa::path(get, path = "/callbacks", tag = "callbacks", operation_id = "list_callbacks",
    params(CallbackFilter, ("x-reason" = Option<String>, Header, description = "Why, percent-encoded.")),
    security(("session" = []), ("machine" = ["records:read"])),
    responses((status = 200, description = "A page.", body = Callbacks)))]
pub async fn list(
    State(app): State<App>,
    permitted: Permitted<ReadsRecords>,
    reason: Reason,
    Queried(which): Queried<CallbackFilter>,
) -> Answer<Json<Callbacks>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let wanted = Wanted {
        state: which.state.unwrap_or(CallbackState::Open).into(),
        cursor: which.cursor,
        limit: which.limit.unwrap_or(PAGE),
    };
    let page = callback::list(app.store(), &actor, &wanted, clock::now()).await?;
    let callbacks = page.items.iter().map(Into::into).collect();
    Ok(Json(Callbacks { callbacks, next_cursor: page.next_cursor }))
}

/// How many callers wish to be called back. Says nothing of any of them.
#[utoipa::path(get, path = "/callbacks/open", tag = "callbacks", operation_id = "count_callbacks",
    security(("session" = []), ("machine" = ["floor:read"])),
    responses((status = 200, description = "The wishes that are open.", body = OpenCallbacks)))]
pub async fn count(State(app): State<App>, _: Permitted<SeesFloor>) -> Answer<Json<OpenCallbacks>> {
    Ok(Json(callback::counts(app.store()).await?.into()))
}

/// Says what became of a wish: somebody called, or it is not wanted any more; or opens it again.
#[utoipa::path(put, path = "/callbacks/{id}/state", tag = "callbacks",
    operation_id = "set_callback_state", request_body = CallbackDecision,
    params(
        ("id" = uuid::Uuid, Path, description = "The wish."),
        ("if-match" = String, Header, description = "The version that was read."),
        ("x-reason" = Option<String>, Header, description = "Why, percent-encoded."),
    ),
    security(("session" = [])),
    responses(
        (status = 200, description = "As it is now.", body = Callback, headers(("etag" = String))),
        (status = 404, description = "No such wish."),
        (status = 412, description = "Somebody else decided, or the caller tried again, in between."),
    ))]
pub async fn set_state(
    State(app): State<App>,
    signed: Signed<SeesCalls>,
    reason: Reason,
    IfMatch(version): IfMatch,
    Param(id): Param<WishId>,
    Body(decision): Body<CallbackDecision>,
) -> Answer<Versioned<Callback>> {
    let purpose = reason.0.map_or(crm::actor::Purpose::Desk, crm::actor::Purpose::Reason);
    let actor = records::actor(&signed.person, purpose);
    let state = decision.state.into();
    let after = callback::decide(app.store(), &actor, id, version, state, clock::now()).await?;
    Ok(Versioned { version: after.version, value: Callback::from(&after) })
}
