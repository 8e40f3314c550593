//! Tries a greeting out: what a caller who presses these keys would hear, and where it ends.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use ids::{Class, Language, QueueId, Timestamp};
use serde::{Deserialize, Serialize};
use store::config_version::Kind;
use switchboard::calendar::Calendar;
use telephony::call::Digit;
use telephony::flow::{Hours, Rehearsal, RehearsalStart, rehearse};
use utoipa::ToSchema;

use super::super::configured::Configured;
use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::KeepsGreetings;
use crate::clock;
use crate::config::Queue;
use crate::extract::{Body, Param};
use crate::greetings::{Texts, World};
use crate::problem::{Answer, Problem};
use crate::wire::Moment;

/// Most keys of one rehearsal.
const KEYS_MAX: usize = 50;

/// A caller to be played.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RehearsalWish {
    /// Which version; absent: the one in force.
    #[serde(default)]
    pub version: Option<i64>,
    /// The keys in order, each pressed as soon as something is said; `.` lets what is said end and the
    /// time for a key run out. After the last the caller is silent.
    #[serde(default)]
    pub keys: String,
    /// The language remembered for the caller; absent: none.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub language: Option<Language>,
    /// The queue whose line is dialled; absent: the first with this greeting.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub queue: Option<QueueId>,
    /// When the call comes, which decides whether the line is open; absent: now.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Moment>,
}

/// How it went.
#[derive(Serialize, ToSchema)]
#[schema(as = FlowRehearsal)]
pub struct RehearsalTold {
    /// Whether the line was open: `open`, `closed`, `holiday`.
    pub hours: &'static str,
    /// What was heard, in order; the last is what the waiting caller hears first.
    pub heard: Vec<HeardTold>,
    /// The queue in which the caller waits for a person.
    pub ends_at: String,
    /// How urgent the caller is.
    #[schema(value_type = String)]
    pub class: Class,
    /// The caller's language, if chosen or remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Language>,
    /// Seconds until the caller waits for a person.
    pub took_s: f64,
}

/// One thing heard.
#[derive(Serialize, ToSchema)]
#[schema(as = FlowHeard)]
pub struct HeardTold {
    /// When it began, seconds.
    pub at_s: f64,
    /// The prompts, as `language/name`.
    pub prompts: Vec<String>,
    /// The key that ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// Tries a greeting out.
#[utoipa::path(post, path = "/flows/{flow}/simulate", tag = "flows", operation_id = "simulate_flow",
    request_body = RehearsalWish, params(("flow" = String, Path, description = "Its name.")),
    security(("session" = []), ("machine" = ["configuration:write"])),
    responses(
        (status = 200, description = "What would be heard.", body = RehearsalTold),
        (status = 404, description = "No such greeting, or no such version."),
    ))]
pub async fn simulate(
    State(app): State<App>,
    _: Permitted<KeepsGreetings>,
    Param(name): Param<String>,
    Body(wish): Body<RehearsalWish>,
) -> Answer<Json<RehearsalTold>> {
    let keys = keys_of(&wish.keys)?;
    let configured = Configured { app: &app, kind: Kind::Flow };
    let text = configured.text(&name, wish.version).await?;
    let texts = configured.texts().await?;
    let (flow, _) = World::new(app.settings(), app.library(), &texts).prove(&name, &text)?;
    let queue = dialled(&app, &name, wish.queue)?;
    let at = wish.at.map_or_else(clock::now, |at| at.0);
    let hours = hours_of(queue, &texts, at);
    let taken_by = match hours {
        Hours::Open => queue.id,
        Hours::Closed(_) | Hours::Holiday(_) => queue.after_hours.unwrap_or(queue.id),
    };
    let remembered_language = wish.language;
    let start =
        RehearsalStart { queue: taken_by, hours, class: queue.class, remembered_language, keys };
    let rehearsal = rehearse(Arc::new(flow), app.library(), start);
    Ok(Json(told(hours, rehearsal)))
}

fn keys_of(text: &str) -> Answer<Vec<Option<Digit>>> {
    if text.chars().count() > KEYS_MAX {
        return Err(Problem::field("keys", format!("At most {KEYS_MAX} keys.")));
    }
    let key = |key: char| match (key, Digit::new(key)) {
        ('.', _) => Ok(None),
        (_, Some(digit)) => Ok(Some(digit)),
        (_, None) => Err(Problem::field("keys", format!("\"{key}\" is not a key of a telephone."))),
    };
    text.chars().map(key).collect()
}

/// The line that is dialled: the one named, or the first that has this greeting.
fn dialled<'a>(app: &'a App, flow: &str, queue: Option<QueueId>) -> Answer<&'a Queue> {
    let queues = &app.settings().queues;
    let found = match queue {
        Some(id) => queues.iter().find(|queue| queue.id == id),
        None => queues.iter().find(|queue| queue.flow == flow).or(queues.first()),
    };
    found.ok_or_else(|| Problem::field("queue", "There is no such queue."))
}

fn hours_of(queue: &Queue, texts: &Texts, at: Timestamp) -> Hours {
    let calendar = texts.calendars.get(&queue.calendar).map(|text| Calendar::read(text));
    // What is in force was read when it was published.
    calendar.and_then(Result::ok).map_or(Hours::Open, |calendar| calendar.at(at).hours)
}

fn told(hours: Hours, rehearsal: Rehearsal) -> RehearsalTold {
    let heard = rehearsal.heard.into_iter().map(|heard| HeardTold {
        at_s: heard.at.as_secs_f64(),
        prompts: heard.prompts.iter().map(|(l, name)| format!("{l}/{}", name.0)).collect(),
        key: heard.key.map(|key| key.as_char().to_string()),
    });
    RehearsalTold {
        hours: match hours {
            Hours::Open => "open",
            Hours::Closed(_) => "closed",
            Hours::Holiday(_) => "holiday",
        },
        heard: heard.collect(),
        ends_at: rehearsal.queue.to_string(),
        class: rehearsal.class,
        language: rehearsal.language,
        took_s: rehearsal.took.as_secs_f64(),
    }
}
