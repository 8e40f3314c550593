//! Why this agent was asked to take this caller.

use alloc::vec::Vec;

use ids::{AgentId, Language, QueueId, SkillLevel, Timestamp};
use serde::{Deserialize, Serialize};

/// One candidate that the rules left standing, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub agent: AgentId,
    /// Idle since.
    pub idle_since: Timestamp,
}

/// How many agents each rule excluded. An agent counts once, under the first rule that applies, in
/// the order of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// Do not serve the queue.
    pub other_queue: u32,
    /// Do not hold the skills asked for at this step.
    #[serde(default)]
    pub lacks_skill: u32,
    /// Do not speak the required language.
    pub other_language: u32,
    /// Offline.
    pub offline: u32,
    /// On break, or not responding.
    pub away: u32,
    /// Ringing, talking, holding, wrapping up.
    pub busy: u32,
    /// Declined this caller a moment ago.
    pub cooling_down: u32,
}

/// The reasons of one reservation: enough to say it in a sentence. The full table is recomputed
/// from the journal on demand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Version of the rules that decided.
    pub rule_version: u32,
    /// The language that was required, if any.
    pub language: Option<Language>,
    /// The best candidates, at most five, best first; the one asked is the first (all,
    /// when all ring).
    pub candidates: Vec<Candidate>,
    /// All who could have been asked.
    pub eligible: u32,
    /// Those who could not, by rule.
    pub excluded: Excluded,
    /// How far an emergency goes beyond language and silence; 0 is not at all.
    pub relaxation_step: u32,
    /// The step of the queue's skills in force, from 0.
    #[serde(default)]
    pub skill_step: u32,
    /// The skills asked for at that step.
    #[serde(default)]
    pub needs: Vec<SkillLevel>,
    /// Further queues whose agents could be asked, because the caller has waited long.
    #[serde(default)]
    pub widened_to: Vec<QueueId>,
    /// The one asked talked with this caller not long ago, and is asked first for that.
    #[serde(default)]
    pub knows_caller: bool,
    /// Every eligible agent rings together, because this is an emergency.
    pub all_ring: bool,
}
