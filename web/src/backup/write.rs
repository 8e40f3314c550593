//! Makes a backup's file. Does file I/O and blocks.
//!
//! Every file is read twice: once for its sum, which stands in the manifest at the front, and once into
//! the archive. A file that grows meanwhile (a recording under way) is taken as long as it was at first.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use tar::{Builder, Header};
use zstd::Encoder;

use super::collect::Source;
use super::manifest::{Entry, Manifest, NAME};
use super::{Progress, copy_summed};

/// How hard zstd tries: its own default, which keeps up with a disk.
const LEVEL: i32 = 3;
/// Readable by its owner alone: the database in it is not encrypted.
const MODE: u32 = 0o600;

/// The files with their sums, in the order given.
///
/// # Errors
/// One cannot be read.
pub fn entries(sources: &[Source], progress: Progress<'_>) -> io::Result<Vec<Entry>> {
    let lengths = sources.iter().map(|source| Ok(source.file.metadata()?.len()));
    let lengths: Vec<u64> = lengths.collect::<io::Result<_>>()?;
    let (total, mut done) = (lengths.iter().sum(), 0);
    sources
        .iter()
        .zip(lengths)
        .map(|(source, length)| {
            let mut file = File::open(&source.file)?;
            let (bytes, sha256) = copy_summed(&mut file, &mut io::sink(), length, |moved| {
                done += moved;
                progress(done, total);
            })?;
            Ok(Entry { path: source.name.clone(), bytes, sha256 })
        })
        .collect()
}

/// Writes the archive to `out`, which must not exist, and syncs it. On failure nothing is left.
///
/// # Errors
/// A file cannot be read, has become shorter, or the disk is full.
pub fn write(
    out: &Path,
    manifest: &Manifest,
    sources: &[Source],
    progress: Progress<'_>,
) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(out)?;
    let written = archive(file, manifest, sources, progress);
    if written.is_err() {
        // The first failure is the one to tell.
        let _ = std::fs::remove_file(out);
    }
    written
}

fn archive(
    file: File,
    manifest: &Manifest,
    sources: &[Source],
    progress: Progress<'_>,
) -> io::Result<()> {
    let mut packed = Encoder::new(BufWriter::new(file), LEVEL)?;
    packed.include_checksum(true)?;
    let mut archive = Builder::new(packed);
    let text = serde_json::to_vec_pretty(manifest)?;
    archive.append_data(&mut header(text.len() as u64, manifest), NAME, text.as_slice())?;
    let (total, mut done) = (manifest.bytes(), 0);
    for (source, entry) in sources.iter().zip(&manifest.files) {
        let file = File::open(&source.file)?;
        let reader = Counted {
            inner: io::Read::take(file, entry.bytes),
            moved: |moved: u64| {
                done += moved;
                progress(done, total);
            },
        };
        archive.append_data(&mut header(entry.bytes, manifest), &entry.path, reader)?;
    }
    let mut file = archive.into_inner()?.finish()?;
    file.flush()?;
    file.get_ref().sync_all()
}

fn header(bytes: u64, manifest: &Manifest) -> Header {
    let mut header = Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(MODE);
    header.set_mtime(u64::try_from(manifest.made_at.0.as_micros() / 1_000_000).unwrap_or(0));
    header
}

/// Tells how much was read.
struct Counted<R, F> {
    inner: R,
    moved: F,
}

impl<R: io::Read, F: FnMut(u64)> io::Read for Counted<R, F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        (self.moved)(read as u64);
        Ok(read)
    }
}
