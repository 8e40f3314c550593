//! A recording as 16-bit samples of two channels, from any place on, a second at a time. Pure but for
//! the reader handed in.

use std::io::{self, Read};

use super::chunk::{Audio, Chunk};
use super::read::{Closing, Found, RecordingReader};
use super::{CHUNK_SAMPLES, Side};
use crate::media::g711;

/// Bytes of a sample of both channels: left what the leg said, right what it heard.
pub const PCM_FRAME_BYTES: usize = 4;
/// Bytes before the samples of a WAV file.
pub const WAV_HEADER_BYTES: usize = 44;

/// How long a recording is, and how it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Samples of each channel, 8000 a second.
    pub samples: u64,
    /// How it ends.
    pub closing: Closing,
}

/// Reads a recording to its end to learn its length.
///
/// # Errors
/// The source fails.
pub fn extent<R: Read>(reader: &mut RecordingReader<R>) -> io::Result<Extent> {
    let mut samples = 0;
    for found in reader.by_ref() {
        samples = match found? {
            Found::Chunk(Chunk::Audio(audio)) => samples.max(audio.at + len_of(&audio)),
            Found::Chunk(Chunk::End { at }) => samples.max(at),
            Found::Chunk(Chunk::Opening(_) | Chunk::Mark { .. }) | Found::Damaged(_) => samples,
        };
    }
    Ok(Extent { samples, closing: reader.closing() })
}

/// The samples of a recording, in order and without a gap: pauses, and what is damaged, are silence.
pub struct Pcm<R> {
    reader: RecordingReader<R>,
    /// The next sample to hand out.
    next: u64,
    /// Where to stop.
    end: u64,
    /// Read, and later than the next sample.
    ahead: Option<Audio>,
}

impl<R: Read> Pcm<R> {
    /// The samples from `first` up to, and without, `end`.
    #[must_use]
    pub const fn new(reader: RecordingReader<R>, first: u64, end: u64) -> Self {
        Self { reader, next: first, end, ahead: None }
    }

    /// At most a second of samples, as bytes of a WAV file; `None` at the end.
    ///
    /// # Errors
    /// The source fails.
    pub fn block(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.next >= self.end {
            return Ok(None);
        }
        if self.ahead.is_none() {
            self.ahead = self.read_on()?;
        }
        match self.ahead.take() {
            Some(audio) if audio.at <= self.next => Ok(Some(self.sound(&audio))),
            Some(audio) => {
                let silence = self.silence_until(audio.at);
                self.ahead = Some(audio);
                Ok(Some(silence))
            }
            None => Ok(Some(self.silence_until(self.end))),
        }
    }

    /// The next sound that is not over before the next sample.
    fn read_on(&mut self) -> io::Result<Option<Audio>> {
        for found in self.reader.by_ref() {
            if let Found::Chunk(Chunk::Audio(audio)) = found?
                && audio.at + len_of(&audio) > self.next
            {
                return Ok(Some(audio));
            }
        }
        Ok(None)
    }

    fn sound(&mut self, audio: &Audio) -> Vec<u8> {
        let mut sides = [[0; CHUNK_SAMPLES]; 2];
        for (bytes, samples) in audio.sides.iter().zip(&mut sides) {
            g711::decode(audio.law, bytes, samples);
        }
        let from = usize::try_from(self.next - audio.at).unwrap_or(CHUNK_SAMPLES);
        let until = len_of(audio).min(self.end - audio.at);
        let until = usize::try_from(until).unwrap_or(CHUNK_SAMPLES);
        let [said, heard] = [Side::Said, Side::Heard].map(|side| &sides[side.channel()]);
        let mut block = Vec::with_capacity((until - from) * PCM_FRAME_BYTES);
        for (left, right) in said[from..until].iter().zip(&heard[from..until]) {
            block.extend(left.to_le_bytes());
            block.extend(right.to_le_bytes());
        }
        self.next = self.next.max(audio.at + until as u64);
        block
    }

    fn silence_until(&mut self, at: u64) -> Vec<u8> {
        let len = at.min(self.end).saturating_sub(self.next).min(CHUNK_SAMPLES as u64);
        self.next += len;
        vec![0; usize::try_from(len).unwrap_or(CHUNK_SAMPLES) * PCM_FRAME_BYTES]
    }
}

fn len_of(audio: &Audio) -> u64 {
    audio.sides.iter().map(Vec::len).min().unwrap_or(0) as u64
}

/// What stands before so many samples in a WAV file of two channels, 8 kHz, 16 bit.
#[must_use]
pub fn wav_header(samples: u64) -> [u8; WAV_HEADER_BYTES] {
    let bytes = samples.saturating_mul(PCM_FRAME_BYTES as u64);
    let data = u32::try_from(bytes).unwrap_or(u32::MAX - 36);
    let mut header = [0; WAV_HEADER_BYTES];
    let parts: [&[u8]; 13] = [
        b"RIFF",
        &(data + 36).to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &2_u16.to_le_bytes(),
        &8000_u32.to_le_bytes(),
        &32_000_u32.to_le_bytes(),
        &4_u16.to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &data.to_le_bytes(),
    ];
    let mut at = 0;
    for part in parts {
        header[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    header
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use ids::Timestamp;

    use super::*;
    use crate::media::record::{
        FileSecrets, Opening, RecordingId, RecordingKey, Sealer, write_wav,
    };
    use crate::sdp::Codec;

    fn key() -> RecordingKey {
        RecordingKey::new([7; 32])
    }

    /// A second, a gap of one and a half, half a second; the end a little later.
    fn recorded(closed: bool) -> Vec<u8> {
        let mut file = Vec::new();
        let opening = Opening { began: Timestamp::from_micros(1), recording: RecordingId(1) };
        let secrets = FileSecrets { salt: [1; 32], data_key: [2; 32], prefix: [3; 7] };
        let mut sealer = Sealer::begin(&key(), secrets, &opening, &mut file);
        let said: Vec<u8> = (0..8000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let heard = vec![0x2a; 8000];
        sealer.audio(0, Codec::Pcma, [&said, &heard], &mut file).expect("a number is left");
        let half = [&said[..4000], &heard[..4000]];
        sealer.audio(20_000, Codec::Pcma, half, &mut file).expect("a number is left");
        if closed {
            sealer.end(25_000, &mut file).expect("a number is left");
        }
        file
    }

    fn reader(file: &[u8]) -> RecordingReader<&[u8]> {
        RecordingReader::open(file, &[key()]).expect("readable")
    }

    fn samples(file: &[u8], first: u64, end: u64) -> Vec<u8> {
        let mut pcm = Pcm::new(reader(file), first, end);
        let mut all = Vec::new();
        while let Some(block) = pcm.block().expect("memory does not fail") {
            assert!(!block.is_empty() && block.len() <= CHUNK_SAMPLES * PCM_FRAME_BYTES);
            all.extend(block);
        }
        all
    }

    #[test]
    fn the_whole_is_what_the_wav_file_holds() {
        let file = recorded(true);
        let mut wav = Cursor::new(Vec::new());
        write_wav(&mut reader(&file), &mut wav).expect("written");
        let whole = extent(&mut reader(&file)).expect("readable");
        assert_eq!(whole, Extent { samples: 25_000, closing: Closing::Closed { at: 25_000 } });
        let ours = samples(&file, 0, whole.samples);
        let theirs = wav.into_inner();
        assert_eq!(ours, theirs[theirs.len() - 25_000 * PCM_FRAME_BYTES..]);
        let header = wav_header(whole.samples);
        let read = hound::WavReader::new(Cursor::new([&header[..], &ours].concat()));
        let read = read.expect("a WAV file");
        assert_eq!(
            (read.duration(), read.spec().channels, read.spec().sample_rate),
            (25_000, 2, 8000)
        );
    }

    #[test]
    fn every_part_is_the_same_part_of_the_whole() {
        let file = recorded(true);
        let whole = samples(&file, 0, 25_000);
        for (first, end) in [
            (0, 1),
            (1, 8000),
            (7999, 8001),
            (8000, 20_000),
            (19_999, 24_001),
            (24_500, 25_000),
            (30, 30),
        ] {
            let part = samples(&file, first, end);
            let (from, until) = (first as usize * PCM_FRAME_BYTES, end as usize * PCM_FRAME_BYTES);
            assert_eq!(part, whole[from..until], "{first}..{end}");
        }
    }

    #[test]
    fn a_cut_recording_is_as_long_as_its_last_sound() {
        let cut = extent(&mut reader(&recorded(false))).expect("readable");
        assert_eq!(cut, Extent { samples: 24_000, closing: Closing::NotClosed });
    }
}
