//! The gate of browsers' connections on real sockets, against another implementation's peer
//! connections.

mod browser;
mod connects;
mod port;
mod relay;
