//! `/session`: signing in and out, and the one-time set-up of a password.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum_extra::extract::cookie::CookieJar;
use ids::SessionId;
use serde::Deserialize;
use store::account::session::Opened;
use store::account::{SignInError, session as rows, setup, sign_in};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::access::Anyone;
use crate::auth::session::{self, Ended, Person};
use crate::auth::{Signed, cookie};
use crate::extract::Body;
use crate::problem::{Answer, Problem, ProblemKind};
use crate::wire::person::Session;
use crate::{clock, edge};

/// Longest user name or password that is looked at, bytes.
const TEXT_LEN_MAX: usize = 1024;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The user name.
    pub username: String,
    /// The password.
    #[schema(format = Password)]
    pub password: String,
}

/// A password for an account that has none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// From the one-time link.
    pub token: String,
    /// The new password: at least 10 characters, not easily guessed.
    #[schema(format = Password)]
    pub password: String,
}

/// Signs in. A session that came with the request ends: a session never changes hands.
#[utoipa::path(post, path = "/session", tag = "session", operation_id = "sign_in",
    request_body = Credentials, security(()),
    responses(
        (status = 200, description = "Signed in; the cookie is set.", body = Session),
        (status = 401, description = "Wrong user name or password."),
        (status = 403, description = "The account is disabled."),
        (status = 423, description = "Too many wrong passwords; see Retry-After."),
        (status = 429, description = "Too many attempts; see Retry-After."),
    ))]
pub async fn create(
    State(app): State<App>,
    client: ConnectInfo<SocketAddr>,
    jar: CookieJar,
    Body(credentials): Body<Credentials>,
) -> Answer<(CookieJar, Json<Session>)> {
    let Credentials { username, password } = credentials;
    if username.len() > TEXT_LEN_MAX || password.len() > TEXT_LEN_MAX {
        return Err(wrong());
    }
    app.limits().sign_in_by_address.attempt(&edge::client_network(&client))?;
    app.limits().sign_in_by_username.attempt(&username.trim().to_ascii_lowercase())?;
    let now = clock::now();
    let account = sign_in(app.store(), &username, &password, now).await;
    let account = account.map_err(|error| refused(error, now))?;
    let (id, user) = (SessionId::from_uuid(clock::fresh_id()), account.id);
    let (before, limits) = (jar.get(cookie::NAME), session::limits(&app));
    if let Some(before) = before {
        let before = rows::find(app.store(), before.value(), limits, now).await?;
        if let Some(before) = before {
            end(&app, before.id).await?;
        }
    }
    let open = |txn| async move { Answer::Ok(rows::open(&txn, id, user, limits, now).await?) };
    let opened: Opened = app.store().write_txn(open).await?;
    let person = Person::new(account, opened.id, opened.expires_at);
    let answer = Session {
        user: (&person).into(),
        csrf_token: opened.csrf_token,
        expires_at: opened.expires_at.into(),
    };
    Ok((jar.add(cookie::issue(opened.token, app.is_https())), Json(answer)))
}

/// The session, again; a reloaded page learns its token here.
#[utoipa::path(get, path = "/session", tag = "session", operation_id = "get_session",
    security(("session" = [])),
    responses((status = 200, description = "Signed in.", body = Session)))]
pub async fn get(signed: Signed<Anyone>) -> Json<Session> {
    Json(Session {
        user: (&signed.person).into(),
        expires_at: signed.person.expires_at.into(),
        csrf_token: signed.csrf_token,
    })
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "session", operation_id = "sign_out",
    security(("session" = [])),
    responses((status = 204, description = "Signed out; the cookie is taken away.")))]
pub async fn delete(
    State(app): State<App>,
    signed: Signed<Anyone>,
    jar: CookieJar,
) -> Answer<(CookieJar, StatusCode)> {
    end(&app, signed.person.session).await?;
    Ok((jar.add(cookie::revoke(app.is_https())), StatusCode::NO_CONTENT))
}

/// Sets the password of an account by its one-time link. Ends all sessions of the account.
#[utoipa::path(post, path = "/session/setup", tag = "session", operation_id = "set_up_password",
    request_body = Setup, security(()),
    responses(
        (status = 204, description = "Set; sign in with it."),
        (status = 429, description = "Too many attempts; see Retry-After."),
    ))]
pub async fn set_up(
    State(app): State<App>,
    client: ConnectInfo<SocketAddr>,
    Body(wish): Body<Setup>,
) -> Answer<StatusCode> {
    app.limits().sign_in_by_address.attempt(&edge::client_network(&client))?;
    let user = setup::complete(app.store(), &wish.token, &wish.password, clock::now()).await?;
    app.ended_sessions().tell(Ended::User(user));
    Ok(StatusCode::NO_CONTENT)
}

async fn end(app: &App, session: SessionId) -> Answer<()> {
    let close = |txn| async move { Answer::Ok(rows::close(&txn, session).await?) };
    app.store().write_txn(close).await?;
    app.ended_sessions().tell(Ended::Session(session));
    Ok(())
}

fn wrong() -> Problem {
    Problem::new(ProblemKind::WrongPassword, "The user name or the password is wrong.")
}

fn refused(error: SignInError, now: ids::Timestamp) -> Problem {
    match error {
        // An account without a password answers as one that does not exist: which user names there
        // are is nobody's business.
        SignInError::Wrong | SignInError::NotSetUp => {
            metrics::counter!("helpline_sign_ins_refused_total").increment(1);
            wrong()
        }
        SignInError::Locked { until } => {
            Problem::new(ProblemKind::Locked, "Too many wrong passwords; try again later.")
                .retry_after(until.since(now))
        }
        SignInError::Disabled => Problem::new(ProblemKind::Disabled, "Ask an administrator."),
        SignInError::Hash(error) => error.into(),
        SignInError::Txn(error) => error.into(),
        error @ SignInError::Sql(_) => Problem::fault(error),
    }
}
