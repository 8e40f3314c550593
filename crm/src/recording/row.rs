//! Recordings between rows and values, and what the exchange writes. Does I/O.
//!
//! The exchange is no person: what it writes names no actor and is not audited. It writes a row as
//! often as it likes; what people decided about it (legal hold, deletion) is never overwritten.

use std::collections::HashMap;

use ids::{CallId, InteractionId, RecordingId, Timestamp, UserId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use store::audit::Entity;
use store::{Store, WriteTxn, time};
use uuid::Uuid;

use super::{Consent, Deleted, DeletedBecause, Recording, Rule, State};
use crate::entity::recording::{self as rows, Column};
use crate::error::CrmError;
use crate::interaction;

const TABLE: &str = "recordings";

/// Most recordings looked at after a crash: more than calls can be.
const UNFINISHED_MAX: u64 = 10_000;

/// What the exchange may change of a row that exists.
const TOLD: [Column; 13] = [
    Column::Announced,
    Column::Consent,
    Column::State,
    Column::StartedAt,
    Column::EndedAt,
    Column::Seconds,
    Column::Bytes,
    Column::Pauses,
    Column::Fault,
    Column::KeyId,
    Column::File,
    Column::KeepUntil,
    Column::Tier,
];

/// Writes recordings as they are now, in one transaction. May come twice: the last one stands. The
/// interaction gets its row if it has none yet.
///
/// # Errors
/// The database's; nothing is written then, and this may be tried again.
pub async fn save_all(store: &Store, recordings: &[Recording]) -> Result<(), CrmError> {
    store
        .write_txn(|txn| async move {
            for one in recordings {
                save_in(&txn, one).await?;
            }
            Ok(())
        })
        .await
}

async fn save_in(txn: &WriteTxn, one: &Recording) -> Result<(), CrmError> {
    let call = CallId::from_uuid(one.interaction.as_uuid());
    interaction::ensure(txn, call, one.started_at).await?;
    let told = OnConflict::column(Column::Id).update_columns(TOLD).to_owned();
    rows::Entity::insert(to_row(one).into_active_model().reset_all())
        .on_conflict(told)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// The recordings whose end nobody wrote: of calls that go on, or that died with an earlier process.
/// For the exchange when it starts; shows nothing to anybody.
///
/// # Errors
/// The database's.
pub async fn unfinished(store: &Store) -> Result<Vec<Recording>, CrmError> {
    store
        .read_txn(|txn| async move {
            let found = rows::Entity::find()
                .filter(Column::State.eq(State::Recording.as_str()))
                .order_by_asc(Column::StartedAt)
                .limit(UNFINISHED_MAX)
                .all(&txn)
                .await?;
            found.into_iter().map(from_row).collect()
        })
        .await
}

/// The recordings of some interactions, oldest first. The caller has audited the read.
pub(crate) async fn with_interactions<C: ConnectionTrait>(
    connection: &C,
    interactions: Vec<Uuid>,
) -> Result<HashMap<InteractionId, Vec<Recording>>, CrmError> {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    if interactions.is_empty() {
        return Ok(found);
    }
    let all = rows::Entity::find()
        .filter(Column::InteractionId.is_in(interactions))
        .order_by_asc(Column::StartedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    for row in all {
        let recording = from_row(row)?;
        found.entry(recording.interaction).or_default().push(recording);
    }
    Ok(found)
}

pub(super) async fn load<C: ConnectionTrait>(
    connection: &C,
    id: RecordingId,
) -> Result<Recording, CrmError> {
    let row = rows::Entity::find_by_id(id.as_uuid()).one(connection).await?;
    let not_found = CrmError::NotFound { entity: Entity::Recording, id: id.as_uuid() };
    row.map(from_row).transpose()?.ok_or(not_found)
}

fn to_row(one: &Recording) -> rows::Model {
    rows::Model {
        id: one.id.as_uuid(),
        version: one.version,
        interaction_id: one.interaction.as_uuid(),
        tier: i32::from(one.tier),
        rule: one.rule.as_str().to_owned(),
        announced: one.announced,
        consent: one.consent.map(|consent| consent.as_str().to_owned()),
        state: one.state.as_str().to_owned(),
        started_at: time::to_column(one.started_at),
        ended_at: one.ended_at.map(time::to_column),
        seconds: i64::from(one.seconds),
        bytes: i64::try_from(one.bytes).unwrap_or(i64::MAX),
        pauses: serde_json::json!(one.pauses),
        fault: one.fault.clone(),
        key_id: one.key.clone(),
        file: one.file.clone(),
        keep_until: time::to_column(one.keep_until),
        legal_hold: one.legal_hold,
        deleted_at: one.deleted.map(|deleted| time::to_column(deleted.at)),
        deleted_because: one.deleted.map(|deleted| deleted.because.as_str().to_owned()),
        // Where there never was a file, none has to go.
        file_gone: one.file.is_none(),
        decided_by: one.decided.map(|(by, _)| by.as_uuid()),
        decided_at: one.decided.map(|(_, at)| time::to_column(at)),
    }
}

pub(super) fn from_row(row: rows::Model) -> Result<Recording, CrmError> {
    let unreadable = |column| CrmError::unreadable(TABLE, column);
    let moment = |at: crate::work::Moment| -> Timestamp { time::from_column(at) };
    let consent = row.consent.map(|word| Consent::from_name(&word).ok_or(unreadable("consent")));
    let because = row.deleted_because.as_deref().and_then(DeletedBecause::from_name);
    let deleted = match (row.deleted_at, because) {
        (None, _) => None,
        (Some(at), Some(because)) => Some(Deleted { at: moment(at), because }),
        (Some(_), None) => return Err(unreadable("deleted_because")),
    };
    Ok(Recording {
        id: RecordingId::from_uuid(row.id),
        version: row.version,
        interaction: InteractionId::from_uuid(row.interaction_id),
        tier: u8::try_from(row.tier).map_err(|_| unreadable("tier"))?,
        rule: Rule::from_name(&row.rule).ok_or(unreadable("rule"))?,
        announced: row.announced,
        consent: consent.transpose()?,
        state: State::from_name(&row.state).ok_or(unreadable("state"))?,
        started_at: moment(row.started_at),
        ended_at: row.ended_at.map(moment),
        seconds: u32::try_from(row.seconds).map_err(|_| unreadable("seconds"))?,
        bytes: u64::try_from(row.bytes).map_err(|_| unreadable("bytes"))?,
        pauses: serde_json::from_value(row.pauses).map_err(|_| unreadable("pauses"))?,
        fault: row.fault,
        key: row.key_id,
        file: row.file,
        keep_until: moment(row.keep_until),
        legal_hold: row.legal_hold,
        deleted,
        decided: row.decided_by.map(UserId::from_uuid).zip(row.decided_at.map(moment)),
    })
}
