//! One table: what happens on the way, and what is heard of it.

use super::*;

type Change = fn(Vec<Packet>) -> Vec<Packet>;

/// Two seconds of packets of the tone go out; `change` is what the path does to them.
struct Case {
    name: &'static str,
    change: Change,
    /// Frames of two seconds with the tone, percent, at least.
    clear: usize,
    /// Frames made up and frames of silence, at most. The first frame is always silent.
    made_up: usize,
    silent: usize,
    /// Delay at the end, milliseconds, at most.
    delay: u128,
}

const CASES: [Case; 25] = [
    case("even", |p| p, 98, 1, 1, 25),
    case("each twice", |p| p.iter().flat_map(|p| [p.clone(), p.clone()]).collect(), 98, 1, 1, 25),
    case("one lost", |p| without(p, 50..51), 98, 3, 1, 25),
    case("one in ten lost", |p| keep(p, |i| i % 10 != 5), 95, 25, 1, 25),
    case("five lost in a row", |p| without(p, 50..55), 93, 6, 3, 25),
    case("neighbours swapped", |p| delayed(p, |i| if i % 10 == 5 { 21 } else { 0 }), 97, 3, 1, 50),
    case(
        "each tenth 45 ms late",
        |p| delayed(p, |i| if i % 10 == 5 { 45 } else { 0 }),
        95,
        6,
        2,
        80,
    ),
    case("0–50 ms late", |p| delayed(p, |i| i * 7919 % 51), 95, 8, 2, 90),
    case("a stall of 150 ms", |p| stalled(p, 50, 150), 91, 5, 6, 200),
    case("a stall of one second", |p| stalled(p, 20, 1000), 49, 5, 48, 25),
    case(
        "sequence jumps",
        |p| edit(p, 50, |h| h.sequence = h.sequence.wrapping_add(9000)),
        98,
        1,
        1,
        25,
    ),
    case(
        "timestamp jumps on",
        |p| edit(p, 50, |h| h.timestamp = h.timestamp.wrapping_add(1 << 30)),
        98,
        1,
        1,
        25,
    ),
    case(
        "timestamp jumps back",
        |p| edit(p, 50, |h| h.timestamp = h.timestamp.wrapping_sub(1 << 30)),
        98,
        1,
        1,
        25,
    ),
    case("both jump", both_jump, 95, 5, 2, 45),
    case("another sender", |p| edit(p, 50, |h| h.ssrc = 7), 95, 4, 1, 45),
    case("another sender, other numbers", other_sender, 95, 4, 1, 45),
    case("two senders at once", two_senders, 98, 1, 1, 25),
    case("the sender stops for 400 ms", |p| paused(p, 50, 400, true), 78, 8, 24, 45),
    case("it goes on where it stopped", |p| paused(p, 50, 400, false), 75, 8, 28, 80),
    case("empty packets between", with_empty, 98, 1, 1, 25),
    case("one stray timestamp", |p| edit_one(p, 50, |h| h.timestamp ^= 1 << 30), 98, 3, 1, 25),
    case("both jump on an uneven path", |p| both_jump(uneven(p)), 92, 10, 2, 90),
    case("another sender on an uneven path", |p| other_sender(uneven(p)), 92, 10, 2, 90),
    case("the sender changes every 200 ms", many_senders, 97, 30, 1, 50),
    case("a stray after each packet", with_strays, 98, 1, 1, 25),
];

const fn case(
    name: &'static str,
    change: Change,
    clear: usize,
    made_up: usize,
    silent: usize,
    delay: u128,
) -> Case {
    Case { name, change, clear, made_up, silent, delay }
}

fn keep(packets: Vec<Packet>, mut kept: impl FnMut(usize) -> bool) -> Vec<Packet> {
    let packets = packets.into_iter().enumerate();
    packets.filter(|(i, _)| kept(*i)).map(|(_, packet)| packet).collect()
}

fn without(packets: Vec<Packet>, lost: std::ops::Range<usize>) -> Vec<Packet> {
    keep(packets, |i| !lost.contains(&i))
}

fn delayed(mut packets: Vec<Packet>, milliseconds: fn(usize) -> usize) -> Vec<Packet> {
    for (i, packet) in packets.iter_mut().enumerate() {
        packet.arrival += i64::try_from(milliseconds(i)).unwrap() * 1000;
    }
    packets
}

/// From packet `at` on all is held for so long, then comes at once.
fn stalled(mut packets: Vec<Packet>, at: usize, milliseconds: i64) -> Vec<Packet> {
    let end = packets[at].arrival + milliseconds * 1000;
    for packet in &mut packets[at..] {
        packet.arrival = packet.arrival.max(end);
    }
    packets
}

/// From packet `at` on the sender says nothing for so long; its timestamps go on meanwhile or not.
fn paused(mut packets: Vec<Packet>, at: usize, milliseconds: i64, counts: bool) -> Vec<Packet> {
    for packet in &mut packets[at..] {
        packet.arrival += milliseconds * 1000;
        let pause = u32::try_from(milliseconds * 8).unwrap();
        packet.header.timestamp =
            packet.header.timestamp.wrapping_add(if counts { pause } else { 0 });
    }
    packets[at].header.marker = counts;
    packets
}

fn edit(mut packets: Vec<Packet>, from: usize, change: fn(&mut RtpHeader)) -> Vec<Packet> {
    packets[from..].iter_mut().for_each(|packet| change(&mut packet.header));
    packets
}

fn edit_one(mut packets: Vec<Packet>, at: usize, change: fn(&mut RtpHeader)) -> Vec<Packet> {
    change(&mut packets[at].header);
    packets
}

fn both_jump(packets: Vec<Packet>) -> Vec<Packet> {
    edit(packets, 50, |header| {
        header.sequence = header.sequence.wrapping_add(9000);
        header.timestamp = header.timestamp.wrapping_sub(1 << 29);
    })
}

fn other_sender(packets: Vec<Packet>) -> Vec<Packet> {
    edit(both_jump(packets), 50, |header| header.ssrc = 7)
}

fn uneven(packets: Vec<Packet>) -> Vec<Packet> {
    delayed(packets, |i| i * 7919 % 51)
}

fn many_senders(mut packets: Vec<Packet>) -> Vec<Packet> {
    for (i, packet) in packets.iter_mut().enumerate() {
        packet.header.ssrc = u32::try_from(i / 10).unwrap();
    }
    packets
}

/// Strays with the sender's own name, but random numbers.
fn with_strays(packets: Vec<Packet>) -> Vec<Packet> {
    let mut chance = 1_u32;
    let mut stray = |mut packet: Packet| {
        chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        packet.header.timestamp = chance;
        packet.header.sequence ^= 0x4000;
        packet.payload.fill(0);
        packet
    };
    packets.into_iter().flat_map(|packet| [packet.clone(), stray(packet)]).collect()
}

fn two_senders(packets: Vec<Packet>) -> Vec<Packet> {
    let mut second = speak(Codec::Pcma, &mut ToneGenerator::steady(1300.0, 8000), &[160], 1500);
    for packet in &mut second {
        packet.header.ssrc = 7;
        packet.arrival += 203_000;
    }
    packets.into_iter().chain(second).collect()
}

fn with_empty(packets: Vec<Packet>) -> Vec<Packet> {
    let twice = |packet: Packet| [Packet { payload: Vec::new(), ..packet.clone() }, packet];
    packets.into_iter().flat_map(twice).collect()
}

#[test]
fn what_the_path_does_is_hardly_heard() {
    let mut wrong = Vec::new();
    for case in &CASES {
        let packets = (case.change)(talk(Codec::Pcma, &[160], 2000));
        let heard = listen(&packets);
        let clear = heard.clear(0, 2000);
        let made_up = heard.count(Taken::Concealed, 0, 2000);
        let silent = heard.count(Taken::Silence, 0, 2000);
        let delay = heard.delays_ms.last().copied().unwrap();
        let line = format!(
            "{}: clear {clear} %, made up {made_up}, silent {silent}, delay {delay} ms, {:?}",
            case.name, heard.counts
        );
        println!("{line}");
        if clear < case.clear
            || made_up > case.made_up
            || silent > case.silent
            || delay > case.delay
        {
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn frames_of_any_length_in_either_law_are_the_same_audio() {
    let lengths: [&[usize]; 6] = [&[80], &[160], &[240], &[480], &[33, 160, 7, 201], &[1]];
    for codec in [Codec::Pcma, Codec::Pcmu] {
        for lengths in lengths {
            let heard = listen(&talk(codec, lengths, 1000));
            let from = 100;
            assert_eq!(heard.clear(from, 1000), 100, "{codec:?} {lengths:?}");
            assert_eq!(heard.count(Taken::Audio, from, 1000), 45, "{codec:?} {lengths:?}");
            assert!(heard.delay_at(980) <= 45, "{codec:?} {lengths:?}");
        }
    }
}

#[test]
fn the_first_of_two_senders_at_once_is_heard() {
    for (first, second) in [(80, 240), (240, 80), (240, 160), (160, 33)] {
        let mut both = talk(Codec::Pcma, &[first], 3000);
        let mut voice = ToneGenerator::steady(1300.0, 8000);
        for mut packet in speak(Codec::Pcma, &mut voice, &[second], 2500) {
            packet.header.ssrc = 7;
            packet.arrival += 203_000;
            both.push(packet);
        }
        let heard = listen(&both);
        assert!(heard.clear(100, 2900) >= 99, "{first} and {second} samples");
    }
}
