//! `helpline check-config`: the settings with the built-in greetings and calendars, tried out without starting anything.

use crate::config::Settings;
use crate::greetings::Texts;
use crate::{boot, prompts};

/// Says that all is well, or fails with what is not.
///
/// # Errors
/// A sentence that names the setting or the greeting.
pub fn run(settings: &Settings) -> anyhow::Result<()> {
    let library = prompts::library(settings.prompts.folder.as_deref())?;
    boot::lines(settings, &library, &Texts::builtin())?;
    println!("The settings are good: {} queues.", settings.queues.len());
    Ok(())
}
