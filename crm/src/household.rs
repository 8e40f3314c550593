//! People who share a home, and often a telephone. Does I/O.
//!
//! A household has no numbers of its own: they belong to its members, marked as shared.

use core::fmt;

use garde::Validate;
use ids::{ContactId, HouseholdId, Timestamp};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use store::audit::{Action, Entity};
use store::{Store, time};

use crate::access::{self, Deed};
use crate::actor::Actor;
use crate::contact::{self, Address, Contact};
use crate::entity::household;
use crate::error::CrmError;
use crate::text::{check, clean};
use crate::work::Work;

/// What is known of a household.
#[derive(Clone, PartialEq, Eq, Validate)]
pub struct HouseholdDetails {
    /// What it is called on the screen: the name of a family. 1 to 200 characters.
    #[garde(length(chars, min = 1, max = 200))]
    pub name: String,
    /// Where it is.
    #[garde(dive)]
    pub address: Address,
}

/// A household.
#[derive(Clone, PartialEq, Eq)]
pub struct Household {
    /// The id.
    pub id: HouseholdId,
    /// Counts changes from 1.
    pub version: i64,
    /// What is known of it.
    pub details: HouseholdDetails,
    /// Made up, for demonstrations.
    pub synthetic: bool,
    /// When the record was made.
    pub created_at: Timestamp,
}

/// Shows which record it is and nothing of the people.
impl fmt::Debug for Household {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Household({}, version {})", self.id, self.version)
    }
}

/// Makes a household without members. The same `id` again gives the record made before.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::Invalid`], or the database's.
pub async fn create(
    store: &Store,
    actor: &Actor,
    id: HouseholdId,
    details: &HouseholdDetails,
    now: Timestamp,
) -> Result<Household, CrmError> {
    access::allow(actor, Deed::WriteRecords)?;
    store
        .write_txn(|txn| async move { create_in(&Work::new(&txn, actor, now), id, details).await })
        .await
}

pub(crate) async fn create_in(
    work: &Work<'_>,
    id: HouseholdId,
    details: &HouseholdDetails,
) -> Result<Household, CrmError> {
    let details =
        HouseholdDetails { name: clean(&details.name), address: details.address.cleaned() };
    check(&details)?;
    work.audit(Action::Create, Entity::Household, vec![id.as_uuid()]).await?;
    if let Some(row) = household::Entity::find_by_id(id.as_uuid()).one(work.txn).await? {
        return Ok(from_row(row));
    }
    let model = household::Model {
        id: id.as_uuid(),
        version: 1,
        name: details.name,
        address_text: details.address.text,
        ward: details.address.ward,
        place: details.address.place,
        synthetic: work.synthetic,
        created_at: work.moment(),
        updated_at: work.moment(),
        updated_by: work.user(),
    };
    let row = model.clone().into_active_model().reset_all();
    household::Entity::insert(row).exec_without_returning(work.txn).await?;
    Ok(from_row(model))
}

/// Puts a contact into a household, if the contact is still at the version `expected`.
///
/// # Errors
/// [`CrmError::Conflict`] if it is not; [`CrmError::NotAllowed`], [`CrmError::NotFound`],
/// [`CrmError::Invalid`], or the database's.
pub async fn join(
    store: &Store,
    actor: &Actor,
    id: HouseholdId,
    member: ContactId,
    expected: i64,
    relation: Option<&str>,
    now: Timestamp,
) -> Result<Contact, CrmError> {
    access::allow(actor, Deed::WriteRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            contact::join_in(&work, member, expected, id, relation).await
        })
        .await
}

/// Refuses an id that is no household's.
pub(crate) async fn exists_in(work: &Work<'_>, id: HouseholdId) -> Result<(), CrmError> {
    match household::Entity::find_by_id(id.as_uuid()).one(work.txn).await? {
        Some(_) => Ok(()),
        None => Err(CrmError::NotFound { entity: Entity::Household, id: id.as_uuid() }),
    }
}

fn from_row(row: household::Model) -> Household {
    let address = Address { text: row.address_text, ward: row.ward, place: row.place };
    Household {
        id: HouseholdId::from_uuid(row.id),
        version: row.version,
        details: HouseholdDetails { name: row.name, address },
        synthetic: row.synthetic,
        created_at: time::from_column(row.created_at),
    }
}
