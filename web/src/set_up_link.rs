//! The one-time link by which a person sets a password. Pure.

use crate::config::Settings;

/// The link for this token. The token stands behind `#`: browsers do not send that part, so it
/// reaches no log.
#[must_use]
pub fn of(settings: &Settings, token: &str) -> String {
    format!("{}/console/setup#token={token}", base(settings))
}

/// The address that people type.
#[must_use]
pub fn base(settings: &Settings) -> String {
    let public = settings.http.public_url.as_ref().map(ToString::to_string);
    let scheme = if settings.tls.certificate.is_some() { "https" } else { "http" };
    public.unwrap_or_else(|| format!("{scheme}://{}", settings.http.listen))
}
