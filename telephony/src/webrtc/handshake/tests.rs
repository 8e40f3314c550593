use rtc::crypto::default_provider;
use rtc::dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType};

use super::*;

const GCM: SrtpProtectionProfile = SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm;
const COUNTER_MODE: SrtpProtectionProfile = SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80;

/// A DTLS client, and the association that it talks to; both in made-up time.
struct Pair {
    client: Endpoint,
    fingerprint: Fingerprint,
    association: Association,
    now: Instant,
    connected: bool,
    keys: Vec<SrtpKeys>,
    impostors: usize,
    closed: usize,
    rejected: usize,
}

fn pair(profiles: &[SrtpProtectionProfile]) -> Pair {
    let ours = Arc::new(Certificate::generate().expect("a certificate"));
    let provider = default_provider().expect("a provider");
    let theirs = rtc::dtls::crypto::Certificate::generate_self_signed(
        vec!["browser".to_owned()],
        provider.crypto(),
    )
    .expect("a certificate");
    let fingerprint = ours.digest(&theirs.certificate[0]).expect("a digest");
    let config = ConfigBuilder::default()
        .with_crypto_provider(provider)
        .with_certificates(vec![theirs])
        .with_srtp_protection_profiles(profiles.to_vec())
        .with_client_auth(ClientAuthType::RequireAnyClientCert)
        .with_extended_master_secret(ExtendedMasterSecretType::Require)
        .with_flight_interval(Duration::from_millis(200))
        .with_insecure_skip_verify(true)
        .build(true, Some(REMOTE))
        .expect("a configuration");
    let now = tokio::time::Instant::now().into_std();
    let mut client = Endpoint::new(LOCAL, TransportProtocol::UDP, None);
    client.connect(now, REMOTE, Arc::new(config), None).expect("begun");
    Pair {
        client,
        fingerprint,
        association: Association::new(ours, fingerprint),
        now,
        connected: false,
        keys: Vec::new(),
        impostors: 0,
        closed: 0,
        rejected: 0,
    }
}

impl Pair {
    fn server_takes(&mut self, datagram: &[u8]) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        match self.association.datagram(self.now, datagram, &mut out) {
            Ok(Some(Happened::Keys(keys))) => self.keys.push(keys),
            Ok(Some(Happened::Impostor)) => self.impostors += 1,
            Ok(Some(Happened::Closed)) => self.closed += 1,
            Ok(None) => {}
            Err(Rejected) => self.rejected += 1,
        }
        out
    }

    fn client_takes(&mut self, datagram: &[u8]) {
        let events = self.client.read(self.now, REMOTE, None, BytesMut::from(datagram));
        for event in events.into_iter().flatten() {
            self.connected |= matches!(event, EndpointEvent::HandshakeComplete);
        }
    }

    fn client_says(&mut self) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| self.client.poll_transmit()).map(|t| t.message.to_vec()).collect()
    }

    /// Lets time pass and carries datagrams, until nothing moves for two seconds. `lose` says
    /// which datagrams, counted over both directions, do not arrive.
    fn run(&mut self, lose: impl Fn(usize) -> bool) {
        let (mut carried, mut idle) = (0, 0);
        while idle < 200 {
            let mut moved = false;
            let mut arrives = |_: &Vec<u8>| {
                moved = true;
                carried += 1;
                !lose(carried - 1)
            };
            let up: Vec<_> = self.client_says().into_iter().filter(&mut arrives).collect();
            let mut down: Vec<_> = up.iter().flat_map(|bytes| self.server_takes(bytes)).collect();
            self.association.handle_timeout(self.now, &mut down);
            down.retain(&mut arrives);
            for bytes in down {
                self.client_takes(&bytes);
            }
            idle = if moved { 0 } else { idle + 1 };
            self.now += Duration::from_millis(10);
            let _given_up = self.client.handle_timeout(REMOTE, self.now);
        }
    }
}

#[test]
fn gcm_is_preferred_whatever_the_client_prefers() {
    for (offered, agreed) in [
        (&[COUNTER_MODE, GCM][..], SrtpProfile::AeadAes128Gcm),
        (&[GCM], SrtpProfile::AeadAes128Gcm),
        (
            &[SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm, COUNTER_MODE],
            SrtpProfile::Aes128CmSha1_80,
        ),
    ] {
        let mut pair = pair(offered);
        pair.run(|_| false);
        assert!(pair.connected && pair.association.is_complete());
        let [keys] = pair.keys.as_slice() else { panic!("keys exactly once") };
        assert_eq!(keys.outgoing.profile(), agreed);
        let client = pair.client.get_connection_state(REMOTE).expect("connected");
        let chosen = client.srtp_protection_profile();
        assert_eq!(chosen == GCM, agreed == SrtpProfile::AeadAes128Gcm);
    }
}

#[test]
fn any_one_and_any_two_lost_datagrams_are_made_up_for() {
    for first in 0..8 {
        for second in first..8 {
            let mut pair = pair(&[GCM]);
            pair.run(|n| n == first || n == second);
            assert!(pair.connected, "client, without {first} and {second}");
            assert_eq!(pair.keys.len(), 1, "server, without {first} and {second}");
        }
    }
}

#[test]
fn a_flight_is_repeated_even_if_the_client_repeats_its_own() {
    let mut pair = pair(&[GCM]);
    // Hello, cookie, hello again; our flight is lost, the client repeats its hello.
    let hello = pair.client_says().remove(0);
    let cookie = pair.server_takes(&hello).remove(0);
    pair.client_takes(&cookie);
    let hello = pair.client_says().remove(0);
    assert!(!pair.server_takes(&hello).is_empty());
    pair.now += Duration::from_millis(100);
    assert!(pair.server_takes(&hello).is_empty());
    pair.run(|_| false);
    assert!(pair.connected);
    assert_eq!(pair.keys.len(), 1);
}

#[test]
fn another_certificate_gets_no_keys_and_a_goodbye() {
    let mut pair = pair(&[GCM]);
    pair.fingerprint[0] ^= 1;
    pair.association = Association::new(pair.association.certificate.clone(), pair.fingerprint);
    pair.run(|_| false);
    assert_eq!((pair.keys.len(), pair.impostors), (0, 1));
    assert!(pair.association.is_ended());
}

#[test]
fn a_client_without_srtp_gets_no_keys() {
    let mut pair = pair(&[]);
    pair.run(|_| false);
    assert_eq!((pair.keys.len(), pair.closed), (0, 1));
}

#[test]
fn goodbye_is_heard_in_both_directions() {
    let mut pair = pair(&[GCM]);
    pair.run(|_| false);
    let _gone = pair.client.stop(pair.now, REMOTE);
    pair.run(|_| false);
    assert_eq!(pair.closed, 1);
    let mut other = self::pair(&[GCM]);
    other.run(|_| false);
    let mut out = Vec::new();
    other.association.close(other.now, &mut out);
    assert_eq!(out.len(), 1);
    let events = other.client.read(other.now, REMOTE, None, BytesMut::from(out[0].as_slice()));
    assert!(matches!(events.expect("read").as_slice(), [EndpointEvent::PeerClosed]));
}

#[test]
fn forged_alerts_in_the_clear_do_not_end_a_complete_association() {
    let mut pair = pair(&[GCM]);
    pair.run(|_| false);
    for description in 0..=255 {
        let alert = [21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 9, 9, description, 0, 2, 2, description];
        pair.server_takes(&alert);
    }
    assert_eq!(pair.closed, 0);
    assert!(pair.association.is_complete());
}

#[test]
fn a_forged_hello_does_not_keep_the_real_one_out() {
    let mut pair = pair(&[GCM]);
    let hello = pair.client_says().remove(0);
    let mut forged = hello.clone();
    forged[30] ^= 1;
    pair.server_takes(&forged);
    let cookie = pair.server_takes(&hello).remove(0);
    pair.client_takes(&cookie);
    pair.run(|_| false);
    assert_eq!((pair.connected, pair.keys.len()), (true, 1));
}

#[test]
fn the_library_is_given_so_much_and_no_more() {
    let mut pair = pair(&[GCM]);
    pair.run(|_| false);
    let record = [23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 1];
    for _ in 0..2 * DATAGRAMS_MAX {
        pair.server_takes(&record);
    }
    assert!(pair.rejected >= DATAGRAMS_MAX);
    assert!(pair.association.is_complete());
}
