//! A recording from its beginning to its end.

use std::os::unix::fs::PermissionsExt as _;

use telephony::driver::media::recorder::{EndedBecause, RecorderEvent};
use telephony::media::record::{Closing, Consent, Mark, PauseReason, RecordingId};

use super::bench::{Bench, Feeder, config, now, open};

#[tokio::test]
async fn both_sides_are_in_their_channels_and_nothing_of_a_pause() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bench = Bench::start(folder.path(), config());
    bench.begin(1).await.expect("room");
    let id = RecordingId(1);
    let mut feeder = Feeder::new(bench.recorder.port());
    bench.recorder.consent(id, now(), Consent::Given).expect("heard");
    feeder.feed(1..2, 75).await;
    bench.recorder.pause(id, now(), PauseReason::Secret).expect("heard");
    feeder.feed(1..2, 100).await;
    bench.recorder.resume(id, now()).expect("heard");
    feeder.feed(1..2, 75).await;
    bench.recorder.end(id, now()).expect("heard");
    let event = bench.event().await;
    let RecorderEvent::RecordingEnded { recording, seconds, bytes, because } = event else {
        panic!("{event:?}");
    };
    assert_eq!((recording, because), (id, EndedBecause::Asked));
    let metadata = std::fs::metadata(bench.path(1)).expect("there is a file");
    assert_eq!(metadata.len(), bytes);
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "for nobody else");

    let opened = open(&bench.path(1));
    let summary = &opened.summary;
    assert_eq!(summary.damages, []);
    assert_eq!(summary.closing, Closing::Closed { at: summary.samples });
    assert_eq!(u64::from(seconds), summary.samples.div_ceil(8000));
    assert_eq!(summary.opening.expect("the first chunk").recording, id);
    let [(_, given), (paused_at, paused), (resumed_at, resumed)] = summary.marks[..] else {
        panic!("{:?}", summary.marks);
    };
    let expected =
        [Mark::Consent(Consent::Given), Mark::Paused(PauseReason::Secret), Mark::Resumed];
    assert_eq!([given, paused, resumed], expected);
    let [paused_at, resumed_at] = [paused_at, resumed_at].map(|at| at as usize);
    assert!(resumed_at > paused_at + 8000, "a pause of two seconds");
    opened.assert_tones(0..paused_at);
    opened.assert_tones(resumed_at..opened.channels[0].len());
    for channel in &opened.channels {
        let loudest = channel[paused_at..resumed_at].iter().map(|s| s.abs()).max();
        assert!(loudest <= Some(8), "of the pause there is a level of {loudest:?}");
    }
    bench.recorder.close().await;
}

#[tokio::test]
async fn closing_the_recorder_closes_its_recordings() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bench = Bench::start(folder.path(), config());
    let paths: Vec<_> = (0..20).map(|n| bench.path(n)).collect();
    for n in 0..20 {
        bench.begin(n).await.expect("room");
    }
    let mut feeder = Feeder::new(bench.recorder.port());
    feeder.feed(0..20, 10).await;
    // More events than their queue holds: they wait for room.
    let closing = tokio::spawn(bench.recorder.close());
    for _ in 0..20 {
        let event = bench.events.recv().await.expect("an event for each");
        let because = EndedBecause::RecorderClosed;
        let ended =
            matches!(event, RecorderEvent::RecordingEnded { because: b, .. } if b == because);
        assert!(ended, "{event:?}");
    }
    closing.await.expect("in order");
    for path in paths {
        let opened = open(&path);
        assert!(matches!(opened.summary.closing, Closing::Closed { .. }));
        opened.assert_tones(0..1280);
    }
}
