//! A program that is killed while it records.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use telephony::media::record::Closing;

use super::bench::{Bench, DEADLINE, Feeder, config, open};

/// Tells this program, started by itself, to record into the folder that it names until it is killed.
const FOLDER: &str = "RECORD_FOR_EVER_INTO";
const RECORDINGS: u64 = 20;

#[tokio::test]
async fn after_sigkill_every_file_opens_up_to_its_last_chunk() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return record_for_ever(folder.as_ref()).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "killed::after_sigkill_every_file_opens_up_to_its_last_chunk"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("this program runs again");
    let path = |n: u64| folder.path().join(format!("{n}.rec"));
    let len = |n: u64| std::fs::metadata(path(n)).map_or(0, |metadata| metadata.len());
    let grown = async {
        // Three seconds of sound each.
        while (0..RECORDINGS).any(|n| len(n) < 48_000) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let in_time = tokio::time::timeout(DEADLINE, grown).await;
    child.kill().expect("it still runs");
    let status = child.wait().expect("it is gone");
    in_time.expect("it records");
    assert!(!status.success());
    for n in 0..RECORDINGS {
        let opened = open(&path(n));
        assert_eq!(opened.summary.damages, [], "recording {n}");
        assert_eq!(opened.summary.closing, Closing::NotClosed);
        assert!(opened.summary.samples >= 2 * 8000, "{} samples", opened.summary.samples);
        opened.assert_tones(0..opened.channels[0].len());
    }
}

async fn record_for_ever(folder: &Path) {
    let bench = Bench::start(folder, config());
    for n in 0..RECORDINGS {
        bench.begin(n).await.expect("room");
    }
    let mut feeder = Feeder::new(bench.recorder.port());
    // Not quite for ever, lest a parent that dies leave it behind.
    feeder.feed(0..RECORDINGS, 50 * 120).await;
}
