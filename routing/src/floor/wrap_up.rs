//! Wrap-up: the time after a call, which the report ends and its own end ends only with the report.

use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use ids::{AgentId, CallId, Timestamp};

use super::Floor;
use super::agent::{AgentSlot, Origin, Report};
use super::assign::Loose;
use crate::effect::{Alert, Effects, FloorEffect, RefusedWhy};
use crate::state::AgentState;

/// Left for a report whose time ran out while the console rang for somebody else.
const AFTER_RINGING: Duration = Duration::from_secs(10);

impl Floor {
    /// The time of wrap-up is over. With the report filed the agent is idle since then, however late
    /// the tick; without it they stay, and a supervisor is told.
    pub(super) fn wrap_up_timed_out(
        &mut self,
        slot: AgentSlot,
        deadline: Timestamp,
        out: &mut Effects,
    ) {
        let agent = self.agents.get(slot);
        if let (AgentState::WrapUp { call, .. }, Report::Due) = (agent.state, agent.report) {
            self.agents.get_mut(slot).report = Report::Overdue;
            self.alert_of_overdue(slot, call, out);
            return;
        }
        self.finish_work(slot, deadline);
        self.bring_together(Loose { agents: vec![slot], callers: Vec::new() }, out);
    }

    /// Back to a wrap-up whose time ran out while an emergency rang: a moment more before the report
    /// is overdue.
    pub(super) fn back_to_the_report(&mut self, slot: AgentSlot, call: CallId, until: Timestamp) {
        let overdue = self.agents.get(slot).report == Report::Overdue;
        let until = if overdue { until } else { self.now + AFTER_RINGING };
        self.set_state(slot, AgentState::WrapUp { call, until });
    }

    /// The agent is done before the time is over.
    pub(super) fn wrap_up_finished(
        &mut self,
        agent: AgentId,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        let slot = self.agents.slot(agent).ok_or(RefusedWhy::UnknownAgent)?;
        let agent = self.agents.get(slot);
        if !matches!(agent.state, AgentState::WrapUp { .. }) {
            return Err(RefusedWhy::WrongState);
        }
        if agent.report != Report::Filed {
            return Err(RefusedWhy::ReportUnfiled);
        }
        self.finish_work(slot, self.now);
        self.bring_together(Loose { agents: vec![slot], callers: Vec::new() }, out);
        Ok(())
    }

    fn alert_of_overdue(&self, slot: AgentSlot, call: CallId, out: &mut Effects) {
        let agent = self.agents.get(slot).id;
        out.push(FloorEffect::Alert { alert: Alert::ReportOverdue { agent, call } });
    }

    /// The report that wrap-up waits for is there; during the talk it counts for later.
    pub(super) fn report_filed(
        &mut self,
        call: CallId,
        agent: AgentId,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        let slot = self.agents.slot(agent).ok_or(RefusedWhy::UnknownAgent)?;
        let agent = self.agents.get_mut(slot);
        match agent.state {
            AgentState::Talking { call: own, .. } | AgentState::OnHold { call: own, .. }
                if own == call =>
            {
                let talk = agent.talk.as_mut().expect("an agent with a call knows its class");
                talk.reported = true;
            }
            AgentState::WrapUp { call: own, .. } if own == call => {
                let overdue = agent.report == Report::Overdue;
                agent.report = Report::Filed;
                if overdue {
                    self.finish_work(slot, self.now);
                    self.bring_together(Loose { agents: vec![slot], callers: Vec::new() }, out);
                }
            }
            AgentState::Ringing { reservation, .. }
                if self.reservations.get(&reservation).is_some_and(
                    |rings| matches!(rings.origin, Origin::WrapUp { call: own, .. } if own == call),
                ) =>
            {
                agent.report = Report::Filed;
            }
            AgentState::Offline
            | AgentState::Available { .. }
            | AgentState::Ringing { .. }
            | AgentState::Talking { .. }
            | AgentState::OnHold { .. }
            | AgentState::WrapUp { .. }
            | AgentState::Break { .. }
            | AgentState::NotResponding { .. } => return Err(RefusedWhy::UnknownCall),
        }
        Ok(())
    }
}
