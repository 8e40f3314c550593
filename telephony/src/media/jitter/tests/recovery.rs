//! How delay comes back after something went wrong, and what late ticks and pauses do.

use super::*;

/// From packet `at` on all is held for so long, then comes, a packet each `apart` microseconds,
/// until it has caught up.
fn held(mut packets: Vec<Packet>, at: usize, milliseconds: i64, apart: i64) -> Vec<Packet> {
    let mut next = packets[at].arrival + milliseconds * 1000;
    for packet in &mut packets[at..] {
        packet.arrival = packet.arrival.max(next);
        next += apart;
    }
    packets
}

#[test]
fn after_a_stall_of_a_second_the_delay_is_short_within_a_second() {
    for apart in [0, 200, 1000, 3000, 6000] {
        for stall in [220, 400, 1000, 3000] {
            let packets = held(talk(Codec::Pcma, &[160], 8000), 100, stall, apart);
            let caught_up = 2020 + stall * 20_000 / (20_000 - apart);
            let heard = listen(&packets);
            let second = usize::try_from(caught_up).unwrap() + 1000;
            let line =
                format!("stall {stall} ms, {apart} µs apart: {} ms after", heard.delay_at(second));
            println!("{line}; {:?}", heard.counts);
            assert!(heard.delays_ms[second / 20..].iter().all(|delay| *delay < 60), "{line}");
            assert!(heard.clear(second, 7900) >= 99, "{line}: {}", heard.clear(second, 7900));
        }
    }
}

#[test]
fn delay_that_is_no_longer_needed_goes_away_slowly_and_unheard() {
    let heard = listen(&held(talk(Codec::Pcma, &[160], 30_000), 50, 150, 0));
    println!("{:?} {:?}", heard.counts, heard.delays_ms.iter().step_by(100).collect::<Vec<_>>());
    assert!(heard.delay_at(1300) > 150, "what came late was heard");
    assert!(heard.delays_ms[65..].windows(2).all(|pair| pair[1] + 11 >= pair[0]), "no jump");
    assert!(heard.delay_at(28_000) < 40, "{}", heard.delay_at(28_000));
    assert_eq!(heard.count(Taken::Audio, 1300, 29_900), 1430);
    assert_eq!(heard.clear(1300, 29_900), 100, "no piece left out is heard");
}

#[test]
fn late_ticks_are_not_taken_for_delay() {
    for lateness in [
        |tick: i64| tick * 7919 % 5000,
        |tick: i64| if tick % 50 == 49 { 15_000 } else { 0 },
        // The thread was held for 60 ms and makes up for it.
        |tick: i64| (60_000 - tick % 100 * 20_000).max(0),
    ] {
        let heard = listen_late(&talk(Codec::Pcma, &[160], 10_000), lateness);
        println!("{:?} {:?}", heard.counts, heard.delays_ms.iter().step_by(50).collect::<Vec<_>>());
        assert!(heard.count(Taken::Audio, 200, 9900) >= 484, "{:?}", heard.counts);
        assert!(heard.clear(200, 9900) >= 99);
        assert!(heard.counts.shortened <= 2, "{:?}", heard.counts);
    }
}

#[test]
fn pauses_of_a_sender_that_saves_packets_are_silence() {
    for codec in [Codec::Pcma, Codec::Pcmu] {
        let mut voice = ToneGenerator::gated(HERTZ, 8000, 1000, 600);
        let mut packets = speak(codec, &mut voice, &[160], 16_000);
        let mut at = 0;
        packets.retain(|_| {
            at += 1;
            (at - 1) % 80 < 50
        });
        for talkspurt in packets.chunks_mut(50) {
            talkspurt[0].header.marker = true;
        }
        let heard = listen(&packets);
        for spurt in 0..9 {
            let (from, to) = (spurt * 1600 + 60, spurt * 1600 + 1000);
            assert_eq!(heard.clear(from, to), 100, "{codec:?} spurt {spurt}");
            let pause = heard.count(Taken::Silence, to + 140, to + 600);
            assert_eq!(pause, 23, "{codec:?} spurt {spurt}");
        }
        assert!(heard.delays_ms.iter().all(|delay| *delay <= 40));
        assert_eq!((heard.counts.late, heard.counts.misfits), (0, 0));
    }
}

#[test]
fn audio_that_comes_too_early_is_bounded_too() {
    let mut packets = talk(Codec::Pcma, &[160], 6000);
    let at_once = packets[100].arrival;
    for packet in &mut packets[100..150] {
        packet.arrival = at_once;
    }
    let heard = listen(&packets);
    println!("{:?}", heard.counts);
    assert!(heard.delays_ms.iter().all(|delay| *delay <= 260));
    assert!(
        heard.delays_ms[200..].iter().all(|delay| *delay < 60),
        "{:?}",
        &heard.delays_ms[200..]
    );
    assert!(heard.clear(4000, 5900) >= 99);
}

#[test]
fn a_clock_that_steps_starts_anew() {
    for step in [3_600_000_000_i64, -3_600_000_000] {
        let packets = talk(Codec::Pcma, &[160], 2000);
        let mut buffer = JitterBuffer::new(Codec::Pcma);
        let mut clear = 0;
        for (at, packet) in packets.iter().enumerate() {
            let now = packet.arrival + if at < 50 { 0 } else { step };
            buffer.put(packet.header, &packet.payload, Timestamp::from_micros(now));
            let mut frame = [0; FRAME_SAMPLES];
            buffer.take(Timestamp::from_micros(now + TICK_PHASE), &mut frame);
            clear += u32::from(tone_share(HERTZ, &frame) > 0.9);
            assert!(buffer.delay() <= Duration::from_millis(260));
        }
        assert!(clear >= 94, "{step}: {clear} of 100");
    }
}

#[test]
fn packets_before_the_first_tick_and_a_pause_of_the_ticks() {
    let packets = talk(Codec::Pcma, &[160], 3000);
    let mut buffer = JitterBuffer::new(Codec::Pcma);
    let mut clear = 0;
    for (at, packet) in packets.iter().enumerate() {
        let now = Timestamp::from_micros(packet.arrival);
        buffer.put(packet.header, &packet.payload, now);
        if at < 40 || (70..100).contains(&at) {
            continue;
        }
        let mut frame = [0; FRAME_SAMPLES];
        buffer.take(now, &mut frame);
        clear += u32::from(tone_share(HERTZ, &frame) > 0.9);
        assert!(buffer.delay() <= Duration::from_millis(60), "{at}: {:?}", buffer.delay());
    }
    assert!(clear >= 76, "{clear} of 80");
}

#[test]
fn the_delay_told_is_the_true_one_whatever_the_phase_of_the_ticks() {
    for phase in [0, 1, 5000, 10_000, 19_999] {
        for jitter in [0, 10, 40, 100] {
            // Three seconds of silence over the uneven path, then the tone, evenly.
            let mut packets = talk(Codec::Pcma, &[160], 4000);
            for (at, packet) in packets[..150].iter_mut().enumerate() {
                packet.payload.fill(g711::silence(Codec::Pcma));
                packet.arrival += i64::try_from(at % 10).unwrap() * jitter * 1000 / 9;
            }
            for packet in &mut packets {
                packet.arrival -= TICK_PHASE - phase;
            }
            let heard = listen(&packets);
            let loud = heard.samples.iter().position(|sample| sample.abs() > 1000).unwrap();
            // From the arrival of the first packet of the tone to the tick that plays it.
            let beginning = i64::try_from(loud).unwrap() / 8 - (3020 - (TICK_PHASE - phase) / 1000);
            let truth = beginning + TICK_PHASE / 1000;
            let told = i64::try_from(heard.delay_at(3000)).unwrap();
            let line = format!("phase {phase}, jitter {jitter}: {truth} ms, told {told} ms");
            println!("{line}");
            assert!((truth - told).abs() <= 2, "{line}");
            assert!(jitter > 0 || heard.delays_ms[2..].iter().all(|delay| *delay == 23), "{line}");
            assert!(heard.count(Taken::Silence, 0, 3900) <= 3, "{line}: at the start only");
            assert!((jitter + 18..jitter + 40).contains(&truth), "{line}");
        }
    }
}

/// Forwarded, then mixed: the sound goes on while the buffer fills, and comes back without a step.
#[test]
fn a_primed_buffer_begins_with_what_was_forwarded() {
    for phase in [0, 5000, 19_999] {
        let packets = talk(Codec::Pcmu, &[160], 1000);
        let (forwarded, mixed) = packets.split_at(20);
        let mut buffer = JitterBuffer::new(Codec::Pcmu);
        forwarded.iter().for_each(|packet| buffer.prime(&packet.payload));
        let mut coming = mixed.iter().peekable();
        for tick in 0..25 {
            let now = forwarded[19].arrival + phase + tick * 20_000;
            while let Some(packet) = coming.next_if(|packet| packet.arrival <= now) {
                buffer.put(packet.header, &packet.payload, Timestamp::from_micros(packet.arrival));
            }
            let mut frame = [0; FRAME_SAMPLES];
            let taken = buffer.take(Timestamp::from_micros(now), &mut frame);
            assert_ne!(taken, Taken::Silence, "phase {phase}, tick {tick}");
            assert!(tick < 3 || taken == Taken::Audio, "phase {phase}, tick {tick}");
            assert!(tone_share(HERTZ, &frame) > 0.7, "phase {phase}, tick {tick}");
            assert!(level_dbfs(&frame) > -22.0, "{phase} {tick} {}", level_dbfs(&frame));
        }
    }
}

/// The other way to begin: the packets of the last moment are put again.
#[test]
fn a_buffer_that_begins_with_the_last_packets_speaks_at_once() {
    for (phase, jitter) in [(0, 0), (5000, 0), (19_999, 0), (5000, 15), (19_999, 15)] {
        let mut packets = talk(Codec::Pcma, &[160], 1000);
        for packet in packets.iter_mut().step_by(2) {
            packet.arrival += jitter * 1000;
        }
        let (recent, rest) = packets.split_at(20);
        let recent = &recent[17..];
        let mut buffer = JitterBuffer::new(Codec::Pcma);
        let mut before = 0;
        for packet in recent {
            buffer.prime(&packet.payload);
            before = i32::from(g711::decoded(Codec::Pcma, &packet.payload)[159]);
            buffer.put(packet.header, &packet.payload, Timestamp::from_micros(packet.arrival));
        }
        let mut coming = rest.iter().peekable();
        for tick in 0..25 {
            let now = recent[2].arrival + phase + tick * 20_000;
            while let Some(packet) = coming.next_if(|packet| packet.arrival <= now) {
                buffer.put(packet.header, &packet.payload, Timestamp::from_micros(packet.arrival));
            }
            let mut frame = [0; FRAME_SAMPLES];
            let taken = buffer.take(Timestamp::from_micros(now), &mut frame);
            let line = format!("{phase} {jitter}, tick {tick}: {taken:?} {:?}", buffer.delay());
            assert!(taken == Taken::Audio || (jitter > 0 && tick < 3), "{line}");
            assert!(tone_share(HERTZ, &frame) > 0.7, "{line}");
            assert!(buffer.delay() <= Duration::from_millis(50), "{line}");
            // The tone's own largest step is 2720.
            let step = (i32::from(frame[0]) - before).abs();
            assert!(step < 3500, "{line}: a step of {step}");
            before = i32::from(frame[159]);
        }
    }
}
