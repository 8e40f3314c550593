//! More than it can take: nothing waits, what is lost is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
use telephony::driver::media::recorder::{RecorderConfig, RecorderEvent};
use telephony::media::record::RecordingId;

use super::bench::{Bench, Feeder, config, now, open};

#[tokio::test]
async fn a_thousand_recordings_at_once_keep_all_that_was_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bench = Bench::start(folder.path(), config());
    for n in 0..1000 {
        bench.begin(n).await.expect("room");
    }
    let mut feeder = Feeder::new(bench.recorder.port());
    feeder.feed(0..1000, 50).await;
    for n in 0..1000 {
        bench.recorder.end(RecordingId(n), now()).expect("heard");
    }
    for _ in 0..1000 {
        let event = bench.event().await;
        assert!(matches!(event, RecorderEvent::RecordingEnded { .. }), "{event:?}");
    }
    println!("{} of 100000 frames dropped", feeder.dropped);
    for n in (0..1000).step_by(97) {
        let opened = open(&bench.path(n));
        assert_eq!(opened.summary.damages, []);
        if feeder.dropped == 0 {
            opened.assert_tones(0..7200);
        }
    }
}

#[tokio::test]
async fn frames_that_find_no_room_are_counted_and_nothing_waits() {
    let folder = tempfile::tempdir().expect("a folder");
    let counts = Counts::default();
    let small = RecorderConfig { queue_frames: 100, ..config() };
    let mut bench = metrics::with_local_recorder(&counts, || Bench::start(folder.path(), small));
    bench.begin(1).await.expect("room");
    let mut feeder = Feeder::new(bench.recorder.port());
    for _ in 0..10 {
        feeder.burst(1..1001);
    }
    assert!(feeder.dropped > 10_000, "twenty thousand at once, room for a hundred");
    assert_eq!(counts.full.load(Ordering::Relaxed), feeder.dropped);
    bench.recorder.end(RecordingId(1), now()).expect("heard");
    let event = bench.event().await;
    assert!(matches!(event, RecorderEvent::RecordingEnded { .. }), "{event:?}");
    assert!(counts.unknown.load(Ordering::Relaxed) > 0, "999 recordings are not open");
}

/// The counters that are looked at.
#[derive(Default)]
struct Counts {
    full: Arc<AtomicU64>,
    unknown: Arc<AtomicU64>,
}

impl metrics::Recorder for Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let dropped = key.name() == "helpline_recording_frames_dropped_total";
        match key.labels().next().map(metrics::Label::value) {
            Some("full") if dropped => Counter::from_arc(Arc::clone(&self.full)),
            Some("unknown") if dropped => Counter::from_arc(Arc::clone(&self.unknown)),
            _ => Counter::noop(),
        }
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}
