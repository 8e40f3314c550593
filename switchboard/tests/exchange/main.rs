//! The exchange with real parts: SIP and RTP over sockets, a database on disk, the real greeting.

mod database_trouble;
mod endings;
mod restart;
mod stations;
mod supervision;
mod support;
mod waiting;
mod watch;
mod web_calls;
