//! The helpline as a whole, tested from outside: the program as it is shipped, real telephones, real
//! sockets on 127.0.0.1. Nothing here looks inside the program.

pub mod caller;
pub mod desk;
pub mod greeting;
pub mod load;
pub mod metrics;
pub mod ports;
pub mod privacy;
pub mod program;
pub mod relay;
pub mod telephone;
