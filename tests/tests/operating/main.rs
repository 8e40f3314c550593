//! Running the helpline: backup and restore, the doctor, a stop in the middle of a call, traces, and
//! what others must be able to rely on when they watch it.

mod backup;
mod disk_full;
mod doctor;
mod log;
mod stop;
mod traces;
mod watching;
