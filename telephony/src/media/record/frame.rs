//! The frame around a sealed chunk: where it begins, which it is, how long it is. Pure.
//!
//! Nothing here is secret or trusted. The check tells an accident in the frame from one in the body,
//! so that reading can go on after it; what was forged is found when the body is opened.

/// Bytes before a sealed body.
pub(super) const FRAME_LEN: usize = 14;

const MARKER: [u8; 4] = *b"\xc5chk";

/// What stands before a sealed body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) number: u32,
    /// Bytes of the sealed body, with its tag.
    pub(super) len: u16,
    pub(super) last: bool,
}

/// What some bytes are, where a frame should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Frame(Frame),
    /// The beginning of a frame, and no more bytes.
    Cut,
    Other,
}

impl Frame {
    pub(super) fn to_bytes(self) -> [u8; FRAME_LEN] {
        let mut bytes = [0; FRAME_LEN];
        bytes[..4].copy_from_slice(&MARKER);
        bytes[4..8].copy_from_slice(&self.number.to_be_bytes());
        bytes[8..10].copy_from_slice(&self.len.to_be_bytes());
        bytes[11] = u8::from(self.last);
        let check = check(&bytes);
        bytes[12..].copy_from_slice(&check);
        bytes
    }

    /// Reads the frame at the start of some bytes.
    pub(super) fn see(bytes: &[u8]) -> Seen {
        let Some(bytes) = bytes.first_chunk::<FRAME_LEN>() else {
            let begun = bytes.len().min(MARKER.len());
            return if bytes[..begun] == MARKER[..begun] { Seen::Cut } else { Seen::Other };
        };
        let [_, _, _, _, n0, n1, n2, n3, l0, l1, 0, last @ (0 | 1), c0, c1] = *bytes else {
            return Seen::Other;
        };
        if !bytes.starts_with(&MARKER) || check(bytes) != [c0, c1] {
            return Seen::Other;
        }
        Seen::Frame(Self {
            number: u32::from_be_bytes([n0, n1, n2, n3]),
            len: u16::from_be_bytes([l0, l1]),
            last: last == 1,
        })
    }
}

/// The exclusive or of the frame's first six words: finds every single changed byte.
fn check(bytes: &[u8; FRAME_LEN]) -> [u8; 2] {
    let words = bytes[..12].as_chunks::<2>().0;
    words.iter().fold([0; 2], |sum, word| [sum[0] ^ word[0], sum[1] ^ word[1]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_back_and_no_changed_byte_passes() {
        let frame = Frame { number: 0x0102_0304, len: 16_033, last: true };
        let bytes = frame.to_bytes();
        assert_eq!(Frame::see(&bytes), Seen::Frame(frame));
        for at in 0..FRAME_LEN {
            for bit in 0..8 {
                let mut changed = bytes;
                changed[at] ^= 1 << bit;
                assert_eq!(Frame::see(&changed), Seen::Other, "byte {at}, bit {bit}");
            }
            assert_eq!(Frame::see(&bytes[..at]), Seen::Cut, "{at} bytes");
        }
        assert_eq!(Frame::see(&[0; 3]), Seen::Other);
    }
}
