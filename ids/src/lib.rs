//! Typed ids, short names and the one notion of time of the helpline. No behaviour.
//!
//! `no_std`: the floor (`routing`) must stay free of clocks, randomness and operating systems, and it
//! speaks in these types. Ids are minted by the shell and passed in; nothing here makes one up.

#![no_std]

mod class;
mod id;
mod name;
mod skill;
mod time;

pub use class::Class;
pub use id::{
    AgentId, CallId, CaseId, ContactId, HouseholdId, InteractionId, LegId, RecordingId, ReportId,
    ReservationId, SessionId, UserId, WishId,
};
pub use name::{Language, NameError, QueueId, Skill};
pub use skill::{Level, LevelError, SkillLevel};
pub use time::Timestamp;
