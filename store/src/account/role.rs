//! What a person may be. Pure.

use serde::{Deserialize, Serialize};

/// What a person may be; each account has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers citizens, tier one.
    Operator,
    /// A clinician, tier two.
    Doctor,
    /// Watches the floor.
    Supervisor,
    /// Keeps accounts and settings.
    Admin,
    /// Signs protocols, ladders and drug lists.
    MedicalDirector,
    /// Staff of a hospital, its own place only.
    Facility,
    /// Issues cards.
    CardDesk,
    /// Survey and delivery.
    Field,
    /// Reads the audit, nothing else.
    Auditor,
}
