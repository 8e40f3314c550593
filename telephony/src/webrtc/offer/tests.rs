use super::*;

pub(in crate::webrtc) const CHROMIUM: &str = include_str!("chromium.sdp");
const FIREFOX: &str = include_str!("firefox.sdp");
const SAFARI: &str = include_str!("safari.sdp");

fn parsed(offer: &str) -> BrowserOffer {
    BrowserOffer::parse(offer).expect("an offer")
}

fn ours(mid: &str) -> Offered {
    Offered::Ours { transport: "UDP/TLS/RTP/SAVPF".to_owned(), mid: Some(mid.to_owned()) }
}

#[test]
fn chromium_with_video_and_data() {
    let offer = parsed(CHROMIUM);
    assert_eq!(offer.ufrag, "Zk3/");
    assert_eq!(offer.session.origin, ("-".to_owned(), 6_291_478_352_390_156_722));
    assert_eq!(offer.session.fingerprint[..3], [0x6b, 0x8b, 0xf0]);
    assert_eq!((offer.codec, offer.telephone_event), (Codec::Pcma, Some(126)));
    assert_eq!((offer.direction, offer.bundled), (Direction::SendRecv, true));
    let [first, Offered::Refused { media, format, .. }, last] = offer.streams.as_slice() else {
        panic!("three streams, the second of them video: {:?}", offer.streams);
    };
    assert_eq!((first, media.as_str(), format.as_str()), (&ours("0"), "video", "96"));
    assert_eq!(
        *last,
        Offered::Refused {
            media: "application".to_owned(),
            transport: "UDP/DTLS/SCTP".to_owned(),
            format: "webrtc-datachannel".to_owned(),
            mid: Some("2".to_owned()),
        }
    );
}

#[test]
fn firefox_with_its_fingerprint_at_the_session() {
    let offer = parsed(FIREFOX);
    assert_eq!(offer.ufrag, "8d3c1f7a");
    assert_eq!(offer.session.fingerprint[..3], [0x0c, 0x5a, 0x1b]);
    assert_eq!((offer.codec, offer.telephone_event), (Codec::Pcma, Some(101)));
    assert_eq!((offer.direction, offer.bundled), (Direction::SendRecv, true));
    assert_eq!(offer.streams, [ours("0")]);
}

#[test]
fn safari_that_only_listens() {
    let offer = parsed(SAFARI);
    assert_eq!(offer.telephone_event, Some(126));
    assert_eq!((offer.direction, offer.bundled), (Direction::RecvOnly, true));
    assert_eq!(offer.streams, [ours("audio")]);
}

#[test]
fn line_ends_of_the_wire_are_the_same() {
    let wire = CHROMIUM.replace('\n', "\r\n");
    assert_eq!(parsed(&wire), parsed(CHROMIUM));
}

#[test]
fn what_is_missing_is_said() {
    let without = |prefix: &str| {
        let lines = CHROMIUM.lines().filter(|line| !line.starts_with(prefix));
        lines.map(|line| format!("{line}\r\n")).collect::<String>()
    };
    let changed = |from: &str, to: &str| CHROMIUM.replace(from, to);
    for (offer, refused) in [
        (without("a=ice-ufrag"), AnswerRefused::NoIce),
        (changed("ice-ufrag:Zk3/", "ice-ufrag:Zk3"), AnswerRefused::NoIce),
        (changed("ice-ufrag:Zk3/", "ice-ufrag:Zk3:"), AnswerRefused::NoIce),
        (without("a=fingerprint"), AnswerRefused::NoFingerprint),
        (changed("sha-256", "sha-1"), AnswerRefused::NoFingerprint),
        (without("a=rtcp-mux"), AnswerRefused::NoRtcpMux),
        (changed("setup:actpass", "setup:passive"), AnswerRefused::NoRole),
        (changed("setup:actpass", "setup:holdconn"), AnswerRefused::NoRole),
        (changed("63 9 0 8 13", "63 9 13"), AnswerRefused::NoCommonCodec),
        (changed("UDP/TLS/RTP/SAVPF", "RTP/AVP"), AnswerRefused::NoAudio),
        (changed("m=audio 57134", "m=audio 0"), AnswerRefused::NoAudio),
        ("hello".to_owned(), AnswerRefused::Malformed),
        (format!("{CHROMIUM}a={}\r\n", "x".repeat(BYTES_MAX)), AnswerRefused::TooLong),
        (format!("{CHROMIUM}{}", "a=x\n".repeat(LINES_MAX)), AnswerRefused::TooLong),
        (format!("{CHROMIUM}{}", "m=audio 9 X 0\n".repeat(STREAMS_MAX)), AnswerRefused::TooLong),
    ] {
        assert_eq!(BrowserOffer::parse(&offer).map(|_| ()), Err(refused), "{offer}");
    }
}

#[test]
fn an_active_client_needs_no_word() {
    assert!(BrowserOffer::parse(&CHROMIUM.replace("actpass", "active")).is_ok());
    assert!(BrowserOffer::parse(&CHROMIUM.replace("a=setup:actpass\n", "")).is_ok());
}
