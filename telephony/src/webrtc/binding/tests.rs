use rtc::crypto::default_provider;
use rtc::stun::attributes::{ATTR_ERROR_CODE, ATTR_XORMAPPED_ADDRESS};
use rtc::stun::error_code::ErrorCodeAttribute;
use rtc::stun::message::{Getter as _, MessageType, TransactionId};
use rtc::stun::textattrs::TextAttribute;

use super::*;

const FROM: &str = "192.0.2.7:40000";

fn credentials() -> Credentials {
    Credentials { name: "ours".into(), password: "secret".into(), theirs: "theirs".into() }
}

/// A request as a browser signs it, with whatever is put before the signature.
pub(in crate::webrtc) fn request(
    credentials: &Credentials,
    before: &[(AttrType, &[u8])],
    behind: &[(AttrType, &[u8])],
) -> Vec<u8> {
    let provider = default_provider().expect("a provider");
    let mut message = Message::new();
    message.typ = BINDING_REQUEST;
    message.transaction_id = TransactionId([9; 12]);
    message.write_header();
    let name = format!("{}:{}", credentials.name, credentials.theirs);
    TextAttribute::new(ATTR_USERNAME, name).add_to(&mut message).expect("fits");
    for (kind, value) in before {
        message.add(*kind, value);
    }
    let key = credentials.password.as_bytes();
    MessageIntegrity::new_raw_integrity_with_provider(key, provider.crypto())
        .add_to(&mut message)
        .expect("signed");
    for (kind, value) in behind {
        message.add(*kind, value);
    }
    FINGERPRINT.add_to(&mut message).expect("fits");
    message.raw
}

fn checked(datagram: &[u8]) -> Result<Check, Vec<u8>> {
    let provider = default_provider().expect("a provider");
    Request::parse(datagram).expect("a request").check(&credentials(), provider.as_ref())
}

fn read(datagram: &[u8]) -> Message {
    let mut message = Message::new();
    message.unmarshal_binary(datagram).expect("a message");
    FINGERPRINT.check(&message).expect("a fingerprint");
    assert_eq!(message.transaction_id, TransactionId([9; 12]));
    message
}

fn refused(datagram: &[u8]) -> (MessageType, u16) {
    let message = read(&checked(datagram).expect_err("refused"));
    let mut code = ErrorCodeAttribute::default();
    code.get_from(&message).expect("a code");
    (message.typ, code.code.0)
}

#[test]
fn an_authentic_check_says_what_it_wants() {
    let (priority, choice) = (7_u32.to_be_bytes(), ATTR_USE_CANDIDATE);
    let plain = request(&credentials(), &[(ATTR_PRIORITY, &priority)], &[]);
    assert_eq!(checked(&plain), Ok(Check { priority: 7, nominates: false }));
    let chosen = request(&credentials(), &[(choice, &[])], &[]);
    assert_eq!(checked(&chosen), Ok(Check { priority: 0, nominates: true }));
    // Behind the signature anybody could have put it.
    let added = request(&credentials(), &[], &[(choice, &[])]);
    assert_eq!(checked(&added), Ok(Check { priority: 0, nominates: false }));
}

#[test]
fn success_is_signed_and_names_the_address() {
    let provider = default_provider().expect("a provider");
    let request = Request::parse(&request(&credentials(), &[], &[])).expect("a request");
    for (from, named) in [(FROM, FROM), ("[::ffff:192.0.2.7]:40000", FROM), ("[::1]:9", "[::1]:9")]
    {
        let from = from.parse().expect("an address");
        let answer = request.success(from, &credentials(), provider.as_ref());
        let mut message = read(&answer);
        assert_eq!(message.typ, BINDING_SUCCESS);
        MessageIntegrity::check(&mut message, b"secret", provider.crypto()).expect("signed");
        let mut mapped = XorMappedAddress::default();
        mapped.get_from_as(&message, ATTR_XORMAPPED_ADDRESS).expect("an address");
        assert_eq!(mapped.to_string(), named);
    }
}

#[test]
fn a_wrong_signature_name_or_attribute_is_refused() {
    let wrong = Credentials { password: "guess".into(), ..credentials() };
    assert_eq!(refused(&request(&wrong, &[], &[])), (BINDING_ERROR, 401));
    let stranger = Credentials { theirs: "others".into(), ..credentials() };
    assert_eq!(refused(&request(&stranger, &[], &[])), (BINDING_ERROR, 401));
    let strange = request(&credentials(), &[(AttrType(0x7f01), &[1])], &[]);
    assert_eq!(refused(&strange), (BINDING_ERROR, 420));
    let answer = read(&checked(&strange).expect_err("refused"));
    assert_eq!(answer.get(ATTR_UNKNOWN_ATTRIBUTES).ok(), Some(vec![0x7f, 0x01]));
    let mut unsigned = Message::new();
    unsigned.typ = BINDING_REQUEST;
    unsigned.transaction_id = TransactionId([9; 12]);
    unsigned.write_header();
    unsigned.add(ATTR_USERNAME, b"ours:theirs");
    assert_eq!(refused(&unsigned.raw), (BINDING_ERROR, 400));
    assert!(!read(&checked(&unsigned.raw).expect_err("refused")).contains(ATTR_MESSAGE_INTEGRITY));
    assert!(read(&checked(&unsigned.raw).expect_err("refused")).contains(ATTR_ERROR_CODE));
}

#[test]
fn what_is_no_request_gets_no_answer() {
    let whole = request(&credentials(), &[], &[]);
    for len in 0..whole.len() {
        assert!(Request::parse(&whole[..len]).is_none(), "{len} bytes");
    }
    let changed = |at: usize, to: u8| {
        let mut bytes = whole.clone();
        bytes[at] = to;
        bytes
    };
    let last = whole.len() - 1;
    for wrong in [
        changed(0, 1),               // a response
        changed(1, 0x11),            // an indication
        changed(4, 0),               // no cookie
        changed(last, !whole[last]), // a wrong fingerprint
        [whole.as_slice(), &[0; 4]].concat(),
        vec![0; 2000],
    ] {
        assert!(Request::parse(&wrong).is_none());
    }
}
