//! `/contacts`: people in the records. Each read and write is audited with its purpose.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use crm::contact;
use crm::phone::E164;
use ids::ContactId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::{ReadsRecords, WritesRecords};
use crate::auth::purpose::Reason;
use crate::clock;
use crate::extract::{Body, IfMatch, Param, Versioned};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Answer, Problem};
use crate::wire::record::contact::{Contact, Details, Edit};
use crate::wire::ringing::PickListEntry;

/// Who may be calling from a number. In a body: a number never stands in a URL.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ByPhone {
    /// The number, as people write it.
    pub phone: String,
}

impl ByPhone {
    /// The number.
    ///
    /// # Errors
    /// A problem with the field.
    pub fn read(&self) -> Answer<E164> {
        E164::parse(&self.phone).map_err(|why| Problem::field("phone", why.to_string()))
    }
}

/// Everybody who shares a number: those who gave it, and their households.
#[utoipa::path(post, path = "/contacts/_search", tag = "contacts",
    operation_id = "find_contacts_by_phone", request_body = ByPhone,
    security(("session" = []), ("machine" = ["records:read"])),
    responses((status = 200, description = "At most 50 people.", body = Vec<PickListEntry>)))]
pub async fn search(
    State(app): State<App>,
    permitted: Permitted<ReadsRecords>,
    reason: Reason,
    Body(by): Body<ByPhone>,
) -> Answer<Json<Vec<PickListEntry>>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let number = by.read()?;
    let people = contact::find_by_phone(app.store(), &actor, &number, clock::now()).await?;
    Ok(Json(people.iter().map(Into::into).collect()))
}

/// Makes a contact.
#[utoipa::path(post, path = "/contacts", tag = "contacts", operation_id = "create_contact",
    request_body = Details, params(("idempotency-key" = Option<String>, Header)),
    security(("session" = []), ("machine" = ["records:write"])),
    responses(
        (status = 201, description = "The contact.", body = Contact, headers(("etag" = String))),
        (status = 404, description = "No such household."),
    ))]
pub async fn create(
    State(app): State<App>,
    permitted: Permitted<WritesRecords>,
    reason: Reason,
    key: IdempotencyKey,
    Body(details): Body<Details>,
) -> Answer<(StatusCode, Versioned<Contact>)> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let id = ContactId::from_uuid(key.id(actor.user, "contact"));
    let details = details.read()?;
    let made = contact::create(app.store(), &actor, id, &details, clock::now()).await?;
    Ok((StatusCode::CREATED, versioned(&made)))
}

/// Reads a contact.
#[utoipa::path(get, path = "/contacts/{id}", tag = "contacts", operation_id = "get_contact",
    params(
        ("id" = uuid::Uuid, Path, description = "The contact."),
        ("x-reason" = Option<String>, Header, description = "Why, percent-encoded."),
    ),
    security(("session" = []), ("machine" = ["records:read"])),
    responses(
        (status = 200, description = "The contact.", body = Contact, headers(("etag" = String))),
        (status = 404, description = "No such contact."),
    ))]
pub async fn get(
    State(app): State<App>,
    permitted: Permitted<ReadsRecords>,
    reason: Reason,
    Param(id): Param<ContactId>,
) -> Answer<Versioned<Contact>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let found = contact::get(app.store(), &actor, id, clock::now()).await?;
    Ok(versioned(&found))
}

/// Changes some details of a contact.
#[utoipa::path(patch, path = "/contacts/{id}", tag = "contacts", operation_id = "update_contact",
    request_body = Edit,
    params(
        ("id" = uuid::Uuid, Path, description = "The contact."),
        ("if-match" = String, Header, description = "The version read, in quotes."),
    ),
    security(("session" = []), ("machine" = ["records:write"])),
    responses(
        (status = 200, description = "As it is now.", body = Contact, headers(("etag" = String))),
        (status = 404, description = "No such contact."),
        (status = 412, description = "Somebody else saved in between; see `current`."),
        (status = 428, description = "If-Match is missing."),
    ))]
pub async fn update(
    State(app): State<App>,
    permitted: Permitted<WritesRecords>,
    reason: Reason,
    Param(id): Param<ContactId>,
    IfMatch(version): IfMatch,
    Body(edit): Body<Edit>,
) -> Answer<Versioned<Contact>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let edit = edit.read()?;
    let now = clock::now();
    let changed = contact::update(app.store(), &actor, id, version, &edit, now).await?;
    Ok(versioned(&changed))
}

fn versioned(contact: &contact::Contact) -> Versioned<Contact> {
    Versioned { version: contact.version, value: contact.into() }
}
