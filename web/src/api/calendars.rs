//! `/calendars`: calendars, their versions, and which is in force.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use store::config_version::Kind;

use super::configured::{Configured, NewText, VersionPage};
use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::KeepsGreetings;
use crate::extract::{Body, IfMatch, Param, Queried, Versioned};
use crate::idempotency::IdempotencyKey;
use crate::problem::Answer;
use crate::wire::configuration::{AllInForce, ConfigVersions, Draft, InForce};

const fn calendars(app: &App) -> Configured<'_> {
    Configured { app, kind: Kind::Calendar }
}

/// All calendars in force.
#[utoipa::path(get, path = "/calendars", tag = "calendars", operation_id = "list_calendars",
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses((status = 200, description = "By name.", body = AllInForce)))]
pub async fn list(
    State(app): State<App>,
    _: Permitted<KeepsGreetings>,
) -> Answer<Json<AllInForce>> {
    Ok(Json(calendars(&app).all().await?))
}

/// A calendar in force.
#[utoipa::path(get, path = "/calendars/{calendar}", tag = "calendars", operation_id = "get_calendar",
    params(("calendar" = String, Path, description = "Its name.")),
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses(
        (status = 200, description = "In force.", body = InForce, headers(("etag" = String))),
        (status = 404, description = "No such calendar."),
    ))]
pub async fn get(
    State(app): State<App>,
    _: Permitted<KeepsGreetings>,
    Param(name): Param<String>,
) -> Answer<Versioned<InForce>> {
    Ok(versioned(calendars(&app).one(&name).await?))
}

/// The versions of a calendar, a page at a time.
#[utoipa::path(get, path = "/calendars/{calendar}/versions", tag = "calendars",
    operation_id = "list_calendar_versions",
    params(("calendar" = String, Path, description = "Its name."), VersionPage),
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses(
        (status = 200, description = "A page, newest first.", body = ConfigVersions),
        (status = 404, description = "No such calendar."),
    ))]
pub async fn list_versions(
    State(app): State<App>,
    _: Permitted<KeepsGreetings>,
    Param(name): Param<String>,
    Queried(page): Queried<VersionPage>,
) -> Answer<Json<ConfigVersions>> {
    Ok(Json(calendars(&app).page(&name, &page).await?))
}

/// Keeps a new version of a calendar. It is checked first.
#[utoipa::path(post, path = "/calendars/{calendar}/versions", tag = "calendars",
    operation_id = "add_calendar_version", request_body = NewText,
    params(
        ("calendar" = String, Path, description = "Its name."),
        ("idempotency-key" = Option<String>, Header),
    ),
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses(
        (status = 201, description = "The version; it is not in force yet.", body = Draft),
        (status = 404, description = "No such calendar."),
        (status = 422, description = "Not sound; `errors` names everything that is wrong."),
    ))]
pub async fn add_version(
    State(app): State<App>,
    permitted: Permitted<KeepsGreetings>,
    key: IdempotencyKey,
    Param(name): Param<String>,
    Body(new): Body<NewText>,
) -> Answer<(StatusCode, Json<Draft>)> {
    let draft = calendars(&app).add(&permitted, &key, &name, new).await?;
    Ok((StatusCode::CREATED, Json(draft)))
}

/// Puts a version of a calendar in force: the next call gets it, calls that are alive keep theirs.
#[utoipa::path(post, path = "/calendars/{calendar}/versions/{version}/publish", tag = "calendars",
    operation_id = "publish_calendar",
    params(
        ("calendar" = String, Path, description = "Its name."),
        ("version" = i64, Path, description = "The version."),
        ("if-match" = String, Header, description = "The serial read, in quotes."),
    ),
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses(
        (status = 200, description = "In force.", body = InForce, headers(("etag" = String))),
        (status = 404, description = "No such calendar, or no such version."),
        (status = 412, description = "Somebody else published in between; see `current`."),
        (status = 422, description = "Not sound with what else is in force; see `errors`."),
        (status = 428, description = "If-Match is missing."),
    ))]
pub async fn publish(
    State(app): State<App>,
    permitted: Permitted<KeepsGreetings>,
    Param((name, version)): Param<(String, i64)>,
    IfMatch(seen): IfMatch,
) -> Answer<Versioned<InForce>> {
    Ok(versioned(calendars(&app).publish(&permitted, &name, version, seen).await?))
}

/// Puts the version of a calendar in force that was before.
#[utoipa::path(post, path = "/calendars/{calendar}/rollback", tag = "calendars",
    operation_id = "roll_back_calendar",
    params(
        ("calendar" = String, Path, description = "Its name."),
        ("if-match" = String, Header, description = "The serial read, in quotes."),
    ),
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses(
        (status = 200, description = "In force.", body = InForce, headers(("etag" = String))),
        (status = 404, description = "No such calendar."),
        (status = 409, description = "No other version was ever in force."),
        (status = 412, description = "Somebody else published in between; see `current`."),
        (status = 428, description = "If-Match is missing."),
    ))]
pub async fn roll_back(
    State(app): State<App>,
    permitted: Permitted<KeepsGreetings>,
    Param(name): Param<String>,
    IfMatch(seen): IfMatch,
) -> Answer<Versioned<InForce>> {
    Ok(versioned(calendars(&app).roll_back(&permitted, &name, seen).await?))
}

const fn versioned(in_force: InForce) -> Versioned<InForce> {
    Versioned { version: in_force.serial, value: in_force }
}
