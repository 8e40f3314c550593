//! What the floor's journal holds, line by line. Pure.
//!
//! An event with the digest of the effects that it had, or the settings that the floor was started
//! with. Together with a snapshot that names its settings, that is all it takes to run a day again and
//! to tell whether it came out the same.

use std::io;

use routing::{Effects, Floor, FloorConfig, FloorEvent, Snapshot};
use serde::{Deserialize, Serialize};

/// The journal's stream of floor events.
pub(crate) const STREAM: &str = "floor";

/// This program. Another version may decide otherwise, and its digests prove nothing here.
pub(crate) const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// The tag of a line that is no event of the floor.
const CONFIGURED: &str = "configured";

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// From here on the floor has these settings: the program was started with them.
    Configured {
        /// The settings.
        config: FloorConfig,
        /// The version of the program that was started.
        program: Option<String>,
    },
    /// An event.
    Happened {
        /// What happened.
        event: FloorEvent,
        /// The digest of its effects; `None` in journals of programs that kept none.
        effects: Option<Digest>,
    },
}

/// A fingerprint of effects: FNV-1a, 64 bits, over their JSON. It tells that two runs differ, not that
/// nobody meddled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digest(u64);

impl Digest {
    pub(crate) fn of(effects: &Effects) -> Self {
        let mut digest = Self(0xcbf2_9ce4_8422_2325);
        serde_json::to_writer(&mut digest, effects).expect("effects are plain data");
        digest
    }
}

impl io::Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Happened<E> {
    #[serde(flatten)]
    event: E,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effects: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Configured<C> {
    event: String,
    config: C,
    #[serde(default)]
    program: Option<String>,
}

#[derive(Deserialize)]
struct Tagged {
    event: String,
}

/// The line of an event.
pub(crate) fn happened(event: &FloorEvent, effects: Digest) -> String {
    let line = Happened { event, effects: Some(format!("{:016x}", effects.0)) };
    serde_json::to_string(&line).expect("a floor event is plain data")
}

/// The line of settings.
pub(crate) fn configured(config: &FloorConfig) -> String {
    let program = Some(PROGRAM.to_owned());
    let line = Configured { event: CONFIGURED.to_owned(), config, program };
    serde_json::to_string(&line).expect("settings are plain data")
}

impl Line {
    /// Reads a line.
    ///
    /// # Errors
    /// The line is from another program.
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let Tagged { event: tag } = serde_json::from_str(text)?;
        if tag == CONFIGURED {
            let Configured { config, program, .. } = serde_json::from_str(text)?;
            return Ok(Self::Configured { config, program });
        }
        let Happened { event, effects } = serde_json::from_str(text)?;
        let effects = effects.and_then(|hex| u64::from_str_radix(&hex, 16).ok()).map(Digest);
        Ok(Self::Happened { event, effects })
    }
}

/// A snapshot as it is kept: with the settings under which it was taken.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) config: FloorConfig,
    pub(crate) floor: Snapshot,
    /// The version of the program that took it.
    #[serde(default)]
    pub(crate) program: Option<String>,
}

impl Kept {
    pub(crate) fn of(floor: &Floor) -> Self {
        let program = Some(PROGRAM.to_owned());
        Self { config: floor.config().clone(), floor: floor.snapshot(), program }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a snapshot is plain data")
    }

    /// Reads a snapshot. One of a program that did not keep the settings gets these.
    ///
    /// # Errors
    /// The snapshot is from another program.
    pub(crate) fn parse(state: &[u8], config: &FloorConfig) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(state).or_else(|error| {
            let floor = serde_json::from_slice(state).map_err(|_| error)?;
            Ok(Self { config: config.clone(), floor, program: None })
        })
    }
}

/// The floor under other settings, as at a start. Where they do not fit the state (a queue is gone in
/// which somebody waits) the floor starts empty: the calls are gone with the last process.
pub(crate) fn reconfigured(
    floor: &Floor,
    config: FloorConfig,
) -> Result<Floor, routing::ConfigError> {
    Floor::restore(config.clone(), floor.snapshot()).or_else(|_| Floor::new(config))
}

#[cfg(test)]
mod tests {
    use ids::{AgentId, Timestamp};
    use routing::Wanted;

    use super::*;

    fn wants() -> FloorEvent {
        FloorEvent::AgentStateRequested { agent: AgentId::from_number(1), want: Wanted::Available }
    }

    fn config() -> FloorConfig {
        FloorConfig::with_queues(vec!["health".parse().expect("a name")])
    }

    #[test]
    fn lines_come_back_as_they_were_written() {
        let mut effects = Effects::new();
        let mut floor = Floor::new(config()).expect("valid");
        floor.handle(Timestamp::from_micros(1), wants(), &mut effects);
        let digest = Digest::of(&effects);
        for event in [wants(), FloorEvent::Ticked] {
            let line = Line::parse(&happened(&event, digest)).expect("our own");
            assert_eq!(line, Line::Happened { event, effects: Some(digest) });
        }
        let line = Line::parse(&configured(&config())).expect("our own");
        let program = Some(PROGRAM.to_owned());
        assert_eq!(line, Line::Configured { config: config(), program });
        assert_ne!(digest, Digest::of(&Effects::new()));
    }

    #[test]
    fn a_line_without_a_digest_and_a_snapshot_without_settings_are_read() {
        let line = Line::parse(r#"{"event":"ticked"}"#).expect("an old line");
        assert_eq!(line, Line::Happened { event: FloorEvent::Ticked, effects: None });
        let floor = Floor::new(config()).expect("valid");
        let old = serde_json::to_vec(&floor.snapshot()).expect("plain data");
        let kept = Kept::parse(&old, &config()).expect("an old snapshot");
        assert_eq!((kept.config, kept.floor), (config(), floor.snapshot()));
        assert!(Kept::parse(b"{}", &config()).is_err());
        assert!(Line::parse(r#"{"event":"flew"}"#).is_err());
    }

    #[test]
    fn a_digest_is_the_same_everywhere() {
        // The value of FNV-1a for "[]": journals outlive programs.
        assert_eq!(format!("{:016x}", Digest::of(&Effects::new()).0), "09612b07b5ecb5a5");
    }
}
