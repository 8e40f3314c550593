//! `/roster`: who is expected when. This file reads; [`entry`] writes shifts and leave, [`plan`]
//! copies weeks and says how many seats are needed.

#![expect(unused_qualifications, reason = "utoipa writes the paths of parameters out")]

pub mod entry;
pub mod plan;

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use ids::{AgentId, QueueId, Timestamp};
use serde::Deserialize;
use store::account::{self, Account};
use store::audit::{self, Action, Entity, Purpose};
use store::sea_orm::{ConnectionTrait, DbErr};
use store::{WriteTxn, roster};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::app::App;
use crate::auth::access::{Access as _, KeepsRoster, SeesFloor};
use crate::auth::{Person, Signed};
use crate::clock;
use crate::extract::Queried;
use crate::problem::Answer;
use crate::roster::{self as book, Staff};
use crate::wire::Day;
use crate::wire::roster::{Duty, Week};

/// How far before and after the present [`duty`] tells.
const ABOUT_NOW: Duration = Duration::from_secs(12 * 60 * 60);

/// Which week.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RosterWeekOf {
    /// Any day of it; absent: the present one.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    pub week: Option<Day>,
}

/// A week: of everybody for those who keep the roster, else one's own.
#[utoipa::path(get, path = "/roster", tag = "roster", operation_id = "get_roster_week",
    params(RosterWeekOf), security(("session" = [])),
    responses((status = 200, description = "The week.", body = Week)))]
pub async fn week(
    State(app): State<App>,
    signed: Signed<SeesFloor>,
    Queried(which): Queried<RosterWeekOf>,
) -> Answer<Json<Week>> {
    let from = which.week.unwrap_or_else(|| Day::of(clock::now())).monday();
    let until = Day::from_number(from.number() + 6);
    let keeps = KeepsRoster::ROLES.contains(&signed.person.role);
    let own = (!keeps).then(|| AgentId::from(signed.person.user));
    let read = |txn| async move {
        let entries = roster::between(&txn, from.number() - 1, until.number(), own).await?;
        let needs = if keeps { roster::needs(&txn).await? } else { Vec::new() };
        Answer::Ok((entries, needs, staff(&txn, own).await?))
    };
    let (entries, needs, staff) = app.store().read_txn(read).await?;
    Ok(Json(Week {
        from,
        until,
        spans: book::spans(&entries, &staff, from.begin(), until.end()),
        entries: entries.iter().map(Into::into).collect(),
        needs: needs.into_iter().map(Into::into).collect(),
        agents: staff.shown(),
    }))
}

/// Who is expected about now, and the queues for which nobody will be.
#[utoipa::path(get, path = "/roster/now", tag = "roster", operation_id = "get_roster_now",
    security(("session" = [])),
    responses((status = 200, description = "Shifts about now.", body = Duty)))]
pub async fn duty(State(app): State<App>, _: Signed<KeepsRoster>) -> Answer<Json<Duty>> {
    let now = clock::now();
    let before = i64::try_from(ABOUT_NOW.as_micros()).unwrap_or_default();
    let (from, until) = (Timestamp::from_micros(now.as_micros() - before), now + ABOUT_NOW);
    let days = (Day::of(from).number() - 1, Day::of(until).number());
    let read = |txn| async move {
        let entries = roster::between(&txn, days.0, days.1, None).await?;
        Answer::Ok((entries, staff(&txn, None).await?))
    };
    let (entries, staff) = app.store().read_txn(read).await?;
    let spans = book::spans(&entries, &staff, from, until);
    let queues: Vec<QueueId> = app.settings().queues.iter().map(|queue| queue.id).collect();
    let uncovered = book::uncovered(&spans, &queues, now);
    Ok(Json(Duty { now: now.into(), spans, uncovered }))
}

/// Those who may have shifts; only this person if one is named.
async fn staff(conn: &impl ConnectionTrait, own: Option<AgentId>) -> Result<Staff, DbErr> {
    if let Some(own) = own {
        return Ok(Staff::of(account::get(conn, own.into()).await?));
    }
    let mut accounts: Vec<Account> = Vec::new();
    loop {
        let after = accounts.last().map(|last| last.username.clone());
        let page = account::list(conn, after.as_deref(), account::LIST_MAX).await?;
        let full = u64::try_from(page.len()).is_ok_and(|count| count == account::LIST_MAX);
        accounts.extend(page);
        if !full {
            return Ok(Staff::of(accounts));
        }
    }
}

/// Notes in the audit who changed what of the roster.
async fn note(txn: &WriteTxn, by: &Person, action: Action, ids: Vec<Uuid>) -> Answer<()> {
    let entry = audit::Entry {
        at: clock::now(),
        user: by.user,
        role: by.role,
        action,
        entity: Entity::Roster,
        ids,
        purpose: Purpose::Desk,
    };
    Ok(audit::record(txn, &entry).await?)
}
