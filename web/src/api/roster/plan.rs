//! `/roster/copy` and `/roster/needs`: the shifts of a week made again, and how many seats are needed.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ids::QueueId;
use store::audit::Action;
use store::roster::{self, Plan};

use super::note;
use crate::app::App;
use crate::auth::Signed;
use crate::auth::access::KeepsRoster;
use crate::clock;
use crate::extract::{Body, IfMatch, Param, Versioned};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Answer, Problem};
use crate::wire::roster::{Copied, Copy, Need, NeedWish};

/// Makes the shifts of single days of one week again in another. Shifts that come every week are
/// there anyway, and so are those that were copied before.
#[utoipa::path(post, path = "/roster/copy", tag = "roster", operation_id = "copy_roster_week",
    request_body = Copy, params(("idempotency-key" = Option<String>, Header)),
    security(("session" = [])),
    responses(
        (status = 201, description = "The new shifts.", body = Copied),
        (status = 422, description = "Both days are of one week."),
    ))]
pub async fn copy(
    State(app): State<App>,
    signed: Signed<KeepsRoster>,
    key: IdempotencyKey,
    Body(weeks): Body<Copy>,
) -> Answer<(StatusCode, Json<Copied>)> {
    let (from, to) = (weeks.from.monday().number(), weeks.to.monday().number());
    if from == to {
        return Err(Problem::field("to", "Choose another week to copy to."));
    }
    let (by, key, now) = (&signed.person, &key, clock::now());
    let copy = |txn| async move {
        let there = roster::between(&txn, to, to + 6, None).await?;
        let (mut added, mut already) = (Vec::new(), 0);
        for one in roster::between(&txn, from, from + 6, None).await? {
            let Some(wish) = moved(&one.wish, to - from) else { continue };
            if there.iter().any(|other| other.wish == wish) {
                already += 1;
                continue;
            }
            let id = key.id(by.user, &format!("roster-copy {}", one.id));
            added.push(roster::add(&txn, id, &wish, by.user, now).await?);
        }
        let ids: Vec<_> = added.iter().map(|entry| entry.id).collect();
        note(&txn, by, Action::Create, ids).await?;
        Answer::Ok(Copied { added: added.iter().map(Into::into).collect(), already })
    };
    Ok((StatusCode::CREATED, Json(app.store().write_txn(copy).await?)))
}

/// The same shift so many days later, if it is one of a single day.
fn moved(wish: &roster::Wish, days_later: i32) -> Option<roster::Wish> {
    let Plan::Shift { queue, days, from_day, until_day, start_minute, minutes } = wish.plan else {
        return None;
    };
    if until_day != Some(from_day) {
        return None;
    }
    let day = from_day + days_later;
    // Whole weeks later it is the same day of the week.
    let plan =
        Plan::Shift { queue, days, from_day: day, until_day: Some(day), start_minute, minutes };
    Some(roster::Wish { plan, ..wish.clone() })
}

/// Says how many seats a queue needs, hour by hour of the week.
#[utoipa::path(put, path = "/roster/needs/{queue}", tag = "roster", operation_id = "set_roster_need",
    request_body = NeedWish,
    params(
        ("queue" = String, Path, description = "The queue's key."),
        ("if-match" = String, Header, description = "The version read, in quotes; \"0\" for none."),
    ),
    security(("session" = [])),
    responses(
        (status = 200, description = "As it is now.", body = Need, headers(("etag" = String))),
        (status = 404, description = "No such queue."),
        (status = 412, description = "Somebody else changed it in between; see `current`."),
        (status = 422, description = "Not 168 numbers, or one too large."),
        (status = 428, description = "If-Match is missing."),
    ))]
pub async fn set_need(
    State(app): State<App>,
    signed: Signed<KeepsRoster>,
    Param(queue): Param<QueueId>,
    IfMatch(version): IfMatch,
    Body(wish): Body<NeedWish>,
) -> Answer<Versioned<Need>> {
    if !app.settings().queues.iter().any(|known| known.id == queue) {
        return Err(Problem::not_found("queue"));
    }
    let (by, seats, now) = (&signed.person, &wish.seats, clock::now());
    let set = |txn| async move {
        let need = roster::set_need(&txn, queue, version, seats, by.user, now).await?;
        note(&txn, by, Action::Update, Vec::new()).await?;
        Answer::Ok(need)
    };
    let need = app.store().write_txn(set).await?;
    Ok(Versioned { version: need.version, value: need.into() })
}
