//! The story of a case: its interactions, reports and changes, in the order in which they happened.
//! Does I/O. Drafts are no part of it.

use std::collections::HashMap;

use ids::{CaseId, ReportId, Timestamp, UserId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::audit::{Action, Entity};
use store::{Store, time};
use uuid::Uuid;

use crate::access;
use crate::actor::Actor;
use crate::case::{self, Change, Deed};
use crate::entity::{case_event, case_report, interaction};
use crate::error::CrmError;
use crate::interaction::{self as contact_made, Interaction};
use crate::page::{Page, Place, cut, rows_for};
use crate::recording::{self, Recording};
use crate::report::{self, Report};
use crate::work::Work;

/// Interactions come before what was done about them at the same moment.
const RANK_INTERACTION: u8 = 0;
const RANK_EVENT: u8 = 1;

/// One entry of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// Who did it; for an interaction, who talked last, if anybody did.
    pub by: Option<UserId>,
    /// What.
    pub item: TimelineItem,
}

/// What an entry tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimelineItem {
    /// The citizen was in contact with us.
    Interaction {
        /// How it went.
        interaction: Box<Interaction>,
        /// Its recordings, oldest first: what is known of them, not the sound.
        recordings: Vec<Recording>,
    },
    /// A report was filed; the change beside it says which state followed.
    Report {
        /// The report.
        report: Box<Report>,
        /// What filing it changed.
        change: Change,
    },
    /// The case was opened, edited, or put into another state.
    Change(Change),
}

/// A page of the story of a case, oldest first. Audited like a read of the case.
///
/// # Errors
/// [`CrmError::BadCursor`], [`CrmError::NotAllowed`], [`CrmError::NotFound`], or the database's.
pub async fn timeline(
    store: &Store,
    actor: &Actor,
    id: CaseId,
    cursor: Option<&str>,
    limit: u64,
    now: Timestamp,
) -> Result<Page<TimelineEntry>, CrmError> {
    access::allow(actor, access::Deed::ReadRecords)?;
    let after = Place::read(cursor)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            work.audit(Action::Read, Entity::Case, vec![id.as_uuid()]).await?;
            case::load(&txn, id).await?.ok_or(case::not_found(id))?;
            let mut entries = interactions(&work, id, after, limit).await?;
            entries.extend(events(&work, id, after, limit).await?);
            entries.sort_by_key(|(place, _)| *place);
            let page = cut(entries, limit, |(place, _)| *place);
            let items = page.items.into_iter().map(|(_, entry)| entry).collect();
            Ok(Page { items, next_cursor: page.next_cursor })
        })
        .await
}

type Placed = (Place, TimelineEntry);

async fn interactions(
    work: &Work<'_>,
    id: CaseId,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<Placed>, CrmError> {
    use interaction::Column::{ArrivedAt, CaseId as OfCase, Id};
    let rows = interaction::Entity::find()
        .filter(OfCase.eq(id.as_uuid()))
        .filter(behind(after, RANK_INTERACTION, &ArrivedAt, |place| Id.gt(place.id)))
        .order_by_asc(ArrivedAt)
        .order_by_asc(Id)
        .limit(rows_for(limit))
        .all(work.txn)
        .await?;
    let mut recordings = recording::with_interactions(work.txn, ids_of(&rows)).await?;
    rows.into_iter()
        .map(|row| {
            let one = contact_made::from_row(row)?;
            let at = one.times.arrived_at;
            let place = Place { at, rank: RANK_INTERACTION, id: one.id.as_uuid() };
            let by = one.agent.map(UserId::from);
            let recordings = recordings.remove(&one.id).unwrap_or_default();
            let item = TimelineItem::Interaction { interaction: Box::new(one), recordings };
            Ok((place, TimelineEntry { at, by, item }))
        })
        .collect()
}

fn ids_of(rows: &[interaction::Model]) -> Vec<Uuid> {
    rows.iter().map(|row| row.id).collect()
}

async fn events(
    work: &Work<'_>,
    id: CaseId,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<Placed>, CrmError> {
    use case_event::Column::{At, CaseId as OfCase, Version};
    let rows = case_event::Entity::find()
        .filter(OfCase.eq(id.as_uuid()))
        .filter(behind(after, RANK_EVENT, &At, |place| Version.gt(version_of(place))))
        .order_by_asc(At)
        .order_by_asc(Version)
        .limit(rows_for(limit))
        .all(work.txn)
        .await?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        let change: Change = serde_json::from_value(row.change)
            .map_err(|_| CrmError::unreadable("case_events", "change"))?;
        changes.push((row.version, row.at, row.by_user, change));
    }
    let mut reports = reports_of(work, changes.iter().map(|(_, _, _, change)| change)).await?;
    let placed = changes.into_iter().map(|(version, at, by, change)| {
        let at = time::from_column(at);
        let id = Uuid::from_u128(u128::from(version.unsigned_abs()));
        let item = match report_in(&change).and_then(|report| reports.remove(&report)) {
            Some(report) => TimelineItem::Report { report: Box::new(report), change },
            None => TimelineItem::Change(change),
        };
        let entry = TimelineEntry { at, by: Some(UserId::from_uuid(by)), item };
        (Place { at, rank: RANK_EVENT, id }, entry)
    });
    Ok(placed.collect())
}

async fn reports_of(
    work: &Work<'_>,
    changes: impl Iterator<Item = &Change>,
) -> Result<HashMap<ReportId, Report>, CrmError> {
    let ids: Vec<Uuid> = changes.filter_map(report_in).map(ReportId::as_uuid).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = case_report::Entity::find()
        .filter(case_report::Column::Id.is_in(ids))
        .all(work.txn)
        .await?;
    Ok(rows.into_iter().map(report::from_row).map(|report| (report.id, report)).collect())
}

const fn report_in(change: &Change) -> Option<ReportId> {
    match change.deed {
        Deed::ReportFiled { report } => Some(report),
        Deed::Opened | Deed::Edited | Deed::Attached { .. } => None,
    }
}

/// The rows of one kind that come after a place, where `later` tells apart rows of one moment.
fn behind<C: ColumnTrait>(
    after: Option<Place>,
    rank: u8,
    at: &C,
    later: impl FnOnce(Place) -> sea_orm::sea_query::Expr,
) -> Condition {
    let Some(place) = after else {
        return Condition::all();
    };
    let moment = time::to_column(place.at);
    let same = Condition::all().add(at.eq(moment));
    let later_or_same = Condition::any().add(at.gt(moment));
    match rank.cmp(&place.rank) {
        core::cmp::Ordering::Less => later_or_same,
        core::cmp::Ordering::Equal => later_or_same.add(same.add(later(place))),
        core::cmp::Ordering::Greater => later_or_same.add(same),
    }
}

fn version_of(place: Place) -> i64 {
    i64::try_from(place.id.as_u128()).unwrap_or(i64::MAX)
}
