//! The checks of a controlling ICE agent with one pair (RFC 8445 §7.2), by `rtc::stun`.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use rtc::crypto::RTCCryptoProvider;
use rtc::stun::attributes::{
    ATTR_ICE_CONTROLLING, ATTR_PRIORITY, ATTR_USE_CANDIDATE, ATTR_USERNAME, AttrType, RawAttribute,
};
use rtc::stun::fingerprint::FINGERPRINT;
use rtc::stun::integrity::MessageIntegrity;
use rtc::stun::message::{
    BINDING_REQUEST, BINDING_SUCCESS, Message, TransactionId, is_stun_message,
};
use rtc::stun::textattrs::TextAttribute;
use rtc::stun::xoraddr::XorMappedAddress;

/// How long one answer is waited for.
const TRY: Duration = Duration::from_millis(250);
/// Tries until it is given up.
const TRIES: usize = 40;
/// The priority of a candidate that a check would find (RFC 8445 §7.1.1): peer-reflexive.
const PRIORITY: u32 = 0x6e7f_1eff;

/// Makes the checks of one browser.
pub struct Ice {
    crypto: Arc<dyn RTCCryptoProvider>,
    /// The server's name, a colon, the browser's.
    user: String,
    /// The server's password.
    password: String,
    /// The browser's.
    own_password: String,
    tie_breaker: u64,
}

impl Ice {
    /// `user` is the server's name, a colon, the browser's; the passwords are the server's and its own.
    pub(super) fn new(
        crypto: Arc<dyn RTCCryptoProvider>,
        user: String,
        [password, own_password]: [String; 2],
    ) -> Self {
        Self { crypto, user, password, own_password, tie_breaker: rand::random() }
    }

    /// A check that nominates its pair; sent again every few seconds, it is also the consent to go
    /// on sending (RFC 7675).
    ///
    /// # Errors
    /// It cannot be written.
    pub fn check(&self) -> Result<Vec<u8>> {
        Ok(self.message(&self.password)?.raw)
    }

    /// The check of somebody who knows the names but not the password.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn forged_check(&self) -> Result<Vec<u8>> {
        Ok(self.message("a password that is not the server's")?.raw)
    }

    /// The answer to a check of the server's; some that say "lite" make checks all the same. `None` if
    /// it is no check, or not authentic.
    #[must_use]
    pub fn answer(&self, datagram: &[u8], from: SocketAddr) -> Option<Vec<u8>> {
        let crypto = self.crypto.crypto();
        let mut check = Message::new();
        check.unmarshal_binary(datagram).ok()?;
        if check.typ != BINDING_REQUEST {
            return None;
        }
        MessageIntegrity::check(&mut check, self.own_password.as_bytes(), crypto).ok()?;
        let mut answer = Message::new();
        let own_password = self.own_password.clone();
        let built = answer.build(&[
            Box::new(BINDING_SUCCESS),
            Box::new(check.transaction_id),
            Box::new(XorMappedAddress { ip: from.ip(), port: from.port() }),
            Box::new(MessageIntegrity::new_short_term_integrity_with_provider(
                own_password,
                crypto,
            )),
            Box::new(FINGERPRINT),
        ]);
        built.ok().map(|()| answer.raw)
    }

    fn message(&self, password: &str) -> Result<Message> {
        let mut message = Message::new();
        message.build(&[
            Box::new(BINDING_REQUEST),
            Box::new(TransactionId::new()),
            Box::new(TextAttribute::new(ATTR_USERNAME, self.user.clone())),
            Box::new(raw(ATTR_ICE_CONTROLLING, &self.tie_breaker.to_be_bytes())),
            Box::new(raw(ATTR_PRIORITY, &PRIORITY.to_be_bytes())),
            Box::new(raw(ATTR_USE_CANDIDATE, &[])),
            Box::new(MessageIntegrity::new_short_term_integrity_with_provider(
                password.to_owned(),
                self.crypto.crypto(),
            )),
            Box::new(FINGERPRINT),
        ])?;
        Ok(message)
    }

    /// Checks until the server agrees.
    pub(super) fn nominate(&self, socket: &UdpSocket) -> Result<()> {
        let server = socket.peer_addr()?;
        let mut datagram = [0; 2048];
        for _ in 0..TRIES {
            let check = self.message(&self.password)?;
            socket.send(&check.raw)?;
            socket.set_read_timeout(Some(TRY))?;
            while let Ok(len) = socket.recv(&mut datagram) {
                let datagram = &datagram[..len];
                if let Some(answer) = self.answer(datagram, server) {
                    socket.send(&answer)?;
                } else if is_stun_message(datagram) && self.agrees(&check, datagram)? {
                    return Ok(());
                }
            }
        }
        bail!("the server answers no check")
    }

    /// Whether it is the answer to the check; an answer that is not right is an error.
    fn agrees(&self, check: &Message, datagram: &[u8]) -> Result<bool> {
        let mut answer = Message::new();
        answer.unmarshal_binary(datagram)?;
        if answer.transaction_id != check.transaction_id {
            return Ok(false);
        }
        ensure!(answer.typ == BINDING_SUCCESS, "the server refuses the check: {}", answer.typ);
        FINGERPRINT.check(&answer).context("the fingerprint of its answer")?;
        MessageIntegrity::check(&mut answer, self.password.as_bytes(), self.crypto.crypto())
            .context("the integrity of its answer")?;
        Ok(true)
    }
}

fn raw(kind: AttrType, value: &[u8]) -> RawAttribute {
    RawAttribute { typ: kind, length: 0, value: value.to_vec() }
}
