//! Who calls and what was dialled, read from an INVITE. Pure.

use rsipstack::sip::{Header, HeadersExt, Request};

/// Longest number kept, bytes. E.164 has 15 digits; trunks add prefixes.
const NUMBER_LEN_MAX: usize = 64;

/// Identities read from one header; the RFC allows two.
const IDENTITIES_MAX: usize = 8;

/// User parts that mean "withheld" (RFC 3323 §4.1 and what trunks send instead).
const WITHHELD: [&str; 6] =
    ["anonymous", "restricted", "unavailable", "private", "unknown", "withheld"];

/// The caller's number: of P-Asserted-Identity if the trunk is `trusted` with it, else the user part of
/// From. `None` if it is withheld or is no number or name.
pub(super) fn caller_number(invite: &Request, trusted: bool) -> Option<String> {
    if asks_for_privacy(invite) {
        return None;
    }
    let asserted = if trusted { asserted_number(invite) } else { None };
    asserted.or_else(|| number_of(invite.from_header().ok()?.value()))
}

/// The first telephone number that the trunk vouches for (RFC 3325 §9.1: a SIP URI, a telephone URI, or
/// one of each); else the first name.
fn asserted_number(invite: &Request) -> Option<String> {
    let values = invite.headers.iter().filter_map(|header| {
        let Header::PAssertedIdentity(value) = header else { return None };
        Some(value.value())
    });
    let named: Vec<String> = values.flat_map(each_value).filter_map(number_of).collect();
    let is_number =
        |text: &&String| text.trim_start_matches('+').starts_with(|c: char| c.is_ascii_digit());
    named.iter().find(is_number).or(named.first()).cloned()
}

/// The values of a header that may have several, parted by commas outside of quotes and brackets.
fn each_value(list: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    list.split(move |c: char| {
        let parts = c == ',' && !quoted && !bracketed;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            _ => {}
        }
        parts
    })
    .take(IDENTITIES_MAX)
}

/// The number of an address, unless it is withheld.
fn number_of(value: &str) -> Option<String> {
    let number = clean(user_part(address(value.trim())))?;
    let withheld = WITHHELD.iter().any(|word| number.eq_ignore_ascii_case(word));
    (!withheld).then_some(number)
}

/// The number dialled: the user part of the request URI; empty if there is none.
pub(super) fn dialled_number(invite: &Request) -> String {
    clean(user_part(&invite.uri.to_string())).unwrap_or_default()
}

/// `Privacy: id` or `user` (RFC 3323): the number is there for the network, not for us.
fn asks_for_privacy(invite: &Request) -> bool {
    invite.headers.iter().any(|header| {
        let Header::Privacy(privacy) = header else {
            return false;
        };
        let mut words = privacy.value().split(';').map(str::trim);
        words.any(|word| matches!(word, "id" | "user" | "header"))
    })
}

/// The URI of a From or To header: between the angle brackets, or up to the first parameter.
fn address(value: &str) -> &str {
    match value.rsplit_once('<') {
        Some((_name, rest)) => rest.split('>').next().unwrap_or_default(),
        None => value.split(';').next().unwrap_or_default(),
    }
}

/// The user part of a SIP or telephone URI, by hand: the stack's parser takes the parameters that
/// trunks put into it (`+9198…;npdi@…`) for the host's.
fn user_part(uri: &str) -> &str {
    let (scheme, rest) = uri.split_once(':').unwrap_or(("", uri));
    match rest.rsplit_once('@') {
        Some((user, _host)) => user,
        None if scheme.eq_ignore_ascii_case("tel") => rest,
        None => "",
    }
}

/// A user part without its parameters, if it can be a number or a name.
fn clean(user: &str) -> Option<String> {
    let number = user.split(';').next().unwrap_or_default();
    let readable = number.chars().all(|c| c.is_ascii_alphanumeric() || "+*#-_.~()".contains(c));
    (!number.is_empty() && number.len() <= NUMBER_LEN_MAX && readable).then(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(uri: &str, from: &str, more: &str) -> Request {
        let text = format!(
            "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK1\r\n\
             From: {from};tag=1\r\nTo: <sip:104@127.0.0.1>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\
             {more}Content-Length: 0\r\n\r\n"
        );
        Request::try_from(text.as_bytes()).expect("the test's INVITE is well formed")
    }

    #[test]
    fn the_callers_number_is_the_user_part_of_from() {
        let invite = invite("sip:104@h", "\"A\" <sip:+919876543210;npdi@trunk>", "");
        assert_eq!(caller_number(&invite, false).as_deref(), Some("+919876543210"));
        assert_eq!(dialled_number(&invite), "104");
    }

    #[test]
    fn a_withheld_number_is_none() {
        for from in ["<sip:anonymous@anonymous.invalid>", "<sip:Restricted@h>", "<sip:trunk.in>"] {
            assert_eq!(caller_number(&invite("sip:104@h", from, ""), true), None, "{from}");
        }
        let private = invite("sip:104@h", "<sip:+911234567890@h>", "Privacy: id\r\n");
        assert_eq!(caller_number(&private, false), None);
    }

    #[test]
    fn what_a_trusted_trunk_vouches_for_beats_from() {
        for (asserted, number) in [
            ("<sip:+919811111111@carrier.in;user=phone>", Some("+919811111111")),
            ("tel:+919811111111;phone-context=x", Some("+919811111111")),
            ("\"Rao, A\" <sip:rao@carrier.in>, <tel:+919811111111>", Some("+919811111111")),
            ("<sip:rao@carrier.in>", Some("rao")),
            ("<sip:anonymous@anonymous.invalid>", Some("+912222222222")),
            ("<tel:+91\"><>", Some("+912222222222")),
            ("", Some("+912222222222")),
        ] {
            let more = format!("P-Asserted-Identity: {asserted}\r\n");
            let invite = invite("sip:104@h", "<sip:+912222222222@h>", &more);
            assert_eq!(caller_number(&invite, true).as_deref(), number, "{asserted}");
            let unbelieved = caller_number(&invite, false);
            assert_eq!(unbelieved.as_deref(), Some("+912222222222"), "{asserted}");
        }
        let twice = "P-Asserted-Identity: <sip:rao@h>\r\nP-Asserted-Identity: <tel:104>\r\n";
        let two = invite("sip:104@h", "<sip:anonymous@h>", twice);
        assert_eq!(caller_number(&two, true).as_deref(), Some("104"));
        let private = format!("{twice}Privacy: id;critical\r\n");
        let private = invite("sip:104@h", "<sip:anonymous@h>", &private);
        assert_eq!(caller_number(&private, true), None, "vouched for and withheld");
    }

    #[test]
    fn a_telephone_uri_is_dialled_as_its_number() {
        assert_eq!(dialled_number(&invite("tel:104", "<sip:1@h>", "")), "104");
        assert_eq!(dialled_number(&invite("sip:h", "<sip:1@h>", "")), "");
    }
}
