//! Who may do what with the records: one table. Pure.
//!
//! Every public function of this crate asks here before it opens a transaction. Rules by place and
//! by purpose (a facility's own patients, break-glass) are not here yet.

use store::account::Role;
use thiserror::Error;

use crate::actor::Actor;

/// What can be done, as far as roles differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// See contacts, households, cases, reports and interactions; search them.
    ReadRecords,
    /// Make and change them.
    WriteRecords,
    /// See who saw and changed what.
    ReadAudit,
    /// Hear recorded calls. Whoever was not on the call says why.
    HearRecordings,
    /// Keep a recording past its time, or destroy it before.
    KeepRecordings,
}

/// The role may not do this. Nothing was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the role may not do this")]
pub struct NotAllowed {
    /// The role that asked.
    pub role: Role,
    /// What it asked for.
    pub deed: Deed,
}

/// The table. Those who work with citizens see their records; those who run the machine or watch
/// the watchers do not.
#[must_use]
pub const fn may(role: Role, deed: Deed) -> bool {
    match role {
        Role::Operator | Role::Doctor | Role::Supervisor => match deed {
            Deed::ReadRecords | Deed::WriteRecords | Deed::HearRecordings => true,
            Deed::KeepRecordings => matches!(role, Role::Supervisor),
            Deed::ReadAudit => false,
        },
        Role::Auditor => match deed {
            Deed::ReadAudit => true,
            Deed::ReadRecords
            | Deed::WriteRecords
            | Deed::HearRecordings
            | Deed::KeepRecordings => false,
        },
        Role::Admin | Role::MedicalDirector | Role::Facility | Role::CardDesk | Role::Field => {
            false
        }
    }
}

/// Asks the table for an actor.
///
/// # Errors
/// [`NotAllowed`] if the role may not.
pub const fn allow(actor: &Actor, deed: Deed) -> Result<(), NotAllowed> {
    if may(actor.role, deed) { Ok(()) } else { Err(NotAllowed { role: actor.role, deed }) }
}
