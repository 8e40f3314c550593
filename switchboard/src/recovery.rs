//! The floor after a start: the newest snapshot, then every event since, replayed, under the settings
//! of their time; then the settings of today.
//!
//! Agents, states and waits come back exactly. The calls themselves died with the process that held
//! their sockets; their places are cleared, by events like any other.

use crm::callback::{Cause, Kind};
use ids::{AgentId, CallId, Class, Timestamp};
use routing::{AgentState, Floor, FloorConfig, FloorEvent, LeaveCause};
use store::Store;
use store::journal::Journal;

use crate::floor_journal::{STREAM, reconfigured};
use crate::floor_task::FloorPort;
use crate::hub::Hub;
use crate::replay::{ReplayError, Replayer};
use crate::wishes::Noted;

/// A floor as it was, with the lead of its journal.
pub(crate) struct Recovered {
    pub(crate) floor: Floor,
    pub(crate) journal: Journal,
    pub(crate) orphans: Orphans,
}

/// What the floor remembers and the new process does not have.
pub(crate) struct Orphans {
    waiting: Vec<(CallId, Class)>,
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
            waiting: view.waiting.iter().map(|caller| (caller.call, caller.class)).collect(),
            talking: talking.collect(),
            agents: present.map(|agent| agent.agent).collect(),
        }
    }
}

/// Takes the lead of the journal and replays it. The floor comes back under `config`, which the
/// journal is yet to be told: [`crate::floor_task::run`] does so first.
pub(crate) async fn recover(
    store: &Store,
    config: FloorConfig,
    now: Timestamp,
) -> Result<Recovered, ReplayError> {
    config.check()?;
    let journal = Journal::open(store, STREAM).await?;
    let mut replayer = Replayer::at(store, journal.start(), &config).await?;
    replayer.run_to(store, journal.start(), |_, _, _| {}).await?;
    let Replayer { floor, position, events, mismatch, .. } = replayer;
    tracing::info!(events, position, "the floor is as it was");
    if let Some(position) = mismatch {
        metrics::counter!("helpline_replay_mismatches_total").increment(1);
        tracing::error!(position, "the journal did not replay to the same effects");
    }
    let floor = reconfigured(&floor, config)?;
    let orphans = Orphans::of(&floor, now);
    Ok(Recovered { floor, journal, orphans })
}

/// Whoever was cut off by the end of the last process should be called back.
pub(crate) fn note_cut_off(hub: &Hub, orphans: &Orphans) {
    let cut_off = Noted { kind: Kind::Unserved, cause: Cause::Fault };
    for (call, class) in &orphans.waiting {
        hub.note_wish(*call, *class, cut_off);
    }
    for call in &orphans.talking {
        // The class is in the row of the call.
        hub.note_wish(*call, Class::Standard, cut_off);
    }
}

/// Clears the places of calls that died with the last process, and signs everybody off: a console
/// that is still there comes back by itself.
pub(crate) async fn end_orphans(floor: &FloorPort, orphans: Orphans) {
    for agent in orphans.agents {
        floor.tell(FloorEvent::AgentLost { agent }).await;
    }
    for (call, _) in orphans.waiting {
        floor.tell(FloorEvent::CallerLeft { call, cause: LeaveCause::Failed }).await;
    }
    for call in orphans.talking {
        floor.tell(FloorEvent::CallDropped { call }).await;
    }
}
