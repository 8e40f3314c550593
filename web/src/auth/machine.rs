//! Machines, by their bearer token.

use ids::UserId;
use store::account::{Role, machine};

use crate::app::App;
use crate::problem::{Answer, Problem, ProblemKind};

/// A machine that showed a good token.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its id, in whose name things happen; an account of the same id does not exist.
    pub user: UserId,
    /// The role that its actions count as.
    pub role: Role,
    scopes: Vec<String>,
}

impl Machine {
    /// Whether the token holds this scope.
    #[must_use]
    pub fn holds(&self, scope: &str) -> bool {
        self.scopes.iter().any(|held| held == scope)
    }
}

/// The machine of this token, acting in this role.
///
/// # Errors
/// 401 for an unknown token; the database's.
pub async fn of(app: &App, token: &str, role: Role) -> Answer<Machine> {
    let find = |txn| async move { Answer::Ok(machine::find(&txn, token).await?) };
    let found = app.store().read_txn(find).await?;
    let machine = found.ok_or_else(|| {
        Problem::new(ProblemKind::NotSignedIn, "The token is not one of the helpline.")
    })?;
    Ok(Machine { user: UserId::from_uuid(machine.id), role, scopes: machine.scopes })
}
