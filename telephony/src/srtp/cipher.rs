//! Where the parts of a protected packet lie (RFC 3711 §3.1, §3.4; RFC 7714 §8, §9), for both kinds of
//! cipher.

mod counter_mode;
mod gcm;

use counter_mode::CounterMode;
use gcm::Gcm;

use super::keys::{Label, MasterKey};
use super::{RTCP_ENCRYPTED, RTCP_HEADER_BYTES, RTCP_INDEX_BYTES, SrtpError, SrtpProfile, u32_at};

/// The session keys for RTP, or for RTCP, of one direction. Boxed, because they are most of a kilobyte and
/// whoever holds them lies in tables.
pub(super) enum Cipher {
    /// AES in counter mode with HMAC-SHA1.
    CounterMode(Box<CounterMode>),
    /// AES-GCM.
    Gcm(Box<Gcm>),
}

/// What makes a packet's key stream its own: the stream and the packet's index (48 bits for RTP:
/// roll-over counter and sequence number; 31 for RTCP).
#[derive(Clone, Copy)]
pub(super) struct PacketId {
    /// The stream.
    pub(super) ssrc: u32,
    /// The packet's place in it.
    pub(super) index: u64,
}

impl PacketId {
    /// The ten bytes in which both kinds of cipher put it (RFC 3711 §4.1.1, RFC 7714 §8.1, §9.1).
    fn bytes(self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[..4].copy_from_slice(&self.ssrc.to_be_bytes());
        bytes[4..].copy_from_slice(&self.index.to_be_bytes()[2..]);
        bytes
    }

    /// An RTP packet's roll-over counter as the tag covers it.
    fn roll_over(self) -> [u8; 4] {
        let [_, _, a, b, c, d, _, _] = self.index.to_be_bytes();
        [a, b, c, d]
    }
}

impl Cipher {
    /// The cipher for RTP.
    pub(super) fn rtp(master: &MasterKey) -> Self {
        Self::new(master, [Label::RtpKey, Label::RtpTag, Label::RtpSalt])
    }

    /// The cipher for RTCP.
    pub(super) fn rtcp(master: &MasterKey) -> Self {
        Self::new(master, [Label::RtcpKey, Label::RtcpTag, Label::RtcpSalt])
    }

    fn new(master: &MasterKey, [key, tag, salt]: [Label; 3]) -> Self {
        match master.profile() {
            SrtpProfile::Aes128CmSha1_80 => {
                Self::CounterMode(Box::new(CounterMode::new(master, key, tag, salt)))
            }
            SrtpProfile::AeadAes128Gcm | SrtpProfile::AeadAes256Gcm => {
                Self::Gcm(Box::new(Gcm::new(master, key, salt)))
            }
        }
    }

    /// The cipher of given session keys, as published examples have them.
    #[cfg(test)]
    pub(super) fn of_session(key: &[u8], tag_key: &[u8], salt: &[u8]) -> Self {
        match salt.try_into() {
            Ok(salt) => Self::Gcm(Box::new(Gcm::of_session(key, salt))),
            Err(_) => {
                let (key, salt) = (key.try_into().expect("16"), salt.try_into().expect("14"));
                Self::CounterMode(Box::new(CounterMode::of_session(key, tag_key, salt)))
            }
        }
    }

    /// Length of a tag, bytes.
    pub(super) const fn tag_len(&self) -> usize {
        match self {
            Self::CounterMode(_) => counter_mode::TAG_BYTES,
            Self::Gcm(_) => gcm::TAG_BYTES,
        }
    }

    /// Encrypts `packet` behind its header and fills its end, which is to be the tag.
    pub(super) fn seal_rtp(&self, id: PacketId, packet: &mut [u8], header_len: usize) {
        let (plain, tag) = packet.split_at_mut(packet.len() - self.tag_len());
        match self {
            Self::CounterMode(cipher) => {
                cipher.apply(id, &mut plain[header_len..]);
                tag.copy_from_slice(&cipher.tag(plain, &id.roll_over()));
            }
            Self::Gcm(cipher) => {
                let (header, payload) = plain.split_at_mut(header_len);
                tag.copy_from_slice(&cipher.seal(id, header, payload));
            }
        }
    }

    /// Decrypts `packet` behind its header if the tag at its end fits.
    pub(super) fn open_rtp(
        &self,
        id: PacketId,
        packet: &mut [u8],
        header_len: usize,
    ) -> Result<(), SrtpError> {
        match self {
            Self::CounterMode(cipher) => {
                let (plain, tag) = packet.split_at_mut(packet.len() - counter_mode::TAG_BYTES);
                cipher.verify(plain, &id.roll_over(), tag)?;
                cipher.apply(id, &mut plain[header_len..]);
                Ok(())
            }
            Self::Gcm(cipher) => {
                let (header, payload) = packet.split_at_mut(header_len);
                cipher.open(id, header, payload)
            }
        }
    }

    /// Encrypts `packet` behind its header and fills its end, which is to be tag and index.
    pub(super) fn seal_rtcp(&self, id: PacketId, packet: &mut [u8]) {
        let len = packet.len() - self.tag_len() - RTCP_INDEX_BYTES;
        let index = u32::try_from(id.index).unwrap_or(u32::MAX) | RTCP_ENCRYPTED;
        let index = index.to_be_bytes();
        let (plain, trailer) = packet.split_at_mut(len);
        match self {
            Self::CounterMode(cipher) => {
                cipher.apply(id, &mut plain[RTCP_HEADER_BYTES..]);
                trailer[..RTCP_INDEX_BYTES].copy_from_slice(&index);
                trailer[RTCP_INDEX_BYTES..].copy_from_slice(&cipher.tag(plain, &index));
            }
            Self::Gcm(cipher) => {
                let (header, payload) = plain.split_at_mut(RTCP_HEADER_BYTES);
                let tag = cipher.seal(id, &with_index(header, index), payload);
                trailer[..gcm::TAG_BYTES].copy_from_slice(&tag);
                trailer[gcm::TAG_BYTES..].copy_from_slice(&index);
            }
        }
    }

    /// The flag "encrypted" with the index of a protected RTCP packet.
    pub(super) fn rtcp_index(&self, packet: &[u8]) -> Result<u32, SrtpError> {
        let behind = match self {
            Self::CounterMode(_) => counter_mode::TAG_BYTES,
            Self::Gcm(_) => 0,
        };
        let at = packet.len().checked_sub(RTCP_INDEX_BYTES + behind).ok_or(SrtpError::TooShort)?;
        u32_at(packet, at)
    }

    /// Decrypts `packet` behind its header if the tag at its end fits. A packet whose sender chose not
    /// to encrypt it (E = 0) is authenticated alone.
    pub(super) fn open_rtcp(&self, id: PacketId, packet: &mut [u8]) -> Result<(), SrtpError> {
        let index = self.rtcp_index(packet)?;
        let encrypted = index & RTCP_ENCRYPTED != 0;
        match self {
            Self::CounterMode(cipher) => {
                let (signed, tag) = packet.split_at_mut(packet.len() - counter_mode::TAG_BYTES);
                cipher.verify(signed, &[], tag)?;
                if encrypted {
                    let len = signed.len() - RTCP_INDEX_BYTES;
                    cipher.apply(id, &mut signed[RTCP_HEADER_BYTES..len]);
                }
                Ok(())
            }
            Self::Gcm(cipher) => {
                let (sealed, index) = packet.split_at_mut(packet.len() - RTCP_INDEX_BYTES);
                if encrypted {
                    let (header, payload) = sealed.split_at_mut(RTCP_HEADER_BYTES);
                    let index = index.first_chunk().ok_or(SrtpError::TooShort)?;
                    return cipher.open(id, &with_index(header, *index), payload);
                }
                // What the tag covers must lie in one piece: packet, index; behind them the tag.
                let covered = packet.len() - gcm::TAG_BYTES;
                packet[covered - RTCP_INDEX_BYTES..].rotate_right(RTCP_INDEX_BYTES);
                let (covered, tag) = packet.split_at_mut(covered);
                cipher.open(id, covered, tag)
            }
        }
    }
}

/// What the tag of an RTCP packet covers beside its payload (RFC 7714 §9.2).
fn with_index(header: &[u8], index: [u8; RTCP_INDEX_BYTES]) -> [u8; 12] {
    let mut covered = [0; RTCP_HEADER_BYTES + RTCP_INDEX_BYTES];
    covered[..RTCP_HEADER_BYTES].copy_from_slice(header);
    covered[RTCP_HEADER_BYTES..].copy_from_slice(&index);
    covered
}
