//! Tests of the floor from the outside: its rules one by one, every state against every event,
//! arbitrary event sequences, and a simulated helpline.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::needless_pass_by_value,
    reason = "tests pick one variant out of many, and read better with events given away"
)]

mod erlang;
mod metrics;
mod oracle;
mod properties;
mod scenarios;
mod simulator;
mod skills;
mod supervision;
mod support;
mod table;
mod waiting;
mod what_if;
