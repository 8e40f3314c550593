//! `/flows`: greetings, their versions, and which is in force.

pub mod rehearse;

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

const fn flows(app: &App) -> Configured<'_> {
    Configured { app, kind: Kind::Flow }
}

/// All greetings in force.
#[utoipa::path(get, path = "/flows", tag = "flows", operation_id = "list_flows",
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses((status = 200, description = "By name.", body = AllInForce)))]
pub async fn list(
    State(app): State<App>,
    _: Permitted<KeepsGreetings>,
) -> Answer<Json<AllInForce>> {
    Ok(Json(flows(&app).all().await?))
}

/// A greeting in force.
#[utoipa::path(get, path = "/flows/{flow}", tag = "flows", operation_id = "get_flow",
    params(("flow" = String, Path, description = "Its name.")),
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses(
        (status = 200, description = "In force.", body = InForce, headers(("etag" = String))),
        (status = 404, description = "No such greeting."),
    ))]
pub async fn get(
    State(app): State<App>,
    _: Permitted<KeepsGreetings>,
    Param(name): Param<String>,
) -> Answer<Versioned<InForce>> {
    Ok(versioned(flows(&app).one(&name).await?))
}

/// The versions of a greeting, a page at a time.
#[utoipa::path(get, path = "/flows/{flow}/versions", tag = "flows",
    operation_id = "list_flow_versions",
    params(("flow" = String, Path, description = "Its name."), VersionPage),
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses(
        (status = 200, description = "A page, newest first.", body = ConfigVersions),
        (status = 404, description = "No such greeting."),
    ))]
pub async fn list_versions(
    State(app): State<App>,
    _: Permitted<KeepsGreetings>,
    Param(name): Param<String>,
    Queried(page): Queried<VersionPage>,
) -> Answer<Json<ConfigVersions>> {
    Ok(Json(flows(&app).page(&name, &page).await?))
}

/// Keeps a new version of a greeting. It is checked first: every branch must end at a person.
#[utoipa::path(post, path = "/flows/{flow}/versions", tag = "flows",
    operation_id = "add_flow_version", request_body = NewText,
    params(
        ("flow" = String, Path, description = "Its name."),
        ("idempotency-key" = Option<String>, Header),
    ),
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses(
        (status = 201, description = "The version; it is not in force yet.", body = Draft),
        (status = 404, description = "No such greeting."),
        (status = 422, description = "Not sound; `errors` names everything that is wrong."),
    ))]
pub async fn add_version(
    State(app): State<App>,
    permitted: Permitted<KeepsGreetings>,
    key: IdempotencyKey,
    Param(name): Param<String>,
    Body(new): Body<NewText>,
) -> Answer<(StatusCode, Json<Draft>)> {
    let draft = flows(&app).add(&permitted, &key, &name, new).await?;
    Ok((StatusCode::CREATED, Json(draft)))
}

/// Puts a version of a greeting in force: the next call gets it, calls that are alive keep theirs.
#[utoipa::path(post, path = "/flows/{flow}/versions/{version}/publish", tag = "flows",
    operation_id = "publish_flow",
    params(
        ("flow" = String, Path, description = "Its name."),
        ("version" = i64, Path, description = "The version."),
        ("if-match" = String, Header, description = "The serial read, in quotes."),
    ),
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses(
        (status = 200, description = "In force.", body = InForce, headers(("etag" = String))),
        (status = 404, description = "No such greeting, or no such version."),
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
    Ok(versioned(flows(&app).publish(&permitted, &name, version, seen).await?))
}

/// Puts the version of a greeting in force that was before.
#[utoipa::path(post, path = "/flows/{flow}/rollback", tag = "flows",
    operation_id = "roll_back_flow",
    params(
        ("flow" = String, Path, description = "Its name."),
        ("if-match" = String, Header, description = "The serial read, in quotes."),
    ),
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses(
        (status = 200, description = "In force.", body = InForce, headers(("etag" = String))),
        (status = 404, description = "No such greeting."),
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
    Ok(versioned(flows(&app).roll_back(&permitted, &name, seen).await?))
}

const fn versioned(in_force: InForce) -> Versioned<InForce> {
    Versioned { version: in_force.serial, value: in_force }
}
