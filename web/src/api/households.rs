//! `/households`: people who share a home, and often a telephone.

use axum::extract::State;
use axum::http::StatusCode;
use crm::household;
use ids::{ContactId, HouseholdId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::WritesRecords;
use crate::auth::purpose::Reason;
use crate::clock;
use crate::extract::{Body, Param, Versioned};
use crate::idempotency::IdempotencyKey;
use crate::problem::Answer;
use crate::wire::record::contact::{Contact, Household, NewHousehold};

/// Who joins, and as what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// Who.
    #[schema(value_type = uuid::Uuid)]
    pub contact_id: ContactId,
    /// The version of the contact that was read.
    pub version: i64,
    /// What the person is to the household.
    #[serde(default)]
    pub relation: Option<String>,
}

/// Makes a household without members.
#[utoipa::path(post, path = "/households", tag = "contacts", operation_id = "create_household",
    request_body = NewHousehold, params(("idempotency-key" = Option<String>, Header)),
    security(("session" = []), ("machine" = ["records:write"])),
    responses((status = 201, description = "The household.", body = Household,
        headers(("etag" = String)))))]
pub async fn create(
    State(app): State<App>,
    permitted: Permitted<WritesRecords>,
    reason: Reason,
    key: IdempotencyKey,
    Body(new): Body<NewHousehold>,
) -> Answer<(StatusCode, Versioned<Household>)> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let id = HouseholdId::from_uuid(key.id(actor.user, "household"));
    let made = household::create(app.store(), &actor, id, &new.into(), clock::now()).await?;
    let versioned = Versioned { version: made.version, value: Household::from(&made) };
    Ok((StatusCode::CREATED, versioned))
}

/// Puts a contact into a household.
#[utoipa::path(post, path = "/households/{id}/members", tag = "contacts",
    operation_id = "join_household", request_body = NewMember,
    params(("id" = uuid::Uuid, Path, description = "The household.")),
    security(("session" = []), ("machine" = ["records:write"])),
    responses(
        (status = 200, description = "The contact as it is now.", body = Contact,
            headers(("etag" = String))),
        (status = 404, description = "No such household or contact."),
        (status = 412, description = "Somebody else saved the contact in between."),
    ))]
pub async fn join(
    State(app): State<App>,
    permitted: Permitted<WritesRecords>,
    reason: Reason,
    Param(id): Param<HouseholdId>,
    Body(new): Body<NewMember>,
) -> Answer<Versioned<Contact>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let relation = new.relation.as_deref();
    let now = clock::now();
    let (member, version) = (new.contact_id, new.version);
    let joined = household::join(app.store(), &actor, id, member, version, relation, now).await?;
    Ok(Versioned { version: joined.version, value: Contact::from(&joined) })
}
