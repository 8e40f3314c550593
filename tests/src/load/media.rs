//! The audio path alone: bridged calls, plain RTP on one side and DTLS-SRTP on the other, through a
//! process that does nothing else. What a second of a call costs it, what is lost, how late packets
//! are; of ours, and of others with the same generator.
//!
//! The generator sends each flow's packets at a phase of its own (`speak`), marks each (`marker`), and
//! counts what comes back (`listen`, `tally`). On loopback the kernel charges delivery to the sender,
//! and the tool shares the processors with what it measures: figures of one machine can be compared,
//! no more. The tool tells its own lateness; where that is large, the machine was too busy to measure.

pub mod bencode;
pub mod browser;
pub mod call;
pub mod clock;
pub mod command;
pub mod listen;
pub mod marker;
pub mod orders;
pub mod reading;
pub mod room;
pub mod rtpengine;
pub mod run;
pub mod server;
pub mod soak;
pub mod speak;
pub mod stamped;
pub mod storm;
pub mod table;
pub mod tally;
pub mod turns;
