//! Two operators accept the same caller at the same moment.

use std::sync::Arc;
use std::time::Duration;

use tests::load::callers::Callers;
use tests::load::{Place, staff};

const RING_LIMIT: Duration = Duration::from_secs(20);
const CALL_LIMIT: Duration = Duration::from_secs(60);
const ROUNDS: u32 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn of_two_operators_who_accept_at_once_exactly_one_has_the_caller() {
    let place = Place::start().await.expect("the program starts");
    let people = staff::operators(&place, 2).await.expect("two operators");
    let mut desks = staff::to_desks(people).await.expect("at their desks");
    staff::available(&desks).await.expect("available");
    let callers = Arc::new(Callers::start(&place).await.expect("telephones"));
    for n in 0..ROUNDS {
        // An emergency rings at every desk.
        let calling = callers.clone();
        let call = tokio::spawn(async move { calling.call_pressing('9', n, CALL_LIMIT).await });
        let [first, second] = desks.as_mut_slice() else { panic!("two desks") };
        let (one, two) =
            tokio::join!(first.next_ringing(RING_LIMIT), second.next_ringing(RING_LIMIT));
        let ((_, one), (_, two)) = (one.expect("it rings here"), two.expect("and there"));
        assert_eq!(one.call, two.call);
        let (took, was_late) = tokio::join!(first.accept(&one), second.accept(&two));
        let (winner, ringing, refusal) = match (took, was_late) {
            (Ok(_), Err(refusal)) => (first, one, refusal),
            (Err(refusal), Ok(_)) => (second, two, refusal),
            (took, was_late) => panic!("exactly one may win: {took:?}, {was_late:?}"),
        };
        assert!(format!("{refusal:#}").contains("reservation-over"), "{refusal:#}");
        winner.audio.heard(RING_LIMIT).await.expect("the winner hears the caller");
        winner.hang_up(&ringing).await.expect("hung up");
        winner.file(&ringing).await.expect("filed");
        winner.finish_wrap_up().await.expect("free again");
        call.await.expect("no panic").expect("the caller was served");
    }
    assert_eq!(place.stuck().await.expect("metrics"), 0);
    place.stop().await.expect("it stops in peace");
}
