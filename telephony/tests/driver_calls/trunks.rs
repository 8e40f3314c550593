//! Trunks against SIPp and against ourselves: who calls, digest both ways, health, fail-over.

mod baresip;
mod carrier;
mod incoming;
mod outgoing;
mod registers;
