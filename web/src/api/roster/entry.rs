//! `/roster/entries`: shifts and leave are added, changed, taken out and put back.

use axum::extract::State;
use axum::http::StatusCode;
use store::audit::Action;
use store::{WriteTxn, roster};
use uuid::Uuid;

use super::{note, staff};
use crate::app::App;
use crate::auth::Signed;
use crate::auth::access::KeepsRoster;
use crate::clock;
use crate::extract::{Body, IfMatch, Param, Versioned};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Answer, Problem};
use crate::roster as book;
use crate::wire::roster::{Entry, Wish};

/// Adds a shift, or leave.
#[utoipa::path(post, path = "/roster/entries", tag = "roster", operation_id = "add_roster_entry",
    request_body = Wish, params(("idempotency-key" = Option<String>, Header)),
    security(("session" = [])),
    responses(
        (status = 201, description = "The entry.", body = Entry, headers(("etag" = String))),
        (status = 422, description = "A shift that cannot be, or a person who takes no calls."),
    ))]
pub async fn add(
    State(app): State<App>,
    signed: Signed<KeepsRoster>,
    key: IdempotencyKey,
    Body(wish): Body<Wish>,
) -> Answer<(StatusCode, Versioned<Entry>)> {
    let wish = &sound(&app, wish)?;
    let by = &signed.person;
    let (id, now) = (key.id(by.user, "roster"), clock::now());
    let add = |txn| async move {
        takes_shifts(&txn, wish).await?;
        let made = roster::add(&txn, id, wish, by.user, now).await?;
        note(&txn, by, Action::Create, vec![id]).await?;
        Answer::Ok(made)
    };
    let made = app.store().write_txn(add).await?;
    Ok((StatusCode::CREATED, versioned(&made)))
}

/// Writes an entry anew.
#[utoipa::path(put, path = "/roster/entries/{id}", tag = "roster",
    operation_id = "change_roster_entry", request_body = Wish,
    params(
        ("id" = Uuid, Path, description = "The entry."),
        ("if-match" = String, Header, description = "The version read, in quotes."),
    ),
    security(("session" = [])),
    responses(
        (status = 200, description = "As it is now.", body = Entry, headers(("etag" = String))),
        (status = 404, description = "No such entry."),
        (status = 412, description = "Somebody else changed it in between; see `current`."),
        (status = 422, description = "A shift that cannot be, or a person who takes no calls."),
        (status = 428, description = "If-Match is missing."),
    ))]
pub async fn change(
    State(app): State<App>,
    signed: Signed<KeepsRoster>,
    Param(id): Param<Uuid>,
    IfMatch(version): IfMatch,
    Body(wish): Body<Wish>,
) -> Answer<Versioned<Entry>> {
    let wish = &sound(&app, wish)?;
    let (by, now) = (&signed.person, clock::now());
    let change = |txn| async move {
        takes_shifts(&txn, wish).await?;
        let changed = roster::change(&txn, id, version, wish, by.user, now).await?;
        note(&txn, by, Action::Update, vec![id]).await?;
        Answer::Ok(changed)
    };
    Ok(versioned(&app.store().write_txn(change).await?))
}

/// Takes an entry out. It can be put back.
#[utoipa::path(delete, path = "/roster/entries/{id}", tag = "roster",
    operation_id = "remove_roster_entry",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        ("if-match" = String, Header, description = "The version read, in quotes."),
    ),
    security(("session" = [])),
    responses(
        (status = 200, description = "As it is kept; its version puts it back.", body = Entry,
            headers(("etag" = String))),
        (status = 404, description = "No such entry."),
        (status = 412, description = "Somebody else changed it in between; see `current`."),
        (status = 428, description = "If-Match is missing."),
    ))]
pub async fn remove(
    State(app): State<App>,
    signed: Signed<KeepsRoster>,
    Param(id): Param<Uuid>,
    IfMatch(version): IfMatch,
) -> Answer<Versioned<Entry>> {
    set_removed(&app, &signed, id, version, true).await
}

/// Puts an entry back that was taken out.
#[utoipa::path(post, path = "/roster/entries/{id}/restore", tag = "roster",
    operation_id = "restore_roster_entry",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        ("if-match" = String, Header, description = "The version read, in quotes."),
    ),
    security(("session" = [])),
    responses(
        (status = 200, description = "It counts again.", body = Entry, headers(("etag" = String))),
        (status = 404, description = "No such entry."),
        (status = 412, description = "Somebody else changed it in between; see `current`."),
        (status = 428, description = "If-Match is missing."),
    ))]
pub async fn restore(
    State(app): State<App>,
    signed: Signed<KeepsRoster>,
    Param(id): Param<Uuid>,
    IfMatch(version): IfMatch,
) -> Answer<Versioned<Entry>> {
    set_removed(&app, &signed, id, version, false).await
}

async fn set_removed(
    app: &App,
    signed: &Signed<KeepsRoster>,
    id: Uuid,
    version: i64,
    removed: bool,
) -> Answer<Versioned<Entry>> {
    let (by, now) = (&signed.person, clock::now());
    let action = if removed { Action::Delete } else { Action::ChangeState };
    let set = |txn| async move {
        let after = roster::set_removed(&txn, id, version, removed, by.user, now).await?;
        note(&txn, by, action, vec![id]).await?;
        Answer::Ok(after)
    };
    Ok(versioned(&app.store().write_txn(set).await?))
}

pub(super) fn versioned(entry: &roster::Entry) -> Versioned<Entry> {
    Versioned { version: entry.version, value: entry.into() }
}

/// The wish in the store's terms, if it can be.
fn sound(app: &App, wish: Wish) -> Answer<roster::Wish> {
    let wish = wish
        .read()
        .ok_or_else(|| Problem::field("plan.days", "A day of the week is 0, Monday, to 6."))?;
    book::check(&wish).map_err(|wrong| Problem::field("plan", wrong.to_string()))?;
    if let roster::Plan::Shift { queue: Some(queue), .. } = wish.plan
        && !app.settings().queues.iter().any(|known| known.id == queue)
    {
        return Err(Problem::field("plan.queue", "There is no such queue."));
    }
    Ok(wish)
}

async fn takes_shifts(txn: &WriteTxn, wish: &roster::Wish) -> Answer<()> {
    if staff(txn, Some(wish.agent)).await?.has(wish.agent) {
        return Ok(());
    }
    Err(Problem::field("agent", "There is no such person, or not one who takes calls."))
}
