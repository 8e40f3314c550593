//! The little of STUN (RFC 8489) that tells browsers apart. Pure.
//!
//! Whether a message is authentic is judged by the WebRTC stack, after delivery.

const HEADER_BYTES: usize = 20;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const USERNAME: u16 = 0x0006;
/// Most attributes looked at; browsers send about six.
const ATTRIBUTES_MAX: usize = 16;

/// Our part of the user name in a STUN message: what comes before the colon (RFC 8445 §7.2.2).
/// `None` if the datagram is not STUN or names nobody.
pub(super) fn local_user(datagram: &[u8]) -> Option<&str> {
    let (header, mut rest) = datagram.split_at_checked(HEADER_BYTES)?;
    // The two top bits are zero in STUN only (RFC 7983 §7).
    if header[0] > 3 || header[4..8] != MAGIC_COOKIE {
        return None;
    }
    for _ in 0..ATTRIBUTES_MAX {
        let (head, tail) = rest.split_at_checked(4)?;
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let len = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let value = tail.get(..len)?;
        if kind == USERNAME {
            let name = std::str::from_utf8(value).ok()?;
            return name.split(':').next().filter(|name| !name.is_empty());
        }
        // Attributes are padded to four bytes.
        rest = tail.get(len.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0, 1, 0, 0];
        bytes.extend(MAGIC_COOKIE);
        bytes.extend([7; 12]);
        for (kind, value) in attributes {
            bytes.extend(kind.to_be_bytes());
            bytes.extend(u16::try_from(value.len()).expect("short").to_be_bytes());
            bytes.extend(*value);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        bytes
    }

    #[test]
    fn our_part_of_the_user_name_is_found_behind_other_attributes() {
        let bytes = message(&[(0x8022, b"abc"), (USERNAME, b"ours:theirs"), (0x24, b"1234")]);
        assert_eq!(local_user(&bytes), Some("ours"));
    }

    #[test]
    fn what_is_not_stun_or_is_cut_names_nobody() {
        let whole = message(&[(USERNAME, b"ours:theirs")]);
        for len in 0..whole.len() - 1 {
            assert_eq!(local_user(&whole[..len]), None, "{len} bytes");
        }
        let mut rtp = whole.clone();
        rtp[0] = 0x80;
        assert_eq!(local_user(&rtp), None);
        assert_eq!(local_user(&message(&[(USERNAME, b":theirs")])), None);
    }
}
