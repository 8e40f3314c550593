//! Credentials for TURN servers that end by themselves: the scheme of the "REST API for access to TURN
//! services" (draft-uberti-behave-turn-rest-00), as coturn's `use-auth-secret` takes it. Pure.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use ids::Timestamp;
use sha1::Sha1;
use uuid::Uuid;

use crate::config::{IceUrl, Secret, Turn};
use crate::wire::ice::{IceServer, IceServers};

/// The servers for one browser, with credentials good until `now + lifetime`. `opaque` tells
/// credentials apart in the TURN server's log and quota; it must say nothing about a person.
#[must_use]
pub fn servers(turn: &Turn, now: Timestamp, lifetime: Duration, opaque: Uuid) -> IceServers {
    let (relays, plain): (Vec<_>, Vec<_>) =
        turn.urls.iter().partition(|url| url.needs_credentials());
    let text = |urls: Vec<&IceUrl>| urls.into_iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut ice_servers = Vec::new();
    if !plain.is_empty() {
        ice_servers.push(IceServer { urls: text(plain), username: None, credential: None });
    }
    let mut lifetime_s = None;
    // The settings were refused if a relay had no secret.
    if let (Some(secret), false) = (&turn.secret, relays.is_empty()) {
        let username = username(now, lifetime, opaque);
        let credential = Some(password(secret, &username));
        ice_servers.push(IceServer { urls: text(relays), username: Some(username), credential });
        lifetime_s = Some(lifetime.as_secs());
    }
    IceServers { ice_servers, lifetime_s }
}

/// When the credentials end, in seconds since 1970, and the opaque part.
fn username(now: Timestamp, lifetime: Duration, opaque: Uuid) -> String {
    let seconds = u64::try_from(now.as_micros()).unwrap_or_default() / 1_000_000;
    format!("{}:{}", seconds + lifetime.as_secs(), opaque.simple())
}

fn password(secret: &Secret, username: &str) -> String {
    let mac = Hmac::<Sha1>::new_from_slice(secret.bytes());
    let mut mac = mac.expect("HMAC takes a key of any length");
    mac.update(username.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    const NOW: Timestamp = Timestamp::from_micros(1_760_000_000_900_000);

    fn turn(urls: &str) -> Turn {
        let environment = [
            ("HELPLINE__TURN__URLS".to_owned(), urls.to_owned()),
            ("HELPLINE__TURN__SECRET".to_owned(), "north-of-the-river".to_owned()),
        ];
        Settings::with_environment(None, environment).expect("good settings").turn
    }

    fn of(urls: &str) -> IceServers {
        servers(&turn(urls), NOW, Duration::from_secs(600), Uuid::from_u128(7))
    }

    #[test]
    fn the_password_is_the_one_that_coturn_computes() {
        // echo -n 1760000600:00000000000000000000000000000007 |
        //   openssl dgst -sha1 -hmac north-of-the-river -binary | base64
        let servers = of("turn:turn.example?transport=tcp");
        let server = &servers.ice_servers[0];
        let username = server.username.as_deref();
        assert_eq!(username, Some("1760000600:00000000000000000000000000000007"));
        assert_eq!(server.credential.as_deref(), Some("SpQwdMolfptFLEqP8KMGYCnjhw4="));
        assert_eq!(servers.lifetime_s, Some(600));
    }

    #[test]
    fn stun_servers_get_no_credentials() {
        let servers = of("turn:a,stun:b,turns:c:443");
        let urls: Vec<_> = servers.ice_servers.iter().map(|server| server.urls.clone()).collect();
        assert_eq!(urls, [vec!["stun:b"], vec!["turn:a", "turns:c:443"]]);
        assert!(servers.ice_servers[0].credential.is_none());
        let servers = of("stun:b");
        assert_eq!((servers.ice_servers.len(), servers.lifetime_s), (1, None));
    }
}
