//! The rules, each a function from the tree to findings. Reads files; changes nothing.

mod arrows;
mod bans;
mod leftovers;
mod lengths;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Every finding in the tree under `root`, as lines that name file, place and remedy.
pub(crate) fn run(root: &Path) -> Result<Vec<String>> {
    let files = tracked_files(root)?;
    let mut findings = arrows::check(root)?;
    findings.extend(bans::check(root)?);
    let ratchet = lengths::Ratchet::read(&root.join("xtask/ratchet.toml"))?;
    for file in &files {
        let Ok(text) = std::fs::read_to_string(root.join(file)) else { continue };
        findings.extend(leftovers::check(file, &text));
        findings.extend(lengths::check(file, &text, &ratchet));
    }
    findings.extend(lengths::stale(&files, root, &ratchet));
    Ok(findings)
}

/// Files under version control, and new ones that are not ignored.
fn tracked_files(root: &Path) -> Result<Vec<PathBuf>> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(root)
        .output()
        .context("git ls-files")?;
    ensure!(listed.status.success(), "git ls-files failed");
    let text = String::from_utf8(listed.stdout).context("a file name is not UTF-8")?;
    Ok(text.split_terminator('\0').map(PathBuf::from).collect())
}
