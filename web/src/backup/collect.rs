//! What belongs into a backup. Reads folders.

use std::io;
use std::path::{Path, PathBuf};

use super::manifest::{DATABASE, SETTINGS};

/// What lies in the data folder and is not backed up: the database itself, of which a copy is, and what
/// is made anew from it.
const LEFT_OUT: &[&str] = &[DATABASE, "helpline.db-wal", "helpline.db-shm", "search"];

/// A file for the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it is.
    pub file: PathBuf,
    /// Its name in the archive.
    pub name: String,
}

/// Where recordings lie in the archive, if their folder is not in the data folder.
const RECORDINGS: &str = "recordings";

/// What is kept where.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// The data folder.
    pub data: &'a Path,
    /// A copy of the database.
    pub copy: &'a Path,
    /// The file of settings, if one is given.
    pub settings: Option<&'a Path>,
    /// The folder of the recordings, if the settings name one.
    pub recordings: Option<&'a Path>,
}

/// The database's copy, the settings' file, the recordings, and everything else in the data folder.
///
/// # Errors
/// A folder cannot be read.
pub fn sources(kept: Kept<'_>) -> io::Result<Vec<Source>> {
    let mut found = vec![Source { file: kept.copy.to_owned(), name: DATABASE.to_owned() }];
    if let Some(file) = kept.settings {
        found.push(Source { file: file.to_owned(), name: SETTINGS.to_owned() });
    }
    walk(kept.data, String::new(), kept.copy, &mut found)?;
    // Inside the data folder they are found already.
    let apart = kept.recordings.filter(|folder| folder.exists() && !folder.starts_with(kept.data));
    if let Some(folder) = apart {
        walk(folder, format!("{RECORDINGS}/"), kept.copy, &mut found)?;
    }
    found[1..].sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn walk(folder: &Path, prefix: String, copy: &Path, found: &mut Vec<Source>) -> io::Result<()> {
    let mut folders = vec![(folder.to_owned(), prefix)];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let Some(own) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let name = format!("{prefix}{own}");
            let left_out = LEFT_OUT.contains(&name.as_str()) || name == SETTINGS;
            if left_out || entry.path() == copy {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push((entry.path(), format!("{name}/")));
            } else if kind.is_file() {
                found.push(Source { file: entry.path(), name });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_the_data_folder_but_what_is_made_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in ["search/generation-1", "recordings/2026/11"] {
            std::fs::create_dir_all(at(name)).expect("made");
        }
        for name in [
            "helpline.db",
            "helpline.db-wal",
            "search/current",
            "search/generation-1/meta.json",
            "recordings/2026/11/a.rec",
            "copy.db",
        ] {
            std::fs::write(at(name), name).expect("written");
        }
        let settings = PathBuf::from("/etc/helpline/own.toml");
        let apart = tempfile::tempdir().expect("a folder");
        std::fs::write(apart.path().join("b.rec"), "b").expect("written");
        let (data, copy) = (folder.path(), at("copy.db"));
        let kept = |recordings| Kept { data, copy: &copy, settings: Some(&settings), recordings };
        let found = sources(kept(Some(apart.path()))).expect("read");
        let names: Vec<_> = found.iter().map(|source| source.name.as_str()).collect();
        let all = ["helpline.db", "helpline.toml", "recordings/2026/11/a.rec", "recordings/b.rec"];
        assert_eq!(names, all);
        let inside = sources(kept(Some(&at("recordings")))).expect("read");
        assert_eq!(inside.len(), 3, "found once");
        assert_eq!(found[0].file, at("copy.db"));
    }
}
