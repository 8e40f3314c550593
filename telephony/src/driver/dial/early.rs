//! What a caller hears before the answer: the carrier's tones and announcements (RFC 3960). Does I/O.

use rsipstack::sip::Response;
use tokio::net::UdpSocket;
use tokio::sync::watch;

use super::hearing::Hearing;
use super::{DialRequest, EarlyHeard};
use crate::driver::clock;
use crate::rtp::{PACKET_BYTES_MAX, RtpPacket};
use crate::sdp::TrunkOffer;

/// Listens while an INVITE is under way.
pub(super) struct EarlyEar<'a> {
    socket: &'a UdpSocket,
    /// The latest description that came before the answer.
    described: watch::Receiver<Option<TrunkOffer>>,
    request: &'a DialRequest,
    hearing: Option<Hearing>,
}

impl<'a> EarlyEar<'a> {
    pub(super) fn new(
        socket: &'a UdpSocket,
        described: watch::Receiver<Option<TrunkOffer>>,
        request: &'a DialRequest,
    ) -> Self {
        Self { socket, described, request, hearing: None }
    }

    /// Listens until this is done.
    pub(super) async fn listen_until<T>(&mut self, done: impl Future<Output = T>) -> T {
        tokio::pin!(done);
        let mut datagram = [0; PACKET_BYTES_MAX];
        loop {
            tokio::select! {
                biased;
                result = &mut done => return result,
                received = self.socket.recv_from(&mut datagram) => {
                    if let Ok((len, source)) = received {
                        self.packet(&datagram[..len], source.ip());
                    }
                }
            }
        }
    }

    /// What holds from the answer on. One that was given early, and confirmed, need not be given again.
    pub(super) fn description(&self, answer: &Response) -> Option<TrunkOffer> {
        if answer.body.is_empty() {
            return self.described.borrow().clone();
        }
        TrunkOffer::parse(&answer.body).ok()
    }

    /// What was heard; `None` if nothing was to be.
    pub(super) fn heard(&self) -> Option<EarlyHeard> {
        let hearing = self.hearing.as_ref()?;
        Some(EarlyHeard {
            received: hearing.sequence.received(),
            level_dbfs: hearing.level_dbfs(),
            tones: hearing.tones(),
        })
    }

    fn packet(&mut self, datagram: &[u8], from: std::net::IpAddr) {
        let described = self.described.borrow();
        let Some(theirs) = described.as_ref().filter(|theirs| theirs.remote.ip() == from) else {
            return;
        };
        let (Some(codec), Ok(packet)) = (theirs.codecs.first(), RtpPacket::parse(datagram)) else {
            return;
        };
        let now = clock::now();
        let heard_as = (*codec, theirs.telephone_event);
        let hearing = self
            .hearing
            .get_or_insert_with(|| Hearing::new(heard_as, now, &self.request.listen_for, false));
        hearing.packet(packet, now);
    }
}
