//! The gate of browsers' connections on real sockets, against another implementation's peer
//! connections.

mod browser;
mod chromium;
mod connects;
mod hostile;
mod port;
mod relay;
