//! Opening a case, and attaching interactions to one. Does I/O.

use ids::{CallId, CaseId, Class, InteractionId, Timestamp};
use store::Store;

use super::edit::{check_open, get_in, stamped};
use super::record::insert;
use super::{
    Case, CaseDetails, CaseState, Deed, NewCase, Revision, load, not_found, number, revise,
};
use crate::access;
use crate::actor::Actor;
use crate::contact;
use crate::error::CrmError;
use crate::interaction::{self, Interaction};
use crate::work::Work;

/// Which case a call belongs to.
#[derive(Clone, PartialEq, Eq)]
pub enum CaseChoice {
    /// A new one, unless the call has one already.
    New {
        /// The id it will have.
        id: CaseId,
        /// What it is about.
        category: Option<String>,
    },
    /// One that is not closed.
    Existing(CaseId),
}

/// Opens a case and allots its number. The actor owns it.
///
/// Idempotent: the same `id` again gives the case made before, and an interaction that has a case
/// gives that one.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`] for an unknown contact or interaction,
/// [`CrmError::Invalid`], or the database's.
pub async fn open(
    store: &Store,
    actor: &Actor,
    id: CaseId,
    new: &NewCase,
    now: Timestamp,
) -> Result<Case, CrmError> {
    access::allow(actor, access::Deed::WriteRecords)?;
    store
        .write_txn(|txn| async move {
            number::queue_up(&txn).await?;
            open_in(&Work::new(&txn, actor, now), id, new).await
        })
        .await
}

/// The case of a call: the one it has, else a new one, or one that the actor chose. A call has one
/// case at a time.
///
/// Works even if the beginning of the call's interaction could not be written yet.
///
/// # Errors
/// [`CrmError::Refused`] if the chosen case is closed; else as [`open`].
pub async fn open_for_call(
    store: &Store,
    actor: &Actor,
    call: CallId,
    choice: &CaseChoice,
    now: Timestamp,
) -> Result<Case, CrmError> {
    access::allow(actor, access::Deed::WriteRecords)?;
    store
        .write_txn(|txn| async move {
            number::queue_up(&txn).await?;
            let work = Work::new(&txn, actor, now);
            let interaction = interaction::ensure(&txn, call, now).await?;
            match choice {
                CaseChoice::New { id, category } => {
                    let new = NewCase {
                        interaction: Some(interaction.id),
                        category: category.clone(),
                        ..NewCase::default()
                    };
                    open_in(&work, *id, &new).await
                }
                CaseChoice::Existing(case) => attach_in(&work, *case, interaction).await,
            }
        })
        .await
}

/// Attaches an interaction to a case; it leaves the case that it had. What one of the two knows of
/// the contact, the other learns.
///
/// # Errors
/// [`CrmError::Refused`] if the case is closed; [`CrmError::NotAllowed`], [`CrmError::NotFound`],
/// or the database's.
pub async fn attach(
    store: &Store,
    actor: &Actor,
    case: CaseId,
    interaction: InteractionId,
    now: Timestamp,
) -> Result<Case, CrmError> {
    access::allow(actor, access::Deed::WriteRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            let found = interaction::load(&txn, interaction).await?;
            let found = found.ok_or(interaction::not_found(interaction))?;
            attach_in(&work, case, found).await
        })
        .await
}

pub(crate) async fn open_in(work: &Work<'_>, id: CaseId, new: &NewCase) -> Result<Case, CrmError> {
    if load(work.txn, id).await?.is_some() {
        return get_in(work, id).await;
    }
    let interaction = match new.interaction {
        Some(id) => {
            let found = interaction::load(work.txn, id).await?;
            Some(found.ok_or(interaction::not_found(id))?)
        }
        None => None,
    };
    if let Some(existing) = interaction.as_ref().and_then(|one| one.case) {
        return get_in(work, existing).await;
    }
    let case = first_version(work, id, new, interaction.as_ref()).await?;
    insert(work, &case).await?;
    if let Some(interaction) = interaction {
        let contact = interaction.contact.or(case.contact);
        interaction::assign(work, interaction.id, Some(case.id), contact).await?;
    }
    Ok(case)
}

async fn first_version(
    work: &Work<'_>,
    id: CaseId,
    new: &NewCase,
    interaction: Option<&Interaction>,
) -> Result<Case, CrmError> {
    let contact = new.contact.or_else(|| interaction.and_then(|one| one.contact));
    if let Some(contact) = contact {
        contact::exists_in(work, contact).await?;
    }
    let class = new.class.or_else(|| interaction.and_then(|one| one.class));
    Ok(Case {
        id,
        version: 1,
        number: number::allot(work).await?,
        contact,
        state: CaseState::New,
        report_due: true,
        owner: Some(work.actor.user),
        details: CaseDetails {
            category: new.category.clone(),
            disposition: None,
            class: class.unwrap_or(Class::Standard),
            summary: String::new(),
            notes: String::new(),
        },
        opened_at: work.now,
        updated_at: work.now,
        updated_by: work.actor.user,
        closed_at: None,
        draft: None,
        synthetic: work.synthetic,
    })
}

pub(crate) async fn attach_in(
    work: &Work<'_>,
    id: CaseId,
    interaction: Interaction,
) -> Result<Case, CrmError> {
    if interaction.case == Some(id) {
        return get_in(work, id).await;
    }
    let before = load(work.txn, id).await?.ok_or(not_found(id))?;
    check_open(&before, None)?;
    let deed = Deed::Attached { interaction: interaction.id };
    let mut revision = Revision::of(&before, deed);
    revision.contact = before.contact.or(interaction.contact);
    let contact = interaction.contact.or(before.contact);
    interaction::assign(work, interaction.id, Some(id), contact).await?;
    let after = revise(work, before, revision).await?;
    stamped(work, after).await
}
