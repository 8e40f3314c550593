//! The floor's words on the wire, spelled as everywhere else. Each is matched without a `_` arm, so a
//! new state or class cannot reach clients unnoticed. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $domain:ty { $($variant:ident),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "the domain's own variants say what each word means")]
        pub enum $name { $($variant),+ }

        impl From<$domain> for $name {
            fn from(value: $domain) -> Self {
                match value { $(<$domain>::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for $domain {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),+ }
            }
        }

        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    )+};
}

words! {
    /// How urgent a caller is.
    Class = ids::Class { Emergency, Clinical, CallbackDue, Standard, Info }

    /// Why an agent is on break.
    BreakReason = routing::BreakReason { Meal, Rest, Training, Wellbeing, Prayer, Technical }

    /// Why a supervisor changed an agent's state.
    ForceReason = routing::ForceReason {
        Coverage, EndOfShift, LeftDesk, Wellbeing, Technical, Other,
    }

    /// What a call is doing.
    CallState = switchboard::CallState {
        Greeting, Waiting, Talking, OnHold, Interrupted, Ended,
    }

    /// By which way a call came.
    Medium = switchboard::Medium { Call, WebCall }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndCause {
    /// Talked, then the caller hung up.
    CallerHungUp,
    /// Talked, then the agent hung up.
    AgentHungUp,
    /// The caller hung up before the answer.
    CancelledBeforeAnswer,
    /// The caller hung up in the greeting.
    AbandonedInGreeting,
    /// The caller hung up while waiting.
    AbandonedInQueue,
    /// The caller's audio or signalling was lost.
    CallerLost,
    /// The call was refused.
    Refused,
    /// The set-up took too long.
    SetUpTimedOut,
    /// The program stopped.
    Stopped,
    /// A fault ended the call.
    Panicked,
}

impl From<telephony::call::EndCause> for EndCause {
    fn from(cause: telephony::call::EndCause) -> Self {
        use telephony::call::EndCause as Cause;
        match cause {
            Cause::CallerHungUp => Self::CallerHungUp,
            Cause::AgentHungUp => Self::AgentHungUp,
            Cause::CancelledBeforeAnswer => Self::CancelledBeforeAnswer,
            Cause::AbandonedInGreeting => Self::AbandonedInGreeting,
            Cause::AbandonedInQueue => Self::AbandonedInQueue,
            Cause::CallerLost => Self::CallerLost,
            Cause::Refused { refusal: _ } => Self::Refused,
            Cause::SetUpTimedOut => Self::SetUpTimedOut,
            Cause::Stopped => Self::Stopped,
            Cause::Panicked => Self::Panicked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_spelled_as_the_domain_spells_them() {
        for class in Class::ALL {
            let domain = ids::Class::from(*class);
            assert_eq!(
                serde_json::to_value(class).expect("word"),
                serde_json::to_value(domain).expect("word"),
            );
        }
        for reason in BreakReason::ALL {
            let domain = routing::BreakReason::from(*reason);
            assert_eq!(
                serde_json::to_value(reason).expect("word"),
                serde_json::to_value(domain).expect("word"),
            );
        }
    }
}
