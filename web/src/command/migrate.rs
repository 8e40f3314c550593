//! `helpline migrate`: the database brought to this program's schema.

use crate::boot;
use crate::config::Settings;

/// Migrates; nothing happens if the schema is up to date.
///
/// # Errors
/// The database cannot be opened, or a step failed.
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    boot::open_store(settings).await?;
    println!("The database has this program's schema.");
    Ok(())
}
