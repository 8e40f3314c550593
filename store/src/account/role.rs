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

impl Role {
    /// All roles.
    pub const ALL: &[Self] = &[
        Self::Operator,
        Self::Doctor,
        Self::Supervisor,
        Self::Admin,
        Self::MedicalDirector,
        Self::Facility,
        Self::CardDesk,
        Self::Field,
        Self::Auditor,
    ];

    /// The word in rows, JSON and commands.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Doctor => "doctor",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
            Self::MedicalDirector => "medical_director",
            Self::Facility => "facility",
            Self::CardDesk => "card_desk",
            Self::Field => "field",
            Self::Auditor => "auditor",
        }
    }

    /// The role of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.as_str() == word)
    }
}
