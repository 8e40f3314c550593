//! The arrows between crates, and which crate alone knows what. See `ARCHITECTURE.md`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// Who may use whom, among our own crates, in the program (not in its tests).
const ARROWS: &[(&str, &[&str])] = &[
    ("ids", &[]),
    ("routing", &["ids"]),
    ("telephony", &["ids"]),
    ("migrations", &[]),
    ("store", &["ids", "migrations"]),
    ("crm", &["ids", "store"]),
    ("hims", &["ids", "store"]),
    ("switchboard", &["ids", "routing", "telephony", "crm", "hims", "migrations", "store"]),
    ("web", &["ids", "routing", "telephony", "crm", "hims", "migrations", "store", "switchboard"]),
    ("xtask", &[]),
];

/// What only some crates may know.
const SECRETS: &[(&str, &[&str])] = &[
    ("sea-orm", &["store", "crm", "hims"]),
    ("sea-orm-migration", &["migrations", "store"]),
    ("rsipstack", &["telephony"]),
    ("webrtc", &["telephony"]),
    ("rtc", &["telephony"]),
    ("axum", &["web"]),
    ("tantivy", &["crm"]),
];

/// What a `no_std` crate may use: nothing with a clock, a thread or a socket in it.
const PURE: &[(&str, &[&str])] = &[
    ("ids", &["arrayvec", "serde", "uuid"]),
    ("routing", &["arrayvec", "ids", "serde", "serde_json"]),
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root)
        .output()
        .context("cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed");
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let mut findings = Vec::new();
    for package in &metadata.packages {
        findings.extend(check_package(package));
        let manifest = std::fs::read_to_string(root.join(&package.name).join("Cargo.toml"))?;
        if !manifest.contains("[lints]\nworkspace = true") {
            findings.push(format!("{}: add `[lints] workspace = true`", package.name));
        }
    }
    Ok(findings)
}

fn check_package(package: &Package) -> Vec<String> {
    let arrows: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    let name = package.name.as_str();
    // `tests` may use everything.
    let Some(allowed) = arrows.get(name) else {
        return if name == "tests" { Vec::new() } else { vec![format!("{name}: no arrows drawn")] };
    };
    let used = package.dependencies.iter().filter(|used| used.kind.is_none());
    let mut findings = Vec::new();
    for used in used.map(|used| used.name.as_str()) {
        if arrows.contains_key(used) && !allowed.contains(&used) {
            findings.push(format!("{name} must not use {used}: see the arrows in ARCHITECTURE.md"));
        }
        if let Some((_, knowers)) = SECRETS.iter().find(|(secret, _)| *secret == used)
            && !knowers.contains(&name)
        {
            findings.push(format!("{name} must not know {used}; only {} may", knowers.join(", ")));
        }
        if let Some((_, pure)) = PURE.iter().find(|(crate_name, _)| *crate_name == name)
            && !pure.contains(&used)
        {
            findings.push(format!("{name} is pure; it must not use {used}"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, used: &[&str]) -> Package {
        let dependency = |name: &&str| Dependency { name: (*name).to_owned(), kind: None };
        Package { name: name.to_owned(), dependencies: used.iter().map(dependency).collect() }
    }

    #[test]
    fn a_wrong_arrow_a_leaked_secret_and_an_impure_floor_are_found() {
        assert!(check_package(&package("crm", &["ids", "store", "tantivy"])).is_empty());
        assert_eq!(check_package(&package("crm", &["routing"])).len(), 1);
        assert_eq!(check_package(&package("web", &["sea-orm"])).len(), 1);
        assert_eq!(check_package(&package("routing", &["tokio"])).len(), 1);
        assert_eq!(check_package(&package("newcomer", &[])).len(), 1);
    }
}
