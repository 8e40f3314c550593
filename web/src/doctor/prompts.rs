//! Whether every greeting can be spoken in every language, and ends at a person.

use super::finding::Finding;
use crate::config::Settings;
use crate::{boot, prompts};

const CHECK: &str = "prompts";

/// Reads all prompts and checks all greetings with them.
#[must_use]
pub fn look(settings: &Settings) -> Finding {
    let checked = prompts::library(settings.prompts.folder.as_deref()).and_then(|library| {
        boot::lines(settings, &library)?;
        Ok(library.len())
    });
    match checked {
        Ok(count) => Finding::ok(CHECK, format!("{count}, enough for every greeting")),
        Err(error) => Finding::wrong(
            CHECK,
            format!("{error:#}"),
            "mend the file or the setting that is named; built-in prompts return if it goes",
        ),
    }
}
