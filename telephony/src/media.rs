//! Audio arithmetic: G.711, prompts in memory, playing, tones, levels. Pure.
//!
//! Telephone audio is 8000 samples a second; everything here moves in frames of 20 ms, 160 samples,
//! which G.711 makes 160 bytes. Prompts are encoded once, at start-up, in both laws; playing one is
//! copying bytes. Nothing here knows sockets, packets or time: the driver ticks.

mod builtin;
pub mod conceal;
pub mod g711;
pub mod jitter;
pub mod level;
pub mod library;
pub mod mix;
pub mod player;
pub mod quality;
pub mod record;
pub mod tone;

pub use jitter::JitterBuffer;
pub use library::{AddPromptError, AudioLibrary, Prompt};
pub use mix::{MEMBERS_MAX, Mutes, mix};
pub use player::{Player, Progress};

/// Samples of telephone audio in a second.
pub const SAMPLES_PER_SECOND: usize = 8000;
/// Samples, and bytes of G.711, in a frame of 20 ms.
pub const FRAME_SAMPLES: usize = 160;

/// One frame of G.711 audio.
pub type Frame = [u8; FRAME_SAMPLES];
