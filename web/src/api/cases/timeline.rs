//! `/cases/{id}/timeline`: the story of a case, oldest first.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use crm::case::{Change, Deed};
use crm::timeline::{self, TimelineEntry as Stored, TimelineItem};
use ids::{CaseId, UserId};
use serde::Serialize;
use store::account;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::ReadsRecords;
use crate::auth::purpose::Reason;
use crate::clock;
use crate::extract::Param;
use crate::problem::Answer;
use crate::wire::Moment;
use crate::wire::quality::LineQuality;
use crate::wire::record::interaction::EnteredLater;
use crate::wire::record::recording::Recording;

/// Most entries shown. A story this long is read in the search.
const ENTRIES_MAX: usize = 500;

/// One entry of the story.
#[derive(Serialize, ToSchema)]
pub struct TimelineEntry {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Moment,
    /// What kind: `interaction`, `report`, `opened`, `edited`, `attached`, `state_changed`.
    pub kind: &'static str,
    /// The name of who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// What, in a line of English. The console puts `kind` into the person's language.
    pub title: String,
    /// The text of a report, the outcome of an interaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How the sound of a call was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_quality: Option<LineQuality>,
    /// Its recordings: what is known of them, not the sound.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<Recording>,
    /// It happened on paper and was entered later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entered: Option<EnteredLater>,
    /// The records it is about.
    pub ids: Vec<Uuid>,
}

/// The story of a case: its interactions, reports and changes.
#[utoipa::path(get, path = "/cases/{id}/timeline", tag = "cases", operation_id = "get_timeline",
    params(
        ("id" = uuid::Uuid, Path, description = "The case."),
        ("x-reason" = Option<String>, Header, description = "Why, percent-encoded."),
    ),
    security(("session" = []), ("machine" = ["records:read"])),
    responses(
        (status = 200, description = "Oldest first, at most 500.", body = Vec<TimelineEntry>),
        (status = 404, description = "No such case."),
    ))]
pub async fn get(
    State(app): State<App>,
    permitted: Permitted<ReadsRecords>,
    reason: Reason,
    Param(id): Param<CaseId>,
) -> Answer<Json<Vec<TimelineEntry>>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let now = clock::now();
    let mut stored = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = timeline::timeline(app.store(), &actor, id, cursor.as_deref(), PAGE, now);
        let page = page.await?;
        stored.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() || stored.len() >= ENTRIES_MAX {
            break;
        }
    }
    stored.truncate(ENTRIES_MAX);
    let names = names(&app, &stored).await?;
    Ok(Json(stored.into_iter().map(|entry| told(entry, &names)).collect()))
}

/// Entries read at once.
const PAGE: u64 = 100;

async fn names(app: &App, entries: &[Stored]) -> Answer<HashMap<UserId, String>> {
    let mut people: Vec<UserId> = entries.iter().filter_map(|entry| entry.by).collect();
    people.sort_unstable();
    people.dedup();
    let people = &people;
    let read = |txn| async move {
        let mut names = HashMap::with_capacity(people.len());
        for user in people {
            if let Some(account) = account::get(&txn, *user).await? {
                names.insert(*user, account.name);
            }
        }
        Answer::Ok(names)
    };
    app.store().read_txn(read).await
}

fn told(entry: Stored, names: &HashMap<UserId, String>) -> TimelineEntry {
    let actor = entry.by.and_then(|user| names.get(&user).cloned());
    let mut line_quality = None;
    let (mut recordings, mut entered) = (Vec::new(), None);
    let (kind, title, text, ids) = match entry.item {
        TimelineItem::Interaction { interaction, recordings: made } => {
            recordings = made.iter().map(Into::into).collect();
            entered = interaction.entered.as_ref().map(Into::into);
            line_quality = interaction.line_quality.as_ref().map(Into::into);
            let title = "The citizen was in contact with the helpline".to_owned();
            ("interaction", title, interaction.outcome, vec![interaction.id.as_uuid()])
        }
        TimelineItem::Report { report, change: _ } => {
            let title = format!("Report {} filed", report.version);
            ("report", title, Some(report.text), vec![report.id.as_uuid()])
        }
        TimelineItem::Change(change) => changed(&change),
    };
    let at = entry.at.into();
    TimelineEntry { at, kind, actor, title, text, line_quality, recordings, entered, ids }
}

type Told = (&'static str, String, Option<String>, Vec<Uuid>);

fn changed(change: &Change) -> Told {
    if let Some(moved) = change.moved
        && change.deed == Deed::Edited
    {
        let (from, to) = (moved.from.name().as_str(), moved.to.name().as_str());
        return ("state_changed", format!("From {from} to {to}"), None, vec![]);
    }
    match change.deed {
        Deed::Opened => ("opened", "Case opened".to_owned(), None, vec![]),
        Deed::Edited => {
            let fields: Vec<_> = change.fields.iter().map(|field| field.as_str()).collect();
            ("edited", format!("Changed: {}", fields.join(", ")), None, vec![])
        }
        Deed::Attached { interaction } => {
            ("attached", "Contact attached".to_owned(), None, vec![interaction.as_uuid()])
        }
        Deed::ReportFiled { report } => {
            ("report", "Report filed".to_owned(), None, vec![report.as_uuid()])
        }
    }
}
