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

/// The database's copy, the settings' file, and everything else in the data folder.
///
/// # Errors
/// A folder cannot be read.
pub fn sources(data: &Path, copy: &Path, settings: Option<&Path>) -> io::Result<Vec<Source>> {
    let mut found = vec![Source { file: copy.to_owned(), name: DATABASE.to_owned() }];
    if let Some(file) = settings {
        found.push(Source { file: file.to_owned(), name: SETTINGS.to_owned() });
    }
    let mut folders = vec![(data.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let Some(own) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let name = format!("{prefix}{own}");
            let left_out = LEFT_OUT.contains(&name.as_str()) || name == SETTINGS;
            let kind = entry.file_type()?;
            if left_out || entry.path() == copy {
                continue;
            }
            if kind.is_dir() {
                folders.push((entry.path(), format!("{name}/")));
            } else if kind.is_file() {
                found.push(Source { file: entry.path(), name });
            }
        }
    }
    found[1..].sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
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
        let found = sources(folder.path(), &at("copy.db"), Some(&settings)).expect("read");
        let names: Vec<_> = found.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names, ["helpline.db", "helpline.toml", "recordings/2026/11/a.rec"]);
        assert_eq!(found[0].file, at("copy.db"));
    }
}
