//! Crates that `deny.toml` bans must not stand in the lock file. `cargo deny` checks more (licences,
//! advisories); this needs no network and runs every time.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Deserialize)]
struct Policy {
    bans: Bans,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
}

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let read = |name: &str| std::fs::read_to_string(root.join(name)).context(name.to_owned());
    find(&read("deny.toml")?, &read("Cargo.lock")?)
}

fn find(policy: &str, lock: &str) -> Result<Vec<String>> {
    let policy: Policy = toml::from_str(policy).context("deny.toml")?;
    let lock: Lock = toml::from_str(lock).context("Cargo.lock")?;
    let banned = policy.bans.deny.iter().filter_map(|ban| {
        let locked = lock.package.iter().any(|package| package.name == ban.name);
        locked.then(|| format!("Cargo.lock: {} came in; {}", ban.name, ban.reason))
    });
    Ok(banned.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_banned_crate_in_the_lock_file_is_found() {
        let policy = "[bans]\ndeny = [{ crate = \"openssl-sys\", reason = \"one TLS\" }]";
        let lock = |name: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n");
        assert_eq!(find(policy, &lock("openssl-sys")).expect("readable").len(), 1);
        assert!(find(policy, &lock("ring")).expect("readable").is_empty());
    }
}
