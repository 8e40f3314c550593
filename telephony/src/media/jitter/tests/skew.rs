//! Two clocks that do not agree, for ten minutes.

use super::*;

/// Ten minutes of a sender whose clock is off. A second of the tone is whole periods: it is spoken
/// once and sent again and again.
fn ten_minutes(parts_per_million: i64) -> Heard {
    let second = talk(Codec::Pcma, &[160], 1000);
    let mut packets = Vec::new();
    for at in 0..600_u16 {
        for packet in &second {
            let mut packet = packet.clone();
            packet.header.sequence = packet.header.sequence.wrapping_add(at * 50);
            packet.header.timestamp = packet.header.timestamp.wrapping_add(u32::from(at) * 8000);
            packet.arrival += i64::from(at) * 1_000_000;
            packet.arrival -= packet.arrival * parts_per_million / 1_000_000;
            packets.push(packet);
        }
    }
    listen(&packets)
}

#[test]
fn a_skewed_clock_neither_fills_nor_empties_the_buffer() {
    for parts_per_million in [-300, 300] {
        let heard = ten_minutes(parts_per_million);
        let delays = &heard.delays_ms[50..];
        let (least, most) = (*delays.iter().min().unwrap(), *delays.iter().max().unwrap());
        let clear = heard.clear(560_000, 599_000);
        let line = format!(
            "{parts_per_million} ppm: {least}–{most} ms, clear {clear} %, {:?}",
            heard.counts
        );
        println!("{line}");
        assert!(least >= 20 && most <= 35, "{line}");
        // One frame is made up at the start; then all is what came.
        assert_eq!(heard.count(Taken::Audio, 1000, 599_000), 29_900, "{line}");
        assert_eq!((clear, heard.counts.late, heard.counts.cuts), (100, 0, 0), "{line}");
    }
}
