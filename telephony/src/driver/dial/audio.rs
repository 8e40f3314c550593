//! The audio of one caller: a socket, a voice and an ear. Does I/O.

use std::net::SocketAddr;
use std::time::Duration;

use ids::Timestamp;
use tokio::net::UdpSocket;

use super::hearing::Hearing;
use super::voice::Voice;
use super::{DialEnded, DialReport};
use crate::call::Digit;
use crate::driver::clock;
use crate::media::level::LEVEL_DBFS_MIN;
use crate::rtp::{PACKET_BYTES_MAX, RtpPacket};

pub(super) struct Audio<'a> {
    pub(super) socket: &'a UdpSocket,
    pub(super) remote: SocketAddr,
    pub(super) voice: Voice,
    pub(super) hearing: Hearing,
    pub(super) answered_at: Timestamp,
}

impl Audio<'_> {
    pub(super) fn speak(&mut self, report: &mut DialReport) -> Option<Digit> {
        let packet = self.voice.tick(clock::now().since(self.answered_at));
        let mut datagram = [0; PACKET_BYTES_MAX];
        let len = packet.header.write(&packet.payload, &mut datagram).ok()?;
        if self.socket.try_send_to(&datagram[..len], self.remote).is_ok() {
            report.sent += 1;
        }
        packet.pressed
    }

    pub(super) fn listen(&mut self, datagram: &[u8], source: SocketAddr) {
        if source.ip() != self.remote.ip() {
            return;
        }
        if let Ok(packet) = RtpPacket::parse(datagram) {
            self.hearing.packet(packet, clock::now());
        }
    }
}

impl DialReport {
    pub(super) fn new() -> Self {
        Self {
            answered_after: None,
            rang_after: None,
            early: None,
            talked: Duration::ZERO,
            ended: DialEnded::Lost,
            sent: 0,
            received: 0,
            lost: 0,
            jitter_ms: 0.0,
            heard_after: None,
            level_dbfs: LEVEL_DBFS_MIN,
            keys: Vec::new(),
            tones: Vec::new(),
            trunk: None,
            attempts: Vec::new(),
            audio: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, hearing: &Hearing) {
        self.received = hearing.sequence.received();
        self.lost = hearing.sequence.lost();
        self.jitter_ms = hearing.sequence.jitter_ms();
        self.heard_after = hearing.heard_after;
        self.level_dbfs = hearing.level_dbfs();
        self.keys.clone_from(&hearing.keys);
        self.tones = hearing.tones();
        self.audio.clone_from(&hearing.audio);
    }
}
