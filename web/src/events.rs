//! The event stream: `GET /api/v1/events`, a WebSocket from the exchange to one console.
//!
//! [`protocol`] is pure: frames and who may see what. [`connection`] does the talking. [`saved`] tells
//! consoles that a case was saved, which is the web's own news and not the exchange's.

pub mod connection;
pub mod endpoint;
pub mod frames;
pub mod protocol;
pub mod saved;
