//! What a packet of the load tool carries in place of speech: whose it is, its number, when it was
//! sent. Survives every bridge that forwards payloads as they are. Pure.

/// Payload of a packet, bytes: 20 ms of G.711.
pub const PAYLOAD_BYTES: usize = 160;
const MAGIC: [u8; 4] = *b"hlp1";

/// Which way a packet goes through the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the telephone network's side, plain RTP, to the browser.
    ToBrowser = 0,
    /// From the browser, DTLS-SRTP, to the telephone network's side.
    ToTrunk = 1,
}

impl Way {
    /// Both.
    pub const ALL: [Self; 2] = [Self::ToBrowser, Self::ToTrunk];
}

/// The marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Call and way: a receiver knows which it may hear.
    pub flow: u32,
    /// Counts the packets of a flow.
    pub number: u32,
    /// Nanoseconds since the tool's clock began.
    pub sent_ns: u64,
}

/// Why a payload is not what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmarked {
    /// No marker at all: something that the server made itself.
    Strange,
    /// A marker, but the bytes after it are not those that were sent.
    Damaged,
}

impl Marker {
    /// The number of a flow.
    #[must_use]
    pub const fn flow(call: u32, way: Way) -> u32 {
        call * 2 + way as u32
    }

    /// Fills a payload.
    pub fn write(&self, payload: &mut [u8; PAYLOAD_BYTES]) {
        payload[..4].copy_from_slice(&MAGIC);
        payload[4..8].copy_from_slice(&self.flow.to_be_bytes());
        payload[8..12].copy_from_slice(&self.number.to_be_bytes());
        payload[12..20].copy_from_slice(&self.sent_ns.to_be_bytes());
        for (at, byte) in payload.iter_mut().enumerate().skip(20) {
            *byte = filler(self.number, at);
        }
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// See [`Unmarked`].
    pub fn read(payload: &[u8]) -> Result<Self, Unmarked> {
        let Some((head, rest)) = payload.split_first_chunk::<20>() else {
            return Err(Unmarked::Strange);
        };
        if head[..4] != MAGIC {
            return Err(Unmarked::Strange);
        }
        let [_, _, _, _, f0, f1, f2, f3, n0, n1, n2, n3, sent @ ..] = *head;
        let number = u32::from_be_bytes([n0, n1, n2, n3]);
        let whole = rest.len() == PAYLOAD_BYTES - 20
            && rest.iter().zip(20..).all(|(byte, at)| *byte == filler(number, at));
        if !whole {
            return Err(Unmarked::Damaged);
        }
        let flow = u32::from_be_bytes([f0, f1, f2, f3]);
        Ok(Self { flow, number, sent_ns: u64::from_be_bytes(sent) })
    }
}

/// Changes from packet to packet, so that an old buffer sent again shows.
fn filler(number: u32, at: usize) -> u8 {
    (number.to_le_bytes()[0]).wrapping_mul(31).wrapping_add(at.to_le_bytes()[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_read_back_and_damage_shows() {
        let flow = Marker::flow(7, Way::ToTrunk);
        let marker = Marker { flow, number: 70_000, sent_ns: 1 << 40 };
        let mut payload = [0; PAYLOAD_BYTES];
        marker.write(&mut payload);
        assert_eq!(Marker::read(&payload), Ok(marker));
        payload[100] ^= 1;
        assert_eq!(Marker::read(&payload), Err(Unmarked::Damaged));
        assert_eq!(Marker::read(&payload[..80]), Err(Unmarked::Damaged));
        assert_eq!(Marker::read(&[0xd5; PAYLOAD_BYTES]), Err(Unmarked::Strange));
        assert_eq!(Marker::read(b"hlp1"), Err(Unmarked::Strange));
    }
}
