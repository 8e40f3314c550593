//! A call whose task panics ends that call, with the cause recorded, and no other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ids::LegId;
use store::testing::TestDb;
use telephony::call::{EndCause, Refusal};
use telephony::driver::sip::{SipCounts, SipPort, StationCall, TakenBack};
use telephony::driver::station::StationAddress;
use telephony::driver::trunk::TrunkView;

use crate::support::Bench;

/// SIP that panics at the first answer, in the task of the call that asks for it.
struct PanicsOnce {
    inner: Arc<dyn SipPort>,
    done: AtomicBool,
}

impl SipPort for PanicsOnce {
    fn ring(&self, leg: LegId) {
        self.inner.ring(leg);
    }

    fn answer(&self, leg: LegId, description: String) {
        assert!(self.done.swap(true, Ordering::Relaxed), "a panic on purpose");
        self.inner.answer(leg, description);
    }

    fn describe(&self, leg: LegId, description: Result<String, Refusal>) {
        self.inner.describe(leg, description);
    }

    fn refuse(&self, leg: LegId, refusal: Refusal) {
        self.inner.refuse(leg, refusal);
    }

    fn hang_up(&self, leg: LegId) {
        self.inner.hang_up(leg);
    }

    fn may_call(&self, station: &StationAddress) -> bool {
        self.inner.may_call(station)
    }

    fn place(&self, leg: LegId, call: StationCall) {
        self.inner.place(leg, call);
    }

    fn take_back(&self, leg: LegId, why: TakenBack) {
        self.inner.take_back(leg, why);
    }

    fn counts(&self) -> SipCounts {
        self.inner.counts()
    }

    fn trunks(&self) -> Vec<TrunkView> {
        self.inner.trunks()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_ends_its_own_call_and_the_next_one_is_answered() {
    let wrap = |inner| -> Arc<dyn SipPort> {
        Arc::new(PanicsOnce { inner, done: AtomicBool::new(false) })
    };
    let bench = Bench::start_with(TestDb::sqlite().await, wrap).await;
    let live = bench.exchange.subscribe(None).live;
    let report = bench.dial(bench.caller(&[])).await;
    assert!(report.answered_after.is_none(), "the first call is refused, not left to ring");
    let (call, cause) = bench.ended(live).await;
    assert_eq!(cause, EndCause::Panicked);
    assert_eq!(bench.recorded(call).await.outcome.as_deref(), Some("panicked"));
    bench.assert_nothing_left().await;

    let mut request = bench.caller(&[]);
    request.hang_up_after = Some(Duration::from_secs(1));
    assert!(bench.dial(request).await.answered_after.is_some());
    bench.assert_nothing_left().await;
}
