//! Ids: 128-bit values with a type each, so that a call can never be taken for a case.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a value that the shell minted or read from a row.
            #[must_use]
            pub const fn from_uuid(value: Uuid) -> Self {
                Self(value)
            }

            /// The bare value, for a column or a wire format.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }

            /// An id from a small number, for tests and simulations.
            #[must_use]
            pub const fn from_number(value: u128) -> Self {
                Self(Uuid::from_u128(value))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    /// A person on the floor: an operator, a doctor, a supervisor. Equal to the person's [`UserId`].
    AgentId;
    /// One call of one citizen, from the first ring to the last word, over all its legs.
    CallId;
    /// A case: what is being done for a citizen, over one or many interactions.
    CaseId;
    /// A person in the records.
    ContactId;
    /// People who share a home, and often a telephone.
    HouseholdId;
    /// One contact with the helpline: a call, later a text.
    InteractionId;
    /// One end of a call: the trunk's, a browser's.
    LegId;
    /// The kept sound of a call.
    RecordingId;
    /// A report filed on a case.
    ReportId;
    /// A signed-in browser or machine.
    SessionId;
    /// An account.
    UserId;
    /// The wish of a caller to be called back.
    WishId;
}

impl From<UserId> for AgentId {
    fn from(user: UserId) -> Self {
        Self(user.0)
    }
}

impl From<AgentId> for UserId {
    fn from(agent: AgentId) -> Self {
        Self(agent.0)
    }
}

/// One agent asked to take one caller. Numbered by the floor itself, so that a replay mints the same.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct ReservationId(pub u64);

impl fmt::Display for ReservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for ReservationId {
    type Err = core::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}
