//! What a supervisor does on the floor: puts agents into states, moves callers, gives them a class;
//! and the lines that new calls get.

use ids::{AgentId, CallId, Class, QueueId, SkillLevel, UserId};
use routing::{FloorEvent, ForceReason, Wanted};

use super::{Exchange, ExchangeError};
use crate::lines::Lines;
use crate::view::AgentView;

impl Exchange {
    /// Gives new calls these lines; calls that are alive keep theirs.
    pub fn set_lines(&self, lines: Lines) {
        self.hub.lines.replace(lines);
    }

    /// A supervisor puts an agent into a state; a live call goes on, and the state follows it.
    ///
    /// # Errors
    /// [`ExchangeError::NotOnTheFloor`] for an agent whom the floor does not know,
    /// [`ExchangeError::NoAudio`] if one without audio is to be available; else what the floor
    /// refuses.
    pub async fn force_state(
        &self,
        agent: AgentId,
        want: Wanted,
        by: UserId,
        reason: ForceReason,
    ) -> Result<AgentView, ExchangeError> {
        let view = self.agent_view(agent).ok_or(ExchangeError::NotOnTheFloor)?;
        if want == Wanted::Available && !view.has_audio() {
            return Err(ExchangeError::NoAudio);
        }
        self.ask(FloorEvent::AgentStateForced { agent, want, by, reason }).await?;
        self.agent_view(agent).ok_or(ExchangeError::NotOnTheFloor)
    }

    /// The accounts say anew which skills a person holds. Whoever is not here brings them along later.
    ///
    /// # Errors
    /// What the floor refuses.
    pub async fn skills_changed(
        &self,
        agent: AgentId,
        skills: &[SkillLevel],
    ) -> Result<(), ExchangeError> {
        let mut registration = None;
        self.hub.registry.update_agent(agent, |entry| {
            // A lost one is registered on the way back, for then the profile is another.
            if !entry.lost && entry.profile.skills != skills {
                entry.profile.skills = skills.to_vec();
                registration = Some(entry.profile.registration());
            }
        });
        match registration {
            Some(event) => self.ask(event).await,
            None => Ok(()),
        }
    }

    /// A supervisor moves a waiting caller to another queue, the wait intact.
    ///
    /// # Errors
    /// What the floor refuses: the call does not wait, waits there already, or there is no such
    /// queue.
    pub async fn move_caller(&self, call: CallId, queue: QueueId) -> Result<(), ExchangeError> {
        self.ask(FloorEvent::CallerMoved { call, queue }).await
    }

    /// A supervisor gives a waiting caller another class.
    ///
    /// # Errors
    /// What the floor refuses: the call does not wait, has that class already, or is an emergency.
    pub async fn reclass_caller(&self, call: CallId, class: Class) -> Result<(), ExchangeError> {
        self.ask(FloorEvent::CallerReclassed { call, class }).await
    }
}
