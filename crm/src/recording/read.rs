//! Recordings as people see and hear them. Does I/O; every look is audited in its own transaction.

use ids::{CaseId, ContactId, InteractionId, RecordingId, Timestamp};
use store::Store;
use store::audit::{Action, Entity};

use super::row::{load, with_interactions};
use super::{Recording, RecordingRefused, was_on_the_call};
use crate::access;
use crate::actor::{Actor, Purpose};
use crate::error::CrmError;
use crate::interaction;
use crate::work::Work;

/// A recording that may be heard now, with the record that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// What is known of it.
    pub recording: Recording,
    /// The case of its interaction.
    pub case: Option<CaseId>,
}

/// What is known of the recordings of an interaction, oldest first.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`], or the database's.
pub async fn of_interaction(
    store: &Store,
    actor: &Actor,
    id: InteractionId,
    now: Timestamp,
) -> Result<Vec<Recording>, CrmError> {
    access::allow(actor, access::Deed::ReadRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            work.audit(Action::Read, Entity::Interaction, vec![id.as_uuid()]).await?;
            interaction::load(&txn, id).await?.ok_or(interaction::not_found(id))?;
            let mut found = with_interactions(&txn, vec![id.as_uuid()]).await?;
            Ok(found.remove(&id).unwrap_or_default())
        })
        .await
}

/// Lets a person hear a recording. The audit entry names the recording, its interaction, the case
/// and the citizen, so that a search by any of them finds who listened. Whoever was not on the call
/// gives a reason.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`], [`CrmError::Recording`] with why it cannot be
/// heard, or the database's.
pub async fn hear(
    store: &Store,
    actor: &Actor,
    id: RecordingId,
    now: Timestamp,
) -> Result<Heard, CrmError> {
    access::allow(actor, access::Deed::HearRecordings)?;
    store
        .write_txn(|txn| async move {
            let recording = load(&txn, id).await?;
            let of = interaction::load(&txn, recording.interaction).await?;
            let of = of.ok_or(interaction::not_found(recording.interaction))?;
            let said_why = matches!(actor.purpose, Purpose::Reason(_));
            if !said_why && !was_on_the_call(of.agent, actor.user) {
                return Err(RecordingRefused::ReasonRequired.into());
            }
            recording.audible(now)?;
            let mut ids = vec![id.as_uuid(), of.id.as_uuid()];
            ids.extend(of.case.map(CaseId::as_uuid));
            ids.extend(of.contact.map(ContactId::as_uuid));
            Work::new(&txn, actor, now).audit(Action::Read, Entity::Recording, ids).await?;
            Ok(Heard { recording, case: of.case })
        })
        .await
}
