//! `helpline check-config`: the settings and the greetings, tried out without starting anything.

use anyhow::Context as _;

use crate::config::Settings;
use crate::{boot, doors, prompts};

/// Says that all is well, or fails with what is not.
///
/// # Errors
/// A sentence that names the setting or the greeting.
pub fn run(settings: &Settings) -> anyhow::Result<()> {
    let library = prompts::library(settings.prompts.folder.as_deref())?;
    boot::lines(settings, &library)?;
    boot::floor_config(settings).check().context("bad setting in `floor` or `queue`")?;
    doors::certificate(settings)?;
    check_recordings(settings)?;
    println!("The settings are good: {} queues.", settings.queues.len());
    Ok(())
}

/// That recordings can be written, where they are wanted. `serve` only warns of this: calls go on.
fn check_recordings(settings: &Settings) -> anyhow::Result<()> {
    let recording = &settings.recording;
    if recording.key.is_none() {
        println!("No call is recorded: `recording.key_file` is not set.");
        return Ok(());
    }
    let folder = recording.folder(&settings.data.folder);
    let of_folder = || format!("bad setting `recording.folder`: {}", folder.display());
    std::fs::create_dir_all(&folder).with_context(of_folder)?;
    tempfile::tempfile_in(&folder).with_context(of_folder)?;
    Ok(())
}
