//! Trunks: the lines to carriers. What is set about each, whether it lives, and calls over them.
//!
//! Pure: what a trunk is (`config`), which of them a packet comes from and how they are doing
//! (`table`), health (`health`), registration (`registration`), which to try and when to try the
//! next (`choice`), digest (`digest`). Drivers: what is asked of a trunk (`request`, `keep`) and calls
//! over them (`place`); `dialect` puts the stack's digest into the words of the RFCs.

pub(crate) mod choice;
mod config;
pub(crate) mod dialect;
pub(crate) mod digest;
mod health;
pub(crate) mod keep;
pub(crate) mod place;
mod registration;
pub(crate) mod request;
pub(crate) mod table;

pub use config::{
    Account, BadTrunkName, DigestAlgorithm, KeepAlive, Transport, TrunkAddress, TrunkConfig,
    TrunkName,
};
pub use health::{TrunkFault, TrunkHealth};
pub use place::{Attempt, OutgoingCall, OutgoingLeg, PlaceError};
pub use table::TrunkView;
