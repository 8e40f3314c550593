//! What a queue promises, as a setting.

use std::time::Duration;

use routing::metrics::{Target, Targets};
use serde::Deserialize;

/// What a queue promises, in percent and seconds: `service` of a `[[queue]]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Service {
    /// Of callers below `emergency`, this share …
    pub percent: u8,
    /// … within this time.
    pub within_s: u32,
    /// Of emergencies, this share …
    pub emergency_percent: u8,
    /// … within this time.
    pub emergency_within_s: u32,
    /// Whoever hangs up within this time is not counted in the service level.
    pub short_abandon_s: u32,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            percent: 80,
            within_s: 20,
            emergency_percent: 95,
            emergency_within_s: 10,
            short_abandon_s: 5,
        }
    }
}

impl Service {
    /// As the metrics take it.
    #[must_use]
    pub fn targets(&self) -> Targets {
        let target = |percent, within_s: u32| Target {
            percent,
            within: Duration::from_secs(within_s.into()),
        };
        Targets {
            standard: target(self.percent, self.within_s),
            emergency: target(self.emergency_percent, self.emergency_within_s),
            short_abandon: Duration::from_secs(self.short_abandon_s.into()),
        }
    }
}
