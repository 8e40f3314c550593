//! The session cookie: `HttpOnly`, `SameSite=Strict`, `Secure` behind TLS. Pure.

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

/// The cookie's name.
pub const NAME: &str = "helpline_session";

/// The cookie that carries a session.
#[must_use]
pub fn issue(token: String, https: bool) -> Cookie<'static> {
    Cookie::build((NAME, token))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(https)
        .path("/")
        .build()
}

/// The cookie that takes a session away.
#[must_use]
pub fn revoke(https: bool) -> Cookie<'static> {
    let mut cookie = issue(String::new(), https);
    cookie.make_removal();
    cookie
}

/// The token in a request's cookies, if any.
#[must_use]
pub fn read(headers: &HeaderMap) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    jar.get(NAME).map(|cookie| cookie.value().to_owned()).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_out_of_reach_of_scripts_and_of_other_sites() {
        let text = issue("secret".to_owned(), true).to_string();
        for part in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!issue("secret".to_owned(), false).to_string().contains("Secure"));
    }
}
