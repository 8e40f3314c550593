//! The second floor beside the first: what it counts after a restart, and what it leaves behind when
//! the journal does not replay.

use std::path::PathBuf;
use std::time::Duration;

use ids::Timestamp;
use routing::Alert;
use routing::metrics::{Figures, Targets};
use store::journal::{Entry, Journal};
use switchboard::Happening;
use switchboard::replay::repro;
use tokio::time::{sleep, timeout};

use crate::support::{Bench, health};

/// Until the condition holds; a busy machine gets its time.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let holding = async {
        while !holds() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), holding).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// A bench that stops, has this written into its journal, and starts again.
async fn restarted_after(lines: &[String]) -> Bench {
    let bench = Bench::start().await;
    let at = bench.exchange.clock().now();
    bench.exchange.stop().await;
    let journal = Journal::open(bench.store(), "floor").await.expect("opens");
    let entries = lines.iter().map(|event| Entry { at, event: event.clone() });
    journal.append(entries.collect()).await.expect("written");
    journal.close().await;
    Bench::start_with(bench.db, |sip| sip).await
}

fn arrival(number: u32, effects: &str) -> String {
    format!(
        r#"{{"event":"caller_arrived","call":"00000000-0000-0000-0000-00000000000{number}",
            "queue":"health","class":"standard","language":null,"since":0,"head":false{effects}}}"#
    )
}

fn figures(bench: &Bench) -> Option<Figures> {
    let metrics = bench.exchange.queue_metrics()?;
    let (begin, end) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
    Some(metrics.figures(health(), begin, end, &Targets::default(), |_| true))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_come_back_from_the_journal_and_go_on() {
    let bench = restarted_after(&[arrival(1, ""), arrival(2, "")]).await;
    // The two died with the program that had them: offered, and failed, the one before the restart and
    // the other after it.
    until("two are counted as failed", || {
        figures(&bench).is_some_and(|found| (found.counts.offered, found.counts.failed) == (2, 2))
    })
    .await;
    assert!(figures(&bench).expect("counted").counts.reconciles());
    bench.exchange.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_does_not_replay_is_an_alert_and_a_file_that_runs() {
    let strange = arrival(1, r#","effects":"0123456789abcdef""#);
    let bench = restarted_after(&[strange]).await;
    let alerts = || {
        let missed = bench.exchange.subscribe(Some(0)).missed.unwrap_or_default();
        let alerted = missed.into_iter().filter_map(|event| {
            let Happening::Alerted(Alert::PromiseBroken { position }) = event.happening else {
                return None;
            };
            Some(position)
        });
        alerted.collect::<Vec<_>>()
    };
    until("the supervisors are told", || !alerts().is_empty()).await;
    let folder = bench.db.folder().join("breaches");
    let files = || -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        paths.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect()
    };
    until("a file is written", || files().len() == 1).await;
    bench.exchange.stop().await;
    assert_eq!(alerts().len(), 1, "told once, however often it looks");
    let rerun = repro::run_file(&files()[0]).expect("the file runs");
    assert_eq!(rerun.broken, None);
    assert!(rerun.breach.contains("position"), "{}", rerun.breach);
}
