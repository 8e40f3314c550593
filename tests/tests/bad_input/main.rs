//! What nobody should send, sent to the program as it is shipped: it is refused and counted, the
//! program lives, no call stays, and the next caller is served.

mod accept;
mod garbled;
mod http;
mod media;
mod sip;
mod socket;

use std::time::Duration;

use tests::program::Program;
use tests::telephone::Sipp;

/// A caller who was answered and never confirmed it is given up after 32 s (RFC 3261 §13.3.1.4).
const QUIET: Duration = Duration::from_secs(90);

/// Nothing panicked, nothing stayed, and a real caller is served.
async fn assert_well(program: &Program) {
    program.until_quiet(QUIET).await.expect("no call stays");
    for panics in ["helpline_calls_panicked_total", "helpline_http_panics_total"] {
        assert_eq!(program.metric(panics).await.expect("metrics"), 0.0, "{panics}");
    }
    Sipp::new("brief").calls(5, 5).run(program).await.expect("the next callers are served");
    program.until_quiet(QUIET).await.expect("no call stays");
    assert!(!program.log().contains("panicked at"), "{}", program.log());
}
