//! What others rely on when they watch a helpline: the list of metrics is whole, and the board shows
//! nothing that is not there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tests::program::Program;
use tests::telephone::Sipp;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("a file of ours")
}

/// Every name of a metric in a text; a histogram's parts by the histogram's name.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = words.filter(|word| word.starts_with("helpline_"));
    let base = |word: &str| {
        let parts = ["_bucket", "_sum", "_count"];
        parts.iter().find_map(|part| word.strip_suffix(part)).unwrap_or(word).to_owned()
    };
    ours.map(base).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_in_the_list() {
    let program = Program::start(&[]).await.expect("the program starts");
    Sipp::new("brief").run(&program).await.expect("a call");
    Sipp::new("no_codec").run(&program).await.expect("a refusal");
    program.until_quiet(Duration::from_secs(60)).await.expect("the call is over");
    let text = reqwest::get(program.url("/metrics")).await.expect("an answer").text().await;
    let samples = text.expect("text");
    let samples = samples.lines().filter(|line| !line.starts_with('#'));
    let names_only = samples.filter_map(|line| line.split(['{', ' ']).next());
    let exported = names(&names_only.collect::<Vec<_>>().join("\n"));
    assert!(exported.len() > 20, "the metrics were read: {exported:?}");
    let listed = names(&read("docs/METRICS.md"));
    let unlisted: Vec<_> = exported.difference(&listed).collect();
    assert!(unlisted.is_empty(), "not in docs/METRICS.md: {unlisted:?}");
}

#[test]
fn the_board_shows_what_is_there() {
    let board: Value = serde_json::from_str(&read("deploy/grafana/helpline.json")).expect("JSON");
    let counted = counted();
    let panels = board["panels"].as_array().expect("panels");
    assert!(panels.len() > 10, "a board");
    for panel in panels {
        for target in panel["targets"].as_array().expect("targets") {
            let expression = target["expr"].as_str().expect("an expression");
            let shown = names(expression);
            assert!(!shown.is_empty(), "{expression} shows nothing of ours");
            let missing: Vec<_> = shown.difference(&counted).collect();
            assert!(missing.is_empty(), "{} shows {missing:?}", panel["title"]);
        }
    }
}

#[test]
fn every_metric_of_the_sources_is_in_the_list() {
    let listed = names(&read("docs/METRICS.md"));
    let counted = counted();
    let unlisted: Vec<_> = counted.difference(&listed).collect();
    assert!(unlisted.is_empty(), "not in docs/METRICS.md: {unlisted:?}");
}

/// Every metric that the program can count.
fn counted() -> BTreeSet<String> {
    let mut counted = BTreeSet::new();
    for part in ["crm", "store", "switchboard", "telephony", "web"] {
        counted_in(&root().join(part).join("src"), &mut counted);
    }
    assert!(counted.len() > 50, "the sources were read: {counted:?}");
    counted
}

/// Every name of a metric in the source files of a folder.
fn counted_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of ours").flatten() {
        let path = entry.path();
        if path.is_dir() {
            counted_in(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let source = std::fs::read_to_string(&path).expect("a file of ours");
            for counts in ["counter!(", "gauge!(", "histogram!(", "add("] {
                let after = source.split(counts).skip(1).map(str::trim_start);
                found.extend(after.filter_map(|rest| {
                    let name = rest.strip_prefix('"')?.split('"').next()?;
                    name.starts_with("helpline_").then(|| name.to_owned())
                }));
            }
        }
    }
}
