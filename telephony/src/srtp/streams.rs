//! The packets of each stream (SSRC) under one key: their indices and which were seen
//! (RFC 3711 §3.3.1, §3.3.2).

use super::SrtpError;

/// Packets back from the newest that are remembered. An older packet is refused.
pub const WINDOW_PACKETS: u64 = 128;
/// Streams of one key that are remembered at once. A telephone leg has one.
pub const STREAMS_MAX: usize = 4;
/// RTP indices under one key: 16 bits of sequence number, 32 bits of roll-over counter.
const RTP_INDICES: u64 = 1 << 48;
/// Half the space of sequence numbers: where "before" and "after" meet.
const HALF: u64 = 1 << 15;

/// One stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stream {
    ssrc: u32,
    /// Highest index seen.
    highest: u64,
    /// Bit n: the index `highest - n` was seen.
    seen: u128,
}

impl Stream {
    /// The stream that begins with the packet of this index.
    pub(super) fn starting(ssrc: u32, index: u64) -> Self {
        Self { ssrc, highest: index, seen: 1 }
    }

    /// Which index a packet with this sequence number has: the one nearest to the highest so far
    /// (RFC 3711 §3.3.1, Appendix A). No index is below 0, so a stream that is younger than half a
    /// turn takes a seemingly old packet for a new one; its tag will tell.
    ///
    /// # Errors
    /// [`SrtpError::KeyExhausted`] behind the last index.
    fn index_of(&self, sequence: u16) -> Result<u64, SrtpError> {
        let turn = 1 << 16;
        let near = (self.highest & !(turn - 1)) | u64::from(sequence);
        let index = if near + HALF < self.highest {
            near + turn
        } else if near > self.highest + HALF && near >= turn {
            near - turn
        } else {
            near
        };
        if index < RTP_INDICES { Ok(index) } else { Err(SrtpError::KeyExhausted) }
    }

    /// Refuses an index that was seen, or of which that is not known any more.
    fn check(&self, index: u64) -> Result<(), SrtpError> {
        match self.highest.checked_sub(index) {
            None => Ok(()),
            Some(age) if age >= WINDOW_PACKETS => Err(SrtpError::TooOld),
            Some(age) if self.seen >> age & 1 == 1 => Err(SrtpError::Replayed),
            Some(_) => Ok(()),
        }
    }

    /// Remembers an index that [`check`](Self::check) let pass.
    fn mark(&mut self, index: u64) {
        if let Some(ahead) = index.checked_sub(self.highest) {
            let shift = u32::try_from(ahead).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(shift).unwrap_or(0) | 1;
            self.highest = index;
        } else {
            self.seen |= 1 << (self.highest - index);
        }
    }
}

/// A packet that may be taken: to be handed back to [`Streams::take`] or [`Streams::admit`].
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(super) struct Candidate {
    ssrc: u32,
    /// The packet's index, 48 bits for RTP, 31 for RTCP.
    pub(super) index: u64,
    /// Where the stream is in the list; `None`: its first packet.
    place: Option<usize>,
}

/// The streams of one key, the one with the latest packet first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Streams {
    list: [Option<Stream>; STREAMS_MAX],
}

impl Streams {
    fn place_of(&self, ssrc: u32) -> Option<usize> {
        self.list.iter().position(|s| s.as_ref().is_some_and(|s| s.ssrc == ssrc))
    }

    /// Judges an RTP packet. Changes nothing.
    ///
    /// # Errors
    /// [`SrtpError::Replayed`], [`SrtpError::TooOld`], [`SrtpError::KeyExhausted`].
    pub(super) fn judge_rtp(&self, ssrc: u32, sequence: u16) -> Result<Candidate, SrtpError> {
        let place = self.place_of(ssrc);
        let stream = place.and_then(|place| self.list[place].as_ref());
        let index = stream.map_or(Ok(u64::from(sequence)), |s| s.index_of(sequence))?;
        stream.map_or(Ok(()), |s| s.check(index))?;
        Ok(Candidate { ssrc, index, place })
    }

    /// Judges an RTCP packet, which names its index. Changes nothing.
    ///
    /// # Errors
    /// [`SrtpError::Replayed`], [`SrtpError::TooOld`].
    pub(super) fn judge_rtcp(&self, ssrc: u32, index: u32) -> Result<Candidate, SrtpError> {
        let place = self.place_of(ssrc);
        let stream = place.and_then(|place| self.list[place].as_ref());
        let index = u64::from(index);
        stream.map_or(Ok(()), |s| s.check(index))?;
        Ok(Candidate { ssrc, index, place })
    }

    /// Remembers an authentic packet. A new stream takes the place of the one that has been
    /// silent for longest if there are [`STREAMS_MAX`].
    pub(super) fn take(&mut self, packet: Candidate) {
        let place = packet.place.unwrap_or(STREAMS_MAX - 1);
        if packet.place.is_none() {
            self.list[place] = Some(Stream::starting(packet.ssrc, packet.index));
        } else if let Some(stream) = &mut self.list[place] {
            stream.mark(packet.index);
        }
        self.list[..=place].rotate_right(1);
    }

    /// Remembers a packet that goes out. No stream makes room here: who forgot a stream might use
    /// one of its indices again.
    ///
    /// # Errors
    /// [`SrtpError::TooManyStreams`] if the stream is new and there are [`STREAMS_MAX`].
    pub(super) fn admit(&mut self, packet: Candidate) -> Result<(), SrtpError> {
        if packet.place.is_none() && self.list.iter().all(Option::is_some) {
            return Err(SrtpError::TooManyStreams);
        }
        self.take(packet);
        Ok(())
    }

    /// Puts a stream that is already old in front.
    #[cfg(test)]
    pub(super) fn put(&mut self, ssrc: u32, index: u64) {
        self.take(Candidate { ssrc, index, place: None });
    }
}
