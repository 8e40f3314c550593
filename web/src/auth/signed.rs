//! The extractors that endpoints name in their signatures: who calls, checked against the access that
//! the endpoint grants. Reads the session or the token from the database.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use crm::actor::{Actor, Purpose};
use ids::UserId;
use store::account::Role;

use super::access::Access;
use super::session::{self, Person, SessionToken};
use super::{CSRF_HEADER, cookie, machine};
use crate::app::App;
use crate::clock;
use crate::problem::{Answer, Problem, ProblemKind};

/// A signed-in person who has this access. Machines are refused.
#[derive(Clone)]
pub struct Signed<A: Access> {
    /// Who.
    pub person: Person,
    /// The session's token, for those who end or refresh it.
    pub token: SessionToken,
    /// What writes of this session must show besides the cookie.
    pub csrf_token: String,
    access: PhantomData<A>,
}

/// A person or a machine that has this access.
#[derive(Clone, Debug)]
pub struct Permitted<A: Access> {
    /// Who.
    pub authority: Authority,
    access: PhantomData<A>,
}

/// Who acts.
#[derive(Clone, Debug)]
pub enum Authority {
    /// A person, signed in.
    Person(Box<Person>),
    /// A machine, by its token.
    Machine(machine::Machine),
}

impl Authority {
    /// The account in whose name things happen.
    #[must_use]
    pub fn user(&self) -> UserId {
        match self {
            Self::Person(person) => person.user,
            Self::Machine(machine) => machine.user,
        }
    }

    /// The role it acts in.
    #[must_use]
    pub fn role(&self) -> Role {
        match self {
            Self::Person(person) => person.role,
            Self::Machine(machine) => machine.role,
        }
    }
}

impl<A: Access> Permitted<A> {
    /// The actor for the records, with this purpose.
    #[must_use]
    pub fn actor(&self, purpose: Purpose) -> Actor {
        Actor { user: self.authority.user(), role: self.authority.role(), purpose }
    }
}

impl<A: Access> FromRequestParts<App> for Signed<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let (person, token, csrf_token) = person(parts, app).await?;
        allow_role::<A>(person.role)?;
        Ok(Self { person, token, csrf_token, access: PhantomData })
    }
}

impl<A: Access> FromRequestParts<App> for Permitted<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let authority = if let Some(token) = bearer(&parts.headers)? {
            let machine = machine::of(app, token, A::ROLES[0]).await?;
            allow_scope::<A>(&machine)?;
            Authority::Machine(machine)
        } else {
            let (person, ..) = person(parts, app).await?;
            allow_role::<A>(person.role)?;
            Authority::Person(Box::new(person))
        };
        Ok(Self { authority, access: PhantomData })
    }
}

/// The person whose cookie came with the request; writes need the session's token besides.
async fn person(parts: &Parts, app: &App) -> Answer<(Person, SessionToken, String)> {
    let nobody = || Problem::new(ProblemKind::NotSignedIn, "Sign in first.");
    if bearer(&parts.headers)?.is_some() {
        return Err(Problem::new(ProblemKind::Forbidden, "This is for people, not for machines."));
    }
    let token = SessionToken(cookie::read(&parts.headers).ok_or_else(nobody)?);
    let current = session::find(app, &token, clock::now()).await?.ok_or_else(nobody)?;
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        let sent = parts.headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok());
        if !sent.is_some_and(|sent| current.csrf_matches(sent)) {
            return Err(Problem::new(
                ProblemKind::CrossSite,
                "Send the session's csrf_token as x-csrf-token.",
            ));
        }
    }
    let csrf_token = current.csrf_token.clone();
    Ok((Person::new(current.account, current.id, current.expires_at), token, csrf_token))
}

fn bearer(headers: &HeaderMap) -> Answer<Option<&str>> {
    let Some(header) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let text = header.to_str().ok();
    let token = text.and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    token.map(Some).ok_or_else(|| {
        Problem::new(ProblemKind::NotSignedIn, "Authorization must be a bearer token.")
    })
}

fn allow_role<A: Access>(role: Role) -> Answer<()> {
    if A::ROLES.contains(&role) {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::Forbidden, "Your role does not allow this."))
}

fn allow_scope<A: Access>(machine: &machine::Machine) -> Answer<()> {
    match A::SCOPE {
        None => Err(Problem::new(ProblemKind::Forbidden, "This is for people, not for machines.")),
        Some(scope) if machine.holds(scope) => Ok(()),
        Some(_) => Err(Problem::new(ProblemKind::Forbidden, "The token lacks the scope for this.")),
    }
}
