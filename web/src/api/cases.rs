//! `/cases`: what is being done for a citizen. This file opens, lists, reads and changes cases; drafts,
//! reports, steps and the timeline have files of their own.

#![expect(unused_qualifications, reason = "utoipa writes the paths of parameters out")]

pub mod draft;
pub mod report;
pub mod step;
pub mod timeline;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use crm::case::{self, Mine};
use ids::CaseId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::{ReadsRecords, WritesRecords};
use crate::auth::purpose::Reason;
use crate::clock;
use crate::extract::{Body, IfMatch, Param, Queried, Versioned};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Answer, Problem};
use crate::wire::record::case::{Case, CaseState, Edit, NewCase};

/// Cases of one page if the query does not say.
const PAGE: u64 = 25;

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CaseFilter {
    /// One's own; the only list there is at the moment.
    #[serde(default)]
    pub mine: Option<bool>,
    /// Only those in this state.
    #[serde(default)]
    pub state: Option<CaseState>,
    /// Where the page begins: `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Cases on a page, 1 to 100.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
}

/// A page of cases.
#[derive(Serialize, ToSchema)]
pub struct Cases {
    /// Last changed first.
    pub cases: Vec<Case>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Opens a case and allots its number. An interaction has one case: its own is the answer if it has
/// one already.
#[utoipa::path(post, path = "/cases", tag = "cases", operation_id = "open_case",
    request_body = NewCase, params(("idempotency-key" = Option<String>, Header)),
    security(("session" = []), ("machine" = ["records:write"])),
    responses(
        (status = 201, description = "The case.", body = Case, headers(("etag" = String))),
        (status = 404, description = "No such contact or interaction."),
    ))]
pub async fn open(
    State(app): State<App>,
    permitted: Permitted<WritesRecords>,
    reason: Reason,
    key: IdempotencyKey,
    Body(new): Body<NewCase>,
) -> Answer<(StatusCode, Versioned<Case>)> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let id = CaseId::from_uuid(key.id(actor.user, "case"));
    let interaction = new.interaction_id;
    let new =
        case::NewCase { interaction, contact: new.contact_id, category: new.category, class: None };
    let opened = case::open(app.store(), &actor, id, &new, clock::now()).await?;
    if let Some(interaction) = interaction {
        // A call and its interaction have one value: those who see the call see its case.
        let call = ids::CallId::from_uuid(interaction.as_uuid());
        app.exchange().set_case(call, Some(opened.id));
    }
    app.saved().tell(opened.id, opened.version);
    Ok((StatusCode::CREATED, versioned(&opened)))
}

/// One's own cases, last changed first.
#[utoipa::path(get, path = "/cases", tag = "cases", operation_id = "list_cases", params(CaseFilter),
    security(("session" = []), ("machine" = ["records:read"])),
    responses((status = 200, description = "A page.", body = Cases)))]
pub async fn list(
    State(app): State<App>,
    permitted: Permitted<ReadsRecords>,
    reason: Reason,
    Queried(which): Queried<CaseFilter>,
) -> Answer<Json<Cases>> {
    if which.mine == Some(false) {
        return Err(Problem::field(
            "mine",
            "Only one's own cases can be listed; search finds all.",
        ));
    }
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let mine = Mine {
        states: which.state.into_iter().map(Into::into).collect(),
        cursor: which.cursor,
        limit: which.limit.unwrap_or(PAGE),
    };
    let page = case::list_mine(app.store(), &actor, &mine, clock::now()).await?;
    let cases = page.items.iter().map(Into::into).collect();
    Ok(Json(Cases { cases, next_cursor: page.next_cursor }))
}

/// Reads a case, with one's own draft.
#[utoipa::path(get, path = "/cases/{id}", tag = "cases", operation_id = "get_case",
    params(
        ("id" = uuid::Uuid, Path, description = "The case."),
        ("x-reason" = Option<String>, Header, description = "Why, percent-encoded."),
    ),
    security(("session" = []), ("machine" = ["records:read"])),
    responses(
        (status = 200, description = "The case.", body = Case, headers(("etag" = String))),
        (status = 404, description = "No such case."),
    ))]
pub async fn get(
    State(app): State<App>,
    permitted: Permitted<ReadsRecords>,
    reason: Reason,
    Param(id): Param<CaseId>,
) -> Answer<Versioned<Case>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let now = clock::now();
    let found = case::get(app.store(), &actor, id, now).await?;
    let mut answer = versioned(&found);
    if found.draft.is_some() {
        let draft = case::draft::get(app.store(), &actor, id, now).await?;
        answer.value.draft = draft.map(Into::into);
    }
    Ok(answer)
}

/// Changes a case. What one's own draft holds and the change does not name is taken from the draft.
#[utoipa::path(patch, path = "/cases/{id}", tag = "cases", operation_id = "update_case",
    request_body = Edit,
    params(
        ("id" = uuid::Uuid, Path, description = "The case."),
        ("if-match" = String, Header, description = "The version read, in quotes."),
    ),
    security(("session" = []), ("machine" = ["records:write"])),
    responses(
        (status = 200, description = "As it is now.", body = Case, headers(("etag" = String))),
        (status = 404, description = "No such case."),
        (status = 409, description = "The case's state does not allow it."),
        (status = 412, description = "Somebody else saved in between; see `current`."),
        (status = 428, description = "If-Match is missing."),
    ))]
pub async fn update(
    State(app): State<App>,
    permitted: Permitted<WritesRecords>,
    reason: Reason,
    Param(id): Param<CaseId>,
    IfMatch(version): IfMatch,
    Body(edit): Body<Edit>,
) -> Answer<Versioned<Case>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let edit = edit.read().ok_or_else(|| Problem::field("pending_until", "Say until when."))?;
    let changed = case::update(app.store(), &actor, id, version, &edit, clock::now()).await?;
    app.saved().tell(id, changed.version);
    Ok(versioned(&changed))
}

/// A case with its version as `ETag`.
fn versioned(case: &case::Case) -> Versioned<Case> {
    Versioned { version: case.version, value: case.into() }
}
