//! The running exchange: a task for each call and one for the floor, effects out, events in.
//!
//! Calls, reservations and records are different machines that know nothing of each other; they meet
//! here. This crate decides nothing about any of them, and knows no HTTP.
//!
//! ```text
//!   SIP, media ──events──▶ pumps ──▶ call task ──events──▶ floor task ──▶ journal
//!        ▲                              │  ▲                    │ (durable)
//!        └────────── effects ───────────┘  └───── effects ──────┘──▶ bus ──▶ consoles
//! ```

mod admission;
mod alerts;
mod bus;
pub mod calendar;
mod call_task;
mod caller_keys;
mod clock;
mod exchange;
mod floor_journal;
mod floor_task;
mod hub;
mod journal_writer;
mod lines;
mod places;
mod presence;
mod pumps;
mod recording;
mod records;
mod recovery;
mod registry;
pub mod replay;
mod stations;
mod talk_quality;
mod view;
mod watch;
mod wishes;

pub use alerts::{Acknowledged, AlertView};
pub use bus::{Audience, Bus, BusEvent, Happening, Subscription};
pub use clock::Clock;
pub use exchange::{Drivers, Exchange, ExchangeConfig, ExchangeError, Held, StartError, WebCall};
pub use lines::{Line, Lines, OpeningHours};
pub use recording::{
    RecordingConfig, RecordingError, RecordingRules, RecordingState, RecordingView, RecordingWish,
    Tier,
};
pub use registry::AgentProfile;
pub use view::{
    AgentView, CallState, CallView, FloorBoard, Medium, QueueView, RingingView, StationState,
    StationView,
};
