//! What protecting and opening one packet of telephone audio costs, beside `rtc::srtp`, and beside
//! the packet's own copy. Prints figures; asserts nothing about time.
//!
//! `cargo run --release --package telephony --example bench_srtp`

use std::hint::black_box;
use std::time::{Duration, Instant};

use rtc::crypto::default_provider;
use rtc::srtp::context::Context;
use rtc::srtp::option::srtp_replay_protection;
use rtc::srtp::protection_profile::ProtectionProfile;
use telephony::srtp::{MasterKey, SrtpProfile, SrtpReceiver, SrtpSender, TRAILER_MAX};

/// 20 ms of G.711 behind the fixed header.
const PACKET_BYTES: usize = 172;
/// Packets of one round: so few that some rounds are not disturbed.
const ROUND: u16 = 500;
/// Rounds. The best one counts, because noise only adds.
const ROUNDS: usize = 1000;

type Packet = [u8; PACKET_BYTES + TRAILER_MAX];

fn main() {
    println!("nanoseconds a packet of {PACKET_BYTES} bytes, best of {ROUNDS} rounds");
    println!("{:24} {:>8} {:>10}", "", "protect", "unprotect");
    for (profile, theirs) in [
        (SrtpProfile::Aes128CmSha1_80, ProtectionProfile::Aes128CmHmacSha1_80),
        (SrtpProfile::AeadAes128Gcm, ProtectionProfile::AeadAes128Gcm),
        (SrtpProfile::AeadAes256Gcm, ProtectionProfile::AeadAes256Gcm),
    ] {
        report(&format!("{profile:?}"), best(|| own_round(profile)));
        report("  rtc::srtp", best(|| rtc_round(profile, theirs)));
    }
    println!(
        "bytes of a sender {}, of a receiver {}",
        size_of::<SrtpSender>(),
        size_of::<SrtpReceiver>()
    );
}

fn report(name: &str, (protect, unprotect): (Duration, Duration)) {
    let each = |round: Duration| round.as_nanos() / u128::from(ROUND);
    println!("{name:24} {:>8} {:>10}", each(protect), each(unprotect));
}

fn best(mut round: impl FnMut() -> (Duration, Duration)) -> (Duration, Duration) {
    let rounds: Vec<_> = (0..ROUNDS).map(|_| round()).collect();
    let of = |pick: fn(&(Duration, Duration)) -> Duration| rounds.iter().map(pick).min();
    (of(|r| r.0).unwrap_or_default(), of(|r| r.1).unwrap_or_default())
}

fn master(profile: SrtpProfile) -> MasterKey {
    MasterKey::new(profile, &[7; 32][..profile.key_len()], &[9; 14][..profile.salt_len()])
        .expect("the profile's lengths")
}

/// Packets as a call sends them.
fn packets() -> Vec<Packet> {
    let number = |sequence: u16| {
        let mut packet = [0xd5; PACKET_BYTES + TRAILER_MAX];
        packet[..2].copy_from_slice(&[0x80, 0]);
        packet[2..4].copy_from_slice(&sequence.to_be_bytes());
        packet
    };
    (0..ROUND).map(number).collect()
}

fn timed(work: impl FnOnce()) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    let started = Instant::now();
    work();
    started.elapsed()
}

fn own_round(profile: SrtpProfile) -> (Duration, Duration) {
    let (mut sender, mut receiver) =
        (SrtpSender::new(master(profile)), SrtpReceiver::new(master(profile)));
    let mut packets = packets();
    let mut len = 0;
    let protect = timed(|| {
        for packet in &mut packets {
            len = sender.protect_rtp(black_box(packet), PACKET_BYTES).expect("room");
        }
    });
    let unprotect = timed(|| {
        for packet in &mut packets {
            receiver.unprotect_rtp(black_box(&mut packet[..len])).expect("authentic");
        }
    });
    (protect, unprotect)
}

fn rtc_round(profile: SrtpProfile, theirs: ProtectionProfile) -> (Duration, Duration) {
    let context = |replay| {
        let provider = default_provider().expect("ring");
        let (key, salt) = (&[7; 32][..profile.key_len()], &[9; 14][..profile.salt_len()]);
        Context::new(key, salt, theirs, replay, None, provider.crypto()).expect("a key")
    };
    let (mut sender, mut receiver) = (context(None), context(Some(srtp_replay_protection(128))));
    let packets = packets();
    let mut sealed = Vec::with_capacity(packets.len());
    let protect = timed(|| {
        for packet in &packets {
            sealed.push(sender.encrypt_rtp(black_box(&packet[..PACKET_BYTES])).expect("RTP"));
        }
    });
    let unprotect = timed(|| {
        for packet in &sealed {
            black_box(receiver.decrypt_rtp(black_box(packet)).expect("authentic"));
        }
    });
    (protect, unprotect)
}
