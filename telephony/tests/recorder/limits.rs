//! What is refused, and what is ended.

use std::time::Duration;

use telephony::driver::media::recorder::{
    BeginRefused, EndedBecause, RecorderConfig, RecorderEvent,
};
use telephony::media::record::{Closing, PauseReason, RecordingId};

use super::bench::{Bench, config, now, open};

#[tokio::test]
async fn a_recording_that_cannot_be_is_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bench = Bench::start(folder.path(), RecorderConfig { open_max: 2, ..config() });
    bench.begin(1).await.expect("room");
    let refused = bench.begin(1).await.expect_err("it is open");
    assert!(matches!(refused, BeginRefused::AlreadyOpen), "{refused}");

    std::fs::write(bench.path(2), "precious").expect("writable");
    let refused = bench.begin(2).await.expect_err("the file is there");
    assert!(matches!(refused, BeginRefused::Create(_)), "{refused}");
    let kept = std::fs::read(bench.path(2)).expect("still there");
    assert_eq!(kept, b"precious", "nothing is overwritten");

    bench.folder = folder.path().join("nowhere");
    let refused = bench.begin(3).await.expect_err("no such folder");
    assert!(matches!(refused, BeginRefused::Create(_)), "{refused}");
    bench.folder = folder.path().to_owned();

    bench.begin(4).await.expect("room");
    let refused = bench.begin(5).await.expect_err("two are open");
    assert!(matches!(refused, BeginRefused::TooMany { open: 2 }), "{refused}");
    bench.recorder.end(RecordingId(4), now()).expect("heard");
    bench.event().await;
    bench.begin(5).await.expect("room again");
    assert!(!bench.path(3).exists());
    bench.recorder.close().await;
}

#[tokio::test]
async fn without_free_space_no_recording_begins() {
    let folder = tempfile::tempdir().expect("a folder");
    let bench = Bench::start(folder.path(), RecorderConfig { free_min: u64::MAX, ..config() });
    let refused = bench.begin(1).await.expect_err("nobody has so much");
    let text = refused.to_string();
    let BeginRefused::NoRoom { free, needed: u64::MAX } = refused else {
        panic!("{refused}");
    };
    assert!(free > 0 && text.contains(&free.to_string()), "{text}");
    assert!(!bench.path(1).exists());
}

#[tokio::test]
async fn a_recording_that_is_too_long_is_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let length_max = Duration::from_secs(1);
    let mut bench = Bench::start(folder.path(), RecorderConfig { length_max, ..config() });
    bench.begin(1).await.expect("room");
    let event = bench.event().await;
    let RecorderEvent::RecordingEnded { seconds: 1, because: EndedBecause::TooLong, .. } = event
    else {
        panic!("{event:?}");
    };
    assert_eq!(open(&bench.path(1)).summary.closing, Closing::Closed { at: 8000 });
}

#[tokio::test]
async fn commands_for_a_recording_that_is_not_there_do_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bench = Bench::start(folder.path(), config());
    let nobody = RecordingId(404);
    bench.recorder.pause(nobody, now(), PauseReason::Hold).expect("heard");
    bench.recorder.resume(nobody, now()).expect("heard");
    bench.recorder.end(nobody, now()).expect("heard");
    bench.begin(1).await.expect("room");
    bench.recorder.end(RecordingId(1), now()).expect("heard");
    let ended = matches!(bench.event().await, RecorderEvent::RecordingEnded { recording, .. }
        if recording == RecordingId(1));
    assert!(ended, "the one that was there");
}
