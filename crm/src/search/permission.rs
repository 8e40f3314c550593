//! Who may find what.
//!
//! Pure. Every document carries grants, every viewer holds some; a document is found only if the
//! two meet. The meeting is part of the query itself, so totals and facets never count a record
//! that the viewer may not open. What a role may read stands in [`crate::access`] alone: a change
//! there holds at once, without a new index.

use ids::UserId;
use store::account::Role;

use crate::access::{Deed, may};
use crate::actor::Actor;

/// A reason to see a document: written on the document, held by the viewer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Grant {
    /// To everybody whose role reads records.
    Records,
    /// To everybody with this role.
    Role(Role),
    /// To everybody who works for this place: `rohini-22`.
    Place(String),
    /// To this person: the owner of a case, the agent of a call.
    User(UserId),
}

impl Grant {
    /// The grant as a term of the index.
    #[must_use]
    pub fn term(&self) -> String {
        match self {
            Self::Records => "records".to_owned(),
            Self::Role(role) => format!("role:{}", role.as_str()),
            Self::Place(place) => format!("place:{place}"),
            Self::User(user) => format!("user:{user}"),
        }
    }
}

/// Who searches, as far as permission goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    grants: Vec<Grant>,
}

impl Viewer {
    /// A viewer with these grants and no others.
    #[must_use]
    pub const fn new(grants: Vec<Grant>) -> Self {
        Self { grants }
    }

    /// The viewer that an actor is. An actor has no place yet; records of a place are found by
    /// those whose role reads all.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        let mut grants = vec![Grant::Role(actor.role), Grant::User(actor.user)];
        if may(actor.role, Deed::ReadRecords) {
            grants.push(Grant::Records);
        }
        Self { grants }
    }

    /// Every grant this viewer holds.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }
}

/// The grants of an ordinary record: to those who read records, at its place, to its owner.
#[must_use]
pub fn grants_of(place: Option<&str>, owner: Option<UserId>) -> Vec<Grant> {
    let place = place.map(|place| Grant::Place(place.to_owned()));
    [Grant::Records].into_iter().chain(place).chain(owner.map(Grant::User)).collect()
}

#[cfg(test)]
mod tests {
    use ids::UserId;
    use store::account::Role;
    use store::audit::Purpose;

    use super::{Grant, Viewer, grants_of};
    use crate::access::{Deed, may};
    use crate::actor::Actor;

    fn meets(viewer: &Viewer, document: &[Grant]) -> bool {
        viewer.grants().iter().any(|grant| document.contains(grant))
    }

    #[test]
    fn who_may_read_finds_and_nobody_else() {
        let record = grants_of(Some("rohini-22"), Some(UserId::from_number(7)));
        for role in Role::ALL {
            let user = UserId::from_number(1);
            let actor = Actor { user, role: *role, purpose: Purpose::Desk };
            assert_eq!(meets(&Viewer::of(&actor), &record), may(*role, Deed::ReadRecords));
        }
    }

    #[test]
    fn a_place_cannot_be_mistaken_for_a_role() {
        let place = Grant::Place("operator".to_owned());
        assert_ne!(place.term(), Grant::Role(Role::Operator).term());
    }
}
