//! What a backup says of itself. Pure.

use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use store::schema::{Schema, Standing};
use thiserror::Error;

use crate::wire::Moment;

/// The form of the archive that this program writes, and the newest that it reads.
pub const FORMAT: u32 = 1;
/// Its name in the archive.
pub const NAME: &str = "manifest.json";
/// The database, in the archive and in the data folder.
pub const DATABASE: &str = "helpline.db";
/// The settings that were given by `--config`, in the archive and beside what is restored.
pub const SETTINGS: &str = "helpline.toml";

/// What is in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the archive.
    pub format: u32,
    /// The version of the program that made it.
    pub program: String,
    /// When the copy of the database was made.
    pub made_at: Moment,
    /// The steps of the database's schema, oldest first.
    pub schema: Vec<String>,
    /// All files, in the order of the archive.
    pub files: Vec<Entry>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Where it lies in the data folder.
    pub path: String,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

/// Why a backup is not for this program.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Unfit {
    /// The archive has a form of later days.
    #[error(
        "the backup was made by helpline {0} in a form that this program does not read; restore it with helpline {0} or a newer one"
    )]
    NewerForm(String),
    /// The schema has steps of later days.
    #[error(
        "the backup was made by helpline {program} and its database is newer than this program's (step {step}); restore it with helpline {program} or a newer one"
    )]
    NewerSchema {
        /// The program that made it.
        program: String,
        /// The last step.
        step: String,
    },
    /// No database is in it.
    #[error("the backup holds no database")]
    NoDatabase,
    /// A name would leave the folder.
    #[error("the backup names a file outside its folder: {0}")]
    Outside(String),
}

impl Manifest {
    /// That this program can restore it.
    ///
    /// # Errors
    /// See [`Unfit`].
    pub fn check(&self) -> Result<(), Unfit> {
        if self.format > FORMAT {
            return Err(Unfit::NewerForm(self.program.clone()));
        }
        let schema = Schema { steps: self.schema.clone() };
        match schema.standing() {
            Standing::Ahead => {
                let (program, step) = (self.program.clone(), schema.name().to_owned());
                return Err(Unfit::NewerSchema { program, step });
            }
            Standing::Empty => return Err(Unfit::NoDatabase),
            Standing::Behind(_) | Standing::Current => {}
        }
        if !self.files.iter().any(|file| file.path == DATABASE) {
            return Err(Unfit::NoDatabase);
        }
        match self.files.iter().find(|file| !stays_inside(&file.path)) {
            Some(file) => Err(Unfit::Outside(file.path.clone())),
            None => Ok(()),
        }
    }

    /// The bytes of all files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

fn stays_inside(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty() && parts.all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use ids::Timestamp;

    use super::*;

    fn manifest(change: impl FnOnce(&mut Manifest)) -> Result<(), Unfit> {
        let file = Entry { path: DATABASE.to_owned(), bytes: 1, sha256: String::new() };
        let mut manifest = Manifest {
            format: FORMAT,
            program: "9.1".to_owned(),
            made_at: Moment(Timestamp::from_micros(0)),
            schema: Schema::of_this_program().steps,
            files: vec![file],
        };
        change(&mut manifest);
        manifest.check()
    }

    #[test]
    fn what_a_newer_program_made_is_refused_by_its_version() {
        assert_eq!(manifest(|_| {}), Ok(()));
        assert_eq!(
            manifest(|m| m.schema.truncate(1)),
            Ok(()),
            "an older one is brought up to date"
        );
        let form = manifest(|m| m.format += 1).expect_err("newer").to_string();
        assert!(form.contains("helpline 9.1"), "{form}");
        let newer = manifest(|m| m.schema.push("m9999_later".to_owned())).expect_err("newer");
        assert!(newer.to_string().contains("m9999_later"), "{newer}");
        assert_eq!(manifest(|m| m.files.clear()), Err(Unfit::NoDatabase));
    }

    #[test]
    fn no_file_leaves_the_folder() {
        for path in ["/etc/passwd", "../x", "a/../../x", ""] {
            let entry = Entry { path: path.to_owned(), bytes: 0, sha256: String::new() };
            let refused = manifest(|m| m.files.push(entry));
            assert_eq!(refused, Err(Unfit::Outside(path.to_owned())));
        }
    }
}
