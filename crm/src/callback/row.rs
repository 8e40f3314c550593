//! Wishes between rows and values, and what the exchange tells of them. Does I/O.
//!
//! The exchange is no person: what it writes names nobody and is not audited.

use ids::{AgentId, InteractionId, Timestamp, WishId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder,
};
use store::audit::Entity;
use store::{WriteTxn, time};

use super::{Cause, Kind, State, Wish, class_of, urgency_of};
use crate::entity::callback_wish::{self as rows, Column};
use crate::error::CrmError;
use crate::interaction::Interaction;
use crate::phone::E164;

const TABLE: &str = "callback_wishes";

/// Notes that the caller of an interaction wishes to be called back. Told twice, it is noted once. An
/// open wish of the same number at the same queue takes it in.
pub(crate) async fn wished(
    txn: &WriteTxn,
    id: WishId,
    of: &Interaction,
    kind: Kind,
    cause: Cause,
    at: Timestamp,
) -> Result<(), CrmError> {
    if rows::Entity::find_by_id(id.as_uuid()).one(txn).await?.is_some() {
        return Ok(());
    }
    let new = made(id, of, kind, cause, at);
    let Some(open) = open_one(txn, &new).await? else {
        rows::Entity::insert(to_row(&new).into_active_model().reset_all())
            .exec_without_returning(txn)
            .await?;
        return Ok(());
    };
    let after = taken_in(open.clone(), &new);
    if after != open {
        let after = Wish { version: open.version + 1, ..after };
        to_row(&after).into_active_model().reset_all().update_without_returning(txn).await?;
    }
    Ok(())
}

/// The caller of an interaction reached a person: what the same call wished before is withdrawn, and
/// what the same number did at the same queue. The wish of an emergency in another call stays: a
/// family shares a telephone, and somebody should ask.
pub(crate) async fn reached(
    txn: &WriteTxn,
    of: &Interaction,
    agent: AgentId,
    at: Timestamp,
) -> Result<(), CrmError> {
    let mut theirs = Condition::any().add(Column::LastInteractionId.eq(of.id.as_uuid()));
    if let (Some(number), Some(queue)) = (number_of(of), of.queue) {
        theirs = theirs.add(
            Condition::all()
                .add(Column::Number.eq(number.expose()))
                .add(Column::Queue.eq(queue.as_str()))
                .add(Column::Urgency.gt(0)),
        );
    }
    let open = rows::Entity::find()
        .filter(Column::State.eq(State::Open.as_str()))
        .filter(theirs)
        .filter(Column::LastWishedAt.lte(time::to_column(at)))
        .all(txn)
        .await?;
    for row in open {
        let before = from_row(row)?;
        let decided = Some((agent.into(), at));
        let version = before.version + 1;
        let after = Wish { state: State::Withdrawn, decided, version, ..before };
        to_row(&after).into_active_model().reset_all().update_without_returning(txn).await?;
    }
    Ok(())
}

/// The open wish of the same call, or of the same number at the same queue.
async fn open_one(txn: &WriteTxn, new: &Wish) -> Result<Option<Wish>, CrmError> {
    let mut same =
        Condition::any().add(Column::LastInteractionId.eq(new.last_interaction.as_uuid()));
    if let (Some(number), Some(queue)) = (&new.number, new.queue) {
        same = same.add(
            Condition::all()
                .add(Column::Number.eq(number.expose()))
                .add(Column::Queue.eq(queue.as_str())),
        );
    }
    let found = rows::Entity::find()
        .filter(Column::State.eq(State::Open.as_str()))
        .filter(same)
        .order_by_asc(Column::WishedAt)
        .one(txn)
        .await?;
    found.map(from_row).transpose()
}

fn made(id: WishId, of: &Interaction, kind: Kind, cause: Cause, at: Timestamp) -> Wish {
    Wish {
        id,
        version: 1,
        interaction: of.id,
        last_interaction: of.id,
        number: number_of(of),
        line: of.origin.as_ref().map_or_else(String::new, |origin| origin.dialled.clone()),
        queue: of.queue,
        class: of.class.unwrap_or(ids::Class::Standard),
        language: of.language,
        kind,
        cause,
        wished_at: at,
        last_wished_at: at,
        times: 1,
        state: State::Open,
        decided: None,
    }
}

/// The open wish, after the same caller wished again. The place and the most urgent class stay.
fn taken_in(open: Wish, new: &Wish) -> Wish {
    let again = u32::from(open.last_interaction != new.last_interaction);
    let kind = if open.kind == Kind::Asked { Kind::Asked } else { new.kind };
    Wish {
        class: open.class.min(new.class),
        language: new.language.or(open.language),
        kind,
        cause: new.cause,
        last_interaction: new.last_interaction,
        last_wished_at: open.last_wished_at.max(new.last_wished_at),
        times: open.times + again,
        ..open
    }
}

fn number_of(of: &Interaction) -> Option<E164> {
    of.origin.as_ref().and_then(|origin| origin.from)
}

pub(super) async fn load<C: ConnectionTrait>(connection: &C, id: WishId) -> Result<Wish, CrmError> {
    let row = rows::Entity::find_by_id(id.as_uuid()).one(connection).await?;
    let not_found = CrmError::NotFound { entity: Entity::Callback, id: id.as_uuid() };
    row.map(from_row).transpose()?.ok_or(not_found)
}

pub(super) fn to_row(one: &Wish) -> rows::Model {
    rows::Model {
        id: one.id.as_uuid(),
        version: one.version,
        interaction_id: one.interaction.as_uuid(),
        last_interaction_id: one.last_interaction.as_uuid(),
        number: one.number.map(|number| number.expose().to_owned()),
        line: one.line.clone(),
        queue: one.queue.map(|queue| queue.as_str().to_owned()),
        urgency: urgency_of(one.class),
        language: one.language.map(|language| language.as_str().to_owned()),
        kind: one.kind.as_str().to_owned(),
        cause: one.cause.as_str().to_owned(),
        wished_at: time::to_column(one.wished_at),
        last_wished_at: time::to_column(one.last_wished_at),
        times: i64::from(one.times),
        state: one.state.as_str().to_owned(),
        decided_by: one.decided.map(|(by, _)| by.as_uuid()),
        decided_at: one.decided.map(|(_, at)| time::to_column(at)),
    }
}

pub(super) fn from_row(row: rows::Model) -> Result<Wish, CrmError> {
    let unreadable = |column| CrmError::unreadable(TABLE, column);
    let moment = |at: crate::work::Moment| -> Timestamp { time::from_column(at) };
    let number = row.number.map(|n| E164::from_stored(&n).ok_or(unreadable("number")));
    let queue = row.queue.map(|key| key.parse().map_err(|_| unreadable("queue")));
    let language = row.language.map(|tag| tag.parse().map_err(|_| unreadable("language")));
    Ok(Wish {
        id: WishId::from_uuid(row.id),
        version: row.version,
        interaction: InteractionId::from_uuid(row.interaction_id),
        last_interaction: InteractionId::from_uuid(row.last_interaction_id),
        number: number.transpose()?,
        line: row.line,
        queue: queue.transpose()?,
        class: class_of(row.urgency).ok_or(unreadable("urgency"))?,
        language: language.transpose()?,
        kind: Kind::from_name(&row.kind).ok_or(unreadable("kind"))?,
        cause: Cause::from_name(&row.cause).ok_or(unreadable("cause"))?,
        wished_at: moment(row.wished_at),
        last_wished_at: moment(row.last_wished_at),
        times: u32::try_from(row.times).map_err(|_| unreadable("times"))?,
        state: State::from_name(&row.state).ok_or(unreadable("state"))?,
        decided: row.decided_by.map(ids::UserId::from_uuid).zip(row.decided_at.map(moment)),
    })
}
