//! A look at DTLS records before the library sees them (RFC 6347 §4.1, §4.2.2). Pure.
//!
//! The library keeps every fragment and every record of the next epoch until it can use them, and
//! joins fragments by recursion. So what it is given is counted and bounded here.

/// Longest datagram, bytes: no browser sends more than an Ethernet frame.
const BYTES_MAX: usize = 1500;
/// Longest handshake message, bytes. A certificate chain of a browser has one link, < 2 KiB.
const MESSAGE_BYTES_MAX: usize = 16 * 1024;
const RECORD_HEADER_BYTES: usize = 13;
const MESSAGE_HEADER_BYTES: usize = 12;
const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
/// Version and random begin a client's hello (RFC 5246 §7.4.1.2).
const RANDOM_AT: usize = 2;

/// What a datagram of well-formed records holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// Handshake messages in the clear that are only parts.
    pub(super) fragments: usize,
    /// Handshake messages in the clear, whole or not.
    pub(super) messages: usize,
    /// The client's random, if its first hello begins here.
    pub(super) hello: Option<[u8; 32]>,
    /// Whether a server's hello is here.
    pub(super) answers: bool,
    /// Whether an alert in the clear is here, which anybody can write.
    pub(super) plain_alert: bool,
}

/// Surveys a datagram; `None` if it is not whole records of epoch 0 or 1 with whole headers.
pub(super) fn survey(datagram: &[u8]) -> Option<Survey> {
    if datagram.is_empty() || datagram.len() > BYTES_MAX {
        return None;
    }
    let mut survey = Survey::default();
    let mut rest = datagram;
    while !rest.is_empty() {
        let (header, behind) = rest.split_at_checked(RECORD_HEADER_BYTES)?;
        let len = usize::from(u16::from_be_bytes([header[11], header[12]]));
        let (content, next) = behind.split_at_checked(len)?;
        // One handshake, no renegotiation: epoch 0 in the clear, then epoch 1.
        match (u16::from_be_bytes([header[3], header[4]]), header[0]) {
            (0, HANDSHAKE) => survey.messages_of(content)?,
            // The library takes it unproved, in any epoch, and gives up if it is malformed.
            (epoch, CHANGE_CIPHER_SPEC) if epoch != 0 || content != [1] => return None,
            (0, ALERT) => survey.plain_alert = true,
            (0 | 1, _) if !content.is_empty() => {}
            _ => return None,
        }
        rest = next;
    }
    Some(survey)
}

impl Survey {
    fn messages_of(&mut self, mut content: &[u8]) -> Option<()> {
        while !content.is_empty() {
            let (header, behind) = content.split_at_checked(MESSAGE_HEADER_BYTES)?;
            let whole = u24(&header[1..4]);
            let sequence = u16::from_be_bytes([header[4], header[5]]);
            let (offset, len) = (u24(&header[6..9]), u24(&header[9..12]));
            if whole > MESSAGE_BYTES_MAX || offset + len > whole || (len == 0 && whole > 0) {
                return None;
            }
            let (body, next) = behind.split_at_checked(len)?;
            if len < whole {
                // The library would take what follows a part for more of it.
                if !next.is_empty() {
                    return None;
                }
                self.fragments += 1;
            }
            self.messages += 1;
            self.answers |= header[0] == SERVER_HELLO;
            if header[0] == CLIENT_HELLO && sequence == 0 && offset == 0 {
                self.hello = body.get(RANDOM_AT..)?.first_chunk().copied();
                self.hello?;
            }
            content = next;
        }
        Some(())
    }
}

fn u24(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, epoch: u16, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![kind, 0xfe, 0xfd];
        bytes.extend(epoch.to_be_bytes());
        bytes.extend([0; 6]);
        bytes.extend(u16::try_from(content.len()).expect("short").to_be_bytes());
        bytes.extend(content);
        bytes
    }

    fn message(kind: u8, whole: u32, offset: u32, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![kind];
        bytes.extend(&whole.to_be_bytes()[1..]);
        bytes.extend([0, 0]);
        bytes.extend(&offset.to_be_bytes()[1..]);
        bytes.extend(&u32::try_from(body.len()).expect("short").to_be_bytes()[1..]);
        bytes.extend(body);
        bytes
    }

    #[test]
    fn a_change_of_cipher_is_one_byte_in_the_clear_and_nothing_else() {
        assert!(survey(&record(CHANGE_CIPHER_SPEC, 0, &[1])).is_some());
        assert!(survey(&record(CHANGE_CIPHER_SPEC, 0, &[2])).is_none());
        assert!(survey(&record(CHANGE_CIPHER_SPEC, 1, &[0x5a; 64])).is_none());
        assert!(survey(&record(CHANGE_CIPHER_SPEC, 1, &[1])).is_none());
    }

    #[test]
    fn an_alert_in_the_clear_is_told() {
        let plain = |epoch| survey(&record(ALERT, epoch, &[2, 40])).map(|found| found.plain_alert);
        assert_eq!((plain(0), plain(1)), (Some(true), Some(false)));
    }

    #[test]
    fn a_hello_is_known_by_its_random() {
        let mut body = vec![0xfe, 0xfd];
        body.extend([7; 32]);
        body.extend([0; 20]);
        let whole = record(HANDSHAKE, 0, &message(CLIENT_HELLO, 54, 0, &body));
        let expected = Survey { messages: 1, hello: Some([7; 32]), ..Survey::default() };
        assert_eq!(survey(&whole), Some(expected));
        let part = record(HANDSHAKE, 0, &message(CLIENT_HELLO, 2000, 0, &body));
        assert_eq!(survey(&part), Some(Survey { fragments: 1, ..expected }));
        for len in 0..whole.len() {
            assert_eq!(survey(&whole[..len]), None, "{len} bytes");
        }
    }

    #[test]
    fn what_would_be_kept_for_ever_is_refused() {
        let alert = [2, 40];
        assert!(survey(&record(21, 0, &alert)).is_some());
        assert!(survey(&record(23, 1, &alert)).is_some());
        // Of an epoch that never comes, of nothing, a part of nothing, a part with a tail.
        assert_eq!(survey(&record(23, 2, &alert)), None);
        assert_eq!(survey(&record(23, 1, &[])), None);
        assert_eq!(survey(&record(HANDSHAKE, 0, &message(11, 100, 0, &[]))), None);
        assert_eq!(survey(&record(HANDSHAKE, 0, &message(11, 17_000, 0, &[1; 9]))), None);
        assert_eq!(survey(&record(HANDSHAKE, 0, &message(11, 8, 4, &[1; 9]))), None);
        let mut two = message(11, 100, 0, &[1; 9]);
        two.extend(message(11, 100, 9, &[1; 9]));
        assert_eq!(survey(&record(HANDSHAKE, 0, &two)), None);
    }
}
