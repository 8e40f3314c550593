//! Mutated RTP and RTCP on the ports of a trunk leg, while its call goes on.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use telephony::rtcp::{self, ReportBlock, SenderInfo};
use telephony::rtp::RtpHeader;
use tokio::time::sleep;

use crate::counted::until_counted;
use crate::mutate::Mutator;
use crate::phone::Heard;
use crate::voice::{MOST, SPEAKS, Talk, Voice, assert_goes_on, share_in};

/// Of each kind; with those at the browsers' port ten thousand in all.
const MUTANTS: usize = 1_000;
/// Sent at once; slower than the plane reads.
const AT_ONCE: usize = 10;
const SEED: u64 = 20_261_122;

/// Speech, a key and nothing.
fn audio_samples() -> Vec<Vec<u8>> {
    let mut voice = Voice::new(1, SPEAKS);
    let mut samples: Vec<_> = [160, 160, 160, 80, 240, 0].map(|len| voice.packet(len)).into();
    let key = RtpHeader { payload_type: 101, marker: true, ..voice.header };
    let mut datagram = vec![0; 16];
    key.write(&[5, 10, 1, 64], &mut datagram).expect("room");
    samples.push(datagram);
    samples
}

/// Reports of a sender and of a receiver.
fn report_samples() -> Vec<Vec<u8>> {
    let block = ReportBlock {
        ssrc: 7,
        fraction_lost: 3,
        lost: 4,
        highest_sequence: 99,
        jitter: 5,
        last_sr: 6,
        delay_since_last_sr: 7,
    };
    let info = SenderInfo { ntp: 1 << 60, rtp_timestamp: 160, packets: 9, octets: 1440 };
    let write = |info, blocks: &[ReportBlock]| {
        let mut out = [0; 300];
        let len = rtcp::write_report(1, info, blocks, "telephone", &mut out).expect("room");
        out[..len].to_vec()
    };
    vec![write(Some(info), &[block]), write(None, &[block, block]), write(Some(info), &[])]
}

/// Whatever comes in, what goes out is one stream without wild jumps.
fn assert_sane(heard: &[Heard]) {
    for pair in heard.windows(2) {
        let (before, after) = (&pair[0].header, &pair[1].header);
        assert_eq!(before.ssrc, after.ssrc, "one name");
        let step = after.sequence.wrapping_sub(before.sequence).wrapping_add(100);
        assert!(step <= 3_200, "{before:?} then {after:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutants_on_a_trunks_ports_are_dropped_or_heard_as_one_stream_and_the_call_goes_on() {
    println!("seed {SEED}");
    for is_mixed in [false, true] {
        let talk = Talk::begin(is_mixed).await;
        let reports = SocketAddr::new(talk.target.ip(), talk.target.port() + 1);
        let stranger = UdpSocket::bind("127.0.0.2:0").expect("a socket");
        let mut voice = Voice::new(1, SPEAKS);
        talk.say(&mut voice, 3).await;
        let mut audio = Mutator::new(SEED, audio_samples());
        let mut report = Mutator::new(SEED + 1, report_samples());
        for n in 0..MUTANTS {
            talk.send(&audio.next());
            stranger.send_to(&audio.next(), talk.target).expect("sent");
            // Reports come from a port of their own, which the first of them decides.
            talk.listener.socket.send_to(&report.next(), reports).expect("sent");
            if n % AT_ONCE == 0 {
                talk.send(&voice.packet(160));
                sleep(Duration::from_millis(5)).await;
            }
        }
        assert_sane(&talk.heard().await);
        // A mutant's time may have been far ahead; what follows is in its own time again.
        talk.say(&mut voice, 10).await;
        let _settled = talk.heard().await;
        talk.say(&mut voice, 60).await;
        let heard = talk.heard().await;
        let share = share_in(&heard, SPEAKS);
        println!("mixed: {is_mixed}: {} packets, {share} %", heard.len());
        assert_goes_on(&heard);
        assert!(heard.len() >= 25 && share >= MOST, "{} and {share} %", heard.len());
        talk.end().await;
    }
    until_counted("helpline_rtp_strangers_total", MUTANTS as u64 / 2).await;
    until_counted("helpline_rtp_unreadable_total", MUTANTS as u64 / 2).await;
}
