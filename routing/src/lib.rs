//! The floor: who waits, who can answer, who is asked to answer whom, and why.
//!
//! One pure aggregate, [`Floor`]: `handle(now, event, effects)` and `poll_timeout()`. No clock, no
//! randomness, no async, no logger: the same events replay to the same floor bit for bit.

#![no_std]

extern crate alloc;

mod effect;
mod explanation;
mod event;
mod state;

pub use effect::{Alert, Effects, FloorEffect, RefusedWhy, StopCause};
pub use explanation::{Candidate, Excluded, Explanation};
pub use event::{FloorEvent, LeaveCause, Wanted};
pub use ids::Class;
pub use state::{AgentState, BreakReason, Next};
