//! People who call and lose patience: real SIP and RTP, a number each, a key, silence, and a moment at
//! which they hang up if nobody has talked with them. Does I/O.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use anyhow::{Context as _, Result};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use telephony::call::Digit;
use telephony::driver::dial::{DialEnded, DialRequest, Dialler};

use super::Place;
use super::callers::number_of;

/// When a caller presses the key, after the answer.
const PRESS_AFTER: Duration = Duration::from_millis(100);
/// How long the telephones ring at most.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// Nobody is so impatient as to hang up before the first words are over.
const PATIENCE_MIN: Duration = Duration::from_secs(3);

/// Any number of telephones.
pub struct Crowd {
    dialler: Dialler,
    to: String,
}

/// One who calls.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// The number, and nobody else's.
    pub n: u32,
    /// Presses `9`.
    pub emergency: bool,
    /// Hangs up so long after the answer.
    pub patience: Duration,
}

/// How a call ended, as the telephone saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The helpline hung up: an agent was done.
    HungUpByOther,
    /// Out of patience, or the talk was longer than it.
    HungUp {
        /// Something was heard before.
        heard: bool,
    },
    /// Not let in.
    Refused(u16),
    /// The signalling failed.
    Lost,
}

impl Crowd {
    /// Telephones that call 104 there.
    ///
    /// # Errors
    /// No socket is free.
    pub async fn start(place: &Place) -> Result<Self> {
        let dialler = Dialler::start(IpAddr::V4(Ipv4Addr::LOCALHOST)).await?;
        Ok(Self { dialler, to: format!("sip:104@{}", place.sip) })
    }

    /// Calls to the end.
    ///
    /// # Errors
    /// The call could not be placed.
    pub async fn call(&self, person: Person) -> Result<Fate> {
        let key = Digit::new(if person.emergency { '9' } else { '0' }).context("a key")?;
        let request = DialRequest {
            presses: vec![(key, PRESS_AFTER)],
            give_up_after: ANSWER_LIMIT,
            hang_up_after: Some(person.patience),
            ..DialRequest::new(self.to.clone(), number_of(person.n))
        };
        let report = self.dialler.dial(request, None).await?;
        Ok(match report.ended {
            DialEnded::ByOther => Fate::HungUpByOther,
            DialEnded::ByUs | DialEnded::Cancelled => Fate::HungUp { heard: report.received > 0 },
            DialEnded::Refused(code) => Fate::Refused(code),
            DialEnded::Lost => Fate::Lost,
        })
    }

    /// Closes all telephones.
    pub async fn stop(&self) {
        self.dialler.stop().await;
    }
}

/// How long each person waits: exponential around a mean, the same in every run.
#[derive(Debug)]
pub struct Patience {
    rng: StdRng,
    mean: Duration,
}

impl Patience {
    /// Around this mean.
    #[must_use]
    pub fn around(mean: Duration) -> Self {
        Self { rng: StdRng::seed_from_u64(104), mean }
    }

    /// The next person's.
    pub fn draw(&mut self) -> Duration {
        let uniform: f64 = self.rng.random();
        self.mean.mul_f64(-(1.0 - uniform).ln()).max(PATIENCE_MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_has_its_mean_and_is_the_same_in_every_run() {
        let mean = Duration::from_secs(60);
        let draw = || {
            let mut patience = Patience::around(mean);
            (0..4000).map(|_| patience.draw()).collect::<Vec<_>>()
        };
        let drawn = draw();
        assert_eq!(drawn, draw());
        let sum: Duration = drawn.iter().sum();
        assert!((sum / 4000).abs_diff(mean) < mean / 20, "{:?}", sum / 4000);
        assert!(drawn.iter().all(|one| *one >= PATIENCE_MIN));
    }
}
