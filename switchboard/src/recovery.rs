//! The floor after a start: the newest snapshot, then every event since, replayed.
//!
//! Agents, states and waits come back exactly. The calls themselves died with the process that held
//! their sockets; their places are cleared, by events like any other.

use ids::{AgentId, CallId, Timestamp};
use routing::{
    AgentState, ConfigError, Effects, Floor, FloorConfig, FloorEvent, LeaveCause, RestoreError,
};
use store::Store;
use store::journal::{Journal, JournalError};

use crate::floor_task::FloorPort;

/// The journal's stream of floor events.
const STREAM: &str = "floor";
/// Events read at once.
const PAGE: u64 = 10_000;

/// Why the floor could not be brought back.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The journal's rows could not be read.
    #[error("the journal could not be read")]
    Journal(#[from] JournalError),
    /// The floor's settings are not possible.
    #[error("the floor's settings are not possible")]
    Config(#[from] ConfigError),
    /// The snapshot is not of a floor of this program.
    #[error("the snapshot of the floor cannot be read")]
    SnapshotText(#[source] serde_json::Error),
    /// The snapshot does not fit the floor's settings.
    #[error("the snapshot does not fit the floor's settings")]
    Snapshot(#[from] RestoreError),
    /// An event is from another program.
    #[error("the event at position {position} cannot be read")]
    Event {
        /// Its place in the journal.
        position: i64,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

/// A floor as it was, with the lead of its journal.
pub(crate) struct Recovered {
    pub(crate) floor: Floor,
    pub(crate) journal: Journal,
    pub(crate) orphans: Orphans,
}

/// What the floor remembers and the new process does not have.
pub(crate) struct Orphans {
    waiting: Vec<CallId>,
    talking: Vec<CallId>,
    agents: Vec<AgentId>,
}

impl Orphans {
    fn of(floor: &Floor, now: Timestamp) -> Self {
        let view = floor.view(now);
        let talking = view.agents.iter().filter_map(|agent| match agent.state {
            AgentState::Talking { call, .. } | AgentState::OnHold { call, .. } => Some(call),
            AgentState::Offline
            | AgentState::Available { .. }
            | AgentState::Ringing { .. }
            | AgentState::WrapUp { .. }
            | AgentState::Break { .. }
            | AgentState::NotResponding { .. } => None,
        });
        let present = view.agents.iter().filter(|agent| agent.state != AgentState::Offline);
        Self {
            waiting: view.waiting.iter().map(|caller| caller.call).collect(),
            talking: talking.collect(),
            agents: present.map(|agent| agent.agent).collect(),
        }
    }
}

/// Takes the lead of the journal and replays it.
pub(crate) async fn recover(
    store: &Store,
    config: FloorConfig,
    now: Timestamp,
) -> Result<Recovered, RecoverError> {
    let journal = Journal::open(store, STREAM).await?;
    let (mut floor, mut position) = match journal.latest_snapshot().await? {
        Some(snapshot) => match restore(config.clone(), &snapshot.state) {
            Ok(floor) => (floor, snapshot.position),
            Err(error) => {
                // Queues were added or removed since. The calls are gone with the last process, so
                // an empty floor loses nobody.
                tracing::warn!(%error, "the floor's settings changed; it starts empty");
                (Floor::new(config)?, journal.start())
            }
        },
        None => (Floor::new(config)?, 0),
    };
    let mut effects = Effects::new();
    let mut replayed = 0_u64;
    loop {
        let page = journal.read_from(position, PAGE).await?;
        let Some(last) = page.last() else { break };
        position = last.position;
        for recorded in page {
            let event: FloorEvent = serde_json::from_str(&recorded.event)
                .map_err(|source| RecoverError::Event { position: recorded.position, source })?;
            floor.handle(recorded.at, event, &mut effects);
            // What was to be done was done, or died with the process that was to do it.
            effects.clear();
            replayed += 1;
        }
    }
    tracing::info!(events = replayed, position, "the floor is as it was");
    let orphans = Orphans::of(&floor, now);
    Ok(Recovered { floor, journal, orphans })
}

fn restore(config: FloorConfig, state: &[u8]) -> Result<Floor, RecoverError> {
    let snapshot = serde_json::from_slice(state).map_err(RecoverError::SnapshotText)?;
    Ok(Floor::restore(config, snapshot)?)
}

/// Clears the places of calls that died with the last process, and signs everybody off: a console
/// that is still there comes back by itself.
pub(crate) async fn end_orphans(floor: &FloorPort, orphans: Orphans) {
    for agent in orphans.agents {
        floor.tell(FloorEvent::AgentLost { agent }).await;
    }
    for call in orphans.waiting {
        floor.tell(FloorEvent::CallerLeft { call, cause: LeaveCause::Failed }).await;
    }
    for call in orphans.talking {
        floor.tell(FloorEvent::CallEnded { call }).await;
    }
}
