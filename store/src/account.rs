//! Accounts of the helpline's own staff and machines. Does I/O.

mod role;

pub use role::Role;
