//! Contacts in the database: made, read, changed. Does I/O.

use ids::{ContactId, HouseholdId, Timestamp, UserId};
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};
use store::audit::{Action, Entity};
use store::outbox::Topic;
use store::{Store, time};

use super::{Address, Contact, ContactDetails, ContactEdit, ContactPhone, Flag, Sex};
use crate::access::{self, Deed};
use crate::actor::Actor;
use crate::entity::{contact, contact_phone};
use crate::error::{Conflict, CrmError};
use crate::household;
use crate::phone::E164;
use crate::text::check;
use crate::work::Work;

const TABLE: &str = "contacts";

/// Makes a contact. The same `id` again gives the record made before, unchanged.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::Invalid`], [`CrmError::NotFound`] for an unknown
/// household, or the database's.
pub async fn create(
    store: &Store,
    actor: &Actor,
    id: ContactId,
    details: &ContactDetails,
    now: Timestamp,
) -> Result<Contact, CrmError> {
    access::allow(actor, Deed::WriteRecords)?;
    store
        .write_txn(|txn| async move { create_in(&Work::new(&txn, actor, now), id, details).await })
        .await
}

pub(crate) async fn create_in(
    work: &Work<'_>,
    id: ContactId,
    details: &ContactDetails,
) -> Result<Contact, CrmError> {
    let details = details.cleaned();
    check(&details)?;
    work.audit(Action::Create, Entity::Contact, vec![id.as_uuid()]).await?;
    if let Some(made) = load(work.txn, id, work.now).await? {
        return Ok(made);
    }
    if let Some(household) = details.household {
        household::exists_in(work, household).await?;
    }
    let model = contact::ActiveModel {
        id: Set(id.as_uuid()),
        version: Set(1),
        synthetic: Set(work.synthetic),
        created_at: Set(work.moment()),
        ..columns(work, &details)?
    };
    contact::Entity::insert(model).exec_without_returning(work.txn).await?;
    write_phones(work, id, &details.phones).await?;
    work.changed(Topic::Contact, id.as_uuid());
    Ok(Contact {
        id,
        version: 1,
        details,
        synthetic: work.synthetic,
        created_at: work.now,
        updated_at: work.now,
        updated_by: work.actor.user,
    })
}

/// Reads a contact. The read is audited in its own transaction.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`], or the database's.
pub async fn get(
    store: &Store,
    actor: &Actor,
    id: ContactId,
    now: Timestamp,
) -> Result<Contact, CrmError> {
    access::allow(actor, Deed::ReadRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            work.audit(Action::Read, Entity::Contact, vec![id.as_uuid()]).await?;
            load(&txn, id, now).await?.ok_or(not_found(id))
        })
        .await
}

/// Changes some details of a contact, if it is still at the version `expected`.
///
/// # Errors
/// [`CrmError::Conflict`] if it is not; [`CrmError::NotAllowed`], [`CrmError::Invalid`],
/// [`CrmError::NotFound`], or the database's.
pub async fn update(
    store: &Store,
    actor: &Actor,
    id: ContactId,
    expected: i64,
    edit: &ContactEdit,
    now: Timestamp,
) -> Result<Contact, CrmError> {
    access::allow(actor, Deed::WriteRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            let before = load(&txn, id, now).await?.ok_or(not_found(id))?;
            check_version(&before, expected)?;
            store_details(&work, before, edit.clone()).await
        })
        .await
}

/// Puts a contact into a household.
pub(crate) async fn join_in(
    work: &Work<'_>,
    id: ContactId,
    expected: i64,
    household: HouseholdId,
    relation: Option<&str>,
) -> Result<Contact, CrmError> {
    let before = load(work.txn, id, work.now).await?.ok_or(not_found(id))?;
    check_version(&before, expected)?;
    let edit = ContactEdit {
        household: Some(Some(household)),
        relation: Some(relation.map(str::to_owned)),
        ..ContactEdit::default()
    };
    store_details(work, before, edit).await
}

async fn store_details(
    work: &Work<'_>,
    before: Contact,
    edit: ContactEdit,
) -> Result<Contact, CrmError> {
    let (id, version) = (before.id, before.version + 1);
    let phones_change = edit.phones.is_some();
    let moves =
        edit.household.flatten().filter(|_| edit.household != Some(before.details.household));
    let details = before.details.edited(edit).cleaned();
    check(&details)?;
    if let Some(household) = moves {
        household::exists_in(work, household).await?;
    }
    let model = contact::ActiveModel {
        id: Unchanged(id.as_uuid()),
        version: Set(version),
        ..columns(work, &details)?
    };
    model.update_without_returning(work.txn).await?;
    if phones_change {
        write_phones(work, id, &details.phones).await?;
    }
    work.audit(Action::Update, Entity::Contact, vec![id.as_uuid()]).await?;
    work.changed(Topic::Contact, id.as_uuid());
    Ok(Contact {
        id,
        version,
        details,
        synthetic: before.synthetic,
        created_at: before.created_at,
        updated_at: work.now,
        updated_by: work.actor.user,
    })
}

pub(crate) const fn not_found(id: ContactId) -> CrmError {
    CrmError::NotFound { entity: Entity::Contact, id: id.as_uuid() }
}

/// Refuses an id that is no contact's.
pub(crate) async fn exists_in(work: &Work<'_>, id: ContactId) -> Result<(), CrmError> {
    let found = contact::Entity::find_by_id(id.as_uuid()).one(work.txn).await?;
    found.map(|_| ()).ok_or(not_found(id))
}

const fn check_version(contact: &Contact, expected: i64) -> Result<(), Conflict> {
    if contact.version == expected {
        return Ok(());
    }
    Err(Conflict {
        expected,
        current: contact.version,
        changed_by: contact.updated_by,
        changed_at: contact.updated_at,
    })
}

/// Reads a contact without an audit entry: for work that writes one of its own.
async fn load<C: ConnectionTrait>(
    connection: &C,
    id: ContactId,
    now: Timestamp,
) -> Result<Option<Contact>, CrmError> {
    let Some(row) = contact::Entity::find_by_id(id.as_uuid()).one(connection).await? else {
        return Ok(None);
    };
    let phones = contact_phone::Entity::find()
        .filter(contact_phone::Column::ContactId.eq(id.as_uuid()))
        .order_by_asc(contact_phone::Column::Place)
        .all(connection)
        .await?;
    from_rows(row, phones, now).map(Some)
}

fn columns(work: &Work<'_>, details: &ContactDetails) -> Result<contact::ActiveModel, CrmError> {
    let flags =
        serde_json::to_value(&details.flags).map_err(|_| CrmError::unreadable(TABLE, "flags"))?;
    Ok(contact::ActiveModel {
        name: Set(details.name.clone()),
        name_hi: Set(details.name_hi.clone()),
        sex: Set(details.sex.map(|sex| sex.as_str().to_owned())),
        birth_year: Set(details.birth_year),
        language: Set(details.language.map(|language| language.as_str().to_owned())),
        household_id: Set(details.household.map(HouseholdId::as_uuid)),
        relation: Set(details.relation.clone()),
        address_text: Set(details.address.text.clone()),
        ward: Set(details.address.ward.clone()),
        place: Set(details.address.place.clone()),
        flags: Set(flags),
        updated_at: Set(work.moment()),
        updated_by: Set(work.user()),
        ..Default::default()
    })
}

async fn write_phones(
    work: &Work<'_>,
    id: ContactId,
    phones: &[ContactPhone],
) -> Result<(), CrmError> {
    contact_phone::Entity::delete_many()
        .filter(contact_phone::Column::ContactId.eq(id.as_uuid()))
        .exec(work.txn)
        .await?;
    let rows = (0..).zip(phones).map(|(place, phone)| contact_phone::ActiveModel {
        contact_id: Set(id.as_uuid()),
        e164: Set(phone.number.expose().to_owned()),
        place: Set(place),
        label: Set(phone.label.clone()),
        shared: Set(phone.shared),
    });
    if !phones.is_empty() {
        contact_phone::Entity::insert_many(rows).exec_without_returning(work.txn).await?;
    }
    Ok(())
}

fn from_rows(
    row: contact::Model,
    phones: Vec<contact_phone::Model>,
    now: Timestamp,
) -> Result<Contact, CrmError> {
    let unreadable = |column| CrmError::unreadable(TABLE, column);
    let mut flags: Vec<Flag> =
        serde_json::from_value(row.flags).map_err(|_| unreadable("flags"))?;
    flags.retain(|flag| flag.in_force(now));
    let sex = row.sex.map(|word| Sex::from_name(&word).ok_or(unreadable("sex"))).transpose()?;
    let language = row.language.map(|tag| tag.parse()).transpose();
    let phones: Option<Vec<_>> = phones.into_iter().map(phone_from_row).collect();
    let details = ContactDetails {
        name: row.name,
        name_hi: row.name_hi,
        sex,
        birth_year: row.birth_year,
        language: language.map_err(|_| unreadable("language"))?,
        phones: phones.ok_or(CrmError::unreadable("contact_phones", "e164"))?,
        household: row.household_id.map(HouseholdId::from_uuid),
        relation: row.relation,
        address: Address { text: row.address_text, ward: row.ward, place: row.place },
        flags,
    };
    Ok(Contact {
        id: ContactId::from_uuid(row.id),
        version: row.version,
        details,
        synthetic: row.synthetic,
        created_at: time::from_column(row.created_at),
        updated_at: time::from_column(row.updated_at),
        updated_by: UserId::from_uuid(row.updated_by),
    })
}

fn phone_from_row(row: contact_phone::Model) -> Option<ContactPhone> {
    let number = E164::from_stored(&row.e164)?;
    Some(ContactPhone { number, label: row.label, shared: row.shared })
}
