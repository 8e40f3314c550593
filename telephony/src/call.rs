//! One call: its legs, its bridge, its timers. Pure.
//!
//! A feature that watches a call (recorder, call record, meter) observes the effects; it is never a
//! field of the call.

mod effect;
mod event;

pub use effect::{CallEffect, EndCause, PlayId, Playlist, PromptName, Refusal};
pub use event::{CallEvent, Digit, LeftHow};
