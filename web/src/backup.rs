//! A backup: one file with the database, the recordings and the settings, and a list of what is in it.
//!
//! A tar archive packed with zstd. Its first entry is the [`manifest`]; the rest are the files that it
//! lists. [`collect`] finds what belongs in, [`mod@write`] makes the file, [`read`] takes it apart and
//! believes nothing that does not have the sum that the manifest gives. The search index is not in it:
//! it is built anew from the records. The file is *not* encrypted, but for the recordings, which are
//! already; it is made readable by its owner alone.

pub mod collect;
pub mod manifest;
pub mod read;
pub mod write;

use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256};

/// Of what a file is read or written at once, bytes.
const PIECE: usize = 128 * 1024;

/// Bytes done, bytes in all.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Copies at most `limit` bytes; how many there were, and their SHA-256 in hexadecimal digits.
pub(crate) fn copy_summed(
    from: &mut impl Read,
    to: &mut impl Write,
    limit: u64,
    mut moved: impl FnMut(u64),
) -> io::Result<(u64, String)> {
    let mut from = from.take(limit);
    let (mut sum, mut total, mut piece) = (Sha256::new(), 0_u64, vec![0; PIECE]);
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            return Ok((total, hex(&sum.finalize())));
        }
        sum.update(&piece[..read]);
        to.write_all(&piece[..read])?;
        total += read as u64;
        moved(read as u64);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
