//! One trace for each call, sent to an OpenTelemetry collector: its steps and how long each took.
//!
//! It watches the bus, so no call knows of it. [`story`] makes a call's steps of what happened (pure),
//! [`span`] makes spans of the steps (pure), [`export`] sends them. A trace holds ids, times and words
//! of ours: no number, no name, no text of anybody. Off unless `telemetry.otlp_url` is set.

pub mod export;
pub mod span;
pub mod story;

pub use export::Telling;
