//! REGISTER: to another maker's registrar, and to one that refuses.

use std::time::Duration;

use telephony::driver::sip::SipPort as _;
use telephony::driver::trunk::{TrunkFault, TrunkHealth};

use super::carrier::{Carrier, account, keep_alive, trunk};
use crate::exchange::{Exchange, media_config, ports, sip_config};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registration_lives_as_long_as_granted_and_is_taken_back_at_the_stop() {
    let registrar = Carrier::start("registrar.xml", None, &["-m", "2"]);
    let mut config = sip_config();
    let mut bsnl = trunk("bsnl", registrar.address, 1);
    bsnl.account = Some(account());
    bsnl.registers = true;
    config.trunks.push(bsnl);
    config.keep_alive.registration = Duration::from_secs(60);
    config.keep_alive.retry_registration = Duration::from_secs(1);
    let exchange = Exchange::start(config, media_config(ports(1))).await;
    let until = |e: &Exchange| e.sip.trunks().pop().and_then(|view| view.registered_until);
    exchange.until("registered", |e| until(e).is_some()).await;
    // Asked for 60 s, told at least 7200 s, granted 600 s.
    let since = exchange.sip.trunks().pop().expect("a trunk").since;
    let life = until(&exchange).expect("registered").since(since);
    assert!((500..=660).contains(&life.as_secs()), "{life:?}");
    exchange.sip.stop(Duration::from_secs(10)).await;
    assert!(registrar.went_as_written().await, "423, 401, 200, and the farewell");
    assert_eq!(until(&exchange), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registrar_that_refuses_us_is_told_with_its_code() {
    let registrar = Carrier::start("registrar_refuses.xml", None, &[]);
    let mut config = sip_config();
    let mut bsnl = trunk("bsnl", registrar.address, 1);
    bsnl.account = Some(account());
    bsnl.registers = true;
    config.trunks.push(bsnl);
    config.keep_alive.retry_registration = keep_alive().interval;
    let exchange = Exchange::start(config, media_config(ports(1))).await;
    let refused = TrunkHealth::Degraded { why: TrunkFault::RegistrationRefused(403) };
    exchange
        .until("its refusal is told", |e| {
            e.seen(|seen| seen.healths.iter().any(|(_, health)| *health == refused))
        })
        .await;
}
