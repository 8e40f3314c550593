//! Queue metrics on the wire: every share with what it is a share of, every formula named.

use std::collections::BTreeMap;
use std::time::Duration;

use ids::{QueueId, Timestamp};
use routing::metrics::{self, AgentTimes, Figures, INTERVAL, Metrics, Targets};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::Class;
use super::{Day, Moment};

/// A part of a whole.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Share {
    /// How many.
    pub part: u32,
    /// Of how many.
    pub whole: u32,
    /// In percent; absent of nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
}

/// The service level of the same callers under five formulas; x is the time of the target.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServiceLevels {
    /// Ours: answered in ≤ x / (offered − short abandons).
    pub headline: Share,
    /// Asterisk `SL`: answered in ≤ x / answered.
    pub asterisk_sl: Share,
    /// Asterisk `SL2`: (answered in ≤ x + abandoned in ≤ x) / (answered + abandoned).
    pub asterisk_sl2: Share,
    /// Amazon Connect `SL X`: (answered, abandoned or call-back in ≤ x) / offered.
    pub connect: Share,
    /// NHS 111: answered in ≤ 60 s / answered.
    pub nhs_answered_60s: Share,
    /// NHS 111: abandoned after > 30 s / offered.
    pub nhs_abandoned_30s: Share,
}

/// Figures of some callers of one queue. Offered = answered + abandoned + callbacks + failed + moved +
/// waiting. Means are in seconds, and absent of nobody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueueFigures {
    /// Entered the queue.
    pub offered: u32,
    /// An agent took them.
    pub answered: u32,
    /// Of those, within the time of the target.
    pub answered_in_time: u32,
    /// Hung up while waiting.
    pub abandoned: u32,
    /// Of those, within the time of the target.
    pub abandoned_in_time: u32,
    /// Of those who hung up, within the time for short abandons.
    pub short_abandons: u32,
    /// Took a call-back.
    pub callbacks: u32,
    /// Left through a fault of ours or of the network.
    pub failed: u32,
    /// Went on to another queue.
    pub moved: u32,
    /// Wait for their first agent.
    pub waiting: u32,
    /// Came back to the queue after an agent was lost.
    pub returned: u32,
    /// Turned away because the floor was full; not among those offered.
    pub refused: u32,
    /// The service level, by formula.
    pub service: ServiceLevels,
    /// Abandoned / offered; call-backs are not abandoned.
    pub abandon_rate: Share,
    /// Mean wait of those answered (ASA).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed_of_answer_s: Option<f64>,
    /// Mean wait of those who hung up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abandon_time_s: Option<f64>,
    /// The longest wait of those answered or hung up.
    pub longest_wait_s: f64,
    /// Calls that are over, wrap-up included; the means below are over these.
    pub handled: u32,
    /// Mean talk, without hold (ATT).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub talk_s: Option<f64>,
    /// Mean hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_s: Option<f64>,
    /// Mean wrap-up (ACW).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrap_up_s: Option<f64>,
    /// Mean of talk, hold and wrap-up together (AHT).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handling_s: Option<f64>,
    /// Reservations made; one caller may have several.
    pub reservations: u32,
    /// Reservations that nobody answered.
    pub not_answered: u32,
    /// Reservations that an agent declined.
    pub declined: u32,
}

/// What the agents of a queue did, in seconds of all of them together. An agent of several queues
/// counts in each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgentSeconds {
    /// Waiting for work.
    pub available_s: f64,
    /// The console rang.
    pub ringing_s: f64,
    /// Talk.
    pub talking_s: f64,
    /// Hold.
    pub on_hold_s: f64,
    /// Wrap-up.
    pub wrap_up_s: f64,
    /// Break (NPT).
    pub break_s: f64,
    /// Not responding.
    pub not_responding_s: f64,
    /// Handling / (handling + available), percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupancy_percent: Option<f64>,
    /// Handling / signed in, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utilisation_percent: Option<f64>,
}

/// What a queue promises.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServiceTargets {
    /// This share of callers below `emergency` …
    pub percent: u8,
    /// … within so many seconds.
    pub within_s: f64,
    /// This share of emergencies …
    pub emergency_percent: u8,
    /// … within so many seconds.
    pub emergency_within_s: f64,
    /// Hanging up within so many seconds is not counted in the headline.
    pub short_abandon_s: f64,
}

/// Half an hour of a queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueueInterval {
    /// Its begin; callers count where they entered the queue.
    #[schema(value_type = String, format = DateTime)]
    pub begin: Moment,
    /// Its figures.
    pub figures: QueueFigures,
    /// Its agents.
    pub agents: AgentSeconds,
}

/// A queue's day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueueDay {
    /// Which queue.
    #[schema(value_type = String)]
    pub queue: QueueId,
    /// What it promises.
    pub targets: ServiceTargets,
    /// All callers.
    pub all: QueueFigures,
    /// By class; classes without callers are absent.
    pub classes: BTreeMap<Class, QueueFigures>,
    /// Its agents.
    pub agents: AgentSeconds,
    /// Its half hours in which anything happened, in order.
    pub intervals: Vec<QueueInterval>,
}

/// A day of the helpline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MetricsDay {
    /// The day, midnight to midnight in India.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// Counted up to here.
    #[schema(value_type = String, format = DateTime)]
    pub until: Moment,
    /// The queues, in the order of the settings.
    pub queues: Vec<QueueDay>,
}

impl QueueDay {
    /// One queue's part of a day.
    #[must_use]
    pub fn of(metrics: &Metrics, day: Day, queue: QueueId, targets: &Targets) -> Self {
        let (begin, end) = (day.begin(), day.end());
        let figures = |begin, end| metrics.figures(queue, begin, end, targets, |_| true);
        let of_class = |class: ids::Class| {
            let only = |other| other == class;
            let figures = metrics.figures(queue, begin, end, targets, only);
            (figures.counts != metrics::Cell::default()).then(|| (class.into(), (&figures).into()))
        };
        let half_hour = |begin: Timestamp| {
            let end = begin + INTERVAL;
            let (figures, times) = (figures(begin, end), metrics.agent_times(queue, begin, end));
            let empty =
                figures.counts == metrics::Cell::default() && times == AgentTimes::default();
            (!empty).then(|| QueueInterval {
                begin: Moment(begin),
                figures: (&figures).into(),
                agents: times.into(),
            })
        };
        let begins = std::iter::successors(Some(begin), |begin| Some(*begin + INTERVAL));
        Self {
            queue,
            targets: targets.into(),
            all: (&figures(begin, end)).into(),
            classes: CLASSES.into_iter().filter_map(of_class).collect(),
            agents: metrics.agent_times(queue, begin, end).into(),
            intervals: begins.take_while(|begin| *begin < end).filter_map(half_hour).collect(),
        }
    }
}

const CLASSES: [ids::Class; 5] = [
    ids::Class::Emergency,
    ids::Class::Clinical,
    ids::Class::CallbackDue,
    ids::Class::Standard,
    ids::Class::Info,
];

impl From<metrics::Share> for Share {
    fn from(share: metrics::Share) -> Self {
        let percent = share.percent().map(rounded);
        Self { part: share.part, whole: share.whole, percent }
    }
}

impl From<&Figures> for QueueFigures {
    fn from(figures: &Figures) -> Self {
        let counts = &figures.counts;
        let service = &figures.service;
        let mean = |span: Option<Duration>| span.map(seconds);
        let longest = counts.answered.longest().max(counts.abandoned.longest());
        Self {
            offered: counts.offered,
            answered: counts.answered.count(),
            answered_in_time: figures.answered_in_time,
            abandoned: counts.abandoned.count(),
            abandoned_in_time: figures.abandoned_in_time,
            short_abandons: figures.short_abandons,
            callbacks: counts.callbacks.count(),
            failed: counts.failed,
            moved: counts.moved,
            waiting: counts.waiting,
            returned: counts.returned,
            refused: counts.refused,
            service: ServiceLevels {
                headline: service.headline.into(),
                asterisk_sl: service.asterisk.into(),
                asterisk_sl2: service.asterisk2.into(),
                connect: service.connect.into(),
                nhs_answered_60s: service.nhs_answered.into(),
                nhs_abandoned_30s: service.nhs_abandoned.into(),
            },
            abandon_rate: figures.abandon_rate.into(),
            speed_of_answer_s: mean(figures.speed_of_answer()),
            abandon_time_s: mean(figures.abandon_time()),
            longest_wait_s: seconds(longest),
            handled: counts.handled,
            talk_s: mean(figures.talk_time()),
            hold_s: mean(figures.hold_time()),
            wrap_up_s: mean(figures.wrap_up_time()),
            handling_s: mean(figures.handling_time()),
            reservations: counts.rings,
            not_answered: counts.not_answered,
            declined: counts.declined,
        }
    }
}

impl From<AgentTimes> for AgentSeconds {
    fn from(times: AgentTimes) -> Self {
        Self {
            available_s: seconds(times.available),
            ringing_s: seconds(times.ringing),
            talking_s: seconds(times.talking),
            on_hold_s: seconds(times.on_hold),
            wrap_up_s: seconds(times.wrap_up),
            break_s: seconds(times.on_break),
            not_responding_s: seconds(times.not_responding),
            occupancy_percent: times.occupancy().map(rounded),
            utilisation_percent: times.utilisation().map(rounded),
        }
    }
}

impl From<&Targets> for ServiceTargets {
    fn from(targets: &Targets) -> Self {
        Self {
            percent: targets.standard.percent,
            within_s: seconds(targets.standard.within),
            emergency_percent: targets.emergency.percent,
            emergency_within_s: seconds(targets.emergency.within),
            short_abandon_s: seconds(targets.short_abandon),
        }
    }
}

/// To a thousandth.
fn seconds(span: Duration) -> f64 {
    rounded(span.as_secs_f64())
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
