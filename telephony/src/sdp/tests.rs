//! Offers as trunks, phones and browsers send them.

use std::net::SocketAddr;

use super::*;
use crate::call::Refusal;

fn local() -> LocalAudio {
    LocalAudio {
        address: "192.0.2.1:16384".parse::<SocketAddr>().expect("an address"),
        session_id: 7,
        version: 1,
    }
}

fn parse(text: &str) -> Result<TrunkOffer, ParseOfferError> {
    TrunkOffer::parse(text.as_bytes())
}

const TRUNK: &str = "v=0\r\no=trunk 3820 3820 IN IP4 198.51.100.7\r\ns=call\r\n\
    c=IN IP4 198.51.100.7\r\nt=0 0\r\nm=audio 40000 RTP/AVP 18 0 8 101\r\n\
    a=rtpmap:18 G729/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n\
    a=ptime:20\r\na=sendrecv\r\n";

#[test]
fn a_trunks_offer_is_read_and_a_law_is_chosen() {
    let offer = parse(TRUNK).expect("a good offer");
    assert_eq!(offer.remote, "198.51.100.7:40000".parse::<SocketAddr>().expect("an address"));
    assert_eq!(offer.codecs, [Codec::Pcmu, Codec::Pcma], "in its order of preference");
    assert_eq!(offer.telephone_event, Some(101));
    assert_eq!(offer.direction, Direction::SendRecv);
    assert_eq!(offer.ptime_ms, Some(20));
    assert_eq!(offer.choose_codec(), Some(Codec::Pcma));
}

#[test]
fn static_types_need_no_rtpmap_and_a_contradicting_one_disables_them() {
    let offer = parse(&TRUNK.replace("a=sendrecv", "a=rtpmap:8 L16/44100")).expect("readable");
    assert_eq!(offer.codecs, [Codec::Pcmu]);
}

#[test]
fn the_address_of_the_stream_beats_that_of_the_session() {
    let text = TRUNK.replace("a=rtpmap:18", "c=IN IP6 2001:db8::9\r\na=rtpmap:18");
    let offer = parse(&text).expect("a good offer");
    assert_eq!(offer.remote, "[2001:db8::9]:40000".parse::<SocketAddr>().expect("an address"));
}

#[test]
fn the_direction_is_kept_and_an_unspecified_address_is_a_hold() {
    for (word, direction, answered) in [
        ("sendonly", Direction::SendOnly, Direction::RecvOnly),
        ("recvonly", Direction::RecvOnly, Direction::SendOnly),
        ("inactive", Direction::Inactive, Direction::Inactive),
    ] {
        let offer = parse(&TRUNK.replace("sendrecv", word)).expect("a good offer");
        assert_eq!(offer.direction, direction);
        let answer = offer.answer(local()).expect("a codec in common");
        assert_eq!(answer.direction, answered);
    }
    let held = parse(&TRUNK.replace("c=IN IP4 198.51.100.7", "c=IN IP4 0.0.0.0"));
    assert_eq!(held.expect("a good offer").direction, Direction::SendOnly);
}

#[test]
fn an_answer_is_read_back_as_what_was_agreed() {
    let answer = parse(TRUNK).expect("a good offer").answer(local()).expect("a codec");
    assert_eq!(answer.codec, Codec::Pcma);
    let back = parse(&answer.description).expect("our own answer can be read");
    assert_eq!(back.remote, local().address);
    assert_eq!(back.codecs, [Codec::Pcma]);
    assert_eq!(back.telephone_event, Some(101));
    let expected = "v=0\r\no=- 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 16384 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n\
        a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";
    assert_eq!(answer.description, expected);
}

#[test]
fn other_streams_are_refused_in_their_places() {
    let text = TRUNK
        .replace("m=audio", "m=video 5000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\nm=audio")
        + "m=image 6000 udptl t38\r\n";
    let answer = parse(&text).expect("a good offer").answer(local()).expect("a codec");
    let lines: Vec<_> = answer.description.lines().filter(|l| l.starts_with("m=")).collect();
    assert_eq!(
        lines,
        ["m=video 0 RTP/AVP 96", "m=audio 16384 RTP/AVP 8 101", "m=image 0 udptl t38"]
    );
}

#[test]
fn an_audio_stream_with_port_zero_or_srtp_is_not_telephone_audio() {
    for (from, to) in [("m=audio 40000", "m=audio 0"), ("RTP/AVP", "RTP/SAVP")] {
        let error = parse(&TRUNK.replace(from, to)).expect_err("nothing usable");
        assert_eq!(error, ParseOfferError::NoAudio);
        assert_eq!(error.refusal(), Refusal::NoCommonCodec);
    }
}

#[test]
fn no_codec_in_common_is_readable_but_has_no_answer() {
    let offer = parse(&TRUNK.replace("18 0 8 101", "18 101")).expect("readable");
    assert_eq!(offer.codecs, []);
    assert_eq!(offer.answer(local()), None);
}

#[test]
fn bad_descriptions_say_what_is_wrong() {
    let cases = [
        ("", ParseOfferError::Malformed),
        ("v=1\r\n", ParseOfferError::Malformed),
        (&TRUNK.replace("c=IN IP4 198.51.100.7\r\n", ""), ParseOfferError::NoAddress),
        (
            &TRUNK.replace("c=IN IP4 198.51.100.7", "c=IN IP4 sip.example"),
            ParseOfferError::BadAddress,
        ),
        (
            &TRUNK.replace("c=IN IP4 198.51.100.7", "c=IN IP4 224.0.0.1"),
            ParseOfferError::BadAddress,
        ),
        (&"a=x\r\n".repeat(2000), ParseOfferError::TooManyLines),
        (&"a".repeat(70_000), ParseOfferError::TooLong),
        (
            &(TRUNK.to_owned() + &"m=video 0 RTP/AVP 96\r\n".repeat(17)),
            ParseOfferError::TooManyStreams,
        ),
    ];
    for (text, expected) in cases {
        let error = parse(text).expect_err("a bad description");
        assert_eq!(error, expected);
        if expected != ParseOfferError::NoAudio {
            assert_eq!(error.refusal(), Refusal::BadDescription);
        }
    }
}

#[test]
fn our_offer_carries_both_laws_and_keys() {
    let text = write_offer(local(), &[Codec::Pcmu, Codec::Pcma]);
    let offer = parse(&text).expect("our own offer can be read");
    assert_eq!(offer.codecs, [Codec::Pcmu, Codec::Pcma]);
    assert_eq!(offer.telephone_event, Some(101));
}
