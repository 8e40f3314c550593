//! The drivers against real sockets on 127.0.0.1: callers, an exchange, browsers' peers.

mod browser;
mod calls;
mod exchange;
mod limits;
mod malformed;
mod peers;
mod privacy;
mod sipp;
mod torture;
mod trunks;
