//! `/calls`: a call alive, and what its agent does with it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ids::{AgentId, CallId, ContactId};
use serde::{Deserialize, Serialize};
use telephony::call::Digit;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::access::{SeesCalls, TakesCalls};
use crate::auth::{Person, Signed};
use crate::clock;
use crate::events::protocol::watches;
use crate::extract::{Body, Param};
use crate::problem::{Answer, Problem};
use crate::records;
use crate::wire::call::{CallView, Eyes};

/// Most keys of one request.
const DIGITS_MAX: usize = 32;

/// Keys of a telephone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Digits {
    /// `0`–`9`, `*`, `#`; at most 32.
    #[schema(max_length = 32, pattern = "^[0-9*#A-D]+$")]
    pub digits: String,
}

impl Digits {
    /// The keys, checked.
    ///
    /// # Errors
    /// A problem with the field, for none, too many or other characters.
    pub fn read(&self) -> Answer<Vec<Digit>> {
        let wrong = |why: &str| Problem::field("digits", why);
        if self.digits.is_empty() || self.digits.chars().count() > DIGITS_MAX {
            return Err(wrong("Send between 1 and 32 keys."));
        }
        let keys: Option<Vec<_>> = self.digits.chars().map(Digit::new).collect();
        keys.ok_or_else(|| wrong("Only 0-9, * and # are keys."))
    }
}

/// Whom a call is about.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AboutContact {
    /// The contact; null: not known.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub contact_id: Option<ContactId>,
}

/// A call alive: one's own, or any for a supervisor.
#[utoipa::path(get, path = "/calls/{id}", tag = "calls", operation_id = "get_call",
    security(("session" = [])), params(("id" = uuid::Uuid, Path, description = "The call.")),
    responses(
        (status = 200, description = "The call.", body = CallView),
        (status = 404, description = "Over, or not yours."),
    ))]
pub async fn get(
    State(app): State<App>,
    signed: Signed<SeesCalls>,
    Param(id): Param<CallId>,
) -> Answer<Json<CallView>> {
    let view = own_call(&app, &signed.person, id)?;
    let eyes = Eyes::of(AgentId::from(signed.person.user), view.agent);
    Ok(Json(CallView::seen(&view, eyes, clock::now())))
}

/// Puts the caller on hold, with music.
#[utoipa::path(post, path = "/calls/{id}/hold", tag = "calls", operation_id = "hold_call",
    security(("session" = [])), params(("id" = uuid::Uuid, Path, description = "The call.")),
    responses(
        (status = 204, description = "The caller hears music."),
        (status = 409, description = "The call is over or not yours."),
    ))]
pub async fn hold(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Param(id): Param<CallId>,
) -> Answer<StatusCode> {
    app.exchange().hold(AgentId::from(signed.person.user), id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the caller off hold.
#[utoipa::path(post, path = "/calls/{id}/resume", tag = "calls", operation_id = "resume_call",
    security(("session" = [])), params(("id" = uuid::Uuid, Path, description = "The call.")),
    responses(
        (status = 204, description = "Both hear each other."),
        (status = 409, description = "The call is over or not yours."),
    ))]
pub async fn resume(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Param(id): Param<CallId>,
) -> Answer<StatusCode> {
    app.exchange().resume(AgentId::from(signed.person.user), id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the call.
#[utoipa::path(post, path = "/calls/{id}/hang-up", tag = "calls", operation_id = "hang_up_call",
    security(("session" = [])), params(("id" = uuid::Uuid, Path, description = "The call.")),
    responses(
        (status = 204, description = "The call ends; wrap-up begins."),
        (status = 409, description = "The call is over or not yours."),
    ))]
pub async fn hang_up(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Param(id): Param<CallId>,
) -> Answer<StatusCode> {
    app.exchange().hang_up(AgentId::from(signed.person.user), id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Presses keys for the caller's side to hear.
#[utoipa::path(post, path = "/calls/{id}/digits", tag = "calls", operation_id = "send_digits",
    security(("session" = [])), params(("id" = uuid::Uuid, Path, description = "The call.")),
    request_body = Digits,
    responses(
        (status = 204, description = "The keys are being sent."),
        (status = 409, description = "The call is over or not yours."),
    ))]
pub async fn send_digits(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Param(id): Param<CallId>,
    Body(digits): Body<Digits>,
) -> Answer<StatusCode> {
    let agent = AgentId::from(signed.person.user);
    for digit in digits.read()? {
        app.exchange().send_digit(agent, id, digit)?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Says whom the call is about. The contact's record is opened with that, and audited.
#[utoipa::path(put, path = "/calls/{id}/contact", tag = "calls", operation_id = "set_call_contact",
    security(("session" = [])), params(("id" = uuid::Uuid, Path, description = "The call.")),
    request_body = AboutContact,
    responses(
        (status = 204, description = "Noted on the call and its interaction."),
        (status = 404, description = "No such contact, or the call is not yours."),
    ))]
pub async fn set_contact(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Param(id): Param<CallId>,
    Body(about): Body<AboutContact>,
) -> Answer<StatusCode> {
    records::set_contact(&app, &signed.person, id, about.contact_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The call, if this person may see it.
fn own_call(app: &App, person: &Person, id: CallId) -> Answer<switchboard::CallView> {
    let own = |view: &switchboard::CallView| {
        watches(person.role) || view.agent == Some(AgentId::from(person.user))
    };
    // A call of another agent is answered as one that does not exist.
    app.exchange().call_view(id).filter(own).ok_or_else(|| Problem::not_found("call"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemKind;

    #[test]
    fn only_keys_of_a_telephone_are_sent() {
        let read = |text: &str| {
            let digits = Digits { digits: text.to_owned() };
            digits.read().map(|keys| keys.len()).map_err(|problem| problem.kind())
        };
        assert_eq!(read("12#*0"), Ok(5));
        for bad in ["", "1 2", "१", "x", &"1".repeat(33)] {
            assert_eq!(read(bad), Err(ProblemKind::Invalid), "{bad:?}");
        }
    }
}
