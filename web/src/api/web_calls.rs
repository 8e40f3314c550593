//! `/web-calls`: a citizen calls from the browser, without an account. Bounded by address, by number,
//! and by a share of all calls, so that the page can never crowd out the telephone.

pub mod audio;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum_extra::extract::cookie::CookieJar;
use ids::Language;
use serde::{Deserialize, Serialize};
use telephony::call::Digit;
use utoipa::ToSchema;

use crate::api::calls::Digits;
use crate::app::App;
use crate::edge;
use crate::extract::{Body, Param};
use crate::problem::{Answer, Problem, ProblemKind};
use crate::wire::agent::millis;
use crate::wire::words::CallState;
use crate::{clock, web_call};

/// A citizen's wish to talk.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebCall {
    /// The browser's offer, with all candidates in it.
    pub sdp: String,
    /// The language of the page. The greeting asks all the same, as on a telephone.
    #[serde(default)]
    pub language: Option<String>,
    /// The number as on a telephone; `104` if absent.
    #[serde(default)]
    pub number: Option<String>,
}

/// A web call that began.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct BegunWebCall {
    /// What the page shows to do anything with the call. A secret.
    pub token: String,
    /// Our answer.
    pub sdp: String,
}

/// A web call as its citizen sees it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct WebCallView {
    /// What the call is doing.
    pub state: CallState,
    /// Callers before this one; 0 is next. Absent when not waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// How long the caller waited for a person, milliseconds.
    pub waited_ms: u64,
}

/// Begins a call: the same greeting and the same queue as on a telephone. Ends an earlier call of the
/// same browser.
#[utoipa::path(post, path = "/web-calls", tag = "web-calls", operation_id = "begin_web_call",
    request_body = NewWebCall, security(()),
    responses(
        (status = 201, description = "The call has begun.", body = BegunWebCall),
        (status = 409, description = "The offer has no G.711."),
        (status = 429, description = "Too many calls from this address; see Retry-After."),
        (status = 503, description = "All places are taken; see Retry-After. The telephone works."),
    ))]
pub async fn begin(
    State(app): State<App>,
    client: ConnectInfo<SocketAddr>,
    jar: CookieJar,
    Body(wish): Body<NewWebCall>,
) -> Answer<(StatusCode, CookieJar, Json<BegunWebCall>)> {
    let number = wish.number.as_deref().unwrap_or("104");
    if !app.settings().queues.iter().any(|queue| queue.number == number) {
        return Err(Problem::field("number", "That is not a number of the helpline."));
    }
    let language = wish.language.as_deref().map(str::parse::<Language>).transpose();
    let language = language.map_err(|_| Problem::field("language", "Not a language."))?;
    app.limits().web_call_by_address.attempt(&edge::client_network(&client))?;
    if web_call::alive(&app) >= web_call::places(app.settings()) {
        return Err(Problem::new(ProblemKind::Unavailable, "All places for web calls are taken.")
            .retry_after(Duration::from_secs(30)));
    }
    if let Some(before) = jar.get(web_call::COOKIE) {
        // One call for each browser: a page that was reloaded has lost the one before.
        let _over = app.exchange().web_call_hang_up(before.value());
    }
    let call = app.exchange().web_call(&wish.sdp, number, language).await?;
    let jar = jar.add(web_call::cookie(call.token.clone(), app.is_https()));
    Ok((StatusCode::CREATED, jar, Json(BegunWebCall { token: call.token, sdp: call.answer })))
}

/// What the call is doing.
#[utoipa::path(get, path = "/web-calls/{token}", tag = "web-calls", operation_id = "get_web_call",
    security(()), params(("token" = String, Path, description = "The call's secret.")),
    responses(
        (status = 200, description = "The call.", body = WebCallView),
        (status = 404, description = "Over, or never begun."),
    ))]
pub async fn get(State(app): State<App>, Param(token): Param<String>) -> Answer<Json<WebCallView>> {
    let view = app.exchange().web_call_view(&token);
    let view = view.ok_or_else(|| Problem::not_found("web call"))?;
    Ok(Json(WebCallView {
        state: view.state.into(),
        position: view.position,
        waited_ms: millis(view.waited(clock::now())),
    }))
}

/// Hangs up.
#[utoipa::path(delete, path = "/web-calls/{token}", tag = "web-calls",
    operation_id = "end_web_call", security(()),
    params(("token" = String, Path, description = "The call's secret.")),
    responses(
        (status = 204, description = "The call ends."),
        (status = 404, description = "Over, or never begun."),
    ))]
pub async fn end(State(app): State<App>, Param(token): Param<String>) -> Answer<StatusCode> {
    found(app.exchange().web_call_hang_up(&token))
}

/// Presses keys, as on a telephone: 9 is an emergency, 0 a person.
#[utoipa::path(post, path = "/web-calls/{token}/digits", tag = "web-calls",
    operation_id = "press_web_call_digits", security(()), request_body = Digits,
    params(("token" = String, Path, description = "The call's secret.")),
    responses(
        (status = 204, description = "The keys count as pressed."),
        (status = 404, description = "Over, or never begun."),
    ))]
pub async fn press(
    State(app): State<App>,
    Param(token): Param<String>,
    Body(digits): Body<Digits>,
) -> Answer<StatusCode> {
    let press = |digit: Digit| app.exchange().web_call_digit(&token, digit);
    found(digits.read()?.into_iter().all(press))
}

fn found(found: bool) -> Answer<StatusCode> {
    if found { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found("web call")) }
}
