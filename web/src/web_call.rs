//! The bounds of web calls, which no account stands behind. Pure but for the look at the exchange.

use std::num::NonZeroU32;

use axum_extra::extract::cookie::{Cookie, SameSite};
use switchboard::Medium;

use crate::app::App;
use crate::config::Settings;

/// The cookie in which a browser keeps the call that it began last.
pub const COOKIE: &str = "helpline_web_call";

/// How often the audio of one web call may connect anew: a page behind a bad network tries every few
/// seconds, and each try costs us a handshake.
pub const RECONNECTIONS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(20).expect("20 is not 0");

/// That cookie, for the call with this secret. It is sent to the web calls alone and ends with the
/// browser.
#[must_use]
pub fn cookie(token: String, https: bool) -> Cookie<'static> {
    Cookie::build((COOKIE, token))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(https)
        .path("/api/v1/web-calls")
        .build()
}

/// Web calls that may be alive at once: the limit of their own, or their share of all calls.
#[must_use]
pub fn places(settings: &Settings) -> usize {
    let share = settings.limits.web_calls_share_percent;
    let share = u64::from(settings.sip.calls_max) * u64::from(share) / 100;
    settings.limits.web_calls_max.min(usize::try_from(share).unwrap_or(usize::MAX))
}

/// Web calls alive.
#[must_use]
pub fn alive(app: &App) -> usize {
    let calls = app.exchange().calls();
    calls.iter().filter(|call| call.medium == Medium::WebCall).count()
}
