//! Which steps of the schema a database has, whether it is sound, and a copy of it. Does I/O.

use std::path::{Path, PathBuf};

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

use crate::store::{Backend, Store};
use crate::txn::TxnError;

/// The steps that a schema has been through, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Their names.
    pub steps: Vec<String>,
}

/// How a schema stands to this program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is none: a new database.
    Empty,
    /// So many steps of this program are missing.
    Behind(usize),
    /// It is this program's.
    Current,
    /// It has steps that this program does not know: a newer program made it.
    Ahead,
}

impl Schema {
    /// This program's.
    #[must_use]
    pub fn of_this_program() -> Self {
        let steps = Migrator::migrations();
        Self { steps: steps.iter().map(|step| step.name().to_owned()).collect() }
    }

    /// How it stands to this program's.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let ours = Self::of_this_program().steps;
        let known = self.steps.iter().filter(|step| ours.contains(step)).count();
        match (known, self.steps.len(), ours.len()) {
            (_, 0, _) => Standing::Empty,
            (known, all, _) if known < all => Standing::Ahead,
            (known, _, ours) if known < ours => Standing::Behind(ours - known),
            _ => Standing::Current,
        }
    }

    /// The last step, by which people name a schema.
    #[must_use]
    pub fn name(&self) -> &str {
        self.steps.last().map_or("none", String::as_str)
    }
}

/// Why a database could not be copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The server's own tools copy it.
    #[error("a PostgreSQL database is copied by pg_dump")]
    Server,
    /// The path is not text.
    #[error("{} cannot be written in SQL", .0.display())]
    Path(PathBuf),
    /// The copy failed: the disk is full, the file exists.
    #[error("the database could not be copied")]
    Sql(#[from] DbErr),
}

/// Why a database is not sound.
#[derive(Debug, thiserror::Error)]
pub enum UnsoundError {
    /// It could not be looked at.
    #[error("the database could not be looked at")]
    Sql(#[from] DbErr),
    /// It is damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
}

/// Why nothing can be written.
#[derive(Debug, thiserror::Error)]
pub enum TryWriteError {
    /// No transaction.
    #[error(transparent)]
    Txn(#[from] TxnError),
    /// The database refused.
    #[error("the database takes no writes")]
    Sql(#[from] DbErr),
    /// It went well; what was written is taken back.
    #[error("nothing")]
    Done,
}

impl Store {
    /// The schema that the database has. Changes nothing.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn schema(&self) -> Result<Schema, DbErr> {
        let known = match self.backend() {
            Backend::Sqlite => "SELECT name FROM sqlite_master WHERE name = 'seaql_migrations'",
            Backend::Postgres => {
                "SELECT tablename::text AS name FROM pg_tables WHERE tablename = 'seaql_migrations'"
            }
        };
        if texts(self.readers(), known, "name").await?.is_empty() {
            return Ok(Schema { steps: Vec::new() });
        }
        let applied = "SELECT version FROM seaql_migrations ORDER BY version";
        Ok(Schema { steps: texts(self.readers(), applied, "version").await? })
    }

    /// Writes a copy of the database as it is at one moment, while others read and write it. SQLite
    /// alone: `VACUUM INTO`, which needs as much space again and keeps nobody from writing.
    ///
    /// # Errors
    /// The file exists, the disk is full, or this is a server.
    pub async fn copy_to(&self, file: &Path) -> Result<(), CopyError> {
        if self.backend() == Backend::Postgres {
            return Err(CopyError::Server);
        }
        let name = file.to_str().ok_or_else(|| CopyError::Path(file.to_owned()))?;
        let copy = format!("VACUUM INTO '{}'", name.replace('\'', "''"));
        self.writers().execute_unprepared(&copy).await?;
        Ok(())
    }

    /// Looks at every page and every reference (SQLite); a server looks after itself.
    ///
    /// # Errors
    /// The database is damaged, with the first thing found.
    pub async fn check_sound(&self) -> Result<(), UnsoundError> {
        if self.backend() == Backend::Postgres {
            return Ok(());
        }
        let found = texts(self.readers(), "PRAGMA integrity_check(1)", "integrity_check").await?;
        match found.into_iter().next() {
            Some(word) if word == "ok" => Ok(()),
            Some(damage) => Err(UnsoundError::Damaged(damage)),
            None => Err(UnsoundError::Damaged("it says nothing of itself".to_owned())),
        }
    }

    /// Writes something and takes it back: whether the database takes writes from us.
    ///
    /// # Errors
    /// It does not.
    pub async fn try_write(&self) -> Result<(), TryWriteError> {
        let write = |txn: crate::WriteTxn| async move {
            txn.execute_unprepared("CREATE TABLE helpline_doctor (n INTEGER)").await?;
            Err::<(), _>(TryWriteError::Done)
        };
        match self.write_txn(write).await {
            Ok(()) | Err(TryWriteError::Done) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

async fn texts(db: &DatabaseConnection, sql: &str, column: &str) -> Result<Vec<String>, DbErr> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", column)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(steps: &[String]) -> Standing {
        Schema { steps: steps.to_vec() }.standing()
    }

    #[test]
    fn a_schema_is_older_or_newer_than_ours_by_its_steps() {
        let ours = Schema::of_this_program().steps;
        assert_eq!(standing(&[]), Standing::Empty);
        assert_eq!(standing(&ours), Standing::Current);
        assert_eq!(standing(&ours[..1]), Standing::Behind(ours.len() - 1));
        let mut newer = ours;
        newer.push("m9999_hover_cars".to_owned());
        assert_eq!(standing(&newer), Standing::Ahead);
        assert_eq!(standing(&newer[1..]), Standing::Ahead);
    }
}
