//! The wishes as people see them and decide about them. Does I/O; each look is audited in its own
//! transaction.

use ids::{Timestamp, UserId, WishId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use store::audit::{Action, Entity};
use store::{Store, time};
use uuid::Uuid;

use super::row::{from_row, load, to_row};
use super::{State, Wish, class_of, urgency_of};
use crate::access::{self, Deed};
use crate::actor::Actor;
use crate::entity::callback_wish::{self as rows, Column};
use crate::error::{Conflict, CrmError};
use crate::page::{Page, Place, cut, rows_for};
use crate::work::Work;

/// Whoever withdrew a wish that nobody has decided about.
const NOBODY: UserId = UserId::from_uuid(Uuid::nil());

/// Which wishes to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Only those in this state.
    pub state: State,
    /// Where the page begins, from the page before; `None` for the first.
    pub cursor: Option<String>,
    /// Wishes on the page, 1 to [`crate::page::PAGE_MAX`].
    pub limit: u64,
}

/// How many wishes are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenWishes {
    /// All.
    pub all: u64,
    /// Those of emergencies.
    pub emergency: u64,
    /// The oldest of them.
    pub oldest: Option<Timestamp>,
}

/// The wishes in one state, the most urgent class first, and in it the one that waits longest. One
/// audit entry names those shown.
///
/// # Errors
/// [`CrmError::BadCursor`], [`CrmError::NotAllowed`], or the database's.
pub async fn list(
    store: &Store,
    actor: &Actor,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<Page<Wish>, CrmError> {
    access::allow(actor, Deed::ReadRecords)?;
    let after = Place::read(wanted.cursor.as_deref())?;
    if after.is_some_and(|place| class_of(i32::from(place.rank)).is_none()) {
        return Err(CrmError::BadCursor);
    }
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            let page = page(&work, wanted, after).await?;
            let shown = page.items.iter().map(|wish| wish.id.as_uuid()).collect();
            work.audit(Action::Search, Entity::Callback, shown).await?;
            Ok(page)
        })
        .await
}

async fn page(
    work: &Work<'_>,
    wanted: &Wanted,
    after: Option<Place>,
) -> Result<Page<Wish>, CrmError> {
    let mut query = rows::Entity::find().filter(Column::State.eq(wanted.state.as_str()));
    if let Some(place) = after {
        let (rank, at) = (i32::from(place.rank), time::to_column(place.at));
        let same_class = Column::Urgency.eq(rank);
        query = query.filter(
            Condition::any()
                .add(Column::Urgency.gt(rank))
                .add(Condition::all().add(same_class.clone()).add(Column::WishedAt.gt(at)))
                .add(
                    Condition::all()
                        .add(same_class)
                        .add(Column::WishedAt.eq(at))
                        .add(Column::Id.gt(place.id)),
                ),
        );
    }
    let found = query
        .order_by_asc(Column::Urgency)
        .order_by_asc(Column::WishedAt)
        .order_by_asc(Column::Id)
        .limit(rows_for(wanted.limit))
        .all(work.txn)
        .await?;
    let wishes = found.into_iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    Ok(cut(wishes, wanted.limit, |wish| Place {
        at: wish.wished_at,
        rank: u8::try_from(urgency_of(wish.class)).unwrap_or(u8::MAX),
        id: wish.id.as_uuid(),
    }))
}

/// How many are open. Shows nothing of any citizen, and is not audited.
///
/// # Errors
/// The database's.
pub async fn counts(store: &Store) -> Result<OpenWishes, CrmError> {
    store
        .read_txn(|txn| async move {
            let open = || rows::Entity::find().filter(Column::State.eq(State::Open.as_str()));
            let emergency = open().filter(Column::Urgency.eq(0)).count(&txn).await?;
            let oldest = open().order_by_asc(Column::WishedAt).one(&txn).await?;
            Ok(OpenWishes {
                all: open().count(&txn).await?,
                emergency,
                oldest: oldest.map(|row| time::from_column(row.wished_at)),
            })
        })
        .await
}

/// Does what a person decided about the version that was read: done, withdrawn, or open again.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`], [`CrmError::Conflict`], or the database's.
pub async fn decide(
    store: &Store,
    actor: &Actor,
    id: WishId,
    expected: i64,
    state: State,
    now: Timestamp,
) -> Result<Wish, CrmError> {
    access::allow(actor, Deed::WriteRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            let before = load(&txn, id).await?;
            if before.version != expected {
                let (changed_by, changed_at) =
                    before.decided.unwrap_or((NOBODY, before.last_wished_at));
                let current = before.version;
                return Err(Conflict { expected, current, changed_by, changed_at }.into());
            }
            let version = before.version + 1;
            let after = Wish { state, version, decided: Some((actor.user, now)), ..before };
            to_row(&after).into_active_model().reset_all().update_without_returning(&txn).await?;
            let touched = vec![after.id.as_uuid(), after.last_interaction.as_uuid()];
            work.audit(Action::ChangeState, Entity::Callback, touched).await?;
            Ok(after)
        })
        .await
}
