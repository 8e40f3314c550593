//! Who hears whom: forwarded, mixed, whispered to, on hold, and through every change.

use std::time::Duration;

use telephony::sdp::Codec;
use tokio::time::sleep;

use crate::phone::{Heard, Phone, assert_one_stream, longest_gap, share_of};
use crate::place::{Place, config};

const TONES: [f64; 3] = [500.0, 1100.0, 1900.0];
/// Long enough for jitter buffers to settle and for figures to mean something.
const WHILE: Duration = Duration::from_millis(1500);
/// Most of the packets, in hundredths.
const MOST: usize = 85;
/// Hardly any.
const HARDLY: usize = 12;

/// What each telephone hears of each tone, in hundredths of the time.
fn matrix(heard: &[Vec<Heard>]) -> Vec<Vec<usize>> {
    heard.iter().map(|heard| TONES.iter().map(|hertz| share_of(heard, *hertz)).collect()).collect()
}

/// Lets them talk, and asserts who hears whom: `expected[listener][speaker]`.
async fn talk(what: &str, phones: [&Phone; 3], expected: [[bool; 3]; 3]) -> Vec<Vec<Heard>> {
    sleep(Duration::from_millis(400)).await;
    let _before = phones.map(Phone::take_heard);
    sleep(WHILE).await;
    let heard: Vec<_> = phones.iter().map(|phone| phone.take_heard()).collect();
    let matrix = matrix(&heard);
    println!("{what}: {matrix:?} (% of packets, listener by speaker)");
    for (listener, row) in matrix.iter().enumerate() {
        for (speaker, share) in row.iter().enumerate() {
            let hears = expected[listener][speaker];
            assert!(
                if hears { *share >= MOST } else { *share <= HARDLY },
                "{what}: {listener} hears {speaker} {share} % of the time: {matrix:?}"
            );
        }
    }
    heard
}

const ALL: [[bool; 3]; 3] = [[false, true, true], [true, false, true], [true, true, false]];
const FIRST_TWO: [[bool; 3]; 3] = [[false, true, false], [true, false, false], [false; 3]];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_hears_all_but_itself_from_forwarding_to_mixing_and_back() {
    let place = Place::start(config(1)).await;
    let (a, caller) = place.phone(1, Codec::Pcma, TONES[0]).await;
    let (b, agent) = place.phone(2, Codec::Pcmu, TONES[1]).await;
    let (c, doctor) = place.phone(3, Codec::Pcma, TONES[2]).await;
    let phones = [&caller, &agent, &doctor];
    let room = place.plane.new_room();

    place.plane.mix(room, &[a, b], &[]);
    talk("forwarded", phones, FIRST_TWO).await;
    place.plane.mix(room, &[a, b, c], &[]);
    talk("mixed", phones, ALL).await;
    // The doctor whispers: only the agent hears.
    place.plane.mix(room, &[a, b, c], &[(c, a)]);
    let mut whisper = ALL;
    whisper[0][2] = false;
    talk("whispered", phones, whisper).await;
    // The caller on hold: hears nobody, is heard by nobody.
    place.plane.mix(room, &[a, b, c], &[(a, b), (a, c), (b, a), (c, a)]);
    talk("on hold", phones, [[false; 3], [false, false, true], [false, true, false]]).await;
    place.plane.mix(room, &[a, b], &[]);
    talk("forwarded again", phones, FIRST_TWO).await;
    place.plane.unmix(room);
    talk("parted", phones, [[false; 3]; 3]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_changes_between_forwarding_and_mixing_are_not_heard() {
    let place = Place::start(config(1)).await;
    let (a, caller) = place.phone(1, Codec::Pcma, TONES[0]).await;
    let (b, agent) = place.phone(2, Codec::Pcma, TONES[1]).await;
    let (c, _doctor) = place.phone(3, Codec::Pcma, TONES[2]).await;
    let room = place.plane.new_room();
    place.plane.mix(room, &[a, b], &[]);
    sleep(Duration::from_millis(500)).await;
    let _before = (caller.take_heard(), agent.take_heard());
    for _ in 0..4 {
        place.plane.mix(room, &[a, b, c], &[]);
        sleep(Duration::from_millis(400)).await;
        place.plane.mix(room, &[a, b], &[]);
        sleep(Duration::from_millis(400)).await;
    }
    for (who, phone, other) in [("caller", &caller, TONES[1]), ("agent", &agent, TONES[0])] {
        let heard = phone.take_heard();
        let (gap, share) = (longest_gap(&heard), share_of(&heard, other));
        println!("{who}: longest gap {gap:?}, {} packets, other heard {share} %", heard.len());
        assert_one_stream(&heard);
        assert!(heard.len() >= 150, "{} packets in 3.2 s", heard.len());
        assert!(share >= 95, "{who} hears the other {share} % of the time");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn legs_of_two_threads_meet_and_part() {
    let place = Place::start(config(2)).await;
    let (a, caller) = place.phone(1, Codec::Pcma, TONES[0]).await;
    let (b, agent) = place.phone(2, Codec::Pcma, TONES[1]).await;
    let (c, doctor) = place.phone(3, Codec::Pcma, TONES[2]).await;
    let phones = [&caller, &agent, &doctor];
    for _ in 0..3 {
        place.plane.bridge(a, b);
        talk("first and second", phones, FIRST_TWO).await;
        place.plane.bridge(c, b);
        talk("second and third", phones, [[false; 3], [false, false, true], [false, true, false]])
            .await;
        let room = place.plane.new_room();
        place.plane.mix(room, &[a, b, c], &[]);
        talk("all", phones, ALL).await;
    }
    for leg in [a, b, c] {
        place.plane.close(leg);
    }
    for _ in 0..100 {
        if place.plane.counts() == Default::default() {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("left behind: {:?}", place.plane.counts());
}
