//! People of the helpline on the wire: the signed-in one, and the accounts. Pure.

use ids::{Language, Level, QueueId, Skill, UserId};
use serde::{Deserialize, Serialize};
use store::account::{self, Account};
use utoipa::ToSchema;

use super::Moment;
use crate::auth::Person;

/// What a person may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
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

impl From<account::Role> for Role {
    fn from(role: account::Role) -> Self {
        match role {
            account::Role::Operator => Self::Operator,
            account::Role::Doctor => Self::Doctor,
            account::Role::Supervisor => Self::Supervisor,
            account::Role::Admin => Self::Admin,
            account::Role::MedicalDirector => Self::MedicalDirector,
            account::Role::Facility => Self::Facility,
            account::Role::CardDesk => Self::CardDesk,
            account::Role::Field => Self::Field,
            account::Role::Auditor => Self::Auditor,
        }
    }
}

impl From<Role> for account::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Operator => Self::Operator,
            Role::Doctor => Self::Doctor,
            Role::Supervisor => Self::Supervisor,
            Role::Admin => Self::Admin,
            Role::MedicalDirector => Self::MedicalDirector,
            Role::Facility => Self::Facility,
            Role::CardDesk => Self::CardDesk,
            Role::Field => Self::Field,
            Role::Auditor => Self::Auditor,
        }
    }
}

/// The signed-in person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// Who.
    #[schema(value_type = uuid::Uuid)]
    pub id: UserId,
    /// The name to sign in with.
    pub username: String,
    /// The name shown to colleagues.
    pub name: String,
    /// What the person may be.
    pub role: Role,
    /// Languages spoken with citizens.
    #[schema(value_type = Vec<String>)]
    pub languages: Vec<Language>,
    /// Queues served.
    #[schema(value_type = Vec<String>)]
    pub queues: Vec<QueueId>,
}

impl From<&Person> for Me {
    fn from(person: &Person) -> Self {
        Self {
            id: person.user,
            username: person.username.clone(),
            name: person.name.clone(),
            role: person.role.into(),
            languages: person.languages.clone(),
            queues: person.queues.clone(),
        }
    }
}

/// A session.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Who.
    pub user: Me,
    /// Every write must show this as `x-csrf-token`.
    pub csrf_token: String,
    /// When the session ends at the latest.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Moment,
}

/// An account, as an administrator sees it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// Whose it is.
    #[schema(value_type = uuid::Uuid)]
    pub id: UserId,
    /// The name to sign in with.
    pub username: String,
    /// The name to show.
    pub name: String,
    /// What the person may be.
    pub role: Role,
    /// Languages spoken with citizens.
    #[schema(value_type = Vec<String>)]
    pub languages: Vec<Language>,
    /// Queues served.
    #[schema(value_type = Vec<String>)]
    pub queues: Vec<QueueId>,
    /// Skills held.
    pub skills: Vec<SkillLevel>,
    /// The set-up link was used.
    pub has_password: bool,
    /// No password is accepted before this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub locked_until: Option<Moment>,
    /// The person may not sign in at all.
    pub disabled: bool,
    /// When the account was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Moment,
}

impl From<Account> for User {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            username: account.username,
            name: account.name,
            role: account.role.into(),
            languages: account.languages,
            queues: account.queues,
            skills: account.skills.into_iter().map(Into::into).collect(),
            has_password: account.has_password,
            locked_until: account.locked_until.map(Into::into),
            disabled: account.disabled,
            created_at: account.created_at.into(),
        }
    }
}

/// A skill and how well it is held, or must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SkillLevel {
    /// Which skill, by its key: `children`.
    #[schema(value_type = String)]
    pub skill: Skill,
    /// From 1 (has heard of it) to 5 (teaches it).
    #[schema(value_type = u8, minimum = 1, maximum = 5)]
    pub level: Level,
}

impl From<ids::SkillLevel> for SkillLevel {
    fn from(held: ids::SkillLevel) -> Self {
        Self { skill: held.skill, level: held.level }
    }
}

impl From<SkillLevel> for ids::SkillLevel {
    fn from(held: SkillLevel) -> Self {
        Self { skill: held.skill, level: held.level }
    }
}
