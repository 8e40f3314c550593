//! Whatever comes, in whatever order: no panic, bounded delay, the same memory.

use proptest::prelude::*;

use super::*;

/// One thing done to a buffer.
#[derive(Clone, Debug)]
enum Step {
    Put { header: RtpHeader, len: usize, wait: i64 },
    Take { wait: i64 },
}

fn header() -> impl Strategy<Value = RtpHeader> {
    let near = (0..40_u16, 0..40_u32).prop_map(|(s, t)| (s, t * 160));
    let numbers = prop_oneof![4 => near, 1 => any::<(u16, u32)>()];
    let payload_type = prop_oneof![6 => Just(8), 1 => Just(0), 1 => 0..=127_u8];
    let ssrc = prop_oneof![6 => Just(1), 1 => 2..4_u32];
    (numbers, payload_type, ssrc, any::<bool>()).prop_map(
        |(numbers, payload_type, ssrc, marker)| {
            let (sequence, timestamp) = numbers;
            RtpHeader { marker, payload_type, sequence, timestamp, ssrc }
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let wait = prop_oneof![8 => 0..30_000_i64, 1 => any::<i64>().prop_map(|wait| wait / 4)];
    let len = prop_oneof![6 => Just(160_usize), 2 => 0..500_usize, 1 => 0..2000_usize];
    let put = (header(), len, wait.clone());
    prop_oneof![
        put.prop_map(|(header, len, wait)| Step::Put { header, len, wait }),
        wait.prop_map(|wait| Step::Take { wait }),
    ]
}

proptest! {
    #[test]
    fn any_order_of_puts_and_takes(steps in prop::collection::vec(step(), 1..300)) {
        let mut buffer = JitterBuffer::new(Codec::Pcma);
        let memory = buffer.ring.capacity();
        let mut now = 1_000_000;
        for step in &steps {
            prop_assert!(done(step, &mut buffer, &mut now), "{step:?}");
            prop_assert_eq!(buffer.ring.capacity(), memory);
        }
    }
}

/// Does a step; whether the buffer stayed within its bounds.
fn done(step: &Step, buffer: &mut JitterBuffer, now: &mut i64) -> bool {
    let (Step::Put { wait, .. } | Step::Take { wait }) = step;
    *now = now.wrapping_add(*wait);
    let time = Timestamp::from_micros(*now);
    match step {
        Step::Put { header, len, .. } => {
            buffer.put(*header, &[0x2a; 2000][..*len], time);
            true
        }
        Step::Take { .. } => {
            let mut frame = [0; FRAME_SAMPLES];
            let taken = buffer.take(time, &mut frame);
            let silent = taken != Taken::Silence || frame == [0; FRAME_SAMPLES];
            silent && buffer.delay() <= Duration::from_millis(260)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever came before, an honest sender is heard within a second.
    #[test]
    fn nothing_keeps_an_honest_sender_out(
        steps in prop::collection::vec(step(), 1..200),
        numbers in any::<(u16, u32)>(),
        now in 0..1_i64 << 50,
    ) {
        let mut buffer = JitterBuffer::new(Codec::Pcma);
        let mut now = now;
        for step in &steps {
            done(step, &mut buffer, &mut now);
        }
        // Room on the clock for what follows.
        let now = now.clamp(i64::MIN / 2, i64::MAX / 2);
        for (at, packet) in talk(Codec::Pcma, &[160], 1600).into_iter().enumerate() {
            let header = RtpHeader {
                ssrc: 1,
                sequence: packet.header.sequence.wrapping_add(numbers.0),
                timestamp: packet.header.timestamp.wrapping_add(numbers.1),
                ..packet.header
            };
            let time = now + packet.arrival;
            buffer.put(header, &packet.payload, Timestamp::from_micros(time));
            let mut frame = [0; FRAME_SAMPLES];
            let taken = buffer.take(Timestamp::from_micros(time + TICK_PHASE), &mut frame);
            if at > 50 {
                prop_assert_eq!(taken, Taken::Audio, "{} {:?}", at, buffer.counts());
                prop_assert!(buffer.delay() < Duration::from_millis(225), "{:?}", buffer.delay());
            }
            if at == 79 {
                prop_assert!(tone_share(HERTZ, &frame) > 0.9);
            }
        }
    }

    /// Any loss, and any delay of up to 100 ms for each packet: most of what comes is heard, and
    /// once the path is even again, so is the sound.
    #[test]
    fn any_path_that_becomes_even_again(fates in prop::collection::vec((0..10_u8, 0..100_i64), 100)) {
        let mut packets = talk(Codec::Pcmu, &[160], 5000);
        for (packet, (_, delay)) in packets.iter_mut().zip(&fates) {
            packet.arrival += delay * 1000;
        }
        let mut at = 0;
        packets.retain(|_| {
            at += 1;
            fates.get(at - 1).is_none_or(|(fate, _)| *fate > 0)
        });
        let heard = listen(&packets);
        prop_assert!(heard.clear(0, 2000) >= 60, "{}", heard.clear(0, 2000));
        prop_assert_eq!(heard.count(Taken::Audio, 2400, 4800), 120);
        prop_assert!(heard.clear(2400, 4800) == 100, "{}", heard.clear(2400, 4800));
        prop_assert!(heard.delays_ms.iter().all(|delay| *delay <= 260));
    }
}
