//! The roster on the wire. Days and hours are those of India. Pure.

use ids::{AgentId, QueueId, UserId};
use serde::{Deserialize, Serialize};
use store::roster;
use utoipa::ToSchema;
use uuid::Uuid;

use super::person::Role;
use super::{Day, Moment};

/// Why somebody is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// Planned.
    Planned,
    /// Ill.
    Sick,
    /// Learns.
    Training,
    /// Anything else; see the note.
    Other,
}

/// What an entry plans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = RosterPlan)]
pub enum Plan {
    /// The person is expected.
    Shift {
        /// For which queue; absent: all that the person serves.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        queue: Option<QueueId>,
        /// Starts on these days of the week: 0 is Monday, 6 Sunday.
        days: Vec<u8>,
        /// The first day on which it may start.
        #[schema(value_type = String, format = Date)]
        from: Day,
        /// The last; absent: without end. One day alone is a shift of that day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        until: Option<Day>,
        /// Minutes after midnight, 0 to 1439.
        start_minute: u16,
        /// How long, 1 to 1440 minutes; over midnight if it must.
        minutes: u16,
    },
    /// The person is away: no shift starts on these days.
    Leave {
        /// From this shift only; absent: from all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<Uuid>,
        /// The first day.
        #[schema(value_type = String, format = Date)]
        from: Day,
        /// The last day, at most a year later.
        #[schema(value_type = String, format = Date)]
        until: Day,
        /// Why.
        reason: LeaveReason,
    },
}

/// What is to be written of an entry.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RosterWish)]
pub struct Wish {
    /// Whose.
    #[schema(value_type = Uuid)]
    pub agent: AgentId,
    /// What.
    pub plan: Plan,
    /// Anything to remember, at most 200 characters.
    #[serde(default)]
    #[schema(required = false)]
    pub note: String,
}

/// A shift, or leave.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RosterEntry)]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// Counts the changes: the ETag, for `If-Match`.
    pub version: i64,
    /// Whose.
    #[schema(value_type = Uuid)]
    pub agent: AgentId,
    /// What.
    pub plan: Plan,
    /// Anything to remember.
    pub note: String,
    /// It counts no longer, and may be put back.
    pub removed: bool,
    /// Who changed it last.
    #[schema(value_type = Uuid)]
    pub changed_by: UserId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Moment,
}

/// A time in which somebody is expected.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RosterSpan)]
pub struct Span {
    /// The shift.
    pub entry: Uuid,
    /// Who.
    #[schema(value_type = Uuid)]
    pub agent: AgentId,
    /// The name shown to colleagues.
    pub name: String,
    /// For which queues.
    #[schema(value_type = Vec<String>)]
    pub queues: Vec<QueueId>,
    /// The day to which it belongs: the one on which it starts.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// Begins.
    #[schema(value_type = String, format = DateTime)]
    pub from: Moment,
    /// Ends.
    #[schema(value_type = String, format = DateTime)]
    pub until: Moment,
}

/// Somebody who may have shifts.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RosterAgent)]
pub struct Agent {
    /// Who.
    #[schema(value_type = Uuid)]
    pub agent: AgentId,
    /// The name shown to colleagues.
    pub name: String,
    /// What the person may be.
    pub role: Role,
    /// Queues served.
    #[schema(value_type = Vec<String>)]
    pub queues: Vec<QueueId>,
}

/// The seats that a queue needs.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RosterNeed)]
pub struct Need {
    /// Which queue.
    #[schema(value_type = String)]
    pub queue: QueueId,
    /// Counts the changes: the ETag, for `If-Match`.
    pub version: i64,
    /// Seats in each hour of the week, Monday 00:00 first: 168 numbers.
    pub seats: Vec<u16>,
}

/// The seats that a queue is to need.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RosterNeedWish)]
pub struct NeedWish {
    /// Seats in each hour of the week, Monday 00:00 first: 168 numbers of at most 1000.
    pub seats: Vec<u16>,
}

/// A week of the roster: everybody's for those who keep it, else one's own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RosterWeek)]
pub struct Week {
    /// The Monday.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The Sunday.
    #[schema(value_type = String, format = Date)]
    pub until: Day,
    /// Shifts and leave that touch the week.
    pub entries: Vec<Entry>,
    /// Who is expected when, leave taken out; a night shift of the Sunday before is among them.
    pub spans: Vec<Span>,
    /// Seats needed, of queues of which it was said.
    pub needs: Vec<Need>,
    /// Those who may have shifts, by name.
    pub agents: Vec<Agent>,
}

/// A queue for which nobody is expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Uncovered {
    /// Which queue.
    #[schema(value_type = String)]
    pub queue: QueueId,
    /// From when on, within the next hour.
    #[schema(value_type = String, format = DateTime)]
    pub from: Moment,
}

/// Who is expected about now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RosterDuty)]
pub struct Duty {
    /// By the server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub now: Moment,
    /// From twelve hours ago until twelve hours from now.
    pub spans: Vec<Span>,
    /// Queues for which nobody is expected at some moment of the next hour; none as long as nobody
    /// has a shift at all.
    pub uncovered: Vec<Uncovered>,
}

/// Shifts of single days that are to be made again in another week.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RosterCopy)]
pub struct Copy {
    /// A day of the week to copy.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// A day of the week to fill.
    #[schema(value_type = String, format = Date)]
    pub to: Day,
}

/// What a copy made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RosterCopied)]
pub struct Copied {
    /// The new shifts.
    pub added: Vec<Entry>,
    /// Shifts that were there already.
    pub already: usize,
}

impl Wish {
    /// The wish in the store's terms; `None` when a day of the week is none.
    #[must_use]
    pub fn read(self) -> Option<roster::Wish> {
        let plan = match self.plan {
            Plan::Shift { queue, days, from, until, start_minute, minutes } => {
                if days.iter().any(|day| *day > 6) {
                    return None;
                }
                roster::Plan::Shift {
                    queue,
                    days: days.iter().fold(0, |set, day| set | 1 << day),
                    from_day: from.number(),
                    until_day: until.map(Day::number),
                    start_minute,
                    minutes,
                }
            }
            Plan::Leave { of, from, until, reason } => roster::Plan::Leave {
                of,
                from_day: from.number(),
                until_day: until.number(),
                reason: reason.into(),
            },
        };
        Some(roster::Wish { agent: self.agent, plan, note: self.note })
    }
}

impl From<&roster::Plan> for Plan {
    fn from(plan: &roster::Plan) -> Self {
        match *plan {
            roster::Plan::Shift { queue, days, from_day, until_day, start_minute, minutes } => {
                Self::Shift {
                    queue,
                    days: (0..7).filter(|day| days & (1 << day) != 0).collect(),
                    from: Day::from_number(from_day),
                    until: until_day.map(Day::from_number),
                    start_minute,
                    minutes,
                }
            }
            roster::Plan::Leave { of, from_day, until_day, reason } => Self::Leave {
                of,
                from: Day::from_number(from_day),
                until: Day::from_number(until_day),
                reason: reason.into(),
            },
        }
    }
}

impl From<&roster::Entry> for Entry {
    fn from(entry: &roster::Entry) -> Self {
        Self {
            id: entry.id,
            version: entry.version,
            agent: entry.wish.agent,
            plan: (&entry.wish.plan).into(),
            note: entry.wish.note.clone(),
            removed: entry.removed,
            changed_by: entry.changed_by,
            changed_at: entry.changed_at.into(),
        }
    }
}

impl From<roster::Need> for Need {
    fn from(need: roster::Need) -> Self {
        Self { queue: need.queue, version: need.version, seats: need.seats }
    }
}

impl From<roster::LeaveReason> for LeaveReason {
    fn from(reason: roster::LeaveReason) -> Self {
        match reason {
            roster::LeaveReason::Planned => Self::Planned,
            roster::LeaveReason::Sick => Self::Sick,
            roster::LeaveReason::Training => Self::Training,
            roster::LeaveReason::Other => Self::Other,
        }
    }
}

impl From<LeaveReason> for roster::LeaveReason {
    fn from(reason: LeaveReason) -> Self {
        match reason {
            LeaveReason::Planned => Self::Planned,
            LeaveReason::Sick => Self::Sick,
            LeaveReason::Training => Self::Training,
            LeaveReason::Other => Self::Other,
        }
    }
}
