//! `helpline reindex`: the search index built anew from the database, with a progress bar.

use anyhow::Context as _;
use crm::search::Indexer;
use indicatif::{ProgressBar, ProgressStyle};

use crate::boot;
use crate::config::Settings;

/// Rebuilds the index.
///
/// # Errors
/// The database cannot be read, or the index not be written (the program is serving, say).
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let store = boot::open_store(settings).await?;
    let index = boot::open_index(settings).await?;
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} records, {eta} left")?;
    let bar = ProgressBar::new(0).with_style(style);
    let indexer = Indexer::new(store, index.clone(), boot::INDEX_CONSUMER);
    let progress = |progress: crm::search::Progress| {
        bar.set_length(progress.total.max(progress.done));
        bar.set_position(progress.done);
    };
    indexer.rebuild(progress).await.context("the rebuild of the search index")?;
    indexer.catch_up().await.context("the last changes")?;
    bar.finish();
    println!("{} records can be found.", index.documents());
    Ok(())
}
