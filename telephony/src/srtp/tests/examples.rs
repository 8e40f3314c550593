//! The examples of RFC 3711, Appendix B, and of RFC 7714, §16 and §17.

use super::*;
use crate::srtp::cipher::{Cipher, PacketId};
use crate::srtp::keys::Label;

#[test]
fn the_key_stream_is_that_of_rfc_3711_b_2() {
    let key = bytes_of("2B7E151628AED2A6ABF7158809CF4F3C");
    let cipher = Cipher::of_session(&key, &[], &bytes_of("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"));
    let mut stream = vec![0; 0xff02 * 16 + cipher.tag_len()];
    cipher.seal_rtp(PacketId { ssrc: 0, index: 0 }, &mut stream, 0);
    for (block, expected) in [
        (0, "E03EAD0935C95E80E166B16DD92B4EB4"),
        (1, "D23513162B02D0F72A43A2FE4A5F97AB"),
        (2, "41E95B3BB0A2E8DD477901E4FCA894C0"),
        (0xfeff, "EC8CDF7398607CB0F2D21675EA9EA1E4"),
        (0xff00, "362B7C3C6773516318A077D7FC5073AE"),
        (0xff01, "6A2CC3787889374FBEB4C81B17BA6C44"),
    ] {
        assert_eq!(stream[block * 16..block * 16 + 16], bytes_of(expected), "block {block:x}");
    }
}

#[test]
fn session_keys_are_those_of_rfc_3711_b_3() {
    let master = MasterKey::new(
        SrtpProfile::Aes128CmSha1_80,
        &bytes_of("E1F97A0D3E018BE0D64FA32C06DE4139"),
        &bytes_of("0EC675AD498AFEEBB6960B3AABE6"),
    )
    .expect("16 and 14 bytes");
    let derived = |label, len| {
        let mut key = vec![0; len];
        master.derive(label, &mut key);
        key
    };
    assert_eq!(derived(Label::RtpKey, 16), bytes_of("C61E7A93744F39EE10734AFE3FF7A087"));
    assert_eq!(derived(Label::RtpSalt, 14), bytes_of("30CBBC08863D8C85D49DB34A9AE1"));
    let tag = "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD1755
        78EF72270986371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB
        60DBDFB2DC68";
    let tag = bytes_of(tag);
    assert_eq!(derived(Label::RtpTag, tag.len()), tag);
}

const KEY_128: &str = "000102030405060708090a0b0c0d0e0f";
const KEY_256: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const GCM_SALT: &str = "517569642070726f2071756f";
const RTP: &str =
    "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070
    61727465 73207472 6573";
const RTCP: &str =
    "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef
    deadbeef deadbeef deadbeef";

#[test]
fn rtp_is_sealed_as_in_rfc_7714_16() {
    for (key, sealed) in [
        (
            KEY_128,
            "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a
            51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce",
        ),
        (
            KEY_256,
            "8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02
            76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13",
        ),
    ] {
        let cipher = Cipher::of_session(&bytes_of(key), &[], &bytes_of(GCM_SALT));
        let id = PacketId { ssrc: 0x5501_a0b2, index: 0xf17b };
        let mut packet = bytes_of(RTP);
        packet.resize(packet.len() + 16, 0);
        cipher.seal_rtp(id, &mut packet, 12);
        assert_eq!(packet, bytes_of(sealed));
        assert_eq!(cipher.open_rtp(id, &mut packet, 12), Ok(()));
        assert_eq!(packet[..50], bytes_of(RTP));
    }
}

#[test]
fn rtcp_is_sealed_as_in_rfc_7714_17() {
    for (key, sealed, authenticated) in [
        (
            KEY_128,
            "81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda
            4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4",
            "841dd968 3dd78ec9 2ae58790 125f62b3 000005d4",
        ),
        (
            KEY_256,
            "81c8000d 4d617273 d50ae4d1 f5ce5d30 4ba297e4 7d470c28 2c3ece5d bffe0a50 a2eaa5c1 110555be
            8415f658 c61de047 6f1b6fad 1d1eb30c 4446839f 57ff6f6c b26ac3be 800005d4",
            "91db4afb feee5a97 8fab4393 ed2615fe 000005d4",
        ),
    ] {
        let cipher = Cipher::of_session(&bytes_of(key), &[], &bytes_of(GCM_SALT));
        let id = PacketId { ssrc: 0x4d61_7273, index: 0x5d4 };
        let plain = bytes_of(RTCP);
        let mut packet = plain.clone();
        packet.resize(plain.len() + 20, 0);
        cipher.seal_rtcp(id, &mut packet);
        assert_eq!(packet, bytes_of(sealed));
        assert_eq!(cipher.open_rtcp(id, &mut packet), Ok(()));
        assert_eq!(packet[..plain.len()], plain);

        let mut packet = [plain.clone(), bytes_of(authenticated)].concat();
        assert_eq!(cipher.open_rtcp(id, &mut packet), Ok(()), "E = 0: not encrypted");
        assert_eq!(packet[..plain.len()], plain);
        let mut packet = [plain.clone(), bytes_of(authenticated)].concat();
        packet[20] ^= 1;
        assert_eq!(cipher.open_rtcp(id, &mut packet), Err(SrtpError::NotAuthentic));
    }
}
