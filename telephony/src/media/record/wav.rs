//! A recording as a WAV file: two channels of 16 bits. Pure but for the reader and writer handed in.

use std::io::{Read, Seek, Write};

use hound::{SampleFormat, WavSpec, WavWriter};
use thiserror::Error;

use super::chunk::{Audio, Chunk, Mark, Opening};
use super::read::{Closing, Damage, Found, RecordingReader};
use super::{CHUNK_SAMPLES, Side};
use crate::media::g711;

/// The longest silence that is written out, in samples: a day. No recording is that long.
const SILENCE_MAX: u64 = 24 * 3600 * 8000;

/// What a recording held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WavSummary {
    /// Which recording; absent if its first chunk cannot be read.
    pub opening: Option<Opening>,
    /// Samples written for each channel, 8000 a second.
    pub samples: u64,
    /// What happened, and at which sample.
    pub marks: Vec<(u64, Mark)>,
    /// What is wrong with the file; silence in its place.
    pub damages: Vec<Damage>,
    /// How it ends.
    pub closing: Closing,
}

/// Why no WAV file was made.
#[derive(Debug, Error)]
pub enum WavError {
    /// The recording cannot be read further.
    #[error("the recording cannot be read")]
    Read(#[source] std::io::Error),
    /// The WAV file cannot be written.
    #[error("the WAV file cannot be written")]
    Write(#[from] hound::Error),
}

/// Writes what can be read of a recording: left what the leg said, right what it heard. Time is
/// kept: pauses, and what is damaged, are silence. Stops at the last whole chunk.
///
/// # Errors
/// The source fails, or the target.
pub fn write_wav<R: Read, W: Write + Seek>(
    reader: &mut RecordingReader<R>,
    out: W,
) -> Result<WavSummary, WavError> {
    let spec = WavSpec {
        channels: 2,
        sample_rate: 8000,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut wav = Timeline { wav: WavWriter::new(out, spec)?, samples: 0 };
    let (mut opening, mut marks, mut damages) = (None, Vec::new(), Vec::new());
    for found in reader.by_ref() {
        match found.map_err(WavError::Read)? {
            Found::Chunk(Chunk::Opening(read)) => opening = Some(read),
            Found::Chunk(Chunk::Audio(audio)) => wav.audio(&audio)?,
            Found::Chunk(Chunk::Mark { at, mark }) => marks.push((at, mark)),
            Found::Chunk(Chunk::End { at }) => wav.silence_until(at)?,
            Found::Damaged(damage) => damages.push(damage),
        }
    }
    let samples = wav.samples;
    wav.wav.finalize()?;
    // A mark is written at once, the sound before it up to a second and a half later.
    marks.sort_by_key(|(at, _)| *at);
    Ok(WavSummary { opening, samples, marks, damages, closing: reader.closing() })
}

struct Timeline<W: Write + Seek> {
    wav: WavWriter<W>,
    samples: u64,
}

impl<W: Write + Seek> Timeline<W> {
    fn silence_until(&mut self, at: u64) -> Result<(), hound::Error> {
        let at = at.min(SILENCE_MAX);
        while self.samples < at {
            self.pair(0, 0)?;
        }
        Ok(())
    }

    fn audio(&mut self, audio: &Audio) -> Result<(), hound::Error> {
        self.silence_until(audio.at)?;
        // A second is never written twice; were it, the first counts.
        let known = usize::try_from(self.samples.saturating_sub(audio.at)).unwrap_or(usize::MAX);
        let mut sides = [[0; CHUNK_SAMPLES]; 2];
        let mut len = CHUNK_SAMPLES;
        for (bytes, samples) in audio.sides.iter().zip(&mut sides) {
            len = len.min(g711::decode(audio.law, bytes, samples));
        }
        let [said, heard] = [Side::Said, Side::Heard].map(|side| &sides[side.channel()][..len]);
        for (left, right) in said.iter().zip(heard).skip(known) {
            self.pair(*left, *right)?;
        }
        Ok(())
    }

    fn pair(&mut self, left: i16, right: i16) -> Result<(), hound::Error> {
        self.wav.write_sample(left)?;
        self.wav.write_sample(right)?;
        self.samples += 1;
        Ok(())
    }
}
