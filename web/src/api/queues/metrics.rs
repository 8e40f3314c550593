//! `/queues/metrics`: how the queues did on a day, under every common formula.

#![expect(unused_qualifications, reason = "utoipa writes the paths of parameters out")]

use axum::Json;
use axum::extract::State;
use ids::{QueueId, Timestamp};
use routing::metrics::Metrics;
use serde::Deserialize;
use switchboard::replay::{self, Replayed, Unheard};
use tokio::sync::Semaphore;
use utoipa::IntoParams;

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::ReadsMetrics;
use crate::extract::Queried;
use crate::problem::{Answer, Problem, ProblemKind};
use crate::wire::metrics::{MetricsDay, QueueDay};
use crate::wire::{Day, Moment};
use crate::{boot, clock};

/// Days run from the journal at once: each takes a processor while it lasts.
static REPLAYS: Semaphore = Semaphore::const_new(1);

/// Which day and which queue.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Midnight to midnight in India; today if absent.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    pub day: Option<Day>,
    /// One queue only.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    pub queue: Option<QueueId>,
}

/// How the queues did on a day. Today and yesterday are kept up to date; older days are run again from
/// the journal, one at a time.
#[utoipa::path(get, path = "/queues/metrics", tag = "floor", operation_id = "get_queue_metrics",
    params(Which), security(("session" = []), ("machine" = ["metrics:read"])),
    responses(
        (status = 200, description = "The day, as far as it is over.", body = MetricsDay),
        (status = 503, description = "The journal is being read; try again soon.")))]
pub async fn get(
    State(app): State<App>,
    _: Permitted<ReadsMetrics>,
    Queried(which): Queried<Which>,
) -> Answer<Json<MetricsDay>> {
    let now = clock::now();
    let day = which.day.unwrap_or(Day::of(now));
    let settings = app.settings().queues.iter();
    let queues: Vec<_> =
        settings.filter(|queue| which.queue.is_none_or(|id| id == queue.id)).collect();
    if queues.is_empty() {
        return Err(Problem::not_found("queue"));
    }
    let metrics = counted(&app, day, now).await?;
    let queues = queues
        .into_iter()
        .map(|queue| QueueDay::of(&metrics, day, queue.id, &queue.service.targets()));
    let until = Moment(now.min(day.end()));
    Ok(Json(MetricsDay { day, until, queues: queues.collect() }))
}

async fn counted(app: &App, day: Day, now: Timestamp) -> Answer<Metrics> {
    let yesterday = Day::of(Timestamp::from_micros(Day::of(now).begin().as_micros() - 1));
    if day >= yesterday {
        let reading = "The journal is being read; try again in a few seconds.";
        let unavailable = || Problem::new(ProblemKind::Unavailable, reading);
        return app.exchange().queue_metrics().ok_or_else(unavailable);
    }
    let _turn = REPLAYS.acquire().await;
    let config = boot::floor_config(app.settings());
    let replayed = replay::replay(app.store(), &config, day.begin(), day.end(), Unheard).await;
    match replayed {
        Ok(Replayed { metrics, .. }) => Ok(metrics),
        Err(error) => Err(Problem::fault(error)),
    }
}
