//! `helpline backup`: everything that is kept, as one file, while calls go on.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use store::schema::{CopyError, Schema, Standing};
use store::{Backend, Store};

use crate::backup::collect::{self, Kept};
use crate::backup::manifest::{DATABASE, FORMAT, Manifest};
use crate::backup::write;
use crate::config::Settings;
use crate::wire::Moment;
use crate::{boot, clock};

/// A backup.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to make; it must not exist. It is not encrypted: keep it where records may be kept.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl Backup {
    /// Makes it, and says what is in it. `config` is the file of settings that was given.
    ///
    /// # Errors
    /// There is no database, it is a server, a file cannot be read, or the disk is full: then nothing
    /// is left behind.
    pub async fn run(self, settings: &Settings, config: Option<&Path>) -> anyhow::Result<()> {
        if self.to.exists() {
            bail!("{} exists already; name a new file", self.to.display());
        }
        let (data, to) = (settings.data.folder.clone(), self.to);
        let parent = match to.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            Some(_) | None => PathBuf::from("."),
        };
        // Beside the target, which has the space, and not in the data folder, which may lack it.
        let work = tempfile::Builder::new().prefix(".helpline-backup-").tempdir_in(&parent);
        let work = work.with_context(|| format!("{} cannot be written", parent.display()))?;
        let copy = work.path().join(DATABASE);
        let (schema, made_at) = copy_database(settings, &copy).await?;
        let settings_file = config.map(Path::to_owned);
        let recordings = settings.recording.folder.clone();
        let packed = work.path().join("backup");
        let making = move || -> anyhow::Result<Manifest> {
            let sources = collect::sources(Kept {
                data: &data,
                copy: &copy,
                settings: settings_file.as_deref(),
                recordings: recordings.as_deref(),
            })?;
            let bar = bar("looking ");
            let files = write::entries(&sources, &mut |done, all| step(&bar, done, all))?;
            let program = env!("CARGO_PKG_VERSION").to_owned();
            let manifest =
                Manifest { format: FORMAT, program, made_at, schema: schema.steps, files };
            bar.set_prefix("packing ");
            write::write(&packed, &manifest, &sources, &mut |done, all| step(&bar, done, all))?;
            bar.finish_and_clear();
            // In one step, and never over a file that somebody else made meanwhile.
            std::fs::hard_link(&packed, &to).with_context(|| to.display().to_string())?;
            let bytes = to.metadata()?.len();
            println!("{}: {} files, {bytes} bytes.", to.display(), manifest.files.len());
            Ok(manifest)
        };
        let made = tokio::task::spawn_blocking(making).await?;
        let manifest = made.context("the backup was not made")?;
        println!("Made at {}, schema {}.", manifest.made_at, schema_name(&manifest));
        println!(
            "It is not encrypted, and the search index is not in it: `helpline restore` builds it."
        );
        Ok(())
    }
}

fn schema_name(manifest: &Manifest) -> String {
    Schema { steps: manifest.schema.clone() }.name().to_owned()
}

/// A copy of the database at one moment, with its schema.
async fn copy_database(settings: &Settings, copy: &Path) -> anyhow::Result<(Schema, Moment)> {
    let file = settings.data.folder.join(DATABASE);
    if settings.database.url.is_none() && !file.exists() {
        bail!("there is no database in {} (`data.folder`)", settings.data.folder.display());
    }
    let url = boot::database_url(settings)?;
    let store = Store::open(&url).await.context("the database")?;
    if store.backend() == Backend::Postgres {
        bail!(SERVER);
    }
    let schema = store.schema().await.context("the schema of the database")?;
    if schema.standing() == Standing::Empty {
        bail!("the database has no schema yet; there is nothing to back up");
    }
    let made_at = Moment(clock::now());
    match store.copy_to(copy).await {
        Ok(()) => Ok((schema, made_at)),
        Err(CopyError::Server) => bail!(SERVER),
        Err(error) => Err(error).context("the copy of the database (is the disk full?)"),
    }
}

const SERVER: &str = "the database is PostgreSQL, which its own tools back up: \
    pg_dump --format=custom --file helpline.dump \"$HELPLINE__DATABASE__URL\" \
    (and the folder `data.folder` by any means; see docs/DEPLOY.md)";

/// A bar of bytes; none where nobody looks.
pub(super) fn bar(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix}{bar:40} {bytes}/{total_bytes}, {eta} left");
    let bar = ProgressBar::new(0).with_prefix(what);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Moves a bar.
pub(super) fn step(bar: &ProgressBar, done: u64, all: u64) {
    bar.set_length(all);
    bar.set_position(done);
}
