//! `/users`: accounts of the helpline's own people, kept by administrators.

#![expect(unused_qualifications, reason = "utoipa writes the paths of parameters out")]

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ids::{AgentId, Language, QueueId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::account::{self, NewAccount as New, setup};
use store::audit::{self, Action, Entity, Entry, Purpose};
use store::{WriteTxn, account::setup::LINK_LIFETIME};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::KeepsAccounts;
use crate::auth::session::Ended;
use crate::clock;
use crate::extract::{Body, Param, Queried};
use crate::problem::{Answer, Problem};
use crate::set_up_link;
use crate::wire::Moment;
use crate::wire::person::{Role, SkillLevel, User};

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The name to sign in with.
    pub username: String,
    /// The name to show.
    pub name: String,
    /// What the person may be.
    pub role: Role,
    /// Languages spoken with citizens.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false)]
    pub languages: Vec<Language>,
    /// Queues served.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false)]
    pub queues: Vec<QueueId>,
    /// Skills held.
    #[serde(default)]
    #[schema(required = false)]
    pub skills: Vec<SkillLevel>,
}

/// The skills of a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Skills {
    /// All of them; those that are not named are held no more.
    pub skills: Vec<SkillLevel>,
}

/// An account with its one-time link. The link is shown once and goes to the person alone.
#[derive(Serialize, ToSchema)]
pub struct UserWithLink {
    /// The account.
    pub user: User,
    /// Where the person sets a password.
    pub link: String,
    /// Until when the link works.
    #[schema(value_type = String, format = DateTime)]
    pub link_expires_at: Moment,
}

/// A page of accounts.
#[derive(Serialize, ToSchema)]
pub struct Users {
    /// By user name.
    pub users: Vec<User>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserPage {
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// All accounts, a page at a time.
#[utoipa::path(get, path = "/users", tag = "users", operation_id = "list_users", params(UserPage),
    security(("session" = []), ("machine" = ["users:write"])),
    responses((status = 200, description = "A page.", body = Users)))]
pub async fn list(
    State(app): State<App>,
    _: Permitted<KeepsAccounts>,
    Queried(which): Queried<UserPage>,
) -> Answer<Json<Users>> {
    let after = which.cursor.as_deref();
    let read = |txn| async move { Answer::Ok(account::list(&txn, after, PAGE).await?) };
    let accounts = app.store().read_txn(read).await?;
    let full = u64::try_from(accounts.len()).is_ok_and(|count| count == PAGE);
    let next_cursor = accounts.last().filter(|_| full).map(|last| last.username.clone());
    Ok(Json(Users { users: accounts.into_iter().map(Into::into).collect(), next_cursor }))
}

/// Makes an account and its one-time link.
#[utoipa::path(post, path = "/users", tag = "users", operation_id = "create_user",
    request_body = NewUser, security(("session" = []), ("machine" = ["users:write"])),
    responses(
        (status = 201, description = "The account and its link.", body = UserWithLink),
        (status = 409, description = "The user name is taken."),
    ))]
pub async fn create(
    State(app): State<App>,
    permitted: Permitted<KeepsAccounts>,
    Body(wish): Body<NewUser>,
) -> Answer<(StatusCode, Json<UserWithLink>)> {
    known_queues(&app, &wish.queues)?;
    let now = clock::now();
    let new = &New {
        id: UserId::from_uuid(clock::fresh_id()),
        username: wish.username,
        name: wish.name,
        role: wish.role.into(),
        languages: wish.languages,
        queues: wish.queues,
        skills: held(wish.skills)?,
    };
    let by = &permitted;
    let make = |txn| async move {
        let made = account::create(&txn, new, now).await?;
        let token = setup::issue_link(&txn, made.id, now).await?;
        note(&txn, by, Action::Create, made.id, now).await?;
        Answer::Ok((made, token))
    };
    let (made, token) = app.store().write_txn(make).await?;
    Ok((StatusCode::CREATED, Json(linked(&app, made.into(), token, now)?)))
}

/// Takes the password, the lock and all sessions from an account and makes a new link.
#[utoipa::path(post, path = "/users/{id}/reset", tag = "users", operation_id = "reset_user",
    params(("id" = uuid::Uuid, Path, description = "The account.")),
    security(("session" = []), ("machine" = ["users:write"])),
    responses(
        (status = 200, description = "The account and its new link.", body = UserWithLink),
        (status = 404, description = "No such account."),
    ))]
pub async fn reset(
    State(app): State<App>,
    permitted: Permitted<KeepsAccounts>,
    Param(id): Param<UserId>,
) -> Answer<Json<UserWithLink>> {
    let now = clock::now();
    let by = &permitted;
    let reset = |txn| async move {
        let token = setup::reset(&txn, id, now).await?;
        note(&txn, by, Action::ChangeState, id, now).await?;
        Answer::Ok((account::get(&txn, id).await?, token))
    };
    let (found, token) = app.store().write_txn(reset).await?;
    app.ended_sessions().tell(Ended::User(id));
    let user = found.ok_or_else(|| Problem::not_found("user"))?.into();
    Ok(Json(linked(&app, user, token, now)?))
}

/// Takes the lock off an account after too many wrong passwords.
#[utoipa::path(post, path = "/users/{id}/unlock", tag = "users", operation_id = "unlock_user",
    params(("id" = uuid::Uuid, Path, description = "The account.")),
    security(("session" = []), ("machine" = ["users:write"])),
    responses(
        (status = 204, description = "Unlocked."),
        (status = 404, description = "No such account."),
    ))]
pub async fn unlock(
    State(app): State<App>,
    permitted: Permitted<KeepsAccounts>,
    Param(id): Param<UserId>,
) -> Answer<StatusCode> {
    let now = clock::now();
    let by = &permitted;
    let unlock = |txn| async move {
        let found = account::unlock(&txn, id).await?;
        note(&txn, by, Action::ChangeState, id, now).await?;
        Answer::Ok(found)
    };
    if app.store().write_txn(unlock).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("user"))
    }
}

/// Writes down which skills a person holds. Whoever is on the floor has them at once.
#[utoipa::path(put, path = "/users/{id}/skills", tag = "users", operation_id = "set_user_skills",
    params(("id" = uuid::Uuid, Path, description = "The account.")),
    request_body = Skills, security(("session" = []), ("machine" = ["users:write"])),
    responses(
        (status = 200, description = "The account.", body = User),
        (status = 404, description = "No such account."),
    ))]
pub async fn set_skills(
    State(app): State<App>,
    permitted: Permitted<KeepsAccounts>,
    Param(id): Param<UserId>,
    Body(wish): Body<Skills>,
) -> Answer<Json<User>> {
    let skills = &held(wish.skills)?;
    let now = clock::now();
    let by = &permitted;
    let set = |txn| async move {
        account::set_skills(&txn, id, skills).await?;
        note(&txn, by, Action::Update, id, now).await?;
        Answer::Ok(account::get(&txn, id).await?)
    };
    let found = app.store().write_txn(set).await?.ok_or_else(|| Problem::not_found("user"))?;
    app.exchange().skills_changed(AgentId::from(id), skills).await?;
    Ok(Json(found.into()))
}

/// Most skills of one person.
const SKILLS_MAX: usize = 100;

fn held(skills: Vec<SkillLevel>) -> Answer<Vec<ids::SkillLevel>> {
    let twice = |(at, held): (usize, &SkillLevel)| {
        skills[..at].iter().any(|before| before.skill == held.skill)
    };
    if skills.iter().enumerate().any(twice) {
        return Err(Problem::field("skills", "A skill is named twice."));
    }
    if skills.len() > SKILLS_MAX {
        return Err(Problem::field("skills", "A person has at most 100 skills."));
    }
    Ok(skills.into_iter().map(Into::into).collect())
}

/// Accounts of one page.
const PAGE: u64 = account::LIST_MAX;

fn known_queues(app: &App, queues: &[QueueId]) -> Answer<()> {
    let known = |id: &QueueId| app.settings().queues.iter().any(|queue| queue.id == *id);
    match queues.iter().find(|id| !known(id)) {
        Some(_) => Err(Problem::field("queues", "There is no such queue.")),
        None => Ok(()),
    }
}

fn linked(app: &App, user: User, token: Option<String>, now: Timestamp) -> Answer<UserWithLink> {
    let token = token.ok_or_else(|| Problem::not_found("user"))?;
    let link = set_up_link::of(app.settings(), &token);
    Ok(UserWithLink { user, link, link_expires_at: (now + LINK_LIFETIME).into() })
}

/// Notes in the audit who did what to an account.
async fn note(
    txn: &WriteTxn,
    by: &Permitted<KeepsAccounts>,
    action: Action,
    user: UserId,
    at: Timestamp,
) -> Answer<()> {
    let entry = Entry {
        at,
        user: by.authority.user(),
        role: by.authority.role(),
        action,
        entity: Entity::User,
        ids: vec![user.as_uuid()],
        purpose: Purpose::Desk,
    };
    Ok(audit::record(txn, &entry).await?)
}
