//! The edges that people and machines reach over HTTP, and the program `helpline`: JSON, the event
//! stream, the console's files, settings, commands.
//!
//! Only this crate knows a status code. It decides nothing about calls, queues or records: it asks
//! `switchboard`, `crm` and `store`, and puts their answers and refusals into words.

pub mod api;
pub mod app;
pub mod assets;
pub mod auth;
pub mod backup;
pub mod boot;
pub mod clock;
pub mod command;
pub mod config;
pub mod doctor;
pub mod doors;
pub mod edge;
pub mod events;
pub mod explain;
pub mod extract;
pub mod greetings;
pub mod housekeeping;
pub mod idempotency;
pub mod limit;
pub mod logging;
pub mod openapi;
pub mod operating;
pub mod problem;
pub mod prompts;
pub mod recordings;
pub mod records;
pub mod roster;
pub mod server;
pub mod set_up_link;
pub mod systemd;
pub mod telemetry;
pub mod tls;
pub mod turn;
pub mod web_call;
pub mod wire;
