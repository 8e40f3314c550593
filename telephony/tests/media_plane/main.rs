//! The media plane alone, with telephones at its ports: what they hear of each other, and what bad
//! packets do.

#![expect(
    clippy::disallowed_methods,
    reason = "telephones of the tests speak in real time, on threads"
)]

mod bad_packets;
#[expect(dead_code, reason = "the gate's tests use all of it")]
#[path = "../webrtc_gate/browser.rs"]
mod browser;
mod browsers;
mod changes;
mod counted;
mod floods;
mod mutate;
mod orders;
mod phone;
mod place;
mod recordings;
#[expect(dead_code, reason = "the gate's tests use all of it")]
#[path = "../webrtc_gate/relay.rs"]
mod relay;
mod reports;
mod rooms;
mod streams;
mod voice;
