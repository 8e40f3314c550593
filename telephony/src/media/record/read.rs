//! Reading a recording back, whatever happened to it. Pure but for the reader handed in.

use std::collections::VecDeque;
use std::io::{self, Read};

use thiserror::Error;

use super::chunk::{self, Chunk};
use super::frame::{FRAME_LEN, Frame, Seen};
use super::header::{self, HEADER_LEN, OpenError};
use super::key::RecordingKey;
use super::seal::Opener;

/// What is read at once.
const READ_LEN: usize = 32 * 1024;

/// A chunk of a recording, or what is wrong in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A chunk, whole and authentic.
    Chunk(Chunk),
    /// Something is wrong here; reading goes on behind it.
    Damaged(Damage),
}

/// What is wrong with a recording. A missing end is not: see [`Closing`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Damage {
    /// A chunk is not what was written.
    #[error("chunk {number} at byte {offset} was changed")]
    Changed {
        /// Its number, from 0.
        number: u32,
        /// Where in the file.
        offset: u64,
    },
    /// Chunks are not there.
    #[error("chunks {from} to {to} are missing before byte {offset}")]
    Missing {
        /// The first of them.
        from: u32,
        /// The last of them.
        to: u32,
        /// Where they should be.
        offset: u64,
    },
    /// A chunk stands behind a later one, or twice.
    #[error("chunk {number} at byte {offset} is out of place")]
    OutOfPlace {
        /// Its number, from 0.
        number: u32,
        /// Where in the file.
        offset: u64,
    },
    /// Bytes that are no chunk.
    #[error("{bytes} bytes at byte {offset} are not readable")]
    Unreadable {
        /// How many.
        bytes: u64,
        /// Where in the file.
        offset: u64,
    },
    /// A chunk is authentic and of a kind that this program does not know.
    #[error("chunk {number} at byte {offset} is not understood")]
    NotUnderstood {
        /// Its number, from 0.
        number: u32,
        /// Where in the file.
        offset: u64,
    },
    /// Something follows the end.
    #[error("{bytes} bytes follow the end at byte {offset}")]
    AfterEnd {
        /// How many.
        bytes: u64,
        /// Where in the file.
        offset: u64,
    },
}

/// How a recording ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// It was closed; its length in 1/8000 s.
    Closed {
        /// The length.
        at: u64,
    },
    /// It has no end: the program or the machine stopped, or the disk was full.
    NotClosed,
}

/// Reads the chunks of a recording, in order. Ends at the end of the file; then
/// [`RecordingReader::closing`] tells how that was. After an error of the source it is over.
pub struct RecordingReader<R> {
    source: Source<R>,
    opener: Opener,
    /// The next chunk's number; `None` when numbers are used up.
    expected: Option<u32>,
    closing: Closing,
    /// Found and not yet handed out: at most two.
    found: VecDeque<Found>,
    over: bool,
}

impl<R: Read> RecordingReader<R> {
    /// Reads the header and takes the key that it names.
    ///
    /// # Errors
    /// It is no recording, or no key fits, or its header is cut or changed.
    pub fn open(source: R, keys: &[RecordingKey]) -> Result<Self, OpenError> {
        let mut source = Source { inner: source, buffer: Vec::new(), begin: 0, offset: 0 };
        let head = source.fill(HEADER_LEN)?;
        let Some(head) = head.first_chunk::<HEADER_LEN>() else {
            let zeros = [0; HEADER_LEN];
            let begun = head.len().min(8);
            let cut = head[..begun] == header::MAGIC[..begun] || *head == zeros[..head.len()];
            return Err(if cut { OpenError::Cut } else { OpenError::NotARecording });
        };
        let opener = Opener::new(header::read(head, keys)?);
        source.consume(HEADER_LEN);
        let closing = Closing::NotClosed;
        let found = VecDeque::with_capacity(2);
        Ok(Self { source, opener, expected: Some(0), closing, found, over: false })
    }

    /// How the recording ends, as far as it was read.
    #[must_use]
    pub const fn closing(&self) -> Closing {
        self.closing
    }

    /// Reads until something is found or the file is over.
    fn step(&mut self) -> io::Result<()> {
        if let Closing::Closed { .. } = self.closing {
            return self.after_end();
        }
        match Frame::see(self.source.fill(FRAME_LEN)?) {
            Seen::Frame(frame) => self.chunk(frame),
            Seen::Cut => {
                self.over = true;
                Ok(())
            }
            Seen::Other => self.seek_frame(),
        }
    }

    fn chunk(&mut self, frame: Frame) -> io::Result<()> {
        let len = FRAME_LEN + usize::from(frame.len);
        let offset = self.source.offset;
        let Some(sealed) = self.source.fill(len)?.get_mut(FRAME_LEN..len) else {
            self.over = true;
            return Ok(());
        };
        let number = frame.number;
        let opened = self.opener.open(frame, sealed).map(|body| chunk::read(body, frame.last));
        self.source.consume(len);
        let Some(opened) = opened else {
            if self.expected == Some(number) {
                self.expected = number.checked_add(1);
            }
            self.found.push_back(Found::Damaged(Damage::Changed { number, offset }));
            return Ok(());
        };
        match self.expected {
            Some(expected) if number >= expected => {
                if let Some(to) = number.checked_sub(1).filter(|to| *to >= expected) {
                    let missing = Damage::Missing { from: expected, to, offset };
                    self.found.push_back(Found::Damaged(missing));
                }
            }
            _ => {
                self.found.push_back(Found::Damaged(Damage::OutOfPlace { number, offset }));
                return Ok(());
            }
        }
        self.expected = number.checked_add(1);
        if let Some(Chunk::End { at }) = opened {
            self.closing = Closing::Closed { at };
        }
        let not_understood = Found::Damaged(Damage::NotUnderstood { number, offset });
        self.found.push_back(opened.map_or(not_understood, Found::Chunk));
        Ok(())
    }

    /// Skips to the next frame. Zeros up to the end of the file are what a machine leaves that lost
    /// its power: a cut, no damage.
    fn seek_frame(&mut self) -> io::Result<()> {
        let offset = self.source.offset;
        let mut only_zeros = true;
        while let Some(first) = self.source.fill(1)?.first() {
            only_zeros &= *first == 0;
            self.source.consume(1);
            if let Seen::Frame(_) = Frame::see(self.source.fill(FRAME_LEN)?) {
                only_zeros = false;
                break;
            }
        }
        let bytes = self.source.offset - offset;
        if bytes > 0 && !only_zeros {
            self.found.push_back(Found::Damaged(Damage::Unreadable { bytes, offset }));
        }
        self.over = self.source.fill(1)?.is_empty();
        Ok(())
    }

    fn after_end(&mut self) -> io::Result<()> {
        let offset = self.source.offset;
        loop {
            let len = self.source.fill(READ_LEN)?.len();
            if len == 0 {
                break;
            }
            self.source.consume(len);
        }
        let bytes = self.source.offset - offset;
        if bytes > 0 {
            self.found.push_back(Found::Damaged(Damage::AfterEnd { bytes, offset }));
        }
        self.over = true;
        Ok(())
    }
}

impl<R: Read> Iterator for RecordingReader<R> {
    type Item = io::Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(found) = self.found.pop_front() {
                return Some(Ok(found));
            }
            if self.over {
                return None;
            }
            if let Err(e) = self.step() {
                self.over = true;
                return Some(Err(e));
            }
        }
    }
}

/// A source and what was read ahead of it.
struct Source<R> {
    inner: R,
    buffer: Vec<u8>,
    /// Where in the buffer the next byte is.
    begin: usize,
    /// Where in the file the next byte is.
    offset: u64,
}

impl<R: Read> Source<R> {
    /// The next bytes: so many or more, or all that there are.
    fn fill(&mut self, len: usize) -> io::Result<&mut [u8]> {
        if self.buffer.len() - self.begin < len {
            self.buffer.drain(..self.begin);
            self.begin = 0;
            let missing = READ_LEN.max(len - self.buffer.len());
            let limit = u64::try_from(missing).unwrap_or(u64::MAX);
            self.inner.by_ref().take(limit).read_to_end(&mut self.buffer)?;
        }
        Ok(&mut self.buffer[self.begin..])
    }

    fn consume(&mut self, len: usize) {
        self.begin += len;
        self.offset += u64::try_from(len).unwrap_or(u64::MAX);
    }
}
