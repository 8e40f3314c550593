//! What others rely on when they watch a helpline: the list of metrics is whole, and the board shows
//! nothing that is not there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tests::program::Program;
use tests::telephone::Sipp;

/// On the board, and counted only with a certificate of our own: the tests of TLS look for it.
const WITH_A_CERTIFICATE: &str = "helpline_tls_certificate_days_left";

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
async fn the_list_of_metrics_is_whole_and_the_board_shows_what_is_there() {
    let program = Program::start(&[]).await.expect("the program starts");
    Sipp::new("brief").run(&program).await.expect("a call");
    Sipp::new("no_codec").run(&program).await.expect("a refusal");
    program.until_quiet(Duration::from_secs(60)).await.expect("the call is over");
    let text = reqwest::get(program.url("/metrics")).await.expect("an answer").text().await;
    let samples = text.expect("text");
    let samples = samples.lines().filter(|line| !line.starts_with('#'));
    let names_only = samples.filter_map(|line| line.split(['{', ' ']).next());
    let mut exported = names(&names_only.collect::<Vec<_>>().join("\n"));
    let listed = names(&read("docs/METRICS.md"));
    let unlisted: Vec<_> = exported.difference(&listed).collect();
    assert!(unlisted.is_empty(), "not in docs/METRICS.md: {unlisted:?}");

    exported.insert(WITH_A_CERTIFICATE.to_owned());
    let board: Value = serde_json::from_str(&read("deploy/grafana/helpline.json")).expect("JSON");
    let panels = board["panels"].as_array().expect("panels");
    assert!(panels.len() > 10, "a board");
    for panel in panels {
        for target in panel["targets"].as_array().expect("targets") {
            let expression = target["expr"].as_str().expect("an expression");
            let shown = names(expression);
            assert!(!shown.is_empty(), "{expression} shows nothing of ours");
            let missing: Vec<_> = shown.difference(&exported).collect();
            assert!(missing.is_empty(), "{} shows {missing:?}", panel["title"]);
        }
    }
    program.stop().await.expect("it stops in peace");
}
