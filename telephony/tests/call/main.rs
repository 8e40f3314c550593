//! The call machine, tried from outside: every state with every event, whole calls as stories, and
//! arbitrary sequences of events.

mod properties;
mod story;
mod support;
mod table;
mod wait;
mod wish;
