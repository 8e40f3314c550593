//! A ringing console on the wire: who calls, why this agent, who shares the telephone, what was
//! before. Pure.

use std::collections::BTreeMap;

use ids::{CaseId, ContactId, Language, QueueId, ReservationId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Moment;
use super::agent::millis;
use super::call::{CallView, Eyes};
use super::person::SkillLevel;
use crate::explain;

/// A reservation that rings.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Ringing {
    /// Which.
    #[schema(value_type = u64)]
    pub reservation_id: ReservationId,
    /// The caller.
    pub call: CallView,
    /// Rings until.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Moment,
    /// Rings for so long in all, milliseconds.
    pub ring_ms: u64,
    /// Why this agent.
    pub explanation: Explained,
    /// People who share the caller's number.
    pub pick_list: Vec<PickListEntry>,
    /// Previous contacts of that number, newest first.
    pub previous: Vec<PreviousContact>,
    /// How many people are known under the number.
    pub people_known: u32,
}

/// Why this agent.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Explanation)]
pub struct Explained {
    /// In English.
    pub sentence_en: String,
    /// In Hindi.
    pub sentence_hi: String,
    /// Version of the rules that decided.
    pub rule_version: u32,
    /// The best candidates, at most five, best first.
    pub candidates: Vec<Candidate>,
    /// All who could have been asked.
    pub eligible: u32,
    /// Those who could not, by rule.
    pub excluded: BTreeMap<String, u32>,
    /// The language that was required.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Language>,
    /// The step of the queue's skills in force, from 0.
    #[serde(default)]
    #[schema(required = false)]
    pub skill_step: u32,
    /// The skills asked for at that step; absent if none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<SkillLevel>,
    /// Further queues whose agents could be asked, because the wait was long.
    #[schema(value_type = Vec<String>)]
    pub widened_to: Vec<QueueId>,
    /// You talked with this caller not long ago, and are asked first for that.
    pub knows_caller: bool,
    /// Every eligible agent rings, because this is an emergency.
    pub all_ring: bool,
}

/// One candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Candidate {
    /// The name shown to colleagues.
    pub name: String,
    /// Idle for so long, milliseconds.
    pub idle_ms: u64,
}

impl Explained {
    /// The explanation at `now`; `name_of` gives agents their names.
    #[must_use]
    pub fn new(
        explanation: &routing::Explanation,
        name_of: impl Fn(ids::AgentId) -> String,
        now: Timestamp,
    ) -> Self {
        let sentences = explain::explain(explanation, now);
        let excluded = &explanation.excluded;
        let counts = [
            ("other_queue", excluded.other_queue),
            ("lacks_skill", excluded.lacks_skill),
            ("other_language", excluded.other_language),
            ("offline", excluded.offline),
            ("away", excluded.away),
            ("busy", excluded.busy),
            ("cooling_down", excluded.cooling_down),
        ];
        let candidate = |candidate: &routing::Candidate| Candidate {
            name: name_of(candidate.agent),
            idle_ms: millis(now.since(candidate.idle_since)),
        };
        Self {
            sentence_en: sentences.en,
            sentence_hi: sentences.hi,
            rule_version: explanation.rule_version,
            candidates: explanation.candidates.iter().map(candidate).collect(),
            eligible: explanation.eligible,
            excluded: counts.into_iter().map(|(rule, n)| (rule.to_owned(), n)).collect(),
            language: explanation.language,
            skill_step: explanation.skill_step,
            needs: explanation.needs.iter().copied().map(Into::into).collect(),
            widened_to: explanation.widened_to.clone(),
            knows_caller: explanation.knows_caller,
            all_ring: explanation.all_ring,
        }
    }
}

/// One person who shares the caller's number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PickListEntry {
    /// Who.
    #[schema(value_type = uuid::Uuid)]
    pub contact_id: ContactId,
    /// Name.
    pub name: String,
    /// Name in the other script.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_hi: Option<String>,
    /// Sex, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    /// Year of birth, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<i32>,
    /// Relation to the head of the household.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// Cases that are not closed.
    pub open_cases: u32,
}

/// One previous contact of the caller's number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreviousContact {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Moment,
    /// By which way.
    pub medium: String,
    /// What it was about, in short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The case that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub case_id: Option<CaseId>,
    /// That case's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_number: Option<String>,
}

/// What the records know of a caller's number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// People.
    pub pick_list: Vec<PickListEntry>,
    /// Previous contacts.
    pub previous: Vec<PreviousContact>,
}

impl Ringing {
    /// The reservation at `now`, for the agent whose console rings.
    #[must_use]
    pub fn new(
        view: &switchboard::RingingView,
        known: Known,
        name_of: impl Fn(ids::AgentId) -> String,
        now: Timestamp,
    ) -> Self {
        Self {
            reservation_id: view.reservation,
            call: CallView::seen(&view.call, Eyes::Handling, now),
            expires_at: view.expires_at.into(),
            ring_ms: millis(view.expires_at.since(view.rang_at)),
            explanation: Explained::new(&view.explanation, name_of, now),
            people_known: u32::try_from(known.pick_list.len()).unwrap_or(u32::MAX),
            pick_list: known.pick_list,
            previous: known.previous,
        }
    }
}
