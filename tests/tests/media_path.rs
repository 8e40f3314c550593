//! The audio path alone, in sizes for a busy machine: calls with the ICE, DTLS and SRTP of others hear
//! each other without a packet lost, also while packets that went wrong come to every port. No time is
//! judged.

use std::time::Duration;

use tests::load::media::browser::Profile;
use tests::load::media::run::{self, run};
use tests::load::media::server::Plane;
use tests::load::media::soak::{self, soak};
use tests::load::media::storm::Storm;

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

#[test]
fn calls_do_not_notice_a_storm_of_strangers() {
    let mut plane = Plane::start().expect("the media server starts");
    let storm = Storm { mutants: 10_000, per_second: 2_000, seed: 104 };
    let sizes = soak::Sizes { calls: 3, victims: 1, storm, profile: Profile::Gcm };
    let soaked = soak(&mut plane, sizes).expect("calls are set up");
    assert!(soaked.is_good(), "{soaked:#?}");
}
