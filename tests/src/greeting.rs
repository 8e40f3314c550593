//! Greetings for tests: what a caller hears before a person, replaced over the API. Does I/O.

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::json;

use crate::desk::Api;

/// The line whose greeting is replaced. Its talks are not recorded, so that nothing at all is said
/// before a person answers.
pub const STRAIGHT_LINE: &str = "1031";
/// One language and no question.
const STRAIGHT: &str = "name = \"schemes\"\nlanguages = [\"hi\"]\nfirst = \"queue\"\n\
    known = \"queue\"\n\n[steps.queue]\nkind = \"to_queue\"\nqueue = \"schemes\"\n";

/// From now on a call to [`STRAIGHT_LINE`] goes straight to its queue: no language, no menu.
///
/// # Errors
/// The helpline refused.
pub async fn straight_to_the_queue(machine: &Api) -> Result<()> {
    let new = json!({ "text": STRAIGHT, "note": "straight to the queue" });
    let draft = machine.post("/flows/schemes/versions", Some(&new)).await?;
    let version = draft["version"]["version"].as_i64().context("a version has a number")?;
    let in_force = machine.get("/flows/schemes").await?;
    let serial = in_force["serial"].as_i64().context("what is in force has a serial")?;
    let publish =
        machine.request(Method::POST, &format!("/flows/schemes/versions/{version}/publish"));
    let answer = publish.header("if-match", format!("\"{serial}\"")).send().await?;
    ensure!(answer.status().is_success(), "publishing: {}", answer.text().await?);
    Ok(())
}
