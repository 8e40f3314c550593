//! The shapes of the JSON that goes over HTTP and the WebSocket, as types of their own: what a client
//! relies on does not move when a crate below renames a field. Pure conversions, no I/O.

pub mod agent;
pub mod alert;
pub mod call;
pub mod configuration;
pub mod day;
pub mod ice;
pub mod metrics;
pub mod moment;
pub mod person;
pub mod quality;
pub mod record;
pub mod ringing;
pub mod roster;
pub mod trunk;
pub mod words;

pub use day::Day;
pub use moment::Moment;
