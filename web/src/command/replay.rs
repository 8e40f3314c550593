//! `helpline replay`: a day of the floor, run again from its journal; or a file that the live check
//! left behind.

mod change;
mod compare;
mod table;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use routing::replay::Changes;
use store::Store;
use switchboard::replay::{self, Notes, Replayed, repro};

use crate::boot;
use crate::config::Settings;
use crate::wire::Day;

/// What to run again.
#[derive(Debug, Args)]
pub struct Replay {
    /// The day, midnight to midnight in India: 2026-11-22.
    #[arg(long, value_name = "DAY", required_unless_present = "file")]
    day: Option<Day>,
    /// The data folder of the helpline, if it is not the one of the settings.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A file that the live check left in the folder `breaches`, instead of a day.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["day", "data"])]
    file: Option<PathBuf>,
    #[command(flatten)]
    change: change::Change,
}

impl Replay {
    /// Runs it and prints what came of it.
    ///
    /// # Errors
    /// The journal or the file cannot be read, or the run did not come out as the first time.
    pub async fn run(self, mut settings: Settings) -> anyhow::Result<()> {
        if let Some(file) = &self.file {
            return run_file(file);
        }
        let Some(day) = self.day else { bail!("name a day or a file") };
        if let Some(folder) = self.data {
            settings.data.folder = folder;
            settings.database.url = None;
        }
        let store = open(&settings).await?;
        let floor = boot::floor_config(&settings);
        let mut notes = Notes::default();
        let replayed = replay::replay(&store, &floor, day.begin(), day.end(), &mut notes).await?;
        print!("{}", table::day(&replayed, day, &settings.queues));
        verdict(&replayed, day)?;
        let changes = self.change.on(day, &replayed.config)?;
        if changes != Changes::default()
            && let Some(book) = notes.0
        {
            print!("{}", compare::run(&book, &changes, &replayed, day, &settings.queues)?);
        }
        Ok(())
    }
}

/// Opens the database of a helpline that is there. A new, empty one would only hide a typing error.
async fn open(settings: &Settings) -> anyhow::Result<Store> {
    let folder = &settings.data.folder;
    if settings.database.url.is_none() && !folder.join("helpline.db").exists() {
        bail!("there is no helpline in the data folder {}", folder.display());
    }
    boot::open_store(settings).await
}

fn verdict(replayed: &Replayed, day: Day) -> anyhow::Result<()> {
    let Replayed { events, run, unproven, first, last, .. } = replayed;
    if *events == 0 {
        println!("Nothing happened on {day}.");
        return Ok(());
    }
    if let Some(position) = replayed.mismatch {
        bail!(
            "the replay is not the day: the effects of the event at position {position} differ. \
             Events are missing from the journal, or the rules changed and the version did not"
        );
    }
    println!("replayed {events} events, effects identical (positions {first} to {last})");
    if run > events {
        println!("{} events before them were run to reach the state of midnight", run - events);
    }
    if *unproven > 0 {
        println!(
            "{unproven} of the events run are of another version of the program: not compared"
        );
    }
    Ok(())
}

fn run_file(file: &Path) -> anyhow::Result<()> {
    let rerun = repro::run_file(file).with_context(|| file.display().to_string())?;
    println!("The file was written because: {}", rerun.breach);
    println!("replayed {} events", rerun.events);
    if let Some((position, violation)) = rerun.broken {
        bail!("after the event at position {position}: {violation}");
    }
    if let Some(position) = rerun.mismatch {
        bail!("the effects of the event at position {position} differ from the first run");
    }
    println!("effects identical, every promise of the floor kept");
    Ok(())
}
