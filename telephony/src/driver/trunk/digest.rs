//! Digest of SIP (RFC 8760, RFC 7616 §3.4): the challenges we read, and the ones we make and check.
//! Pure; key, time and chance come in as arguments.
//!
//! The hash is the stack's. Its reading of these headers is not used: it knows "SHA-256" as "SHA256",
//! reads no `qop` of two words, and counts in decimal.

mod check;

use rsipstack::dialog::authenticate::compute_digest;
use rsipstack::sip::Method;
use rsipstack::sip::headers::auth::Algorithm;

use super::config::DigestAlgorithm;

pub(crate) use check::{Asked, Check, Verdict};

/// Parameters taken from one header; a digest has a dozen.
const PARAMETERS_MAX: usize = 24;

/// The parameters of a header of the scheme Digest, in order. `None` if it is another or unreadable.
pub(crate) fn parameters(value: &str) -> Option<Vec<(&str, String)>> {
    let (scheme, mut rest) = value.trim_start().split_once([' ', '\t'])?;
    if !scheme.eq_ignore_ascii_case("Digest") {
        return None;
    }
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n', ',']);
        if rest.is_empty() {
            return Some(found);
        }
        let (name, after) = rest.split_once('=')?;
        let (text, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let (text, after) = after.split_once(',').unwrap_or((after, ""));
                (text.trim().to_owned(), after)
            }
        };
        if found.len() == PARAMETERS_MAX {
            return None;
        }
        found.push((name.trim(), text));
        rest = after;
    }
}

/// A quoted text up to its closing quote, and what follows it.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((text, &quoted[at + 1..])),
            '\\' => text.push(chars.next()?.1),
            _ => text.push(c),
        }
    }
    None
}

/// The value of one parameter.
pub(crate) fn parameter<'a>(parameters: &'a [(&str, String)], name: &str) -> Option<&'a str> {
    let found = parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// A challenge that we can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) realm: String,
    pub(crate) nonce: String,
    pub(crate) opaque: Option<String>,
    pub(crate) algorithm: DigestAlgorithm,
    /// Whether `auth` is among the qualities offered; else the old form without (RFC 2069).
    pub(crate) with_qop: bool,
    pub(crate) stale: bool,
}

impl Challenge {
    /// Reads the value of a WWW-Authenticate or Proxy-Authenticate. `None` if we cannot answer it.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let parameters = parameters(value)?;
        let one = |name| parameter(&parameters, name);
        let algorithm = one("algorithm").map_or(Ok(DigestAlgorithm::Md5), str::parse).ok()?;
        let with_qop = match one("qop") {
            None => false,
            Some(words) if words.split(',').any(|word| word.trim() == "auth") => true,
            Some(_) => return None,
        };
        Some(Self {
            realm: one("realm")?.to_owned(),
            nonce: one("nonce")?.to_owned(),
            opaque: one("opaque").map(str::to_owned),
            algorithm,
            with_qop,
            stale: one("stale").is_some_and(|word| word.eq_ignore_ascii_case("true")),
        })
    }

    /// The realm of a challenge, whether we can answer it or not.
    pub(crate) fn realm_of(value: &str) -> Option<String> {
        parameter(&parameters(value)?, "realm").map(str::to_owned)
    }

    /// Of several challenges the strongest that we can answer (RFC 8760 §2.4).
    pub(crate) fn strongest<'a>(values: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut readable: Vec<Self> = values.filter_map(Self::parse).collect();
        let strongest = readable
            .iter()
            .position(|challenge| challenge.algorithm == DigestAlgorithm::Sha256)
            .unwrap_or(0);
        (!readable.is_empty()).then(|| readable.swap_remove(strongest))
    }
}

/// Who answers, with what, for which request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answerer<'a> {
    pub(crate) user: &'a str,
    pub(crate) realm: &'a str,
    pub(crate) password: &'a str,
    pub(crate) method: Method,
    pub(crate) uri: &'a str,
}

/// The `response` of a digest. `counted`: nonce count and client nonce as they are written, with
/// quality `auth`; `None`: the form without quality.
pub(crate) fn response(
    algorithm: DigestAlgorithm,
    answerer: Answerer<'_>,
    nonce: &str,
    counted: Option<(&str, &str)>,
) -> String {
    // With a quality the hash holds "nonce:nc:cnonce:auth" where it holds "nonce" without: the stack's
    // form without takes both.
    let middle = match counted {
        Some((count, client_nonce)) => format!("{nonce}:{count}:{client_nonce}:auth"),
        None => nonce.to_owned(),
    };
    let hash = match algorithm {
        DigestAlgorithm::Sha256 => Algorithm::Sha256,
        DigestAlgorithm::Md5 => Algorithm::Md5,
    };
    let Answerer { user, realm, password, method, uri } = answerer;
    compute_digest(user, password, realm, &middle, &method, uri, hash, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_quoted_or_not() {
        let read = parameters(r#"Digest realm="a, \"b\"" ,qop=auth,, nc=00000001"#).expect("good");
        assert_eq!(parameter(&read, "REALM"), Some("a, \"b\""));
        assert_eq!(parameter(&read, "qop"), Some("auth"));
        assert_eq!(parameter(&read, "nc"), Some("00000001"));
        for bad in ["Basic abc", "Digest", "Digest realm", "Digest realm=\"open", ""] {
            assert!(parameters(bad).is_none_or(|read| read.is_empty()), "{bad:?}");
        }
        let many = format!("Digest {}", "a=1,".repeat(100));
        assert_eq!(parameters(&many), None, "bounded");
    }

    /// The examples of RFC 7616 §3.9.1: the same request by both algorithms.
    #[test]
    fn the_examples_of_rfc_7616() {
        let answerer = Answerer {
            user: "Mufasa",
            realm: "http-auth@example.org",
            password: "Circle of Life",
            // The RFC's request is a GET, which SIP has not; so the hash of OPTIONS, computed apart.
            method: Method::Options,
            uri: "/dir/index.html",
        };
        let nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
        let counted = Some(("00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"));
        assert_eq!(
            response(DigestAlgorithm::Md5, answerer, nonce, counted),
            "eee9ed58a77478292d2c028a9c4a0e99"
        );
        assert_eq!(
            response(DigestAlgorithm::Sha256, answerer, nonce, counted),
            "15eaa1f1485e5eaedc25b636541efb24a5c00eacd7c4736a90a567107c627d69"
        );
    }

    #[test]
    fn of_several_challenges_the_strongest_is_answered() {
        let md5 = r#"Digest realm="r", nonce="1", algorithm=MD5, qop="auth""#;
        let sha =
            r#"Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth-int,auth", stale=TRUE"#;
        let newer = r#"Digest realm="r", nonce="3", algorithm=SHA-512-256, qop="auth""#;
        let best = Challenge::strongest([md5, newer, sha].into_iter()).expect("one");
        assert_eq!((best.nonce.as_str(), best.with_qop, best.stale), ("2", true, true));
        assert_eq!(Challenge::strongest([newer].into_iter()), None);
        let old = Challenge::parse(r#"Digest realm="r",nonce="4""#).expect("RFC 2069");
        assert_eq!((old.algorithm, old.with_qop), (DigestAlgorithm::Md5, false));
    }
}
