//! Whether the data folder can be written, has room, and is quick enough for the journal.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use super::finding::Finding;
use crate::config::Settings;

/// Below this, hours of calls are left.
const FREE_WRONG: u64 = 1 << 30;
/// Below this, days.
const FREE_WARNING: u64 = 10 << 30;
/// The journal writes in groups; a write that takes longer than this is felt by callers.
const SLOW: Duration = Duration::from_millis(25);
/// From here on effects leave before they are durable.
const TOO_SLOW: Duration = Duration::from_millis(250);
/// How often the time of a write is taken.
const WRITES: usize = 20;

/// Looks at the data folder.
pub async fn look(settings: &Settings) -> Vec<Finding> {
    let folder = settings.data.folder.clone();
    let looked = tokio::task::spawn_blocking(move || [space(&folder), speed(&folder)]).await;
    looked.map(Vec::from).unwrap_or_default()
}

/// The folder, or the nearest one above that exists.
fn existing(folder: &Path) -> PathBuf {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let found = absolute.ancestors().find(|folder| folder.is_dir());
    found.map_or_else(|| PathBuf::from("/"), Path::to_owned)
}

fn space(folder: &Path) -> Finding {
    let check = "disk space";
    match free(&existing(folder)) {
        Ok(free) => judge_space(check, free),
        Err(error) => Finding::wrong(
            check,
            format!("{}: {error}", folder.display()),
            "set `data.folder` to a folder on a disk of this machine",
        ),
    }
}

/// Bytes free for this user on the disk of `folder`.
///
/// # Errors
/// The folder cannot be looked at.
pub fn free(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Pure.
fn judge_space(check: &str, free: u64) -> Finding {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let found = format!("{:.1} GB free", free as f64 / 1e9);
    match free {
        free if free < FREE_WRONG => Finding::wrong(
            check,
            found,
            "make room or enlarge the disk: without room calls go on, but nothing is recorded",
        ),
        free if free < FREE_WARNING => {
            Finding::warning(check, found, "make room: recordings take 60 MB an hour and line")
        }
        _ => Finding::ok(check, found),
    }
}

fn speed(folder: &Path) -> Finding {
    let check = "disk writes";
    let there = existing(folder);
    match writes(&there) {
        Ok(times) => judge_speed(check, &times),
        Err(error) => Finding::wrong(
            check,
            format!("{} cannot be written: {error}", there.display()),
            "give the folder to the service's user: `chown -R helpline:helpline FOLDER`",
        ),
    }
}

/// How long writes take that are on the disk, not in memory.
fn writes(folder: &Path) -> io::Result<Vec<Duration>> {
    let file = tempfile::Builder::new().prefix(".helpline-doctor-").tempfile_in(folder)?;
    let mut file: &File = file.as_file();
    let mut times = Vec::new();
    for _ in 0..WRITES {
        let began = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}

/// Pure; `times` are sorted.
fn judge_speed(check: &str, times: &[Duration]) -> Finding {
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    let worst = times.last().copied().unwrap_or_default();
    let found = format!(
        "a write is safe after {:.1} ms, {:.1} ms at worst",
        middle.as_secs_f64() * 1e3,
        worst.as_secs_f64() * 1e3
    );
    let to_do = "use a disk of this machine (SSD), no network share, and see what else writes";
    match middle {
        middle if middle > TOO_SLOW => Finding::wrong(check, found, to_do),
        middle if middle > SLOW => Finding::warning(check, found, to_do),
        _ => Finding::ok(check, found),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn room_and_speed_are_judged_by_what_calls_need() {
        let space = |free| judge_space("x", free).verdict;
        assert_eq!(space(500 << 20), Verdict::Wrong);
        assert_eq!(space(5 << 30), Verdict::Warning);
        assert_eq!(space(50 << 30), Verdict::Ok);
        let speed = |ms| judge_speed("x", &[Duration::from_millis(ms); 3]).verdict;
        assert_eq!(
            [speed(1), speed(30), speed(300)],
            [Verdict::Ok, Verdict::Warning, Verdict::Wrong]
        );
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_judged_by_the_disk_it_will_be_on() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(existing(&folder.path().join("a/b")), folder.path());
        assert_eq!(writes(folder.path()).expect("written").len(), WRITES);
    }
}
