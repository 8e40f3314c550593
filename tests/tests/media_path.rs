//! The audio path alone, in sizes for a busy machine: calls with the ICE, DTLS and SRTP of others hear
//! each other without a packet lost. No time is judged.

use std::time::Duration;

use tests::load::media::browser::Profile;
use tests::load::media::run::{self, run};
use tests::load::media::server::Plane;

#[test]
fn bridged_calls_lose_nothing() {
    let mut plane = Plane::start().expect("the media server starts");
    let sizes = run::Sizes {
        kind: run::Kind::Bridged,
        calls: 3,
        interval: Duration::from_secs(2),
        intervals: 1,
        profile: Profile::Cm,
        seed: 1,
    };
    let measured = run(&mut plane, sizes, &mut |_| {}).expect("calls are set up");
    assert!(measured.is_good(), "{measured:#?}");
}
