//! A call that happened on paper: the power or the network was gone, somebody answered a telephone
//! and wrote it down. Entered later into a case, and marked so for good. Does I/O.

use core::time::Duration;

use ids::{AgentId, CaseId, Class, ContactId, InteractionId, QueueId, ReportId, Timestamp};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use store::Store;
use store::audit::{Action, Entity};
use store::outbox::Topic;

use super::record::to_row;
use super::{Direction, Entered, Interaction, Medium, Origin, Times, load};
use crate::access;
use crate::actor::Actor;
use crate::case::{self, Case, NewCase};
use crate::contact;
use crate::entity::interaction;
use crate::error::CrmError;
use crate::phone::E164;
use crate::report::{self, NewReport};
use crate::text::clean;
use crate::work::Work;

/// What happened longer ago is entered with a reason.
pub const WITHOUT_REASON: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// What happened longer ago is not entered at all: the year was mistyped.
pub const AT_ALL: Duration = Duration::from_secs(2 * 366 * 24 * 60 * 60);
/// Longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 300;

/// How such an interaction ended, where others have the cause of the call's end.
pub const OUTCOME: &str = "on_paper";

/// A call as it stands on paper.
#[derive(Clone, PartialEq, Eq)]
pub struct PaperCall {
    /// The id that the interaction will have.
    pub id: InteractionId,
    /// When it happened.
    pub at: Timestamp,
    /// The citizen's number, if it was written down.
    pub from: Option<E164>,
    /// The number that was dialled: `104`.
    pub dialled: String,
    /// The queue of that number.
    pub queue: Option<QueueId>,
    /// Whom it was about, if that is known.
    pub contact: Option<ContactId>,
    /// The case that it belongs to, which must not be closed; a new one if none.
    pub case: Option<CaseId>,
    /// The id that a new case will have.
    pub new_case: CaseId,
    /// What a new case is about: a key of the vocabulary.
    pub category: Option<String>,
    /// The id that the report will have.
    pub report: ReportId,
    /// What was written down: the text of the report.
    pub notes: String,
    /// How it ended: a key of the vocabulary.
    pub disposition: String,
    /// Why it is entered so late; needed after [`WITHOUT_REASON`].
    pub why_late: Option<String>,
}

/// Enters a call that happened on paper: its interaction, its case, and the report, all or none. The
/// same `id` again gives what was made before.
///
/// # Errors
/// [`CrmError::Invalid`] if it lies in the future, or too far back without a reason;
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`], [`CrmError::Refused`] for a closed case, or the
/// database's.
pub async fn enter(
    store: &Store,
    actor: &Actor,
    paper: &PaperCall,
    now: Timestamp,
) -> Result<(Interaction, Case), CrmError> {
    access::allow(actor, access::Deed::WriteRecords)?;
    let why = checked(paper, now)?;
    let (paper, why) = (paper, &why);
    store
        .write_txn(|txn| async move {
            case::queue_up(&txn).await?;
            let work = Work::new(&txn, actor, now);
            if let Some(known) = load(&txn, paper.id).await?
                && let Some(case) = known.case
            {
                return Ok((known, case::get_in(&work, case).await?));
            }
            enter_in(&work, paper, why.clone()).await
        })
        .await
}

async fn enter_in(
    work: &Work<'_>,
    paper: &PaperCall,
    why: Option<String>,
) -> Result<(Interaction, Case), CrmError> {
    if let Some(contact) = paper.contact {
        contact::exists_in(work, contact).await?;
    }
    let made = of_paper(work, paper, why);
    interaction::Entity::insert(to_row(&made).into_active_model().reset_all())
        .exec_without_returning(work.txn)
        .await?;
    work.audit(Action::Create, Entity::Interaction, vec![made.id.as_uuid()]).await?;
    work.changed(Topic::Interaction, made.id.as_uuid());
    let case = match paper.case {
        Some(case) => case::attach_in(work, case, made.clone()).await?,
        None => {
            let new = NewCase {
                interaction: Some(made.id),
                category: paper.category.clone(),
                ..NewCase::default()
            };
            case::open_in(work, paper.new_case, &new).await?
        }
    };
    let report = NewReport {
        id: paper.report,
        case: case.id,
        text: paper.notes.clone(),
        disposition: paper.disposition.clone(),
    };
    let filed = report::file_in(work, &report).await?;
    let known = load(work.txn, made.id).await?.unwrap_or(made);
    Ok((known, filed.case))
}

fn of_paper(work: &Work<'_>, paper: &PaperCall, why: Option<String>) -> Interaction {
    let origin = Origin {
        direction: Direction::Inbound,
        medium: Medium::Call,
        from: paper.from,
        dialled: paper.dialled.clone(),
    };
    Interaction {
        id: paper.id,
        call: None,
        case: None,
        contact: paper.contact,
        origin: Some(origin.kept()),
        times: Times {
            arrived_at: paper.at,
            answered_at: None,
            queued_at: None,
            talking_at: None,
            agent_since: None,
            ended_at: Some(paper.at),
        },
        queue: paper.queue,
        class: Some(Class::Standard),
        language: None,
        agent: Some(AgentId::from(work.actor.user)),
        outcome: Some(OUTCOME.to_owned()),
        line_quality: None,
        journal_position: None,
        entered: Some(Entered { by: work.actor.user, at: work.now, why }),
        synthetic: work.synthetic,
    }
}

/// Checks what was written and when it happened; gives the reason as it is kept.
fn checked(paper: &PaperCall, now: Timestamp) -> Result<Option<String>, CrmError> {
    if clean(&paper.notes).trim().is_empty() {
        return Err(CrmError::invalid("notes", "Say what was written down."));
    }
    if paper.at > now {
        return Err(CrmError::invalid("happened_at", "This moment lies in the future."));
    }
    let ago = now.since(paper.at);
    if ago > AT_ALL {
        return Err(CrmError::invalid("happened_at", "This is more than two years ago."));
    }
    let why = paper.why_late.as_deref().map(clean).filter(|why| !why.trim().is_empty());
    if ago > WITHOUT_REASON && why.is_none() {
        let message = "This is more than 30 days ago: say why it is entered so late.";
        return Err(CrmError::invalid("why_late", message));
    }
    if why.as_deref().is_some_and(|why| why.chars().count() > REASON_CHARS_MAX) {
        return Err(CrmError::invalid("why_late", "The reason is longer than 300 characters."));
    }
    Ok(why)
}
