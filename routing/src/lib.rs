//! The floor: who waits, who can answer, who is asked to answer whom, and why.
//!
//! One pure aggregate, [`Floor`]: no clock, no randomness, no async, no logger. What happens comes
//! in as [`FloorEvent`] with the moment it happened; what is to be done comes out as
//! [`FloorEffect`]; the next moment to come back is [`Floor::poll_timeout`]. The same configuration
//! and the same events give the same effects, bit for bit, on any machine: a day's journal replays.
//!
//! # A first caller
//!
//! ```
//! use ids::{AgentId, CallId, Timestamp};
//! use routing::{Class, Effects, Floor, FloorConfig, FloorEffect, FloorEvent, Wanted};
//!
//! let health = "health".parse()?;
//! let mut floor = Floor::new(FloorConfig::with_queues(vec![health]))?;
//! let (asha, call) = (AgentId::from_number(1), CallId::from_number(1));
//! let morning = Timestamp::from_micros(1_700_000_000_000_000);
//! let mut effects = Effects::new();
//!
//! // An operator signs in, speaks Hindi, and is ready.
//! let (languages, queues) = (vec!["hi".parse()?], vec![health]);
//! let registered =
//!     FloorEvent::AgentRegistered { agent: asha, languages, skills: vec![], queues };
//! floor.handle(morning, registered, &mut effects);
//! let ready = FloorEvent::AgentStateRequested { agent: asha, want: Wanted::Available };
//! floor.handle(morning, ready, &mut effects);
//!
//! // A caller who needs Hindi waits, and her console rings at once.
//! effects.clear();
//! let arrived = FloorEvent::CallerArrived {
//!     call,
//!     queue: health,
//!     class: Class::Standard,
//!     language: Some("hi".parse()?),
//!     since: morning,
//!     head: false,
//!     caller: None,
//! };
//! floor.handle(morning, arrived, &mut effects);
//! let ring = effects.iter().find_map(|effect| match effect {
//!     FloorEffect::Ring { reservation, agent, explanation, .. } => {
//!         Some((*reservation, *agent, explanation.eligible))
//!     }
//!     _ => None,
//! });
//! let (reservation, agent, eligible) = ring.expect("she is the only one, so she is asked");
//! assert_eq!((agent, eligible), (asha, 1));
//!
//! // She has until the end of the ring time. She takes it.
//! assert!(floor.poll_timeout().is_some());
//! effects.clear();
//! let accepted = FloorEvent::ReservationAccepted { reservation, agent };
//! floor.handle(morning, accepted, &mut effects);
//! assert!(matches!(effects[0], FloorEffect::Connect { .. }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The driver
//!
//! Journal the event with its moment, wait until it is durable, call [`Floor::handle`] with the
//! same moment, do the effects in order, sleep until [`Floor::poll_timeout`], send
//! [`FloorEvent::Ticked`]. Now and then keep a [`Floor::snapshot`]; after a restart
//! [`Floor::restore`] it and replay the journal from there. An event that cannot happen changes
//! nothing and comes back in [`FloorEffect::Refuse`]; timers that are due fire before it all the
//! same.
//!
//! # The rules
//!
//! - An agent is asked for callers of the queues they serve, in a language they speak: first the
//!   highest class, then those at the head, then the longest wait. A wait lifts a caller by a class
//!   after each `ageing`, never to `emergency`.
//! - A caller is offered to the agent who is idle longest since the end of wrap-up; ties go by id.
//!   A missed or rejected call does not send the agent to the end.
//! - Silence for the whole ring time: the agent is `not_responding` until they say otherwise, the
//!   caller goes to the head with the wait intact and the next agent rings at once. A rejection:
//!   others are asked; this agent stays available, and is not asked for this caller for a while.
//! - A queue may ask for skills at a level, and for less as the wait grows: its steps name what the agent
//!   must hold, and the last names nothing. An emergency is at the last at once.
//! - A caller whose wait passes a step of the queue's overflow is offered to the agents of further
//!   queues as well, and never less to the queue's own. A full queue takes emergencies and those who
//!   return, nobody else.
//! - Who hung up while waiting, or lost the line in talk, and is back within the grace has the old wait. Who talked with an
//!   agent not long ago is offered to the same agent first, if that agent is available.
//! - Wrap-up ends in time once the report is filed, and not before.
//! - An emergency rings all agents who are available or in wrap-up, together; the first acceptance
//!   wins. If there are none it takes the consoles that ring for lesser callers, then agents who do
//!   not speak the language, then those who did not answer. It never cuts a live call. If nobody of its
//!   queues is signed in, it reaches all who are, of any queue, and a supervisor is told.
//!
//! # What is always true
//!
//! [`Floor::check`] tests it after any event; the tests of this crate do so after every one.
//!
//! 1. No call is in two places, and none is lost: it waits, or has an agent, or is gone.
//! 2. A reservation has one agent, who rings, and one caller, who waits. No agent has two; below
//!    `emergency` no caller has two.
//! 3. Nobody waits whom an agent could be asked to take.
//! 4. A state that ends by itself has its timer, and there is no other timer.
//! 5. Every counter and every line agrees with the tables; every line is in order.
//!
//! # Cost
//!
//! An event costs a few look-ups, whatever the size of the floor, and a few more for each queue, language
//! and skill step of its agent; an emergency costs in proportion to the consoles it rings. `view`, `snapshot`, `explain` and `check` cost in
//! proportion to the floor. The example `bench_floor` prints figures.

#![no_std]

extern crate alloc;

mod check;
mod config;
mod effect;
mod event;
mod explanation;
mod floor;
pub mod metrics;
pub mod replay;
pub mod roster;
mod snapshot;
mod state;
mod view;

pub use check::Violation;
pub use config::{ConfigError, FloorConfig, Overflow, QueueRules, SkillStep, SkillsFault};
pub use effect::{Alert, Effects, FloorEffect, RefusedWhy, StopCause};
pub use event::{CallerKey, FloorEvent, ForceReason, LeaveCause, Wanted};
pub use explanation::{Candidate, Excluded, Explanation};
pub use floor::{Floor, FullTable, FullTableRow, Verdict};
pub use ids::Class;
pub use snapshot::{RestoreError, Snapshot};
pub use state::{AgentState, BreakReason, Next};
pub use view::{AgentRow, ClassCounts, FloorView, QueueRow, WaitingRow};
