//! The events of a day, saved one to a line, to be run again without the world that made them.

use ids::Timestamp;
use routing::{Effects, Floor, FloorConfig, FloorEvent};

use crate::oracle::Oracle;

/// A configuration, and what happened under it.
pub(crate) struct Plan {
    config: FloorConfig,
    events: Vec<(Timestamp, FloorEvent)>,
}

impl Plan {
    pub(crate) fn new(config: FloorConfig) -> Self {
        Self { config, events: Vec::new() }
    }

    pub(crate) fn note(&mut self, at: Timestamp, event: FloorEvent) {
        self.events.push((at, event));
    }

    /// JSON lines: the configuration, then `[microseconds, event]` each.
    pub(crate) fn to_lines(&self) -> String {
        let mut lines = serde_json::to_string(&self.config).expect("plain data");
        for event in &self.events {
            lines.push('\n');
            lines.push_str(&serde_json::to_string(event).expect("plain data"));
        }
        lines
    }

    pub(crate) fn from_lines(text: &str) -> Self {
        let mut lines = text.lines();
        let first = lines.next().expect("a plan begins with its configuration");
        let config = serde_json::from_str(first).expect("the first line is a configuration");
        let event = |line| serde_json::from_str(line).expect("each other line is an event");
        Self { config, events: lines.map(event).collect() }
    }

    /// Saves beside the other products of the build, and says where.
    pub(crate) fn save(&self, seed: u64) -> String {
        let path = format!("{}/plan-{seed}.jsonl", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(&path, self.to_lines()).expect("the build's folder is writable");
        path
    }

    pub(crate) fn load(path: &str) -> Self {
        Self::from_lines(&std::fs::read_to_string(path).expect("PLAN names a readable file"))
    }

    /// Runs the events on a new floor and tells each with its effects.
    pub(crate) fn tell(&self, mut hear: impl FnMut(Timestamp, &FloorEvent, &Effects)) {
        let mut floor = self.floor();
        let mut effects = Effects::new();
        for (at, event) in &self.events {
            effects.clear();
            floor.handle(*at, event.clone(), &mut effects);
            hear(*at, event, &effects);
        }
    }

    /// The floor on which nothing has happened.
    pub(crate) fn floor(&self) -> Floor {
        Floor::new(self.config.clone()).expect("the plan's configuration is valid")
    }

    /// Runs the events on a new floor, with every check; the state at the end.
    pub(crate) fn replay(&self) -> Result<String, String> {
        let mut floor = Floor::new(self.config.clone()).map_err(|error| error.to_string())?;
        let mut oracle = Oracle::new(&floor);
        let mut latest = Timestamp::default();
        for (number, (at, event)) in (1..).zip(&self.events) {
            let mut effects = Effects::new();
            latest = latest.max(*at);
            floor.handle(*at, event.clone(), &mut effects);
            floor.check().map_err(|violation| format!("event {number}: {violation}"))?;
            oracle
                .hear(latest, &floor, &effects)
                .map_err(|fault| format!("event {number}: {fault}"))?;
        }
        Ok(serde_json::to_string(&floor.snapshot()).expect("plain data"))
    }
}
