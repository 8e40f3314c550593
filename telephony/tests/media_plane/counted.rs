//! The plane's own counts, kept for the tests to read.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    set_global_recorder,
};
use tokio::time::sleep;

static COUNTS: Mutex<Option<HashMap<String, Arc<AtomicU64>>>> = Mutex::new(None);
static INSTALLED: Once = Once::new();

/// Sums each counter over its labels.
struct Counts;

impl Recorder for Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let mut counts = COUNTS.lock().expect("no panic");
        let counts = counts.get_or_insert_default();
        Counter::from_arc(counts.entry(key.name().to_owned()).or_default().clone())
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// Counts from now on.
pub(crate) fn install() {
    INSTALLED.call_once(|| set_global_recorder(Counts).expect("the only recorder"));
}

/// What was counted under this name until now.
pub(crate) fn counted(name: &str) -> u64 {
    let counts = COUNTS.lock().expect("no panic");
    let count = counts.as_ref().and_then(|counts| counts.get(name));
    count.map_or(0, |count| count.load(Ordering::Relaxed))
}

/// Waits until at least so much is counted; lanes count aloud once a second.
pub(crate) async fn until_counted(name: &str, at_least: u64) {
    for _ in 0..200 {
        if counted(name) >= at_least {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("{name} is {}, not {at_least}", counted(name));
}
