//! Sessions of people as the edge sees them: found by the cookie's token, ended, and told about when
//! they end. The rows are `store`'s.

use ids::{Language, QueueId, SessionId, SkillLevel, Timestamp, UserId};
use store::account::session::{self, Current, Limits};
use store::account::{Account, Role};
use tokio::sync::broadcast;

use crate::app::App;
use crate::problem::Answer;

/// The secret in the cookie. Prints as nothing.
#[derive(Clone)]
pub struct SessionToken(pub String);

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken")
    }
}

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub user: UserId,
    /// The name to sign in with.
    pub username: String,
    /// The name shown to colleagues.
    pub name: String,
    /// What the person may be.
    pub role: Role,
    /// Languages spoken with citizens.
    pub languages: Vec<Language>,
    /// Queues served.
    pub queues: Vec<QueueId>,
    /// Skills held, each at its level.
    pub skills: Vec<SkillLevel>,
    /// By which session.
    pub session: SessionId,
    /// When that session ends at the latest.
    pub expires_at: Timestamp,
}

impl Person {
    /// The person of an account, signed in by this session.
    #[must_use]
    pub fn new(account: Account, session: SessionId, expires_at: Timestamp) -> Self {
        Self {
            user: account.id,
            username: account.username,
            name: account.name,
            role: account.role,
            languages: account.languages,
            queues: account.queues,
            skills: account.skills,
            session,
            expires_at,
        }
    }
}

/// How long sessions live, by the settings.
#[must_use]
pub fn limits(app: &App) -> Limits {
    let settings = &app.settings().session;
    Limits { absolute: settings.absolute(), idle: settings.idle() }
}

/// The session of this token, if it lives. Counts as use of it.
///
/// # Errors
/// The database's.
pub async fn find(app: &App, token: &SessionToken, now: Timestamp) -> Answer<Option<Current>> {
    Ok(session::find(app.store(), &token.0, limits(app), now).await?)
}

/// Sessions that were ended before their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The person signed out here.
    Session(SessionId),
    /// All sessions of a person, by an administrator or a new password.
    User(UserId),
}

impl Ended {
    /// Whether this ends the session of that person.
    #[must_use]
    pub fn ends(self, person: &Person) -> bool {
        match self {
            Self::Session(session) => session == person.session,
            Self::User(user) => user == person.user,
        }
    }
}

/// The news of ended sessions, for event streams. Cheap to clone; never waits.
#[derive(Clone, Debug)]
pub struct EndedSessions {
    sender: broadcast::Sender<Ended>,
}

impl EndedSessions {
    /// Nobody listens yet.
    #[must_use]
    pub fn new() -> Self {
        Self { sender: broadcast::Sender::new(KEPT) }
    }

    /// Tells the streams.
    pub fn tell(&self, ended: Ended) {
        // Nobody listening is no error.
        let _ = self.sender.send(ended);
    }

    /// Listens from now on. Who lags must look at the session itself.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Ended> {
        self.sender.subscribe()
    }
}

impl Default for EndedSessions {
    fn default() -> Self {
        Self::new()
    }
}

/// News kept for a stream that is slow for a moment.
const KEPT: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_printed() {
        let token = SessionToken("very secret".to_owned());
        assert!(!format!("{token:?}").contains("secret"));
    }
}
