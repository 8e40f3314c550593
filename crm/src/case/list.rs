//! The cases of one person at the desk. Does I/O.

use ids::Timestamp;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::audit::{Action, Entity};
use store::{Store, time};

use super::record::from_row;
use super::{Case, StateName};
use crate::access::{self, Deed};
use crate::actor::Actor;
use crate::entity::case;
use crate::error::CrmError;
use crate::page::{Page, Place, cut, rows_for};
use crate::work::Work;

/// Which of one's own cases to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mine {
    /// Only cases in one of these states; all if empty.
    pub states: Vec<StateName>,
    /// Where the page begins, from the page before; `None` for the first.
    pub cursor: Option<String>,
    /// Cases on the page, 1 to [`crate::page::PAGE_MAX`].
    pub limit: u64,
}

/// The cases that the actor owns, last changed first. One audit entry names those shown.
///
/// A page stays where it is while cases are added or changed; a changed case moves to the head of
/// the list, in front of the pages already read. Drafts are not stamped here.
///
/// # Errors
/// [`CrmError::BadCursor`], [`CrmError::NotAllowed`], or the database's.
pub async fn list_mine(
    store: &Store,
    actor: &Actor,
    mine: &Mine,
    now: Timestamp,
) -> Result<Page<Case>, CrmError> {
    access::allow(actor, Deed::ReadRecords)?;
    let after = Place::read(mine.cursor.as_deref())?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            let page = page(&work, mine, after).await?;
            let shown = page.items.iter().map(|case| case.id.as_uuid()).collect();
            work.audit(Action::Search, Entity::Case, shown).await?;
            Ok(page)
        })
        .await
}

async fn page(work: &Work<'_>, mine: &Mine, after: Option<Place>) -> Result<Page<Case>, CrmError> {
    let mut query = case::Entity::find().filter(case::Column::Owner.eq(work.user()));
    if !mine.states.is_empty() {
        let states = mine.states.iter().map(|state| state.as_str());
        query = query.filter(case::Column::State.is_in(states));
    }
    if let Some(place) = after {
        let at = time::to_column(place.at);
        query = query.filter(Condition::any().add(case::Column::UpdatedAt.lt(at)).add(
            Condition::all().add(case::Column::UpdatedAt.eq(at)).add(case::Column::Id.lt(place.id)),
        ));
    }
    let rows = query
        .order_by_desc(case::Column::UpdatedAt)
        .order_by_desc(case::Column::Id)
        .limit(rows_for(mine.limit))
        .all(work.txn)
        .await?;
    let cases = rows.into_iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    Ok(cut(cases, mine.limit, |case| Place { at: case.updated_at, rank: 0, id: case.id.as_uuid() }))
}
