//! One generation of the index: a folder with a whole tantivy index, its one writer, its reader.
//!
//! Does file I/O and blocks; callers are on a blocking thread. The cursor of the outbox travels in
//! the payload of each commit, so index and cursor cannot disagree after a crash. Which generation
//! serves is not decided here.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::indexer::LogMergePolicy;
use tantivy::{Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher};
use tantivy::{TantivyDocument, Term};

use super::document::{Document, DocumentId};
use super::schema::{Fields, SCHEMA_VERSION, row, schema, tokenizers};

/// What happens to one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new, or replaces what was known of the same record.
    Put(Box<Document>),
    /// The record is no more.
    Remove(DocumentId),
}

impl Change {
    /// Which document it is about.
    #[must_use]
    pub const fn id(&self) -> DocumentId {
        match self {
            Self::Put(document) => document.id,
            Self::Remove(id) => *id,
        }
    }
}

/// Why the index could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The index refused.
    #[error("the search index could not be read or written")]
    Tantivy(#[from] tantivy::TantivyError),
    /// The folder refused.
    #[error("the folder of the search index could not be read or written")]
    Folder(#[from] std::io::Error),
    /// A document or the note of a commit could not be written as JSON.
    #[error("a document could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// What is noted with every commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    schema: u32,
    /// Everything up to this position of the outbox is in the index.
    pub(super) cursor: i64,
    /// Whether the index holds every record, or is the empty one after a loss.
    pub(super) whole: bool,
}

/// Why a generation on disk cannot serve.
#[derive(Debug)]
pub(super) enum Unusable {
    /// Made by another version of the programme.
    OtherVersion,
    /// Damaged, or not an index.
    Damaged(IndexError),
}

/// Memory of the writer before it writes a segment, in bytes per thread. At least 15 MB.
const WRITER_BYTES: usize = 30_000_000;

/// A tantivy index with its writer.
pub(super) struct Generation {
    pub(super) folder: PathBuf,
    pub(super) fields: Fields,
    reader: IndexReader,
    writer: Mutex<Writer>,
}

struct Writer {
    /// None once the generation is retired.
    tantivy: Option<IndexWriter>,
    note: Note,
}

impl Generation {
    /// Makes an empty generation, which does not hold every record until [`Generation::finish`].
    pub(super) fn create(folder: &Path) -> Result<Self, IndexError> {
        std::fs::create_dir_all(folder)?;
        let (schema, fields) = schema();
        let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        let index = Index::builder()
            .schema(schema)
            .tokenizers(tokenizers())
            .settings(IndexSettings::default())
            .open_or_create(directory)?;
        let note = Note { schema: SCHEMA_VERSION, cursor: 0, whole: false };
        let generation = Self::from_index(folder, &index, fields, note)?;
        generation.apply(&[], note.cursor)?;
        Ok(generation)
    }

    /// Opens a generation that another run has left.
    pub(super) fn open(folder: &Path) -> Result<Self, Unusable> {
        let damaged = |error: tantivy::TantivyError| Unusable::Damaged(error.into());
        let (expected, fields) = schema();
        let mut index = Index::open_in_dir(folder).map_err(damaged)?;
        let payload = index.load_metas().map_err(damaged)?.payload.unwrap_or_default();
        let note: Note = serde_json::from_str(&payload)
            .map_err(|error| Unusable::Damaged(IndexError::Json(error)))?;
        if note.schema != SCHEMA_VERSION || index.schema() != expected {
            return Err(Unusable::OtherVersion);
        }
        // Reads every file once a start, so that a flipped bit shows here and not in a search.
        let broken = index.validate_checksum().map_err(damaged)?;
        if !broken.is_empty() {
            let error = std::io::Error::new(std::io::ErrorKind::InvalidData, "wrong checksum");
            return Err(Unusable::Damaged(IndexError::Folder(error)));
        }
        index.set_tokenizers(tokenizers());
        Self::from_index(folder, &index, fields, note).map_err(Unusable::Damaged)
    }

    fn from_index(
        folder: &Path,
        index: &Index,
        fields: Fields,
        note: Note,
    ) -> Result<Self, IndexError> {
        let tantivy: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
        tantivy.set_merge_policy(Box::new(LogMergePolicy::default()));
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let writer = Mutex::new(Writer { tantivy: Some(tantivy), note });
        Ok(Self { folder: folder.to_owned(), fields, reader, writer })
    }

    /// Writes changes and notes the cursor, in one commit; then the next search sees them. `false`
    /// if this generation is retired: nothing was done.
    pub(super) fn apply(&self, changes: &[Change], cursor: i64) -> Result<bool, IndexError> {
        let mut writer = self.writer();
        let note = Note { cursor, ..writer.note };
        self.write(&mut writer, changes, note)
    }

    /// As [`Generation::apply`], if everything up to `after` is here already; else does nothing and
    /// says so. A follower that read the outbox for another generation must not leave a gap here.
    pub(super) fn apply_after(
        &self,
        after: i64,
        changes: &[Change],
        cursor: i64,
    ) -> Result<bool, IndexError> {
        let mut writer = self.writer();
        if writer.note.cursor < after {
            return Ok(false);
        }
        let note = Note { cursor: cursor.max(writer.note.cursor), ..writer.note };
        self.write(&mut writer, changes, note)
    }

    /// Takes changes in without a commit: they show, all together, at [`Generation::finish`]. A
    /// commit for each batch of a rebuild would cost more than the batch.
    pub(super) fn stage(&self, changes: &[Change]) -> Result<(), IndexError> {
        match &self.writer().tantivy {
            Some(tantivy) => self.add(tantivy, changes),
            None => Ok(()),
        }
    }

    /// Commits what was staged, and notes that the generation holds every record now.
    pub(super) fn finish(&self, cursor: i64) -> Result<(), IndexError> {
        let mut writer = self.writer();
        let note = Note { cursor, whole: true, ..writer.note };
        self.write(&mut writer, &[], note).map(|_| ())
    }

    /// Ends all writing, merges of segments included, so that the folder can go. Searches under way
    /// keep what they have open.
    pub(super) fn retire(&self) -> Result<(), IndexError> {
        let tantivy = self.writer().tantivy.take();
        Ok(tantivy.map_or(Ok(()), IndexWriter::wait_merging_threads)?)
    }

    fn write(
        &self,
        writer: &mut Writer,
        changes: &[Change],
        note: Note,
    ) -> Result<bool, IndexError> {
        let Some(tantivy) = &mut writer.tantivy else { return Ok(false) };
        if let Err(error) = self.commit(tantivy, changes, note) {
            // Nothing half-done may slip into the next commit; and a writer whose thread died, of a
            // full disk say, lives again only so.
            tantivy.rollback()?;
            return Err(error);
        }
        writer.note = note;
        self.reader.reload()?;
        Ok(true)
    }

    fn commit(
        &self,
        tantivy: &mut IndexWriter,
        changes: &[Change],
        note: Note,
    ) -> Result<(), IndexError> {
        self.add(tantivy, changes)?;
        let mut commit = tantivy.prepare_commit()?;
        commit.set_payload(&serde_json::to_string(&note)?);
        commit.commit()?;
        Ok(())
    }

    fn add(&self, tantivy: &IndexWriter, changes: &[Change]) -> Result<(), IndexError> {
        for change in changes {
            tantivy.delete_term(Term::from_field_text(self.fields.id, &change.id().to_string()));
            match change {
                Change::Put(document) => {
                    let document = Document::clone(document).bounded();
                    let row: TantivyDocument = row(&self.fields, &document)?;
                    tantivy.add_document(row)?;
                }
                Change::Remove(_) => {}
            }
        }
        Ok(())
    }

    /// What the last commit noted.
    pub(super) fn note(&self) -> Note {
        self.writer().note
    }

    /// A view of the last commit, unmoved by later ones.
    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        // A panic under the lock leaves staged operations at worst; they belong to a batch that
        // will be applied again, and putting twice is putting once.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
