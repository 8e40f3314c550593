//! Commands that make no sense, or come at a bad moment: each has an answer, and all can be closed.

use std::time::Duration;

use ids::LegId;
use telephony::call::{Digit, PlayId, Playlist, PromptName};
use telephony::driver::media::RoomId;
use telephony::media::MEMBERS_MAX;
use telephony::sdp::Codec;
use tokio::time::sleep;

use crate::phone::{Phone, share_of};
use crate::place::{Place, config};
use crate::voice::MOST;

/// For a room to settle, and for figures to mean something.
const SETTLE: Duration = Duration::from_millis(300);
const WHILE: Duration = Duration::from_millis(600);
/// Hardly any, in hundredths.
const HARDLY: usize = 12;
const NOBODY: LegId = LegId::from_number(4711);

fn music() -> Playlist {
    let any = "any".parse().expect("a language");
    Playlist { prompts: vec![(any, PromptName("music".into()))], repeat: true }
}

fn tone(n: usize) -> f64 {
    [500.0, 1100.0, 1900.0, 700.0][n % 4]
}

/// So many telephones, each with a tone.
async fn phones(place: &Place, count: usize) -> (Vec<LegId>, Vec<Phone>) {
    let (mut legs, mut phones) = (Vec::new(), Vec::new());
    for n in 0..count {
        let (leg, phone) = place.phone(n as u128 + 1, Codec::Pcma, tone(n)).await;
        legs.push(leg);
        phones.push(phone);
    }
    (legs, phones)
}

/// Whether each telephone hears each other's tone, listener by speaker.
async fn who_hears_whom<const N: usize>(phones: &[Phone]) -> [[bool; N]; N] {
    sleep(SETTLE).await;
    for phone in phones {
        phone.take_heard();
    }
    sleep(WHILE).await;
    let heard: Vec<_> = phones.iter().map(Phone::take_heard).collect();
    std::array::from_fn(|listener| {
        std::array::from_fn(|speaker| {
            let share = share_of(&heard[listener], tone(speaker));
            assert!(share <= HARDLY || share >= MOST, "{listener} hears {speaker} {share} %");
            share >= MOST
        })
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_more_than_eight_members_the_first_eight_are_in_the_room() {
    let place = Place::start(config(1)).await;
    let (legs, phones) = phones(&place, MEMBERS_MAX + 2).await;
    place.plane.mix(place.plane.new_room(), &legs, &[]);
    sleep(SETTLE).await;
    for phone in &phones {
        phone.take_heard();
    }
    sleep(WHILE).await;
    for (n, phone) in phones.iter().enumerate() {
        let heard = phone.take_heard().len();
        assert_eq!(heard > 0, n < MEMBERS_MAX, "{n} was sent {heard} packets");
    }
    place.end(&legs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_members_and_doubled_ones_are_left_out() {
    let place = Place::start(config(2)).await;
    let (legs, phones) = phones(&place, 3).await;
    let [a, b, c] = [legs[0], legs[1], legs[2]];
    let room = place.plane.new_room();
    place.plane.mix(room, &[NOBODY, a, b], &[(NOBODY, a), (b, NOBODY)]);
    let two = [[false, true, false], [true, false, false], [false; 3]];
    assert_eq!(who_hears_whom(&phones).await, two, "as if it were two");
    // None of them is heard by itself.
    place.plane.mix(room, &[a, a, b, b, a], &[]);
    assert_eq!(who_hears_whom(&phones).await, two, "doubled");
    place.plane.mix(room, &[a, a], &[]);
    place.plane.mix(place.plane.new_room(), &[c, NOBODY], &[]);
    assert_eq!(who_hears_whom(&phones).await, [[false; 3]; 3], "alone");
    place.plane.mix(room, &[a, b], &[]);
    place.plane.mix(room, &[NOBODY], &[]);
    assert_eq!(who_hears_whom(&phones).await, [[false; 3]; 3], "a room of unknown legs is empty");
    place.end(&legs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leg_bridged_with_itself_stays_where_it_was() {
    let place = Place::start(config(1)).await;
    let (legs, phones) = phones(&place, 2).await;
    place.plane.bridge(legs[0], legs[1]);
    place.plane.bridge(legs[0], legs[0]);
    place.plane.unbridge(legs[1], legs[1]);
    assert_eq!(who_hears_whom(&phones).await, [[false, true], [true, false]]);
    place.end(&legs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_for_legs_and_rooms_that_do_not_exist_do_nothing() {
    let place = Place::start(config(2)).await;
    let (legs, phones) = phones(&place, 2).await;
    let (plane, five) = (&place.plane, Digit::new('5').expect("a key"));
    plane.bridge(legs[0], legs[1]);
    plane.play(NOBODY, PlayId(1), &music());
    plane.stop_playing(NOBODY);
    plane.send_digit(NOBODY, five);
    plane.stop_recording(NOBODY);
    plane.bridge(NOBODY, LegId::from_number(4712));
    plane.unbridge(NOBODY, legs[0]);
    plane.unmix(RoomId(99));
    plane.mix(RoomId(98), &[], &[]);
    plane.close(NOBODY);
    assert_eq!(who_hears_whom(&phones).await, [[false, true], [true, false]]);
    // Twice is once.
    plane.close(legs[0]);
    place.end(&legs).await;
    plane.play(legs[0], PlayId(2), &music());
    plane.bridge(legs[0], legs[1]);
    place.end(&legs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leg_can_be_closed_in_every_state() {
    let place = Place::start(config(2)).await;
    let (staying, stayers) = phones(&place, 2).await;
    let phone = Phone::new(Codec::Pcmu);
    let (plane, five) = (&place.plane, Digit::new('5').expect("a key"));
    let room = plane.new_room();
    for (state, moment) in (0..6).flat_map(|state| [(state, 0), (state, 30)]) {
        let leg = LegId::from_number(100 + state * 100 + u128::from(moment));
        place.open(leg, &phone).await;
        match state {
            0 => plane.play(leg, PlayId(1), &music()),
            1 => plane.send_digit(leg, five),
            2 => plane.mix(room, &[staying[0], leg, staying[1]], &[]),
            // To and fro between two threads.
            3 => {
                plane.bridge(leg, staying[0]);
                plane.bridge(leg, staying[1]);
                plane.bridge(staying[0], leg);
            }
            4 => {
                plane.play(leg, PlayId(2), &music());
                plane.send_digit(leg, five);
                plane.mix(room, &[staying[1], leg, staying[0]], &[(leg, staying[0])]);
                plane.unmix(room);
            }
            _ => {}
        }
        // At once, and when it has come into force.
        sleep(Duration::from_millis(moment)).await;
        plane.close(leg);
    }
    plane.bridge(staying[0], staying[1]);
    assert_eq!(who_hears_whom(&stayers).await, [[false, true], [true, false]], "the others talk");
    place.end(&staying).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_moves_to_another_thread_leaves_nobody_behind() {
    let place = Place::start(config(2)).await;
    let (mut legs, mut talkers) = phones(&place, 4).await;
    // Alternately on the one thread and the other.
    legs.swap(1, 2);
    talkers.swap(1, 2);
    let room = place.plane.new_room();
    place.plane.mix(room, &[legs[0], legs[1]], &[]);
    sleep(SETTLE).await;
    place.plane.mix(room, &[legs[2], legs[3]], &[]);
    assert_eq!(who_is_sent(&talkers).await, [false, false, true, true], "who hears somebody");
    place.end(&legs).await;
}

/// Who is sent anything, of telephones whose tones do not matter.
async fn who_is_sent(phones: &[Phone]) -> Vec<bool> {
    sleep(SETTLE).await;
    for phone in phones {
        phone.take_heard();
    }
    sleep(WHILE).await;
    phones.iter().map(|phone| !phone.take_heard().is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn legs_parted_while_on_their_way_between_threads_do_not_meet() {
    let place = Place::start(config(2)).await;
    let (legs, phones) = phones(&place, 8).await;
    for pair in legs.chunks_exact(2) {
        place.plane.bridge(pair[0], pair[1]);
        place.plane.unbridge(pair[0], pair[1]);
    }
    assert_eq!(who_is_sent(&phones).await, [false; 8]);
    place.end(&legs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_bridges_the_last_holds_while_a_leg_is_on_its_way() {
    let place = Place::start(config(2)).await;
    let (legs, phones) = phones(&place, 12).await;
    for four in legs.chunks_exact(4) {
        // The first comes from another thread than the second and the fourth.
        place.plane.bridge(four[0], four[1]);
        place.plane.bridge(four[1], four[3]);
    }
    assert_eq!(who_is_sent(&phones).await, [[false, true, false, true]; 3].concat());
    place.end(&legs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_commands_at_once_the_last_holds_also_between_threads() {
    let place = Place::start(config(2)).await;
    let (legs, phones) = phones(&place, 4).await;
    let [a, b, c, d] = [legs[0], legs[1], legs[2], legs[3]];
    let plane = &place.plane;
    for round in 0..10 {
        for _ in 0..10 {
            plane.bridge(a, b);
            plane.bridge(c, d);
            plane.bridge(a, c);
            plane.bridge(b, d);
            let room = plane.new_room();
            plane.mix(room, &[a, b, c, d], &[]);
            plane.mix(room, &[b, c], &[]);
            plane.unmix(room);
            plane.bridge(a, b);
            plane.unbridge(a, b);
        }
        let expected = if round % 2 == 0 {
            [[false; 4]; 4]
        } else {
            plane.bridge(a, d);
            plane.bridge(d, a);
            plane.bridge(b, c);
            let mut expected = [[false; 4]; 4];
            for (one, other) in [(0, 3), (1, 2)] {
                expected[one][other] = true;
                expected[other][one] = true;
            }
            expected
        };
        if round >= 8 {
            assert_eq!(who_hears_whom(&phones).await, expected, "round {round}");
        } else {
            sleep(Duration::from_millis(30)).await;
            let _between = phones.iter().map(Phone::take_heard).count();
        }
    }
    place.end(&legs).await;
}
