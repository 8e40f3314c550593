//! Our challenges to callers of a trunk, and the check of what they answer. Pure.
//!
//! A nonce carries its own time and a keyed hash, so none has to be remembered before it was answered
//! well: whoever does not know the password costs no memory. What is remembered is the last count of
//! each nonce in use, so that an answer that was overheard is not taken twice (RFC 7616 §5.12).

use std::collections::HashMap;
use std::time::Duration;

use ids::Timestamp;
use ring::hmac;
use rsipstack::sip::Method;

use super::{Answerer, parameter, parameters, response};
use crate::driver::trunk::config::{Account, DigestAlgorithm};

/// How long a nonce is good.
const LIFETIME: Duration = Duration::from_secs(300);
/// Nonces in use that are remembered. Each needs the password.
const NONCES_MAX: usize = 4096;
/// The realm, if the settings name none.
const REALM: &str = "helpline";
/// Hexadecimal digits of a nonce: time, chance, keyed hash.
const NONCE_PARTS: [usize; 3] = [16, 16, 32];

/// What came with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: Method,
    /// The user part of the request URI.
    pub(crate) dialled: &'a str,
    /// The value of Authorization, if there is one.
    pub(crate) authorization: Option<&'a str>,
}

/// What to do with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It knows the password.
    Good,
    /// Ask: it brought nothing.
    Ask,
    /// Ask again: the password is right, the nonce too old or used already.
    AskStale,
    /// Ask again: it is wrong.
    AskWrong,
}

impl Verdict {
    /// The verdict as a word, for the metrics.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Ask => "asked",
            Self::AskStale => "stale",
            Self::AskWrong => "wrong",
        }
    }
}

/// The one who checks.
pub(crate) struct Check {
    key: hmac::Key,
    /// The last count taken of each nonce, and when the nonce was made.
    counts: HashMap<String, (Timestamp, u32)>,
}

impl Check {
    /// With a key that nobody else knows.
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &key), counts: HashMap::new() }
    }

    /// The values of WWW-Authenticate, one for each algorithm (RFC 8760 §2.4).
    pub(crate) fn challenges(
        &self,
        now: Timestamp,
        chance: u64,
        account: &Account,
        algorithms: &[DigestAlgorithm],
        stale: bool,
    ) -> Vec<String> {
        let nonce = self.nonce(now, chance);
        let realm = realm(account);
        let stale = if stale { ", stale=true" } else { "" };
        let challenge = |algorithm: &DigestAlgorithm| {
            let name = algorithm.name();
            format!(
                "Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={name}, qop=\"auth\"{stale}"
            )
        };
        algorithms.iter().map(challenge).collect()
    }

    /// Whether a request comes from whoever knows the account.
    pub(crate) fn check(
        &mut self,
        now: Timestamp,
        account: &Account,
        algorithms: &[DigestAlgorithm],
        asked: Asked<'_>,
    ) -> Verdict {
        let Some(value) = asked.authorization else { return Verdict::Ask };
        let Some((nonce, count)) = answered(account, algorithms, asked, value) else {
            return Verdict::AskWrong;
        };
        match self.made_at(&nonce) {
            Some(made_at) if made_at <= now && now.since(made_at) <= LIFETIME => {
                self.count(now, nonce, made_at, count)
            }
            // Too old, or from before a restart.
            Some(_) | None => Verdict::AskStale,
        }
    }

    fn count(&mut self, now: Timestamp, nonce: String, made_at: Timestamp, count: u32) -> Verdict {
        if let Some((_, last)) = self.counts.get_mut(&nonce) {
            if count <= *last {
                return Verdict::AskStale;
            }
            *last = count;
            return Verdict::Good;
        }
        if self.counts.len() >= NONCES_MAX {
            self.counts.retain(|_, (made_at, _)| now.since(*made_at) <= LIFETIME);
        }
        if self.counts.len() >= NONCES_MAX || count == 0 {
            return Verdict::AskStale;
        }
        self.counts.insert(nonce, (made_at, count));
        Verdict::Good
    }

    fn nonce(&self, now: Timestamp, chance: u64) -> String {
        let made = format!("{:016x}{chance:016x}", now.as_micros());
        let tag = self.tag(&made);
        made + &tag
    }

    fn tag(&self, made: &str) -> String {
        let tag = hmac::sign(&self.key, made.as_bytes());
        tag.as_ref().iter().take(NONCE_PARTS[2] / 2).map(|byte| format!("{byte:02x}")).collect()
    }

    /// When we made this nonce; `None` if it is not ours.
    fn made_at(&self, nonce: &str) -> Option<Timestamp> {
        let (made, tag) = nonce.split_at_checked(NONCE_PARTS[0] + NONCE_PARTS[1])?;
        if !same(tag, &self.tag(made)) {
            return None;
        }
        let micros = i64::from_str_radix(made.get(..NONCE_PARTS[0])?, 16).ok()?;
        Some(Timestamp::from_micros(micros))
    }
}

fn realm(account: &Account) -> &str {
    account.realm.as_deref().unwrap_or(REALM)
}

/// Nonce and count of an answer whose digest is right.
fn answered(
    account: &Account,
    algorithms: &[DigestAlgorithm],
    asked: Asked<'_>,
    value: &str,
) -> Option<(String, u32)> {
    let read = parameters(value)?;
    let one = |name| parameter(&read, name);
    let algorithm = one("algorithm").map_or(Ok(DigestAlgorithm::Md5), str::parse).ok()?;
    let (count, client_nonce) = (one("nc")?, one("cnonce")?);
    let (nonce, uri) = (one("nonce")?, one("uri")?);
    let ours = one("username")? == account.user
        && one("realm")? == realm(account)
        && one("qop")? == "auth"
        && algorithms.contains(&algorithm)
        && count.len() == 8
        && (user_of(uri).is_empty() || user_of(uri) == asked.dialled);
    let answerer = Answerer {
        user: &account.user,
        realm: realm(account),
        password: &account.password,
        method: asked.method,
        uri,
    };
    let right = response(algorithm, answerer, nonce, Some((count, client_nonce)));
    let count = u32::from_str_radix(count, 16).ok()?;
    (ours && same(&right, &one("response")?.to_ascii_lowercase()))
        .then(|| (nonce.to_owned(), count))
}

/// The user part of a URI, without its parameters. The rest may be rewritten on the way, and some name
/// only the host.
fn user_of(uri: &str) -> &str {
    let rest = uri.split_once(':').map_or(uri, |(_scheme, rest)| rest);
    let user = rest.rsplit_once('@').map_or("", |(user, _host)| user);
    user.split(';').next().unwrap_or_default()
}

/// Compares in a time that does not tell how much is alike.
fn same(a: &str, b: &str) -> bool {
    let differ = a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
    a.len() == b.len() && differ == 0
}

#[cfg(test)]
mod tests {
    use super::super::Challenge;
    use super::*;

    const BOTH: [DigestAlgorithm; 2] = [DigestAlgorithm::Sha256, DigestAlgorithm::Md5];

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros((1_000_000 + seconds) * 1_000_000)
    }

    fn account() -> Account {
        Account { user: "bsnl".to_owned(), password: "open sesame".to_owned(), realm: None }
    }

    /// What a trunk answers to a challenge.
    fn answer(challenge: &str, count: &str, uri: &str, password: &str) -> String {
        let challenge = Challenge::parse(challenge).expect("readable");
        let answerer = Answerer {
            user: "bsnl",
            realm: &challenge.realm,
            password,
            method: Method::Invite,
            uri,
        };
        let counted = Some((count, "abc"));
        let response = response(challenge.algorithm, answerer, &challenge.nonce, counted);
        format!(
            "Digest username=\"bsnl\", realm=\"{}\", nonce=\"{}\", uri=\"{uri}\", algorithm={}, \
             qop=auth, nc={count}, cnonce=\"abc\", response=\"{response}\"",
            challenge.realm,
            challenge.nonce,
            challenge.algorithm.name()
        )
    }

    const URI: &str = "sip:104@helpline.example:5060";

    struct Door(Check);

    impl Door {
        fn new() -> Self {
            Self(Check::new([7; 32]))
        }

        fn challenge(&self, now: Timestamp, which: usize) -> String {
            self.0.challenges(now, 42, &account(), &BOTH, false).swap_remove(which)
        }

        fn check(&mut self, now: Timestamp, dialled: &str, value: Option<&str>) -> Verdict {
            let asked = Asked { method: Method::Invite, dialled, authorization: value };
            self.0.check(now, &account(), &BOTH, asked)
        }
    }

    #[test]
    fn whoever_knows_the_password_comes_in_by_either_algorithm() {
        let mut door = Door::new();
        assert_eq!(door.check(at(0), "104", None), Verdict::Ask);
        for which in [0, 1] {
            let challenge = door.challenge(at(which as i64), which);
            let value = answer(&challenge, "00000001", URI, "open sesame");
            assert_eq!(door.check(at(10), "104", Some(&value)), Verdict::Good, "{challenge}");
        }
    }

    #[test]
    fn a_count_is_taken_once_and_only_upwards() {
        let mut door = Door::new();
        let challenge = door.challenge(at(0), 0);
        let value = |count| answer(&challenge, count, URI, "open sesame");
        for (count, verdict) in [
            ("00000000", Verdict::AskStale),
            ("00000001", Verdict::Good),
            ("00000001", Verdict::AskStale),
            ("0000000a", Verdict::Good),
            ("00000009", Verdict::AskStale),
            ("00000010", Verdict::Good),
        ] {
            assert_eq!(door.check(at(1), "104", Some(&value(count))), verdict, "{count}");
        }
    }

    #[test]
    fn a_nonce_ends_and_one_of_another_life_is_stale() {
        let mut door = Door::new();
        let value = answer(&door.challenge(at(0), 0), "00000001", URI, "open sesame");
        assert_eq!(door.check(at(301), "104", Some(&value)), Verdict::AskStale);
        assert_eq!(door.check(at(-1), "104", Some(&value)), Verdict::AskStale, "not made yet");
        let mut restarted = Door(Check::new([8; 32]));
        assert_eq!(restarted.check(at(1), "104", Some(&value)), Verdict::AskStale);
        assert_eq!(door.check(at(300), "104", Some(&value)), Verdict::Good, "still good");
        assert!(door.0.challenges(at(0), 1, &account(), &BOTH, true)[0].ends_with("stale=true"));
    }

    #[test]
    fn a_wrong_answer_is_wrong() {
        let mut door = Door::new();
        let challenge = door.challenge(at(0), 1);
        let good = answer(&challenge, "00000001", URI, "open sesame");
        for (dialled, value) in [
            ("104", answer(&challenge, "00000001", URI, "guess")),
            ("108", good.clone()),
            ("104", good.replace("username=\"bsnl\"", "username=\"root\"")),
            ("104", good.replace("qop=auth", "qop=auth-int")),
            ("104", good.replace("algorithm=MD5", "algorithm=MD5-sess")),
            ("104", good.replace("nc=00000001", "nc=1")),
            ("104", good.replace("nc=00000001", "nc=zzzzzzzz")),
            ("104", good.replace("nonce=", "once=")),
            ("104", "Digest".to_owned()),
            ("104", "Basic YnNubDpvcGVu".to_owned()),
            ("104", String::new()),
        ] {
            assert_eq!(door.check(at(1), dialled, Some(&value)), Verdict::AskWrong, "{value}");
        }
        assert_eq!(door.check(at(1), "104", Some(&good)), Verdict::Good, "none of them counted");
        let host_alone = answer(&challenge, "00000002", "sip:127.0.0.1:5060", "open sesame");
        assert_eq!(door.check(at(1), "104", Some(&host_alone)), Verdict::Good, "as SIPp has it");
    }

    #[test]
    fn the_nonces_that_are_remembered_are_bounded() {
        let mut door = Door::new();
        for chance in 0..NONCES_MAX as u64 + 1 {
            let challenge = door.0.challenges(at(0), chance, &account(), &BOTH[1..], false);
            let value = answer(&challenge[0], "00000001", URI, "open sesame");
            let expected =
                if chance < NONCES_MAX as u64 { Verdict::Good } else { Verdict::AskStale };
            assert_eq!(door.check(at(0), "104", Some(&value)), expected);
        }
        let later = at(400);
        let challenge = door.challenge(later, 0);
        let value = answer(&challenge, "00000001", URI, "open sesame");
        assert_eq!(door.check(later, "104", Some(&value)), Verdict::Good, "the old ones are gone");
    }
}
