//! The floor: who waits, who can answer, who is asked to answer whom, and why.
//!
//! One pure aggregate, [`Floor`]: `handle(now, event, effects)` and `poll_timeout()`. No clock, no
//! randomness, no async, no logger: the same events replay to the same floor bit for bit.

#![no_std]

extern crate alloc;

mod check;
mod config;
mod effect;
mod event;
mod explanation;
mod floor;
mod snapshot;
mod state;
mod view;

pub use check::Violation;
pub use config::{ConfigError, FloorConfig};
pub use effect::{Alert, Effects, FloorEffect, RefusedWhy, StopCause};
pub use event::{FloorEvent, LeaveCause, Wanted};
pub use explanation::{Candidate, Excluded, Explanation};
pub use floor::{Floor, FullTable, FullTableRow, Verdict};
pub use ids::Class;
pub use snapshot::{RestoreError, Snapshot};
pub use state::{AgentState, BreakReason, Next};
pub use view::{AgentRow, ClassCounts, FloorView, QueueRow, WaitingRow};
