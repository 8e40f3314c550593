//! The people at the desks: accounts made by an administrator's machine, passwords set through the
//! one-time links, signed in. Does I/O.

use anyhow::{Context as _, Result};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;

use super::{AGENT_HERTZ, CALLER_HERTZ, Place};
use crate::desk::{self, Api, Desk};
use crate::program::PASSWORD;

/// Accounts made at once: each password costs the helpline 20 ms of a processor twice.
const AT_ONCE: usize = 4;

/// Operators, signed in, of the queue behind 104.
///
/// # Errors
/// The helpline refused.
pub async fn operators(place: &Place, count: u32) -> Result<Vec<Api>> {
    let names = (0..count).map(|n| person(place, name("desk", n), "operator"));
    stream::iter(names).buffer_unordered(AT_ONCE).try_collect().await
}

/// A supervisor, signed in.
///
/// # Errors
/// The helpline refused.
pub async fn supervisor(place: &Place) -> Result<Api> {
    person(place, name("watch", 0), "supervisor").await
}

/// Brings these people to the floor; they are offline still.
///
/// # Errors
/// The helpline refused, or audio did not connect.
pub async fn to_desks(people: Vec<Api>) -> Result<Vec<Desk>> {
    let desks = people.into_iter().map(|api| Desk::open(api, AGENT_HERTZ, CALLER_HERTZ));
    stream::iter(desks).buffer_unordered(AT_ONCE).try_collect().await
}

/// All say "Available".
///
/// # Errors
/// The helpline refused.
pub async fn available(desks: &[Desk]) -> Result<()> {
    for desk in desks {
        desk.available().await?;
    }
    Ok(())
}

/// Names of one run differ from those of the run before against the same helpline.
fn name(what: &str, n: u32) -> String {
    static RUNS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let run = RUNS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    format!("{what}-{}-{run}-{n}", std::process::id())
}

async fn person(place: &Place, username: String, role: &str) -> Result<Api> {
    let new = json!({
        "username": username,
        "name": username,
        "role": role,
        "languages": ["hi", "en"],
        "queues": ["health"],
    });
    let machine = place.machine();
    let made = machine.post("/users", Some(&new)).await?;
    let link = made["link"].as_str().context("a one-time link")?;
    let (_, token) = link.rsplit_once("token=").context("a token in the link")?;
    let setup = json!({ "token": token, "password": PASSWORD });
    machine.post("/session/setup", Some(&setup)).await?;
    desk::sign_in(place.http, &username, PASSWORD).await
}
