//! Whether the database answers, has this program's schema, and takes writes.

use std::error::Error;

use store::Store;
use store::schema::{Schema, Standing};
use tokio::time::Instant;

use super::finding::Finding;
use crate::backup::manifest::DATABASE;
use crate::boot;
use crate::config::Settings;

const CHECK: &str = "database";

/// Opens it, without making one and without a step of the schema.
pub async fn look(settings: &Settings) -> Vec<Finding> {
    let file = settings.data.folder.join(DATABASE);
    if settings.database.url.is_none() && !file.exists() {
        return vec![Finding::warning(
            CHECK,
            format!("none yet in {}", settings.data.folder.display()),
            "the first start makes it; if there should be one, check `data.folder`",
        )];
    }
    match open(settings).await {
        Ok((store, schema)) => {
            let mut findings = vec![judge_schema(&schema)];
            findings.push(writes(&store).await);
            findings
        }
        Err(error) => vec![Finding::wrong(
            CHECK,
            format!("it cannot be read: {}", chain(error.as_ref())),
            "check `database.url`, that the server runs, and that this user may read it",
        )],
    }
}

async fn open(settings: &Settings) -> anyhow::Result<(Store, Schema)> {
    let store = Store::open(&boot::database_url(settings)?).await?;
    let schema = store.schema().await?;
    Ok((store, schema))
}

/// Pure.
fn judge_schema(schema: &Schema) -> Finding {
    let check = "database schema";
    match schema.standing() {
        Standing::Current => Finding::ok(check, format!("this program's ({})", schema.name())),
        Standing::Behind(steps) => Finding::warning(
            check,
            format!("{steps} steps behind this program's"),
            "back up, then start: the next start brings it up to date (or `helpline migrate`)",
        ),
        Standing::Empty => Finding::warning(check, "there is none yet", "the next start makes it"),
        Standing::Ahead => Finding::wrong(
            check,
            format!("newer than this program's (step {})", schema.name()),
            "use the newer program, or restore a backup of this one's days",
        ),
    }
}

async fn writes(store: &Store) -> Finding {
    let check = "database writes";
    let began = Instant::now();
    match store.try_write().await {
        Ok(()) => {
            let took = began.elapsed().as_millis();
            Finding::ok(check, format!("{:?} takes writes, {took} ms", store.backend()))
        }
        Err(error) => Finding::wrong(
            check,
            chain(&error),
            "check the disk's room, the file's owner, and that no other program locks it",
        ),
    }
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn a_newer_schema_is_wrong_and_an_older_one_is_brought_up_to_date() {
        let mut steps = Schema::of_this_program().steps;
        let verdict = |steps: &[String]| judge_schema(&Schema { steps: steps.to_vec() }).verdict;
        assert_eq!(verdict(&steps), Verdict::Ok);
        assert_eq!(verdict(&steps[..1]), Verdict::Warning);
        steps.push("m9999_later".to_owned());
        assert_eq!(verdict(&steps), Verdict::Wrong);
    }
}
