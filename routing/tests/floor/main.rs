//! Tests of the floor from the outside: its rules one by one, every state against every event,
//! arbitrary event sequences, and a simulated helpline.

mod oracle;
mod properties;
mod scenarios;
mod simulator;
mod support;
mod table;
