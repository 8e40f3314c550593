//! What callers hear: the built-in prompts, replaced by recordings of a folder where it has them.

use std::path::Path;

use anyhow::Context as _;
use telephony::call::PromptName;
use telephony::media::AudioLibrary;

/// The language of a prompt that is missing in the caller's own.
const FALLBACK: &str = "en";

/// The prompts: built in, and over them `<folder>/<language>/<name>.wav`.
///
/// # Errors
/// The folder cannot be read, or a file in it is not a usable recording.
pub fn library(folder: Option<&Path>) -> anyhow::Result<AudioLibrary> {
    let fallback = FALLBACK.parse().context("the fallback language")?;
    let mut library = AudioLibrary::builtin(fallback)?;
    if let Some(folder) = folder {
        let languages = std::fs::read_dir(folder).with_context(|| {
            format!("bad setting `prompts.folder`: {} cannot be read", folder.display())
        })?;
        for language in languages {
            let language = language?;
            if language.file_type()?.is_dir() {
                add_language(&mut library, &language.path())?;
            }
        }
    }
    Ok(library)
}

fn add_language(library: &mut AudioLibrary, folder: &Path) -> anyhow::Result<()> {
    let bad = || format!("bad setting `prompts.folder`: {}", folder.display());
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let language = name.parse().with_context(bad)?;
    for file in std::fs::read_dir(folder).with_context(bad)? {
        let path = file?.path();
        if path.extension().is_some_and(|ending| ending == "wav") {
            let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let bytes = std::fs::read(&path).with_context(bad)?;
            library
                .add_wav(language, PromptName(name.to_owned()), &bytes)
                .with_context(|| format!("bad setting `prompts.folder`: {}", path.display()))?;
        }
    }
    Ok(())
}
