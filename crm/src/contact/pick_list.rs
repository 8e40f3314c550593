//! Who may be calling: the household behind a number. Does I/O.

use std::collections::{BTreeSet, HashMap};

use ids::{ContactId, HouseholdId, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::audit::{Action, Entity};
use store::{Store, WriteTxn};
use uuid::Uuid;

use super::{Flag, Sex};
use crate::access::{self, Deed};
use crate::actor::Actor;
use crate::case::state::StateName;
use crate::entity::{case, contact, contact_phone};
use crate::error::CrmError;
use crate::phone::E164;
use crate::work::Work;

/// Most people shown for one number: a public booth has hundreds, and nobody reads so many.
const PEOPLE_MAX: u64 = 50;

/// One person who may be calling from a number.
#[derive(Clone, PartialEq, Eq)]
pub struct PickListEntry {
    /// The contact.
    pub contact: ContactId,
    /// The name.
    pub name: String,
    /// The name in the other script.
    pub name_hi: Option<String>,
    /// The sex, if told.
    pub sex: Option<Sex>,
    /// The year of birth, if told.
    pub birth_year: Option<i32>,
    /// The household.
    pub household: Option<HouseholdId>,
    /// What the person is to the household.
    pub relation: Option<String>,
    /// The number is this person's; false for others of the household.
    pub has_number: bool,
    /// Cases of the person that are not closed.
    pub open_cases: u64,
    /// Flags in force.
    pub flags: Vec<Flag>,
}

/// Everybody who may be calling from a number: those who gave it as theirs, and their households.
///
/// Those with the number come first, then those with open cases, then by name; at most 50. One
/// audit entry names everybody shown.
///
/// # Errors
/// [`CrmError::NotAllowed`], or the database's.
pub async fn find_by_phone(
    store: &Store,
    actor: &Actor,
    number: &E164,
    now: Timestamp,
) -> Result<Vec<PickListEntry>, CrmError> {
    access::allow(actor, Deed::ReadRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            let people = find(&work, number).await?;
            let shown = people.iter().map(|person| person.contact.as_uuid()).collect();
            work.audit(Action::Search, Entity::Contact, shown).await?;
            Ok(people)
        })
        .await
}

async fn find(work: &Work<'_>, number: &E164) -> Result<Vec<PickListEntry>, CrmError> {
    let with_number = contacts_with(work.txn, number).await?;
    let rows = with_households(work.txn, &with_number).await?;
    let open = open_cases(work.txn, rows.iter().map(|row| row.id).collect()).await?;
    let mut people = Vec::with_capacity(rows.len());
    for row in rows {
        let open_cases = open.get(&row.id).copied().unwrap_or(0);
        people.push(entry(row, &with_number, open_cases, work.now)?);
    }
    people.sort_by(|a, b| {
        (b.has_number, b.open_cases > 0)
            .cmp(&(a.has_number, a.open_cases > 0))
            .then_with(|| a.name.cmp(&b.name))
            .then_with(|| a.contact.cmp(&b.contact))
    });
    Ok(people)
}

async fn contacts_with(txn: &WriteTxn, number: &E164) -> Result<BTreeSet<Uuid>, CrmError> {
    let rows = contact_phone::Entity::find()
        .filter(contact_phone::Column::E164.eq(number.expose()))
        .order_by_asc(contact_phone::Column::ContactId)
        .limit(PEOPLE_MAX)
        .all(txn)
        .await?;
    Ok(rows.into_iter().map(|row| row.contact_id).collect())
}

/// The rows of those with the number, filled up with the other members of their households.
async fn with_households(
    txn: &WriteTxn,
    with_number: &BTreeSet<Uuid>,
) -> Result<Vec<contact::Model>, CrmError> {
    let mut rows = contact::Entity::find()
        .filter(contact::Column::Id.is_in(with_number.iter().copied()))
        .all(txn)
        .await?;
    let households: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.household_id).collect();
    let room = PEOPLE_MAX.saturating_sub(rows.len() as u64);
    if households.is_empty() || room == 0 {
        return Ok(rows);
    }
    let others = contact::Entity::find()
        .filter(contact::Column::HouseholdId.is_in(households))
        .filter(contact::Column::Id.is_not_in(with_number.iter().copied()))
        .order_by_asc(contact::Column::Id)
        .limit(room)
        .all(txn)
        .await?;
    rows.extend(others);
    Ok(rows)
}

async fn open_cases(txn: &WriteTxn, people: Vec<Uuid>) -> Result<HashMap<Uuid, u64>, CrmError> {
    let counts: Vec<(Option<Uuid>, i64)> = case::Entity::find()
        .select_only()
        .column(case::Column::ContactId)
        .column_as(case::Column::Id.count(), "open_cases")
        .filter(case::Column::ContactId.is_in(people))
        .filter(case::Column::State.ne(StateName::Closed.as_str()))
        .group_by(case::Column::ContactId)
        .into_tuple()
        .all(txn)
        .await?;
    let counted = counts.into_iter().filter_map(|(id, count)| Some((id?, count.unsigned_abs())));
    Ok(counted.collect())
}

fn entry(
    row: contact::Model,
    with_number: &BTreeSet<Uuid>,
    open_cases: u64,
    now: Timestamp,
) -> Result<PickListEntry, CrmError> {
    let unreadable = |column| CrmError::unreadable("contacts", column);
    let mut flags: Vec<Flag> =
        serde_json::from_value(row.flags).map_err(|_| unreadable("flags"))?;
    flags.retain(|flag| flag.in_force(now));
    let sex = row.sex.map(|word| Sex::from_name(&word).ok_or(unreadable("sex"))).transpose()?;
    Ok(PickListEntry {
        has_number: with_number.contains(&row.id),
        contact: ContactId::from_uuid(row.id),
        name: row.name,
        name_hi: row.name_hi,
        sex,
        birth_year: row.birth_year,
        household: row.household_id.map(HouseholdId::from_uuid),
        relation: row.relation,
        open_cases,
        flags,
    })
}
