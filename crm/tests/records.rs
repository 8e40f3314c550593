//! The records on SQLite and on PostgreSQL, through the same code.
//!
//! One program for all of them: linking is slower than the tests.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

#[path = "records/support.rs"]
mod support;

#[path = "records/access.rs"]
mod access;
#[path = "records/callback.rs"]
mod callback;
#[path = "records/case.rs"]
mod case;
#[path = "records/contact.rs"]
mod contact;
#[path = "records/demo.rs"]
mod demo;
#[path = "records/draft.rs"]
mod draft;
#[path = "records/handler.rs"]
mod handler;
#[path = "records/interaction.rs"]
mod interaction;
#[path = "records/paper.rs"]
mod paper;
#[path = "records/recording.rs"]
mod recording;
#[path = "records/report.rs"]
mod report;
#[path = "records/rough.rs"]
mod rough;
#[path = "records/timeline.rs"]
mod timeline;
