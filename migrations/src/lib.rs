//! The schema, as frozen steps applied in order. Does I/O through the connection it is given.
//!
//! A step that has been released never changes again: a mistake is mended by a new step. Steps are
//! written by hand and never import entities, so that a later change of an entity cannot change what
//! an old step does. Each step runs on SQLite and on PostgreSQL. It deliberately knows no rows: what
//! a step fills in is limited to data that the schema cannot do without.

mod m0001_store;
mod m0002_records;
mod m0003_line_quality;
mod m0004_config_versions;
mod m0005_recordings;
mod m0006_roster;
mod m0007_callback_wishes;
mod m0008_entered_later;
mod m0009_skills;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

/// All steps, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_store::Step),
            Box::new(m0002_records::Step),
            Box::new(m0003_line_quality::Step),
            Box::new(m0004_config_versions::Step),
            Box::new(m0005_recordings::Step),
            Box::new(m0006_roster::Step),
            Box::new(m0007_callback_wishes::Step),
            Box::new(m0008_entered_later::Step),
            Box::new(m0009_skills::Step),
        ]
    }
}
