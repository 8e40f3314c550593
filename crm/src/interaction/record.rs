//! Interactions between rows and values, and what the exchange writes. Does I/O.
//!
//! The exchange is no person: its marks name no actor, are not audited and show nothing to anybody.
//! A mark whose call has no row yet makes one, so that a beginning which could not be written in
//! time can be written later.

use ids::{
    AgentId, CallId, CaseId, Class, ContactId, InteractionId, Language, QueueId, Timestamp, UserId,
};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};
use store::audit::{Action, Entity};
use store::outbox::{self, Topic};
use store::{Store, WriteTxn, time};

use super::{Begin, Direction, Entered, Interaction, Mark, Medium, Origin, Times, Told, id_of};
use crate::callback;
use crate::entity::interaction;
use crate::error::CrmError;
use crate::phone::E164;
use crate::text::{class_from_name, class_name};
use crate::work::Work;

const TABLE: &str = "interactions";

/// Writes the beginning of a call. May come late, after other marks.
///
/// # Errors
/// The database's; the call goes on all the same, and this is tried again.
pub async fn begin(store: &Store, begin: &Begin) -> Result<InteractionId, CrmError> {
    let told = Mark::Begun {
        origin: begin.origin.clone(),
        queue: begin.queue,
        class: begin.class,
        language: begin.language,
    };
    mark(store, begin.call, begin.arrived_at, begin.journal_position, &told).await
}

/// Notes that the greeting began.
///
/// # Errors
/// The database's.
pub async fn mark_answered(
    store: &Store,
    call: CallId,
    at: Timestamp,
    journal_position: Option<i64>,
) -> Result<InteractionId, CrmError> {
    mark(store, call, at, journal_position, &Mark::Answered).await
}

/// Notes that the call waits for a person, again or for the first time.
///
/// # Errors
/// The database's.
pub async fn mark_queued(
    store: &Store,
    call: CallId,
    queue: QueueId,
    class: Class,
    language: Option<Language>,
    at: Timestamp,
    journal_position: Option<i64>,
) -> Result<InteractionId, CrmError> {
    mark(store, call, at, journal_position, &Mark::Queued { queue, class, language }).await
}

/// Notes that an agent talks with the caller.
///
/// # Errors
/// The database's.
pub async fn mark_talking(
    store: &Store,
    call: CallId,
    agent: AgentId,
    at: Timestamp,
    journal_position: Option<i64>,
) -> Result<InteractionId, CrmError> {
    mark(store, call, at, journal_position, &Mark::Talking { agent }).await
}

/// Notes that the call is over, with the text of its end cause.
///
/// # Errors
/// The database's.
pub async fn end(
    store: &Store,
    call: CallId,
    cause: &str,
    at: Timestamp,
    journal_position: Option<i64>,
) -> Result<InteractionId, CrmError> {
    let told = Mark::Ended { cause: cause.to_owned() };
    mark(store, call, at, journal_position, &told).await
}

/// Adds one mark to the interaction of a call. Doing it twice, or out of order, is harmless.
///
/// # Errors
/// The database's.
pub async fn mark(
    store: &Store,
    call: CallId,
    at: Timestamp,
    journal_position: Option<i64>,
    mark: &Mark,
) -> Result<InteractionId, CrmError> {
    store
        .write_txn(
            |txn| async move { mark_in(&txn, call, at, journal_position, mark, false).await },
        )
        .await
}

/// Adds several marks, of one or many calls, in one transaction: all or none. What costs is the
/// transaction, so a writer that fell behind catches up by telling many at once.
///
/// # Errors
/// The database's.
pub async fn mark_all(store: &Store, told: &[Told]) -> Result<(), CrmError> {
    store
        .write_txn(|txn| async move {
            for one in told {
                mark_in(&txn, one.call, one.at, one.journal_position, &one.mark, false).await?;
            }
            Ok(())
        })
        .await
}

pub(crate) async fn mark_in(
    txn: &WriteTxn,
    call: CallId,
    at: Timestamp,
    journal_position: Option<i64>,
    mark: &Mark,
    synthetic: bool,
) -> Result<InteractionId, CrmError> {
    let before = ensure(txn, call, at).await?;
    let mut after = before.clone().apply(at, journal_position, mark);
    after.synthetic = before.synthetic || synthetic;
    if after != before {
        to_row(&after).into_active_model().reset_all().update_without_returning(txn).await?;
        outbox::push(txn, Topic::Interaction, after.id.as_uuid());
    }
    match mark {
        Mark::Wished { id, kind, cause } => {
            callback::wished(txn, *id, &after, *kind, *cause, at).await?;
        }
        Mark::Talking { agent } => callback::reached(txn, &after, *agent, at).await?,
        Mark::Begun { .. }
        | Mark::Answered
        | Mark::Queued { .. }
        | Mark::Measured { .. }
        | Mark::Ended { .. } => {}
    }
    Ok(after.id)
}

/// The interaction of a call; makes the row if there is none.
pub(crate) async fn ensure(
    txn: &WriteTxn,
    call: CallId,
    at: Timestamp,
) -> Result<Interaction, CrmError> {
    if let Some(found) = load(txn, id_of(call)).await? {
        return Ok(found);
    }
    let made = Interaction::of_call(call, at);
    let twin = OnConflict::column(interaction::Column::Id).do_nothing().to_owned();
    interaction::Entity::insert(to_row(&made).into_active_model().reset_all())
        .on_conflict(twin)
        .exec_without_returning(txn)
        .await?;
    outbox::push(txn, Topic::Interaction, made.id.as_uuid());
    Ok(made)
}

/// Sets what an interaction belongs to. Audited, because a person decided it.
pub(crate) async fn assign(
    work: &Work<'_>,
    id: InteractionId,
    case: Option<CaseId>,
    contact: Option<ContactId>,
) -> Result<Interaction, CrmError> {
    let before = load(work.txn, id).await?.ok_or(not_found(id))?;
    let after = Interaction { case, contact, ..before };
    to_row(&after).into_active_model().reset_all().update_without_returning(work.txn).await?;
    work.audit(Action::Update, Entity::Interaction, vec![id.as_uuid()]).await?;
    work.changed(Topic::Interaction, id.as_uuid());
    Ok(after)
}

pub(crate) const fn not_found(id: InteractionId) -> CrmError {
    CrmError::NotFound { entity: Entity::Interaction, id: id.as_uuid() }
}

/// Reads an interaction without an audit entry.
pub(crate) async fn load<C: ConnectionTrait>(
    connection: &C,
    id: InteractionId,
) -> Result<Option<Interaction>, CrmError> {
    let row = interaction::Entity::find_by_id(id.as_uuid()).one(connection).await?;
    row.map(from_row).transpose()
}

pub(super) fn to_row(one: &Interaction) -> interaction::Model {
    let origin = one.origin.as_ref();
    interaction::Model {
        id: one.id.as_uuid(),
        call_id: one.call.map(CallId::as_uuid),
        case_id: one.case.map(CaseId::as_uuid),
        contact_id: one.contact.map(ContactId::as_uuid),
        begun: origin.is_some(),
        // Without a beginning these three are not known; `begun` says not to read them.
        direction: origin.map_or(Direction::Inbound, |o| o.direction).as_str().to_owned(),
        medium: origin.map_or(Medium::Call, |o| o.medium).as_str().to_owned(),
        dialled: origin.map_or_else(String::new, |o| o.dialled.clone()),
        from_e164: origin.and_then(|o| o.from).map(|number| number.expose().to_owned()),
        queue: one.queue.map(|queue| queue.as_str().to_owned()),
        class: one.class.map(|class| class_name(class).to_owned()),
        language: one.language.map(|language| language.as_str().to_owned()),
        arrived_at: time::to_column(one.times.arrived_at),
        answered_at: one.times.answered_at.map(time::to_column),
        queued_at: one.times.queued_at.map(time::to_column),
        talking_at: one.times.talking_at.map(time::to_column),
        ended_at: one.times.ended_at.map(time::to_column),
        agent: one.agent.map(AgentId::as_uuid),
        agent_since: one.times.agent_since.map(time::to_column),
        outcome: one.outcome.clone(),
        wait_ms: one.wait_ms().map(|wait| i64::try_from(wait).unwrap_or(i64::MAX)),
        line_quality: one.line_quality.as_ref().map(|quality| serde_json::json!(quality)),
        journal_position: one.journal_position,
        entered_by: one.entered.as_ref().map(|entered| entered.by.as_uuid()),
        entered_at: one.entered.as_ref().map(|entered| time::to_column(entered.at)),
        entered_why: one.entered.as_ref().and_then(|entered| entered.why.clone()),
        synthetic: one.synthetic,
    }
}

pub(crate) fn from_row(row: interaction::Model) -> Result<Interaction, CrmError> {
    let unreadable = |column| CrmError::unreadable(TABLE, column);
    let origin = if row.begun { Some(origin_from(&row)?) } else { None };
    let class = row.class.map(|word| class_from_name(&word).ok_or(unreadable("class")));
    let line_quality = row.line_quality.map(serde_json::from_value).transpose();
    let queue = row.queue.map(|key| key.parse()).transpose();
    let language = row.language.map(|tag| tag.parse()).transpose();
    let entered = row.entered_by.zip(row.entered_at).map(|(by, at)| Entered {
        by: UserId::from_uuid(by),
        at: time::from_column(at),
        why: row.entered_why,
    });
    Ok(Interaction {
        id: InteractionId::from_uuid(row.id),
        call: row.call_id.map(CallId::from_uuid),
        case: row.case_id.map(CaseId::from_uuid),
        contact: row.contact_id.map(ContactId::from_uuid),
        origin,
        times: Times {
            arrived_at: time::from_column(row.arrived_at),
            answered_at: row.answered_at.map(time::from_column),
            queued_at: row.queued_at.map(time::from_column),
            talking_at: row.talking_at.map(time::from_column),
            agent_since: row.agent_since.map(time::from_column),
            ended_at: row.ended_at.map(time::from_column),
        },
        queue: queue.map_err(|_| unreadable("queue"))?,
        class: class.transpose()?,
        language: language.map_err(|_| unreadable("language"))?,
        agent: row.agent.map(AgentId::from_uuid),
        outcome: row.outcome,
        line_quality: line_quality.map_err(|_| unreadable("line_quality"))?,
        journal_position: row.journal_position,
        entered,
        synthetic: row.synthetic,
    })
}

fn origin_from(row: &interaction::Model) -> Result<Origin, CrmError> {
    let unreadable = |column| CrmError::unreadable(TABLE, column);
    let from = row.from_e164.as_deref();
    Ok(Origin {
        direction: Direction::from_name(&row.direction).ok_or(unreadable("direction"))?,
        medium: Medium::from_name(&row.medium).ok_or(unreadable("medium"))?,
        from: from.map(|e| E164::from_stored(e).ok_or(unreadable("from_e164"))).transpose()?,
        dialled: row.dialled.clone(),
    })
}
