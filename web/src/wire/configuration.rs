//! Versions of greetings and calendars on the wire. Pure.

use ids::UserId;
use serde::Serialize;
use store::config_version::{Published, Version};
use telephony::flow::FlowProof;
use utoipa::ToSchema;

use super::Moment;

/// A text that was written.
#[derive(Serialize, ToSchema)]
pub struct ConfigVersion {
    /// Counted from 1.
    pub version: i64,
    /// The text, as TOML.
    pub text: String,
    /// SHA-256 of the text, in hexadecimal digits.
    pub sha256: String,
    /// Who wrote it; absent: it came with the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub author: Option<UserId>,
    /// What the author said of it.
    pub note: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Moment,
}

/// A page of versions.
#[derive(Serialize, ToSchema)]
pub struct ConfigVersions {
    /// Newest first.
    pub versions: Vec<ConfigVersion>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<i64>,
}

/// What is in force.
#[derive(Serialize, ToSchema)]
pub struct InForce {
    /// The name of the greeting or calendar.
    pub name: String,
    /// Counts the publications: the ETag, for `If-Match`.
    pub serial: i64,
    /// Who published it; absent: it came with the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub published_by: Option<UserId>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub published_at: Moment,
    /// The version.
    pub version: ConfigVersion,
    /// Of a greeting: how long it takes to a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

/// All greetings or calendars.
#[derive(Serialize, ToSchema)]
pub struct AllInForce {
    /// By name.
    pub in_force: Vec<InForce>,
}

/// A version that was kept, and how it would do.
#[derive(Serialize, ToSchema)]
pub struct Draft {
    /// The version.
    pub version: ConfigVersion,
    /// Of a greeting: how long it takes to a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

/// That every branch of a greeting ends at a person, and how soon.
#[derive(Serialize, ToSchema)]
#[schema(as = FlowProof)]
pub struct Proof {
    /// The longest time to a person, seconds, rounded up.
    pub worst_s: u64,
    /// The most steps on any branch.
    pub steps: usize,
    /// Every way out of every step.
    pub branches: Vec<ProvenBranch>,
}

/// One way out of a step.
#[derive(Serialize, ToSchema)]
pub struct ProvenBranch {
    /// The step.
    pub step: String,
    /// `key 1`, `otherwise`, `then`, `open`, `closed`, `holiday`.
    pub branch: String,
    /// The longest time from the beginning to a person by this way, seconds, rounded up.
    pub worst_s: u64,
    /// The queues at which it may end.
    pub ends_at: Vec<String>,
}

impl From<Version> for ConfigVersion {
    fn from(version: Version) -> Self {
        Self {
            version: version.version,
            text: version.text,
            sha256: version.sha256,
            author: version.author,
            note: version.note,
            created_at: version.created_at.into(),
        }
    }
}

impl InForce {
    /// What is in force, with its proof if it is a greeting.
    #[must_use]
    pub fn new(published: Published, proof: Option<Proof>) -> Self {
        Self {
            name: published.version.name.clone(),
            serial: published.serial,
            published_by: published.by,
            published_at: published.at.into(),
            version: published.version.into(),
            proof,
        }
    }
}

impl From<FlowProof> for Proof {
    fn from(proof: FlowProof) -> Self {
        let branches = proof.branches.into_iter().map(|branch| ProvenBranch {
            step: branch.step,
            branch: branch.branch,
            worst_s: whole_seconds(branch.worst),
            ends_at: branch.ends_at.iter().map(ToString::to_string).collect(),
        });
        Self {
            worst_s: whole_seconds(proof.worst),
            steps: proof.steps,
            branches: branches.collect(),
        }
    }
}

fn whole_seconds(time: std::time::Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
