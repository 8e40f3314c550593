//! `/audit`: who saw and changed what, for auditors.

#![expect(unused_qualifications, reason = "utoipa writes the paths of parameters out")]

use axum::Json;
use axum::extract::State;
use ids::UserId;
use serde::{Deserialize, Serialize};
use store::audit::{self, Action, Entity, Entry as Stored, Filter, Purpose};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::ReadsAudit;
use crate::extract::Queried;
use crate::problem::Answer;
use crate::wire::Moment;
use crate::wire::person::Role;

/// Entries of one page.
const PAGE: u64 = 100;

/// Which entries. Ids only: no personal data stands in a URL.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// Only entries of this person.
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    pub user: Option<UserId>,
    /// Only entries that touched this record.
    #[serde(default)]
    pub record: Option<Uuid>,
    /// Only entries at or after this moment.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Moment>,
    /// Only entries before this moment.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    pub until: Option<Moment>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<i64>,
}

/// One entry.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct Entry {
    /// Its number.
    pub number: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Moment,
    /// Who.
    #[schema(value_type = Uuid)]
    pub user: UserId,
    /// In which role.
    pub role: Role,
    /// What was done: `read`, `search`, `create`, `update`, `change_state`.
    pub action: &'static str,
    /// To what kind of record.
    pub entity: &'static str,
    /// To which records.
    pub ids: Vec<Uuid>,
    /// For which call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<Uuid>,
    /// For the reason that the person gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A page of entries.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntries)]
pub struct Entries {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<i64>,
}

/// Who saw and changed what, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", operation_id = "list_audit", params(AuditFilter),
    security(("session" = []), ("machine" = ["audit:read"])),
    responses((status = 200, description = "A page.", body = Entries)))]
pub async fn list(
    State(app): State<App>,
    _: Permitted<ReadsAudit>,
    Queried(which): Queried<AuditFilter>,
) -> Answer<Json<Entries>> {
    let filter = &Filter {
        user: which.user,
        record: which.record,
        from: which.from.map(|moment| moment.0),
        until: which.until.map(|moment| moment.0),
    };
    let before = which.cursor;
    let read = |txn| async move { Answer::Ok(audit::list(&txn, filter, before, PAGE).await?) };
    let found = app.store().read_txn(read).await?;
    let full = u64::try_from(found.len()).is_ok_and(|count| count == PAGE);
    let next_cursor = found.last().filter(|_| full).map(|last| last.number);
    let entries = found.into_iter().map(|found| entry(found.number, found.entry)).collect();
    Ok(Json(Entries { entries, next_cursor }))
}

fn entry(number: i64, stored: Stored) -> Entry {
    let (call_id, reason) = match stored.purpose {
        Purpose::Call(call) => (Some(call.as_uuid()), None),
        Purpose::Reason(reason) => (None, Some(reason)),
        Purpose::Desk => (None, None),
    };
    Entry {
        number,
        at: stored.at.into(),
        user: stored.user,
        role: stored.role.into(),
        action: action(stored.action),
        entity: entity(stored.entity),
        ids: stored.ids,
        call_id,
        reason,
    }
}

const fn action(action: Action) -> &'static str {
    match action {
        Action::Read => "read",
        Action::Search => "search",
        Action::Create => "create",
        Action::Update => "update",
        Action::ChangeState => "change_state",
        Action::Delete => "delete",
    }
}

const fn entity(entity: Entity) -> &'static str {
    match entity {
        Entity::Contact => "contact",
        Entity::Household => "household",
        Entity::Case => "case",
        Entity::Report => "report",
        Entity::Interaction => "interaction",
        Entity::Recording => "recording",
        Entity::Callback => "callback",
        Entity::User => "user",
        Entity::Configuration => "configuration",
        Entity::Roster => "roster",
        Entity::Mixed => "mixed",
    }
}
