//! The call: a pure machine of legs, bridges and timers ([`call`]), the greeting as data ([`flow`]),
//! the audio arithmetic ([`media`], [`sdp`], [`rtp`]), and all its input and output ([`driver`]).
//!
//! Only this crate knows a carrier's protocol. Everything outside `driver` is pure: time, chance and
//! ids come in as arguments, what should happen comes out as values.

pub mod call;
pub mod driver;
pub mod flow;
pub mod media;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod srtp;
pub mod webrtc;
