//! A disk that takes no more.

use std::path::Path;
use std::process::Command;

use telephony::driver::media::recorder::{RecorderEvent, RecordingFault};
use telephony::media::record::{Closing, RecordingId};

use super::bench::{Bench, Feeder, config, open};

/// Tells this program, started by itself, to record into the folder that it names.
const FOLDER: &str = "RECORD_INTO_LIMITED_FILES";
/// Blocks of 512 bytes (1024 in some shells) that a file may have: some seconds of sound.
const BLOCKS: u64 = 96;

#[tokio::test]
async fn a_full_disk_stops_one_recording_once_and_leaves_its_file_readable() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return record_until_full(folder.as_ref()).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    // The kernel refuses to make a file longer than this, as it does on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f {BLOCKS}; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", "--nocapture"])
        .arg("full::a_full_disk_stops_one_recording_once_and_leaves_its_file_readable")
        .env(FOLDER, folder.path())
        .output()
        .expect("this program runs again");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");

    let full = open(&folder.path().join("1.rec"));
    assert_eq!(full.summary.damages, [], "the torn chunk was cut off");
    assert_eq!(full.summary.closing, Closing::NotClosed);
    assert!(full.summary.samples >= 8000);
    full.assert_tones(0..full.channels[0].len());
    let other = open(&folder.path().join("2.rec"));
    assert!(matches!(other.summary.closing, Closing::Closed { .. }), "the other went on");
}

async fn record_until_full(folder: &Path) {
    let mut bench = Bench::start(folder, config());
    let mut feeder = Feeder::new(bench.recorder.port());
    bench.begin(1).await.expect("room");
    bench.begin(2).await.expect("room");
    let event = loop {
        feeder.feed(1..2, 1).await;
        if let Ok(event) = bench.events.try_recv() {
            break event;
        }
        assert!(feeder.at < 60 * 8000, "a minute fits into a file of {BLOCKS} blocks");
    };
    let why = RecordingFault::FileTooLarge;
    assert_eq!(event, RecorderEvent::RecordingFailed { recording: RecordingId(1), why });
    // The media threads know nothing of it and go on; so does the other recording.
    feeder.feed(1..3, 20).await;
    assert_eq!(feeder.dropped, 0);
    assert!(bench.events.try_recv().is_err(), "one event, no more");
    bench.recorder.close().await;
    let ended = bench.events.recv().await;
    let other = matches!(ended, Some(RecorderEvent::RecordingEnded { recording, .. })
        if recording == RecordingId(2));
    assert!(other, "{ended:?}");
    assert_eq!(bench.events.recv().await, None);
}
