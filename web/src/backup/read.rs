//! Takes a backup apart into an empty folder. Does file I/O and blocks.
//!
//! Nothing is believed: each file must be listed, come in the listed order, and have the length and the
//! sum of the list. Whatever goes wrong, the folder is empty again afterwards.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use tar::{Archive, Entry as Packed};
use thiserror::Error;
use zstd::Decoder;

use super::manifest::{Entry, Manifest, NAME, Unfit};
use super::{Progress, copy_summed};

/// No manifest is longer, bytes: some hundred thousand recordings.
const MANIFEST_MAX: u64 = 64 * 1024 * 1024;

/// How every backup begins: the first bytes of Zstandard (RFC 8878 section 3.1.1).
const BEGINNING: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Why nothing was restored: each one sentence for the person who tries.
#[derive(Debug, Error)]
pub enum RestoreProblem {
    /// The file cannot be read.
    #[error("{} cannot be read: {why}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// The system's words.
        why: io::Error,
    },
    /// It is something else.
    #[error("{} is not a backup of a helpline", .0.display())]
    Other(PathBuf),
    /// It is not for this program.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// What is in it is not what was put in.
    #[error("the backup {} is damaged ({what}); nothing was restored, use another one", file.display())]
    Damaged {
        /// Which.
        file: PathBuf,
        /// Where it was noticed.
        what: String,
    },
    /// The folder has something in it.
    #[error("{} is not empty; restore into a new folder, look at it, and only then put it in the place of the old one", .0.display())]
    NotEmpty(PathBuf),
    /// The folder cannot be written.
    #[error("{} cannot be written: {why}; nothing was restored", folder.display())]
    Unwritable {
        /// Which.
        folder: PathBuf,
        /// The system's words: no space left, say.
        why: io::Error,
    },
}

/// Takes the backup `file` apart into `folder`, which is made if it is missing.
///
/// # Errors
/// See [`RestoreProblem`].
pub fn unpack(
    file: &Path,
    folder: &Path,
    progress: Progress<'_>,
) -> Result<Manifest, RestoreProblem> {
    let unreadable = |why| RestoreProblem::Unreadable { file: file.to_owned(), why };
    let opened = File::open(file).map_err(unreadable)?;
    empty(folder)?;
    let unpacking = Unpacking { file, folder };
    let unpacked = unpacking.all(BufReader::new(opened), progress);
    if unpacked.is_err() {
        clear(folder);
    }
    unpacked
}

struct Unpacking<'a> {
    file: &'a Path,
    folder: &'a Path,
}

impl Unpacking<'_> {
    fn all(
        &self,
        mut packed: BufReader<File>,
        progress: Progress<'_>,
    ) -> Result<Manifest, RestoreProblem> {
        let other = || RestoreProblem::Other(self.file.to_owned());
        if !packed.fill_buf().is_ok_and(|bytes| bytes.starts_with(&BEGINNING)) {
            return Err(other());
        }
        let decoder = Decoder::with_buffer(packed).map_err(|_| other())?;
        let mut archive = Archive::new(decoder);
        let mut packed = archive.entries().map_err(|_| other())?;
        let first = match packed.next() {
            Some(Ok(first)) => first,
            Some(Err(_)) => return Err(self.damaged("it cannot be unpacked")),
            None => return Err(other()),
        };
        if !first.path().is_ok_and(|path| path == Path::new(NAME)) {
            return Err(other());
        }
        let listed = serde_json::from_reader::<_, Manifest>(first.take(MANIFEST_MAX));
        let manifest = listed.map_err(|_| self.damaged("its list cannot be read"))?;
        manifest.check()?;
        let (total, mut done) = (manifest.bytes(), 0);
        for entry in &manifest.files {
            let mut packed = match packed.next() {
                Some(Ok(packed)) => packed,
                Some(Err(_)) | None => return Err(self.damaged("it ends too early")),
            };
            self.one(&mut packed, entry, |moved| {
                done += moved;
                progress(done, total);
            })?;
        }
        sync(self.folder).map_err(|why| self.unwritable(why))?;
        Ok(manifest)
    }

    fn one(
        &self,
        packed: &mut Packed<'_, impl Read>,
        entry: &Entry,
        moved: impl FnMut(u64),
    ) -> Result<(), RestoreProblem> {
        let named = packed.path().is_ok_and(|path| path == Path::new(&entry.path));
        if !named || packed.size() != entry.bytes {
            return Err(self.damaged(&format!("{} is not where it should be", entry.path)));
        }
        let path = self.folder.join(&entry.path);
        let mut out = make(&path).map_err(|why| self.unwritable(why))?;
        let mut writing = Watched { inner: &mut out, failed: None };
        let copied = copy_summed(packed, &mut writing, entry.bytes, moved);
        if let Some(why) = writing.failed {
            return Err(self.unwritable(why));
        }
        let right =
            copied.is_ok_and(|(bytes, sum)| (bytes, sum) == (entry.bytes, entry.sha256.clone()));
        if !right {
            return Err(self.damaged(&format!("{} is not what was saved", entry.path)));
        }
        out.sync_all().map_err(|why| self.unwritable(why))
    }

    fn damaged(&self, what: &str) -> RestoreProblem {
        RestoreProblem::Damaged { file: self.file.to_owned(), what: what.to_owned() }
    }

    fn unwritable(&self, why: io::Error) -> RestoreProblem {
        RestoreProblem::Unwritable { folder: self.folder.to_owned(), why }
    }
}

/// Tells a failure to write from a failure to read.
struct Watched<'a> {
    inner: &'a mut File,
    failed: Option<io::Error>,
}

impl io::Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes).map_err(|why| {
            let kind = why.kind();
            self.failed = Some(why);
            kind.into()
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn empty(folder: &Path) -> Result<(), RestoreProblem> {
    let unwritable = |why| RestoreProblem::Unwritable { folder: folder.to_owned(), why };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let mut found = std::fs::read_dir(folder).map_err(unwritable)?;
    match found.next() {
        Some(_) => Err(RestoreProblem::NotEmpty(folder.to_owned())),
        None => Ok(()),
    }
}

/// Takes away what was begun. What cannot be taken away stays; the failure before is the one to tell.
fn clear(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let path = entry.path();
        let _ = if folder { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    }
}

fn make(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
