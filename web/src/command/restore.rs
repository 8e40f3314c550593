//! `helpline restore`: a backup made into a data folder that the program can serve from.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use store::schema::{Schema, Standing};

use super::backup::{bar, step};
use super::reindex;
use crate::backup::manifest::SETTINGS;
use crate::backup::read::unpack;
use crate::boot;
use crate::config::Settings;

/// A restore.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The data folder to make; it must be empty or missing.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

impl Restore {
    /// Restores, brings the schema up to date, checks the database and builds the search index.
    ///
    /// # Errors
    /// One sentence: what is wrong with the backup or the folder. Then the folder is as empty as it was.
    pub async fn run(self, mut settings: Settings) -> anyhow::Result<()> {
        if settings.database.url.is_some() {
            bail!(
                "`database.url` is set, but a backup is restored into a folder; a PostgreSQL \
                 database is restored by pg_restore (see docs/DEPLOY.md)"
            );
        }
        let (from, folder) = (self.from, self.data.clone());
        let unpacking = move || {
            let bar = bar("unpacking ");
            let unpacked = unpack(&from, &folder, &mut |done, all| step(&bar, done, all));
            bar.finish_and_clear();
            unpacked
        };
        let manifest = tokio::task::spawn_blocking(unpacking).await??;
        println!("Unpacked {} files, made at {}.", manifest.files.len(), manifest.made_at);
        settings.data.folder = self.data;
        let before = Schema { steps: manifest.schema.clone() }.standing();
        let store = boot::open_store(&settings).await?;
        if let Standing::Behind(steps) = before {
            println!("Brought the database up to date by {steps} steps.");
        }
        store.check_sound().await.context("the restored database")?;
        drop(store);
        println!("The database is sound. Building the search index.");
        reindex::run(&settings).await?;
        let folder = settings.data.folder.display();
        println!("Restored. Start with HELPLINE__DATA__FOLDER={folder}");
        if manifest.files.iter().any(|file| file.path == SETTINGS) {
            println!(
                "The settings of that day are in {folder}/{SETTINGS}; compare before you use them."
            );
        }
        Ok(())
    }
}
