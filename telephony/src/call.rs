//! One call: its legs, its bridge, its timers. Pure.
//!
//! A [`Call`] is a machine. Something happens ([`CallEvent`]); [`Call::handle`] takes the call,
//! says what is to be done ([`CallEffect`]) and gives the call back in its next [`CallState`]:
//!
//! ```text
//! Arriving ─ recorded ─► Answering ─ confirmed ─► Greeting ─ 0, 9, its end ─► Waiting
//! Waiting ─ queue full ─► Waiting, outside ─ again and again ─► Waiting
//! Waiting ─ agent accepted ─► Talking ◄─ hold, resume ─► OnHold
//! Talking, OnHold ─ agent's audio lost ─► Interrupted ─ back ─► as it was
//! Interrupted ─ not back in time, 0, 9 ─► Waiting, at the head
//! Talking, OnHold ─ agent's telephone dead ─► Waiting, at the head
//! from every state ─ the caller leaves, or we stop ─► Ended
//! ```
//!
//! What holds whatever happens (`telephony/tests/call/properties.rs` tries):
//! - [`CallEffect::End`] comes exactly once, last; after it every event is refused.
//! - Who presses `9` is an emergency from any state, who presses `0` waits for a person, whatever is
//!   being said at the moment. With an agent on the call `0` asks for nothing more; `9` cuts no talk
//!   and ends a hold, for on hold nobody hears the caller.
//! - Who waits may wish to be called back ([`CALLBACK_KEY`]) and waits on all the same: nobody is sent
//!   away. An emergency is not asked to hang up.
//! - Each agent who was given the call is released exactly once; legs that are joined are parted.
//! - There is a deadline in every state but two, talk and hold, which people end.
//!
//! Two legs, no more, for now: the caller's, which the call owns, and the agent's, which it borrows: the
//! leg of the agent's shift, or of the telephone that the agent answered.
//!
//! A feature that watches a call (recorder, call record, meter) observes the effects; it is never a
//! field of the call.

mod close;
mod effect;
mod event;
mod greeting;
mod machine;
mod queue_sound;
mod setup;
mod sound;
mod state;
mod talk;
mod waiting;
mod words;

pub use effect::{CallEffect, EndCause, PlayId, Playlist, PromptName, Refusal};
pub use event::{CallEvent, Digit, LeftHow};
pub use machine::{Call, CallConfig, CallFacts, Refused};
pub use queue_sound::{QueueSound, QueueSounds, SayPlace};
pub use sound::{
    MACHINE_PROMPTS, PROMPT_AGENT_LOST, PROMPT_CALLBACK_NOTED, PROMPT_CALLBACK_OFFER,
    PROMPT_CHANGE_LANGUAGE, PROMPT_EMERGENCY, PROMPT_EMERGENCY_WAITING, PROMPT_MUSIC,
    PROMPT_PLEASE_WAIT, PROMPT_PRESS_NINE, PROMPT_QUEUE_FULL, PROMPT_QUEUE_SAFETY, PROMPT_RECORDED,
    PROMPT_RECORDING_CONSENT, PROMPT_STILL_WAITING, says_long_wait,
};
pub use state::{
    Answering, Arriving, CALLBACK_KEY, CallState, Early, Greeting, Interrupted, Place, Sound, Talk,
    UrgentKey, Waiting,
};
