//! How urgent a caller is: the one word that calls, queues and cases share.

use serde::{Deserialize, Serialize};

/// How urgent a caller is. The order of the variants is the order of service: nothing ever passes
/// `Emergency`, and ageing lifts only within the classes below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Life may be in danger.
    Emergency,
    /// Needs clinical talk.
    Clinical,
    /// A call-back that was promised is due.
    CallbackDue,
    /// Everything else.
    Standard,
    /// Asks for information only.
    Info,
}
