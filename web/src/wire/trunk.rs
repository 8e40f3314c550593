//! Trunks in JSON.

use serde::{Deserialize, Serialize};
use telephony::driver::trunk;
use utoipa::ToSchema;

use super::Moment;

/// How a trunk is doing, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrunkState {
    /// It answers, or it cannot be asked.
    Up,
    /// It failed lately, or part of it does not work.
    Degraded,
    /// It failed three times in a row.
    Down,
}

/// What is wrong with a trunk, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrunkFault {
    /// Nothing is known yet.
    NotAsked,
    /// It did not answer in time.
    NoAnswer,
    /// Its name has no address, or there is no way to it.
    Unreachable,
    /// It answered with a status code that tells of trouble.
    Answered,
    /// It refused our registration.
    RegistrationRefused,
    /// It did not answer our registration.
    RegistrationUnanswered,
}

impl From<trunk::TrunkFault> for TrunkFault {
    fn from(fault: trunk::TrunkFault) -> Self {
        match fault {
            trunk::TrunkFault::NotAsked => Self::NotAsked,
            trunk::TrunkFault::NoAnswer => Self::NoAnswer,
            trunk::TrunkFault::Unreachable => Self::Unreachable,
            trunk::TrunkFault::Answered(_) => Self::Answered,
            trunk::TrunkFault::RegistrationRefused(_) => Self::RegistrationRefused,
            trunk::TrunkFault::RegistrationUnanswered => Self::RegistrationUnanswered,
        }
    }
}

/// How a trunk is doing, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrunkHealth {
    /// In a word.
    pub state: TrunkState,
    /// What is wrong; absent if nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<TrunkFault>,
    /// The status code that came with it (RFC 3261 §21).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

impl From<trunk::TrunkHealth> for TrunkHealth {
    fn from(health: trunk::TrunkHealth) -> Self {
        let (state, why) = match health {
            trunk::TrunkHealth::Up => (TrunkState::Up, None),
            trunk::TrunkHealth::Degraded { why } => (TrunkState::Degraded, Some(why)),
            trunk::TrunkHealth::Down { why } => (TrunkState::Down, Some(why)),
        };
        let status = why.and_then(trunk::TrunkFault::status);
        Self { state, fault: why.map(Into::into), status }
    }
}

/// A trunk: a line to a carrier.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Trunk {
    /// Its name in the settings.
    pub name: String,
    /// How it is doing.
    pub health: TrunkHealth,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Moment,
    /// Whether it is asked at all: one that only calls us cannot be, and counts as up.
    pub checked: bool,
    /// When the carrier forgets our registration; absent if we are not registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub registered_until: Option<Moment>,
    /// From the last question to its answer, milliseconds; absent if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<f64>,
    /// Calls open now, both directions.
    pub calls: usize,
}

impl From<&trunk::TrunkView> for Trunk {
    fn from(view: &trunk::TrunkView) -> Self {
        Self {
            name: view.name.to_string(),
            health: view.health.into(),
            since: view.since.into(),
            checked: view.checked,
            registered_until: view.registered_until.map(Into::into),
            round_trip_ms: view.round_trip.map(|time| time.as_secs_f64() * 1000.0),
            calls: view.calls,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trunk_that_is_down_says_why() {
        let down = trunk::TrunkHealth::Down { why: trunk::TrunkFault::Answered(500) };
        let wire = serde_json::to_value(TrunkHealth::from(down)).expect("json");
        assert_eq!(
            wire,
            serde_json::json!({ "state": "down", "fault": "answered", "status": 500 })
        );
        let up = serde_json::to_value(TrunkHealth::from(trunk::TrunkHealth::Up)).expect("json");
        assert_eq!(up, serde_json::json!({ "state": "up" }));
    }
}
