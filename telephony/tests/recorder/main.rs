//! The recorder with real files, a real clock and real faults: what was recorded is opened again,
//! and the right tone is in the right channel.

mod bench;
mod ended;
mod full;
mod killed;
mod limits;
mod many;
