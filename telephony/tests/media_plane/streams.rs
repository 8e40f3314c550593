//! Streams with something wrong: what the other side of a talk hears of them, forwarded and mixed.

use std::time::Duration;

use futures_util::future::join_all;
use telephony::driver::media::MediaEvent;
use telephony::media::FRAME_SAMPLES;
use telephony::sdp::Codec;
use tokio::time::sleep;

use crate::counted::{counted, until_counted};
use crate::phone::{FRAME, Phone};
use crate::place::{Place, config};
use crate::voice::{MOST, SPEAKS, Talk, Voice, assert_goes_on, share_in};

/// Another tone than the speaker's.
const OTHER: f64 = 1100.0;
/// Packets said before and after what is wrong.
const SOME: usize = 40;

/// Says some, changes the sender's numbers, says some: forwarded and mixed, it is one stream, nearly
/// all of which is heard.
async fn assert_heard_through(what: &str, is_mixed: bool, change: impl Fn(&mut Voice)) {
    let talk = Talk::begin(is_mixed).await;
    let mut voice = Voice::new(1, SPEAKS);
    talk.say(&mut voice, SOME).await;
    change(&mut voice);
    talk.say(&mut voice, 2 * SOME).await;
    let heard = talk.heard().await;
    let share = share_in(&heard, SPEAKS);
    println!("{what}, mixed: {is_mixed}: {} packets, {share} %", heard.len());
    assert_goes_on(&heard);
    assert!(heard.len() >= SOME / 2 && share >= MOST, "{what}: {} and {share} %", heard.len());
    talk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sequence_numbers_that_jump_leave_no_gap_for_the_listener() {
    let jumps = [20_000_u16, 5_000, 65_136, 45_536].into_iter();
    let jumps = jumps.flat_map(|jump| [false, true].map(|is_mixed| (jump, is_mixed)));
    join_all(jumps.map(|(jump, is_mixed)| async move {
        assert_heard_through(&format!("{jump} numbers on"), is_mixed, |voice| {
            voice.header.sequence = voice.header.sequence.wrapping_add(jump);
        })
        .await;
    }))
    .await;
}

async fn assert_timestamps_may_jump(jumps: impl IntoIterator<Item = u32>) {
    let jumps = jumps.into_iter();
    let jumps = jumps.flat_map(|jump| [false, true].map(|is_mixed| (jump, is_mixed)));
    join_all(jumps.map(|(jump, is_mixed)| async move {
        assert_heard_through(&format!("{jump} samples on"), is_mixed, |voice| {
            voice.header.timestamp = voice.header.timestamp.wrapping_add(jump);
        })
        .await;
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn timestamps_that_jump_do_not_jump_for_the_listener() {
    const HOUR: u32 = 3600 * 8000;
    assert_timestamps_may_jump([HOUR, 0_u32.wrapping_sub(HOUR), 1 << 31]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_stood_still_or_ran_ahead_is_no_reason_to_leave_out_speech() {
    let stood_still = 0_u32.wrapping_sub(3 * 4000);
    let ran_ahead = 3 * 8000;
    assert_timestamps_may_jump([stood_still, ran_ahead]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_wrap_of_both_and_a_new_sender_are_not_heard() {
    join_all([false, true].map(|is_mixed| async move {
        // A jump to just before the wrap, and then the wrap itself.
        assert_heard_through("wrap", is_mixed, |voice| {
            voice.header.sequence = 65_520;
            voice.header.timestamp = u32::MAX - 3000;
        })
        .await;
        assert_heard_through("another sender", is_mixed, |voice| {
            voice.header.ssrc = 2;
            voice.header.sequence = 7;
            voice.header.timestamp = 3_000_000_000;
        })
        .await;
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_senders_at_one_address_the_listener_hears_one_stream() {
    let cases = [(false, 1), (true, 1), (false, 2), (true, 2)];
    join_all(cases.map(|(is_mixed, second_ssrc)| async move {
        let talk = Talk::begin(is_mixed).await;
        let (mut first, mut second) = (Voice::new(1, SPEAKS), Voice::new(second_ssrc, OTHER));
        second.header.sequence = 40_000;
        second.header.timestamp = 9_000_000;
        talk.say(&mut first, SOME).await;
        talk.say_each(SOME, FRAME, || vec![first.packet(FRAME_SAMPLES), second.packet(160)]).await;
        let both = talk.heard().await;
        // The second one ends; the first is heard as before.
        talk.say(&mut first, SOME / 2).await;
        let _settled = talk.heard().await;
        talk.say(&mut first, 2 * SOME).await;
        let after = talk.heard().await;
        let share = share_in(&after, SPEAKS);
        println!("mixed: {is_mixed}, second {second_ssrc}: {} packets, {share} %", after.len());
        assert_goes_on(&both);
        assert_goes_on(&after);
        assert!(after.len() >= SOME / 2 && share >= MOST, "{} and {share} %", after.len());
        talk.end().await;
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_sender_from_another_address_is_dropped_and_counted() {
    let talk = Talk::begin(false).await;
    let stranger = Phone::new(Codec::Pcma);
    let (mut voice, mut strange) = (Voice::new(1, SPEAKS), Voice::new(1, OTHER));
    strange.header.sequence = voice.header.sequence + 3;
    talk.say(&mut voice, 2).await;
    let before = counted("helpline_rtp_strangers_total");
    talk.say_each(2 * SOME, FRAME, || {
        stranger.socket.send_to(&strange.packet(160), talk.target).expect("sent");
        vec![voice.packet(160)]
    })
    .await;
    let heard = talk.heard().await;
    assert_goes_on(&heard);
    assert_eq!(share_in(&heard, OTHER), 0);
    assert!(share_in(&heard, SPEAKS) >= MOST, "{} %", share_in(&heard, SPEAKS));
    until_counted("helpline_rtp_strangers_total", before + 2 * SOME as u64).await;
    talk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_far_too_fast_or_too_slow_is_heard_all_the_same() {
    // Three seconds at a hundred times 300 ppm: as much drift as in five minutes.
    let cases = [(19_400, false), (20_600, false), (19_400, true), (20_600, true)];
    join_all(cases.map(|(micros, is_mixed)| async move {
        let talk = Talk::begin(is_mixed).await;
        let mut voice = Voice::new(1, SPEAKS);
        let each = Duration::from_micros(micros);
        talk.say_each(150, each, || vec![voice.packet(160)]).await;
        let heard = talk.heard().await;
        let share = share_in(&heard, SPEAKS);
        println!("{micros} us, mixed: {is_mixed}: {} packets, {share} %", heard.len());
        assert_goes_on(&heard);
        assert!(heard.len() >= 50 && share >= MOST, "{} and {share} %", heard.len());
        talk.end().await;
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_burst_of_one_second_the_talk_is_in_the_present() {
    join_all([false, true].map(|is_mixed| async move {
        let talk = Talk::begin(is_mixed).await;
        let mut voice = Voice::new(1, SPEAKS);
        talk.say(&mut voice, 2 * SOME).await;
        let _before = talk.heard().await;
        let held: Vec<_> = (0..50).map(|_| voice.packet(160)).collect();
        sleep(Duration::from_secs(1)).await;
        let _meanwhile = talk.heard().await;
        for datagram in &held {
            talk.send(datagram);
        }
        // From the last word of the burst on it is another tone.
        let mut now = Voice::new(1, OTHER);
        now.header = voice.header;
        talk.say(&mut now, 3 * SOME).await;
        let heard = talk.heard().await;
        let old = heard.iter().filter(|packet| share_in(std::slice::from_ref(packet), SPEAKS) > 50);
        let (old, late) = (old.count(), heard.len().saturating_sub(2 * SOME));
        let share = share_in(&heard[late..], OTHER);
        println!("mixed: {is_mixed}: {old} old packets of {}, then {share} %", heard.len());
        assert_goes_on(&heard);
        assert!(old <= 25, "{old} of 50 packets of the past were heard");
        assert!(share >= MOST, "{share} % of what is said is heard");
        talk.end().await;
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn empty_payloads_are_left_out_without_a_gap() {
    join_all([false, true].map(|is_mixed| async move {
        let talk = Talk::begin(is_mixed).await;
        let mut voice = Voice::new(1, SPEAKS);
        talk.say_each(2 * SOME, FRAME, || {
            let good = voice.packet(160);
            vec![good, voice.packet(0), voice.packet(0)]
        })
        .await;
        let heard = talk.heard().await;
        let share = share_in(&heard, SPEAKS);
        println!("mixed: {is_mixed}: {} packets, {share} %", heard.len());
        assert_goes_on(&heard);
        assert!(heard.iter().all(|packet| packet.samples.len() == FRAME_SAMPLES), "none is empty");
        assert!(heard.len() >= SOME / 2 && share >= MOST, "{} and {share} %", heard.len());
        talk.end().await;
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_of_10_and_30_ms_are_forwarded_as_they_are_and_mixed_to_20() {
    let cases = [(80, 10, false), (80, 10, true), (240, 30, false), (240, 30, true)];
    join_all(cases.map(|(samples, ms, is_mixed)| async move {
        let talk = Talk::begin(is_mixed).await;
        let mut voice = Voice::new(1, SPEAKS);
        let each = Duration::from_millis(ms);
        talk.say_each(1500 / samples * 8, each, || vec![voice.packet(samples)]).await;
        let heard = talk.heard().await;
        let share = share_in(&heard, SPEAKS);
        println!("{ms} ms, mixed: {is_mixed}: {} packets, {share} %", heard.len());
        let expected = if is_mixed { FRAME_SAMPLES } else { samples };
        assert_goes_on(&heard);
        assert!(heard.iter().all(|packet| packet.samples.len() == expected));
        assert!(heard.len() >= 20 && share >= MOST, "{} and {share} %", heard.len());
        talk.end().await;
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_peer_is_told_once_for_each_silence() {
    let silence_limit = Duration::from_millis(700);
    let mut place =
        Place::start(telephony::driver::media::MediaConfig { silence_limit, ..config(1) }).await;
    let leg = ids::LegId::from_number(1);
    let (phone, mut voice) = (Phone::new(Codec::Pcma), Voice::new(1, SPEAKS));
    let target = place.open(leg, &phone).await;
    sleep(Duration::from_secs(4)).await;
    assert_eq!(silences(&mut place), 1, "never spoke");
    phone.socket.send_to(&voice.packet(160), target).expect("sent");
    sleep(Duration::from_secs(4)).await;
    assert_eq!(silences(&mut place), 1, "spoke once");
    place.end(&[leg]).await;
}

fn silences(place: &mut Place) -> usize {
    std::iter::from_fn(|| place.events.try_recv().ok())
        .filter(|event| matches!(event, MediaEvent::TrunkSilent { .. }))
        .count()
}
