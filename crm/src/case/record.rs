//! Cases between rows and values: reading one, and writing the next version of one. Does I/O.
//!
//! Every change of a case goes through [`revise`]: it counts the version up, keeps the change in
//! `case_events`, writes the audit entry and tells the followers.

use ids::{CaseId, ContactId, Timestamp, UserId};
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait};
use store::audit::{Action, Entity};
use store::outbox::Topic;
use store::time;

use super::state::{CaseState, StateName};
use super::{Case, CaseDetails, CaseNumber, Change, Deed, Field, Move, check_words};
use crate::entity::{case, case_event};
use crate::error::CrmError;
use crate::text::{check, class_from_name, class_name};
use crate::work::Work;

const TABLE: &str = "cases";

/// The next version of a case, before it is written.
pub(crate) struct Revision {
    pub(crate) deed: Deed,
    pub(crate) contact: Option<ContactId>,
    pub(crate) owner: Option<UserId>,
    pub(crate) state: CaseState,
    pub(crate) report_due: bool,
    pub(crate) details: CaseDetails,
}

impl Revision {
    /// Everything as it is.
    pub(crate) fn of(case: &Case, deed: Deed) -> Self {
        Self {
            deed,
            contact: case.contact,
            owner: case.owner,
            state: case.state,
            report_due: case.report_due,
            details: case.details.clone(),
        }
    }

    fn change(&self, before: &Case) -> Change {
        let (old, new) = (&before.details, &self.details);
        let fields = [
            (Field::Contact, self.contact != before.contact),
            (Field::Owner, self.owner != before.owner),
            (Field::Category, new.category != old.category),
            (Field::Disposition, new.disposition != old.disposition),
            (Field::Class, new.class != old.class),
            (Field::Summary, new.summary != old.summary),
            (Field::Notes, new.notes != old.notes),
        ];
        let fields = fields.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field);
        let moved = Move { from: before.state, to: self.state };
        Change {
            deed: self.deed,
            fields: fields.collect(),
            moved: (moved.from != moved.to).then_some(moved),
        }
    }
}

/// Writes the next version of a case.
pub(crate) async fn revise(
    work: &Work<'_>,
    before: Case,
    revision: Revision,
) -> Result<Case, CrmError> {
    check(&revision.details)?;
    check_words(&before.details, &revision.details)?;
    let change = revision.change(&before);
    let after = Case {
        version: before.version + 1,
        contact: revision.contact,
        owner: revision.owner,
        state: revision.state,
        report_due: revision.report_due,
        details: revision.details,
        updated_at: work.now,
        updated_by: work.actor.user,
        closed_at: match (revision.state, &change.moved) {
            (CaseState::Closed { at }, Some(_)) => Some(at),
            _ => before.closed_at,
        },
        ..before
    };
    let row = case::ActiveModel { id: Unchanged(after.id.as_uuid()), ..columns(&after) };
    row.update_without_returning(work.txn).await?;
    note(work, &after, &change).await?;
    Ok(after)
}

/// Writes the first version of a case.
pub(crate) async fn insert(work: &Work<'_>, case: &Case) -> Result<(), CrmError> {
    check(&case.details)?;
    let blank = CaseDetails { category: None, disposition: None, ..case.details.clone() };
    check_words(&blank, &case.details)?;
    let row = case::ActiveModel {
        id: Set(case.id.as_uuid()),
        number: Set(case.number.as_str().to_owned()),
        synthetic: Set(case.synthetic),
        opened_at: Set(time::to_column(case.opened_at)),
        opened_by: Set(work.user()),
        ..columns(case)
    };
    case::Entity::insert(row).exec_without_returning(work.txn).await?;
    note(work, case, &Change { deed: Deed::Opened, fields: Vec::new(), moved: None }).await
}

async fn note(work: &Work<'_>, case: &Case, change: &Change) -> Result<(), CrmError> {
    let value =
        serde_json::to_value(change).map_err(|_| CrmError::unreadable("case_events", "change"))?;
    let event = case_event::ActiveModel {
        case_id: Set(case.id.as_uuid()),
        version: Set(case.version),
        at: Set(work.moment()),
        by_user: Set(work.user()),
        change: Set(value),
    };
    case_event::Entity::insert(event).exec_without_returning(work.txn).await?;
    let action = match change {
        Change { deed: Deed::Opened, .. } => Action::Create,
        Change { moved: Some(_), .. } => Action::ChangeState,
        Change {
            deed: Deed::Edited | Deed::Attached { .. } | Deed::ReportFiled { .. }, ..
        } => Action::Update,
    };
    work.audit(action, Entity::Case, vec![case.id.as_uuid()]).await?;
    work.changed(Topic::Case, case.id.as_uuid());
    Ok(())
}

/// The columns that a change may write.
fn columns(case: &Case) -> case::ActiveModel {
    case::ActiveModel {
        version: Set(case.version),
        contact_id: Set(case.contact.map(ContactId::as_uuid)),
        state: Set(case.state.name().as_str().to_owned()),
        state_moment: Set(case.state.moment().map(time::to_column)),
        report_due: Set(case.report_due),
        category: Set(case.details.category.clone()),
        disposition: Set(case.details.disposition.clone()),
        class: Set(class_name(case.details.class).to_owned()),
        owner: Set(case.owner.map(UserId::as_uuid)),
        summary: Set(case.details.summary.clone()),
        notes: Set(case.details.notes.clone()),
        updated_at: Set(time::to_column(case.updated_at)),
        updated_by: Set(case.updated_by.as_uuid()),
        closed_at: Set(case.closed_at.map(time::to_column)),
        ..Default::default()
    }
}

pub(crate) const fn not_found(id: CaseId) -> CrmError {
    CrmError::NotFound { entity: Entity::Case, id: id.as_uuid() }
}

/// Reads a case without an audit entry and without the reader's draft.
pub(crate) async fn load<C: ConnectionTrait>(
    connection: &C,
    id: CaseId,
) -> Result<Option<Case>, CrmError> {
    let row = case::Entity::find_by_id(id.as_uuid()).one(connection).await?;
    row.map(from_row).transpose()
}

pub(crate) fn from_row(row: case::Model) -> Result<Case, CrmError> {
    let unreadable = |column| CrmError::unreadable(TABLE, column);
    let moment: Option<Timestamp> = row.state_moment.map(time::from_column);
    let state = StateName::from_name(&row.state)
        .and_then(|name| CaseState::from_parts(name, moment))
        .ok_or(unreadable("state"))?;
    Ok(Case {
        id: CaseId::from_uuid(row.id),
        version: row.version,
        number: CaseNumber::from_stored(row.number),
        contact: row.contact_id.map(ContactId::from_uuid),
        state,
        report_due: row.report_due,
        owner: row.owner.map(UserId::from_uuid),
        details: CaseDetails {
            category: row.category,
            disposition: row.disposition,
            class: class_from_name(&row.class).ok_or(unreadable("class"))?,
            summary: row.summary,
            notes: row.notes,
        },
        opened_at: time::from_column(row.opened_at),
        updated_at: time::from_column(row.updated_at),
        updated_by: UserId::from_uuid(row.updated_by),
        closed_at: row.closed_at.map(time::from_column),
        draft: None,
        synthetic: row.synthetic,
    })
}
