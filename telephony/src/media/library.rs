//! Prompts in memory, encoded in both laws at start-up. Pure: bytes of WAV files come in.
//!
//! Where a prompt is looked for: in the language asked for; among those of no language (`any`:
//! music, tones); in the fallback language. So a recording that is missing in one language is heard
//! in another, never as silence.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ids::Language;
use thiserror::Error;

use super::{SAMPLES_PER_SECOND, builtin, g711};
use crate::call::PromptName;
use crate::sdp::Codec;

/// Longest prompt, seconds. Music loops are shorter.
const SECONDS_MAX: u32 = 300;
/// The name of the folder of prompts without a language.
const ANY: &str = "any";

/// Why a prompt cannot be used.
#[derive(Debug, Error)]
pub enum AddPromptError {
    /// Not a WAV file.
    #[error("prompt {language}/{name}: not a readable WAV file")]
    NotWav {
        /// Its language.
        language: Language,
        /// Its name.
        name: String,
        /// What the reader said.
        #[source]
        source: hound::Error,
    },
    /// A WAV file of another form.
    #[error(
        "prompt {language}/{name}: {rate} Hz, {channels} channel(s), {bits} bit; \
         8000 Hz, 1 channel, 16 bit integers are needed"
    )]
    WrongForm {
        /// Its language.
        language: Language,
        /// Its name.
        name: String,
        /// Samples per second.
        rate: u32,
        /// Channels.
        channels: u16,
        /// Bits per sample.
        bits: u16,
    },
    /// Nothing in it, or too long.
    #[error("prompt {language}/{name}: lasts {seconds} s; more than 0, at most {SECONDS_MAX} s")]
    WrongLength {
        /// Its language.
        language: Language,
        /// Its name.
        name: String,
        /// Whole seconds.
        seconds: u32,
    },
}

/// One prompt, ready to be sent in either law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    a_law: Arc<[u8]>,
    u_law: Arc<[u8]>,
}

impl Prompt {
    /// A prompt from samples at 8 kHz.
    #[must_use]
    pub fn from_samples(samples: &[i16]) -> Self {
        Self {
            a_law: g711::encoded(Codec::Pcma, samples).into(),
            u_law: g711::encoded(Codec::Pcmu, samples).into(),
        }
    }

    /// Its bytes in one law, shared.
    #[must_use]
    pub fn bytes(&self, codec: Codec) -> &Arc<[u8]> {
        match codec {
            Codec::Pcma => &self.a_law,
            Codec::Pcmu => &self.u_law,
        }
    }

    /// How long it takes to say.
    #[must_use]
    pub fn duration(&self) -> Duration {
        let samples = u64::try_from(self.a_law.len()).unwrap_or(u64::MAX);
        Duration::from_micros(samples.saturating_mul(1_000_000 / SAMPLES_PER_SECOND as u64))
    }
}

/// All prompts.
#[derive(Clone, Debug)]
pub struct AudioLibrary {
    prompts: HashMap<(Language, PromptName), Prompt>,
    fallback: Language,
    any: Language,
}

impl AudioLibrary {
    /// An empty library; prompts that a language lacks are taken from `fallback`.
    #[must_use]
    pub fn new(fallback: Language) -> Self {
        let any = ANY.parse().expect("`any` is a good name");
        Self { prompts: HashMap::new(), fallback, any }
    }

    /// The prompts that come with the program. A folder of recordings may replace any of them
    /// afterwards, by [`AudioLibrary::add_wav`].
    ///
    /// # Errors
    /// See [`AddPromptError`]; a test keeps the built-in files free of them.
    pub fn builtin(fallback: Language) -> Result<Self, AddPromptError> {
        let mut library = Self::new(fallback);
        for (language, name, wav) in builtin::FILES {
            let language = language.parse().expect("a test reads every built-in name");
            library.add_wav(language, PromptName(name.to_owned()), wav)?;
        }
        Ok(library)
    }

    /// Adds a prompt, replacing one of the same language and name. `language` may be `any`.
    pub fn insert(&mut self, language: Language, name: PromptName, prompt: Prompt) {
        self.prompts.insert((language, name), prompt);
    }

    /// Adds a prompt from the bytes of a WAV file.
    ///
    /// # Errors
    /// See [`AddPromptError`]; each names the prompt and what is wrong with it.
    pub fn add_wav(
        &mut self,
        language: Language,
        name: PromptName,
        wav: &[u8],
    ) -> Result<(), AddPromptError> {
        let samples = read_wav(language, &name, wav)?;
        self.insert(language, name, Prompt::from_samples(&samples));
        Ok(())
    }

    /// The prompt as a caller of this language hears it; see the module for the order of look-up.
    #[must_use]
    pub fn get(&self, language: Language, name: &PromptName) -> Option<&Prompt> {
        [language, self.any, self.fallback]
            .into_iter()
            .find_map(|language| self.prompts.get(&(language, name.clone())))
    }

    /// Whether the prompt exists in this very language, or needs none.
    #[must_use]
    pub fn has(&self, language: Language, name: &PromptName) -> bool {
        [language, self.any]
            .into_iter()
            .any(|language| self.prompts.contains_key(&(language, name.clone())))
    }

    /// The language of prompts that are missing in another.
    #[must_use]
    pub fn fallback(&self) -> Language {
        self.fallback
    }

    /// Number of prompts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.prompts.len()
    }

    /// True if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.prompts.is_empty()
    }
}

fn read_wav(language: Language, name: &PromptName, wav: &[u8]) -> Result<Vec<i16>, AddPromptError> {
    let not_wav = |source| AddPromptError::NotWav { language, name: name.0.clone(), source };
    let reader = hound::WavReader::new(wav).map_err(not_wav)?;
    let spec = reader.spec();
    let is_right = spec.sample_rate as usize == SAMPLES_PER_SECOND
        && spec.channels == 1
        && spec.bits_per_sample == 16
        && spec.sample_format == hound::SampleFormat::Int;
    if !is_right {
        return Err(AddPromptError::WrongForm {
            language,
            name: name.0.clone(),
            rate: spec.sample_rate,
            channels: spec.channels,
            bits: spec.bits_per_sample,
        });
    }
    let seconds = reader.duration() / spec.sample_rate;
    if reader.duration() == 0 || seconds > SECONDS_MAX {
        return Err(AddPromptError::WrongLength { language, name: name.0.clone(), seconds });
    }
    reader.into_samples::<i16>().collect::<Result<_, _>>().map_err(not_wav)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn language(text: &str) -> Language {
        text.parse().expect("a language")
    }

    fn name(text: &str) -> PromptName {
        PromptName(text.to_owned())
    }

    fn wav(rate: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
        let spec = hound::WavSpec {
            channels,
            sample_rate: rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("a writer");
        for sample in samples {
            writer.write_sample(*sample).expect("room");
        }
        writer.finalize().expect("written");
        bytes.into_inner()
    }

    #[test]
    fn a_prompt_is_encoded_in_both_laws() {
        let mut library = AudioLibrary::new(language("hi"));
        let samples = [0, 1000, -1000, 30_000];
        library
            .add_wav(language("hi"), name("welcome"), &wav(8000, 1, &samples))
            .expect("a good file");
        let prompt = library.get(language("hi"), &name("welcome")).expect("it is there");
        assert_eq!(prompt.bytes(Codec::Pcma)[..], g711::encoded(Codec::Pcma, &samples));
        assert_eq!(prompt.bytes(Codec::Pcmu)[..], g711::encoded(Codec::Pcmu, &samples));
        assert_eq!(prompt.duration(), Duration::from_micros(500));
    }

    #[test]
    fn look_up_goes_from_the_language_over_any_to_the_fallback() {
        let mut library = AudioLibrary::new(language("hi"));
        let prompt = |value| Prompt::from_samples(&[value]);
        library.insert(language("hi"), name("welcome"), prompt(1000));
        library.insert(language("any"), name("music"), prompt(2000));
        library.insert(language("en"), name("wait"), prompt(3000));
        let get = |l, n| library.get(language(l), &name(n)).cloned();
        assert_eq!(get("en", "wait"), Some(prompt(3000)));
        assert_eq!(get("en", "music"), Some(prompt(2000)));
        assert_eq!(get("en", "welcome"), Some(prompt(1000)));
        assert_eq!(get("hi", "wait"), None, "English is not the fallback");
        assert!(!library.has(language("en"), &name("welcome")));
        assert!(library.has(language("en"), &name("music")));
    }

    #[test]
    fn a_wrong_file_is_refused_by_name_and_reason() {
        let mut library = AudioLibrary::new(language("hi"));
        let mut add = |bytes: &[u8]| {
            let error = library.add_wav(language("hi"), name("bad"), bytes).expect_err("refused");
            error.to_string()
        };
        assert_eq!(add(b"RIFF"), "prompt hi/bad: not a readable WAV file");
        assert_eq!(
            add(&wav(44_100, 2, &[0; 8])),
            "prompt hi/bad: 44100 Hz, 2 channel(s), 16 bit; \
             8000 Hz, 1 channel, 16 bit integers are needed"
        );
        assert_eq!(add(&wav(8000, 1, &[])), "prompt hi/bad: lasts 0 s; more than 0, at most 300 s");
        assert!(library.is_empty());
    }
}
