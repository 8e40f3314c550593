//! The index in its folder: which generation serves, and how the next one takes over.
//!
//! Does file I/O and blocks; callers are on a blocking thread. The folder holds generations
//! (`generation-<n>`), a file `current` that names the serving one, and a lock: one process owns a
//! folder. A generation that is damaged or of another version is set aside, and the index says that
//! it must be rebuilt; it never refuses to start.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::find::{Results, find};
use super::generation::{Change, Generation, IndexError, Unusable};
use super::permission::Viewer;
use super::query::Query;

/// Why an index is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RebuildReason {
    /// The folder was empty.
    New,
    /// The index was made by another version of the programme.
    OtherVersion,
    /// The index was damaged.
    Damaged,
    /// A rebuild was not finished.
    Unfinished,
    /// The index and the database tell of different pasts: one was restored without the other.
    OtherPast,
}

/// Why an index cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenIndexError {
    /// Another process writes to the folder.
    #[error("the search index is in use by another process")]
    InUse,
    /// Nothing can be written there.
    #[error("the search index could not be opened")]
    Index(#[from] IndexError),
}

impl From<std::io::Error> for OpenIndexError {
    fn from(error: std::io::Error) -> Self {
        Self::Index(IndexError::Folder(error))
    }
}

/// The index of one node. Clones share it.
#[derive(Clone)]
pub struct SearchIndex {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    serving: RwLock<Serving>,
    /// Held as long as the index lives; the system drops it with the process.
    _lock: File,
}

struct Serving {
    generation: Arc<Generation>,
    rebuild: Option<RebuildReason>,
    number: u64,
}

impl SearchIndex {
    /// Opens the index in `folder`, which is made if it is missing. An index that cannot serve is
    /// replaced by an empty one; [`SearchIndex::must_rebuild`] then says why. Blocks.
    ///
    /// # Errors
    /// Another process uses the folder, or it cannot be written.
    pub fn open(folder: &Path) -> Result<Self, OpenIndexError> {
        fs::create_dir_all(folder)?;
        let lock = lock(folder)?;
        let number = current(folder)?;
        let (generation, rebuild) = match number {
            None => (None, RebuildReason::New),
            Some(number) => match Generation::open(&generation_folder(folder, number)) {
                Ok(generation) => (Some(generation), RebuildReason::Unfinished),
                Err(Unusable::OtherVersion) => (None, RebuildReason::OtherVersion),
                Err(Unusable::Damaged(error)) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "the search index is damaged and will be rebuilt");
                    (None, RebuildReason::Damaged)
                }
            },
        };
        let (generation, number) = match generation.zip(number) {
            Some(usable) => usable,
            None => {
                let next = next_number(folder)?;
                let empty = Generation::create(&generation_folder(folder, next))?;
                set_current(folder, next)?;
                (empty, next)
            }
        };
        remove_others(folder, number);
        let rebuild = (!generation.note().whole).then_some(rebuild);
        let serving = Serving { generation: Arc::new(generation), rebuild, number };
        let shared =
            Shared { folder: folder.to_owned(), serving: RwLock::new(serving), _lock: lock };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Why the index does not hold every record, if it does not: it has to be rebuilt.
    #[must_use]
    pub fn must_rebuild(&self) -> Option<RebuildReason> {
        self.read(|serving| serving.rebuild)
    }

    /// The position of the outbox up to which the index holds everything.
    #[must_use]
    pub fn cursor(&self) -> i64 {
        self.generation().note().cursor
    }

    /// How many documents can be found.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.generation().searcher().num_docs()
    }

    /// Writes changes and the cursor in one commit and shows them to the next search. Blocks.
    ///
    /// # Errors
    /// The index could not be written; it stays as it was.
    pub fn apply(&self, changes: &[Change], cursor: i64) -> Result<(), IndexError> {
        // Refused only by a generation that was replaced since it was asked for: then by the next.
        while !self.generation().apply(changes, cursor)? {}
        Ok(())
    }

    /// As [`SearchIndex::apply`], if the index holds everything up to `after`; else it does nothing
    /// and returns `false`: another generation took over since the caller asked for the cursor.
    ///
    /// # Errors
    /// The index could not be written; it stays as it was.
    pub fn apply_after(
        &self,
        after: i64,
        changes: &[Change],
        cursor: i64,
    ) -> Result<bool, IndexError> {
        self.generation().apply_after(after, changes, cursor)
    }

    /// Says that the index does not hold what the records hold, until it is rebuilt.
    pub fn distrust(&self, reason: RebuildReason) {
        let mut serving = self.shared.serving.write().unwrap_or_else(PoisonError::into_inner);
        serving.rebuild.get_or_insert(reason);
    }

    /// Searches what the last commit shows, without audit: for programmes and tests; people search
    /// through [`super::Search`]. Blocks.
    ///
    /// # Errors
    /// The index could not be read.
    pub fn find(&self, viewer: &Viewer, query: &Query) -> Result<Results, IndexError> {
        let results = find(&self.generation(), viewer, query)?;
        Ok(Results { incomplete: self.must_rebuild().is_some(), ..results })
    }

    /// Begins a new generation beside the serving one. Blocks.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn begin_rebuild(&self) -> Result<Rebuild, IndexError> {
        let number = next_number(&self.shared.folder)?;
        let folder = generation_folder(&self.shared.folder, number);
        let generation = Generation::create(&folder)?;
        Ok(Rebuild { index: self.clone(), generation: Some(generation), number })
    }

    pub(super) fn generation(&self) -> Arc<Generation> {
        self.read(|serving| Arc::clone(&serving.generation))
    }

    fn read<T>(&self, look: impl FnOnce(&Serving) -> T) -> T {
        look(&self.shared.serving.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A generation in the making. Dropped before [`Rebuild::finish`], it leaves nothing behind.
pub struct Rebuild {
    index: SearchIndex,
    generation: Option<Generation>,
    number: u64,
}

impl Rebuild {
    /// Puts changes into the new generation alone. Blocks.
    ///
    /// # Errors
    /// The index could not be written.
    pub fn add(&self, changes: &[Change]) -> Result<(), IndexError> {
        self.generation.as_ref().map_or(Ok(()), |generation| generation.stage(changes))
    }

    /// Makes the new generation the serving one, in one step: a search sees the old or the new.
    /// Everything up to `cursor` of the outbox must have been added. Blocks.
    ///
    /// # Errors
    /// The index or the folder could not be written.
    pub fn finish(mut self, cursor: i64) -> Result<(), IndexError> {
        let Some(generation) = self.generation.as_ref() else { return Ok(()) };
        generation.finish(cursor)?;
        let shared = &self.index.shared;
        set_current(&shared.folder, self.number)?;
        let Some(generation) = self.generation.take() else { return Ok(()) };
        let next = Serving { generation: Arc::new(generation), rebuild: None, number: self.number };
        let old = {
            let mut serving = shared.serving.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *serving, next)
        };
        tracing::info!(from = old.number, to = self.number, "the search index was rebuilt");
        discard(&old.generation);
        Ok(())
    }
}

impl Drop for Rebuild {
    fn drop(&mut self) {
        if let Some(generation) = self.generation.take() {
            discard(&generation);
        }
    }
}

const CURRENT: &str = "current";
const LOCK: &str = "lock";
const PREFIX: &str = "generation-";

fn generation_folder(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{PREFIX}{number}"))
}

fn lock(folder: &Path) -> Result<File, OpenIndexError> {
    let file = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenIndexError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The number of the serving generation. A file that says nothing sensible counts as none.
fn current(folder: &Path) -> Result<Option<u64>, IndexError> {
    match fs::read_to_string(folder.join(CURRENT)) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Names the serving generation so that a crash leaves the old name or the new one, whole.
fn set_current(folder: &Path, number: u64) -> Result<(), IndexError> {
    let next = folder.join("current.next");
    let mut file = File::create(&next)?;
    file.write_all(number.to_string().as_bytes())?;
    file.sync_all()?;
    fs::rename(&next, folder.join(CURRENT))?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn generations(folder: &Path) -> Result<Vec<u64>, IndexError> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number: Option<u64> =
            name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.parse().ok());
        numbers.extend(number);
    }
    Ok(numbers)
}

fn next_number(folder: &Path) -> Result<u64, IndexError> {
    Ok(generations(folder)?.into_iter().max().map_or(1, |highest| highest + 1))
}

fn remove_others(folder: &Path, serving: u64) {
    let others = generations(folder).unwrap_or_default();
    for number in others.into_iter().filter(|number| *number != serving) {
        remove_folder(&generation_folder(folder, number));
    }
}

fn discard(generation: &Generation) {
    if let Err(error) = generation.retire() {
        let error: &dyn std::error::Error = &error;
        tracing::warn!(error, "an old generation of the search index did not end well");
    }
    remove_folder(&generation.folder);
}

fn remove_folder(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        let error: &dyn std::error::Error = &error;
        tracing::warn!(error, "an old generation of the search index could not be removed");
    }
}
