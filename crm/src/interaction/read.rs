//! Interactions as people see them, and whom one was about. Does I/O.

use std::collections::HashMap;

use ids::{AgentId, CaseId, ContactId, InteractionId, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::audit::{Action, Entity};
use store::{Store, time};
use uuid::Uuid;

use super::{Interaction, Medium, assign, from_row, id_of, load, not_found};
use crate::access;
use crate::actor::{Actor, Purpose};
use crate::case::{self, CaseNumber, Deed, Revision, StateName};
use crate::contact;
use crate::entity::{case as case_row, interaction};
use crate::error::CrmError;
use crate::phone::E164;
use crate::work::Work;

/// Most earlier contacts shown beside a ringing call.
const PREVIOUS_MAX: u64 = 20;

/// An earlier contact from the same number, in short.
#[derive(Clone, PartialEq, Eq)]
pub struct PreviousContact {
    /// Which.
    pub interaction: InteractionId,
    /// When it reached us.
    pub at: Timestamp,
    /// By which means; `None` while its beginning is not written.
    pub medium: Option<Medium>,
    /// Who talked last.
    pub agent: Option<AgentId>,
    /// How it ended; `None` while it goes on.
    pub outcome: Option<String>,
    /// How long it waited.
    pub wait_ms: Option<u64>,
    /// The case that it belongs to.
    pub case: Option<PreviousCase>,
}

/// The case of an earlier contact, in short.
#[derive(Clone, PartialEq, Eq)]
pub struct PreviousCase {
    /// The id.
    pub id: CaseId,
    /// The number.
    pub number: CaseNumber,
    /// Where it stands.
    pub state: StateName,
    /// What it is about.
    pub category: Option<String>,
    /// The one line.
    pub summary: String,
}

/// Reads an interaction. The read is audited in its own transaction. For a call that goes on, the
/// id is [`id_of`] the call.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`], or the database's.
pub async fn get(
    store: &Store,
    actor: &Actor,
    id: InteractionId,
    now: Timestamp,
) -> Result<Interaction, CrmError> {
    access::allow(actor, access::Deed::ReadRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            work.audit(Action::Read, Entity::Interaction, vec![id.as_uuid()]).await?;
            load(&txn, id).await?.ok_or(not_found(id))
        })
        .await
}

/// The contacts from a number since a moment, newest first, at most 20; not the call that is the
/// actor's purpose. One audit entry names those shown.
///
/// # Errors
/// [`CrmError::NotAllowed`], or the database's.
pub async fn previous_contacts(
    store: &Store,
    actor: &Actor,
    number: &E164,
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<PreviousContact>, CrmError> {
    access::allow(actor, access::Deed::ReadRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            let found = find(&work, number, since).await?;
            let shown = found.iter().map(|one| one.interaction.as_uuid()).collect();
            work.audit(Action::Search, Entity::Interaction, shown).await?;
            Ok(found)
        })
        .await
}

/// Sets, or takes back, who an interaction is about; its case learns it if it knew nobody.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`] for the interaction or the contact, or the
/// database's.
pub async fn set_contact(
    store: &Store,
    actor: &Actor,
    id: InteractionId,
    contact: Option<ContactId>,
    now: Timestamp,
) -> Result<Interaction, CrmError> {
    access::allow(actor, access::Deed::WriteRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            set_contact_in(&work, id, contact).await
        })
        .await
}

async fn set_contact_in(
    work: &Work<'_>,
    id: InteractionId,
    contact: Option<ContactId>,
) -> Result<Interaction, CrmError> {
    let before = load(work.txn, id).await?.ok_or(not_found(id))?;
    if let Some(contact) = contact {
        contact::exists_in(work, contact).await?;
    }
    let after = assign(work, id, before.case, contact).await?;
    if let Some(case) = after.case
        && let Some(case) = case::load(work.txn, case).await?
        && case.contact.is_none()
        && contact.is_some()
    {
        let revision = Revision { contact, ..Revision::of(&case, Deed::Edited) };
        case::revise(work, case, revision).await?;
    }
    Ok(after)
}

async fn find(
    work: &Work<'_>,
    number: &E164,
    since: Timestamp,
) -> Result<Vec<PreviousContact>, CrmError> {
    let mut query = interaction::Entity::find()
        .filter(interaction::Column::FromE164.eq(number.expose()))
        .filter(interaction::Column::ArrivedAt.gte(time::to_column(since)));
    if let Purpose::Call(call) = work.actor.purpose {
        query = query.filter(interaction::Column::Id.ne(id_of(call).as_uuid()));
    }
    let rows = query
        .order_by_desc(interaction::Column::ArrivedAt)
        .order_by_desc(interaction::Column::Id)
        .limit(PREVIOUS_MAX)
        .all(work.txn)
        .await?;
    let interactions = rows.into_iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    let cases = cases_of(work, &interactions).await?;
    Ok(interactions.into_iter().map(|one| in_short(one, &cases)).collect())
}

async fn cases_of(
    work: &Work<'_>,
    interactions: &[Interaction],
) -> Result<HashMap<Uuid, PreviousCase>, CrmError> {
    let ids: Vec<Uuid> =
        interactions.iter().filter_map(|one| one.case.map(CaseId::as_uuid)).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows =
        case_row::Entity::find().filter(case_row::Column::Id.is_in(ids)).all(work.txn).await?;
    rows.into_iter()
        .map(|row| {
            let case = case::from_row(row)?;
            let short = PreviousCase {
                id: case.id,
                number: case.number,
                state: case.state.name(),
                category: case.details.category,
                summary: case.details.summary,
            };
            Ok((short.id.as_uuid(), short))
        })
        .collect()
}

fn in_short(one: Interaction, cases: &HashMap<Uuid, PreviousCase>) -> PreviousContact {
    PreviousContact {
        interaction: one.id,
        at: one.times.arrived_at,
        medium: one.origin.as_ref().map(|origin| origin.medium),
        agent: one.agent,
        wait_ms: one.wait_ms(),
        outcome: one.outcome,
        case: one.case.and_then(|id| cases.get(&id.as_uuid()).cloned()),
    }
}
