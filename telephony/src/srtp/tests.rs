//! Published examples, the `rtc` crate as the other end, forged packets, indices at their limits.

mod examples;
mod forged;
mod indices;
mod oracle;

use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::keys::Label;
use super::*;

const PROFILES: [SrtpProfile; 3] =
    [SrtpProfile::Aes128CmSha1_80, SrtpProfile::AeadAes128Gcm, SrtpProfile::AeadAes256Gcm];

/// Key and salt of the tests, different in every byte.
const KEY: [u8; 32] = ascending(0x10);
const SALT: [u8; 14] = ascending(0xa0);

const fn ascending<const N: usize>(first: u8) -> [u8; N] {
    let mut bytes = [0; N];
    let mut at = 0;
    while at < N {
        bytes[at] = first + at as u8;
        at += 1;
    }
    bytes
}

fn master(profile: SrtpProfile) -> MasterKey {
    MasterKey::new(profile, &KEY[..profile.key_len()], &SALT[..profile.salt_len()])
        .expect("the profile's lengths")
}

fn ends(profile: SrtpProfile) -> (SrtpSender, SrtpReceiver) {
    (SrtpSender::new(master(profile)), SrtpReceiver::new(master(profile)))
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| {
        let pair = core::str::from_utf8(pair).expect("digits");
        u8::from_str_radix(pair, 16).expect("two digits")
    };
    digits.chunks(2).map(byte).collect()
}

fn rtp(ssrc: u32, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 0x08];
    packet.extend(sequence.to_be_bytes());
    packet.extend((u32::from(sequence) * 160).to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend(payload);
    packet
}

fn rtcp(ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 201, 0, 1];
    packet.extend(ssrc.to_be_bytes());
    packet.extend([0x81, 202, 0, 2]);
    packet.extend(ssrc.to_be_bytes());
    packet.extend([1, 1, b'x', 0]);
    packet
}

fn protected_rtp(sender: &mut SrtpSender, packet: &[u8]) -> Result<Vec<u8>, SrtpError> {
    let mut buf = packet.to_vec();
    buf.resize(packet.len() + TRAILER_MAX, 0);
    let len = sender.protect_rtp(&mut buf, packet.len())?;
    buf.truncate(len);
    Ok(buf)
}

fn protected_rtcp(sender: &mut SrtpSender, packet: &[u8]) -> Result<Vec<u8>, SrtpError> {
    let mut buf = packet.to_vec();
    buf.resize(packet.len() + TRAILER_MAX, 0);
    let len = sender.protect_rtcp(&mut buf, packet.len())?;
    buf.truncate(len);
    Ok(buf)
}

fn opened_rtp(receiver: &mut SrtpReceiver, datagram: &[u8]) -> Result<Vec<u8>, SrtpError> {
    let mut buf = datagram.to_vec();
    let len = receiver.unprotect_rtp(&mut buf)?;
    buf.truncate(len);
    Ok(buf)
}

fn opened_rtcp(receiver: &mut SrtpReceiver, datagram: &[u8]) -> Result<Vec<u8>, SrtpError> {
    let mut buf = datagram.to_vec();
    let len = receiver.unprotect_rtcp(&mut buf)?;
    buf.truncate(len);
    Ok(buf)
}

#[test]
fn what_one_end_protects_the_other_opens() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = ends(profile);
        for sequence in 0..300 {
            let packet = rtp(7, sequence, &[0xd5; 160]);
            let datagram = protected_rtp(&mut sender, &packet).expect("room");
            assert_eq!(datagram.len(), packet.len() + profile.tag_len());
            assert_ne!(datagram[12..172], packet[12..172]);
            assert_eq!(opened_rtp(&mut receiver, &datagram), Ok(packet));
            let report = rtcp(7);
            let datagram = protected_rtcp(&mut sender, &report).expect("room");
            assert_eq!(datagram.len(), report.len() + profile.tag_len() + 4);
            assert_eq!(opened_rtcp(&mut receiver, &datagram), Ok(report));
        }
    }
}

#[test]
fn a_packet_without_payload_is_still_authenticated() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = ends(profile);
        let packet = rtp(7, 1, &[]);
        let datagram = protected_rtp(&mut sender, &packet).expect("room");
        assert_eq!(opened_rtp(&mut receiver, &datagram), Ok(packet));
        let report = &rtcp(7)[..8];
        let datagram = protected_rtcp(&mut sender, report).expect("room");
        assert_eq!(opened_rtcp(&mut receiver, &datagram), Ok(report.to_vec()));
    }
}

#[test]
fn a_report_that_was_not_encrypted_is_taken_if_it_is_authentic() {
    let master = master(SrtpProfile::Aes128CmSha1_80);
    let mut key = [0; 20];
    master.derive(Label::RtcpTag, &mut key);
    let mut receiver = SrtpReceiver::new(master);
    let signed = [rtcp(7), 5_u32.to_be_bytes().to_vec()].concat();
    let hmac = <Hmac<Sha1> as Mac>::new_from_slice(&key).expect("any length");
    let tag = hmac.chain_update(&signed).finalize().into_bytes();
    let mut datagram = [&signed[..], &tag[..10]].concat();
    datagram[9] ^= 1;
    assert_eq!(opened_rtcp(&mut receiver, &datagram), Err(SrtpError::NotAuthentic));
    datagram[9] ^= 1;
    assert_eq!(opened_rtcp(&mut receiver, &datagram), Ok(rtcp(7)));
    assert_eq!(opened_rtcp(&mut receiver, &datagram), Err(SrtpError::Replayed));
}

#[test]
fn sources_and_extension_stay_readable() {
    let mut packet = rtp(7, 1, &[]);
    packet[0] = 0x92; // two contributing sources, an extension
    packet.extend([1, 1, 1, 1, 2, 2, 2, 2, 0xbe, 0xde, 0, 1, 0x10, 0x55, 0, 0]);
    let header_len = packet.len();
    packet.extend([0xd5; 160]);
    for profile in PROFILES {
        let (mut sender, mut receiver) = ends(profile);
        let datagram = protected_rtp(&mut sender, &packet).expect("room");
        assert_eq!(datagram[..header_len], packet[..header_len]);
        assert_ne!(datagram[header_len..packet.len()], packet[header_len..]);
        assert_eq!(opened_rtp(&mut receiver, &datagram), Ok(packet.clone()));
    }
}

#[test]
fn keying_material_is_split_the_same_at_both_ends() {
    for profile in PROFILES {
        let material: Vec<u8> = (0..).take(profile.keying_material_len()).collect();
        let of = |client| SrtpKeys::from_keying_material(profile, &material, client);
        let (client, server) = (of(true).expect("a length"), of(false).expect("a length"));
        let (key_len, salt_len) = (profile.key_len(), profile.salt_len());
        let own = MasterKey::new(
            profile,
            &material[..key_len],
            &material[2 * key_len..2 * key_len + salt_len],
        );
        let packet = rtp(7, 1, &[3; 20]);
        let expected = protected_rtp(&mut SrtpSender::new(own.expect("a length")), &packet);
        let mut up = SrtpSender::new(client.outgoing);
        let datagram = protected_rtp(&mut up, &packet).expect("room");
        assert_eq!(Ok(&datagram), expected.as_ref(), "the client's key and salt come first");
        let mut up = SrtpReceiver::new(server.incoming);
        assert_eq!(opened_rtp(&mut up, &datagram), Ok(packet.clone()));
        let datagram = protected_rtp(&mut SrtpSender::new(server.outgoing), &packet);
        let mut down = SrtpReceiver::new(client.incoming);
        assert_eq!(opened_rtp(&mut down, &datagram.expect("room")), Ok(packet));
    }
}

#[test]
fn keys_of_wrong_lengths_are_refused() {
    for profile in PROFILES {
        let (key, salt) = (&KEY[..profile.key_len()], &SALT[..profile.salt_len()]);
        let refused = |key, salt| MasterKey::new(profile, key, salt).map(|_| ());
        assert_eq!(refused(&key[1..], salt), Err(SrtpError::BadKey));
        assert_eq!(refused(key, &salt[1..]), Err(SrtpError::BadKey));
        assert_eq!(refused(&[0; 33], salt), Err(SrtpError::BadKey));
        assert_eq!(refused(key, &[0; 15]), Err(SrtpError::BadKey));
        let material = vec![0; profile.keying_material_len() + 1];
        for wrong in [&material[..], &material[2..], &[]] {
            let split = SrtpKeys::from_keying_material(profile, wrong, true);
            assert_eq!(split.map(|_| ()), Err(SrtpError::BadKey));
        }
    }
}

#[test]
fn no_key_is_printed() {
    let material = [0xab; 60];
    let keys = SrtpKeys::from_keying_material(SrtpProfile::Aes128CmSha1_80, &material, true);
    let keys = keys.expect("60 bytes");
    let mut printed = format!("{keys:?}");
    let (sender, receiver) = (SrtpSender::new(keys.outgoing), SrtpReceiver::new(keys.incoming));
    printed += &format!("{sender:?}{receiver:?}");
    assert!(!printed.contains("171") && !printed.contains("ab, "), "{printed}");
}

#[test]
fn without_room_nothing_is_sent() {
    for profile in PROFILES {
        let (mut sender, _) = ends(profile);
        let before = sender.state();
        let mut buf = rtp(7, 1, &[0; 160]);
        let len = buf.len();
        buf.resize(len + profile.tag_len() - 1, 0);
        assert_eq!(sender.protect_rtp(&mut buf, len), Err(SrtpError::NoRoom));
        assert_eq!(sender.protect_rtp(&mut buf, usize::MAX), Err(SrtpError::NoRoom));
        assert_eq!(sender.protect_rtcp(&mut buf, len), Err(SrtpError::NoRoom));
        assert_eq!(sender.protect_rtcp(&mut buf, usize::MAX), Err(SrtpError::NoRoom));
        let mut buf = [0xff; 40];
        assert_eq!(sender.protect_rtp(&mut buf, 11), Err(SrtpError::TooShort));
        assert_eq!(sender.protect_rtp(&mut buf, 20), Err(SrtpError::TooShort), "15 sources");
        assert_eq!(sender.protect_rtcp(&mut buf, 7), Err(SrtpError::TooShort));
        assert_eq!(sender.state(), before);
        buf[0] = 0x80;
        assert_eq!(sender.protect_rtp(&mut buf, 12), Ok(12 + profile.tag_len()));
    }
}
