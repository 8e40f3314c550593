//! The program as its clients meet it: a real exchange and a real database on free ports of 127.0.0.1,
//! spoken to over HTTP and WebSocket.

#[path = "http/app.rs"]
mod app;
#[path = "http/authorization.rs"]
mod authorization;
#[path = "http/browser.rs"]
mod browser;
#[path = "http/call.rs"]
mod call;
#[path = "http/callbacks.rs"]
mod callbacks;
#[path = "shared/certificate.rs"]
mod certificate;
#[path = "http/events.rs"]
mod events;
#[path = "http/flows.rs"]
mod flows;
#[path = "http/ice_servers.rs"]
mod ice_servers;
#[path = "http/mutations.rs"]
mod mutations;
#[path = "http/openapi.rs"]
mod openapi;
#[path = "http/operating.rs"]
mod operating;
#[path = "http/paper.rs"]
mod paper;
#[expect(unreachable_pub, reason = "it is a public module of the crate `tests`")]
#[path = "../../tests/src/privacy.rs"]
mod privacy;
#[path = "http/problems.rs"]
mod problems;
#[path = "http/recordings.rs"]
mod recordings;
#[path = "http/records.rs"]
mod records;
#[path = "http/roster.rs"]
mod roster;
#[path = "http/session.rs"]
mod session;
#[path = "http/supervision.rs"]
mod supervision;
#[path = "http/tls.rs"]
mod tls;
#[path = "http/told.rs"]
mod told;
#[path = "http/trunks.rs"]
mod trunks;
#[path = "http/users.rs"]
mod users;
#[path = "http/web_calls.rs"]
mod web_calls;
