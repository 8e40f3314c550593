//! The trunks of an exchange: which one a packet comes from, and how each is doing. Pure.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ids::Timestamp;

use super::choice::{self, Candidate};
use super::config::{TrunkConfig, TrunkName};
use super::health::{Health, TrunkHealth};

/// A trunk as boards show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkView {
    /// Its name.
    pub name: TrunkName,
    /// How it is doing.
    pub health: TrunkHealth,
    /// Since when.
    pub since: Timestamp,
    /// Whether it can be asked at all; one that only calls us cannot.
    pub checked: bool,
    /// When its registrar forgets us; `None` if we are not registered.
    pub registered_until: Option<Timestamp>,
    /// From the last OPTIONS to its answer; `None` if there was none.
    pub round_trip: Option<Duration>,
    /// Calls open now, both directions.
    pub calls: usize,
}

/// One trunk, running.
pub(crate) struct Trunk {
    pub(crate) config: TrunkConfig,
    state: Mutex<State>,
}

struct State {
    health: Health,
    registered_until: Option<Timestamp>,
    /// The addresses of `send_to`, as found last.
    addresses: Vec<SocketAddr>,
}

impl Trunk {
    fn new(config: TrunkConfig, failures_until_down: u32, now: Timestamp) -> Self {
        let health = match config.send_to {
            Some(_) => Health::unknown(failures_until_down, now),
            None => Health::taken_for_granted(failures_until_down, now),
        };
        let here = config.send_to.as_ref().and_then(|to| Some(SocketAddr::new(to.ip()?, to.port)));
        let addresses = here.into_iter().collect();
        Self { config, state: Mutex::new(State { health, registered_until: None, addresses }) }
    }

    /// Where to send to: the address found last.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.state().addresses.first().copied()
    }

    /// Notes where its host was found.
    pub(crate) fn found(&self, addresses: Vec<SocketAddr>) {
        self.state().addresses = addresses;
    }

    /// Changes its health; the health, if it is another now.
    pub(super) fn judge(
        &self,
        change: impl FnOnce(&mut Health) -> bool,
    ) -> Option<(TrunkHealth, Timestamp)> {
        let mut state = self.state();
        change(&mut state.health).then(|| (state.health.current(), state.health.since()))
    }

    pub(super) fn set_registered_until(&self, until: Option<Timestamp>) {
        self.state().registered_until = until;
    }

    /// The length of the longest range of this trunk that holds the address.
    fn nearness(&self, ip: IpAddr) -> Option<u8> {
        let by_range = self.config.networks.iter().filter(|range| range.contains(&ip));
        let longest = by_range.map(ipnet::IpNet::prefix_len).max();
        let is_target = || self.state().addresses.iter().any(|known| known.ip() == ip);
        longest.or_else(|| is_target().then_some(u8::MAX))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All trunks, in the order of the settings.
pub(crate) struct Table {
    trunks: Vec<Trunk>,
}

impl Table {
    pub(crate) fn new(configs: Vec<TrunkConfig>, until_down: u32, now: Timestamp) -> Self {
        let trunk = |config| Trunk::new(config, until_down, now);
        Self { trunks: configs.into_iter().map(trunk).collect() }
    }

    /// The trunk whose narrowest range holds this address; of several the first.
    pub(crate) fn recognise(&self, ip: IpAddr) -> Option<usize> {
        let ip = ip.to_canonical();
        let near = self.trunks.iter().enumerate();
        let near = near.filter_map(|(index, trunk)| Some((trunk.nearness(ip)?, index)));
        // The first of equals: `max_by_key` would take the last.
        near.rev().max_by_key(|(nearness, _)| *nearness).map(|(_, index)| index)
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Trunk> {
        self.trunks.get(index)
    }

    pub(crate) fn len(&self) -> usize {
        self.trunks.len()
    }

    /// The order in which to try a call, on one trunk if it is named. `has_room` by index.
    pub(crate) fn order(
        &self,
        only: Option<&TrunkName>,
        has_room: impl Fn(usize) -> bool,
    ) -> Vec<usize> {
        let may = |index: usize, trunk: &Trunk| {
            trunk.config.send_to.is_some()
                && only.is_none_or(|name| *name == trunk.config.name)
                && has_room(index)
        };
        let candidates: Vec<Candidate> = self
            .trunks
            .iter()
            .enumerate()
            .map(|(index, trunk)| Candidate {
                priority: trunk.config.priority,
                health: trunk.state().health.current(),
                has_room: may(index, trunk),
            })
            .collect();
        choice::order(&candidates)
    }

    /// The trunks as boards show them, with their calls by index.
    pub(crate) fn views(&self, calls: impl Fn(usize) -> usize) -> Vec<TrunkView> {
        let views = self.trunks.iter().enumerate().map(|(index, trunk)| {
            let state = trunk.state();
            TrunkView {
                name: trunk.config.name.clone(),
                health: state.health.current(),
                since: state.health.since(),
                checked: trunk.config.send_to.is_some(),
                registered_until: state.registered_until,
                round_trip: state.health.round_trip(),
                calls: calls(index),
            }
        });
        views.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trunk(name: &str, networks: &[&str]) -> TrunkConfig {
        let networks = networks.iter().map(|range| range.parse().expect("a range")).collect();
        TrunkConfig::by_address(name.parse().expect("a name"), networks)
    }

    fn table(configs: Vec<TrunkConfig>) -> Table {
        Table::new(configs, 3, Timestamp::default())
    }

    #[test]
    fn a_packet_is_of_the_trunk_with_the_narrowest_range() {
        let mut sent_to = trunk("d", &[]);
        sent_to.send_to = Some("10.1.2.9:5060".parse().expect("an address"));
        let table = table(vec![
            trunk("a", &["10.0.0.0/8"]),
            trunk("b", &["10.1.0.0/16", "192.0.2.1/32"]),
            trunk("c", &["10.1.0.0/16"]),
            sent_to,
        ]);
        for (ip, index) in [
            ("10.2.3.4", Some(0)),
            ("10.1.2.3", Some(1)),
            ("192.0.2.1", Some(1)),
            ("::ffff:10.2.3.4", Some(0)),
            ("10.1.2.9", Some(3)),
            ("192.0.2.2", None),
        ] {
            assert_eq!(table.recognise(ip.parse().expect("an address")), index, "{ip}");
        }
    }

    #[test]
    fn a_name_of_the_dns_is_known_by_the_addresses_found_for_it() {
        let mut named = trunk("a", &[]);
        named.send_to = Some("sip.carrier.example".parse().expect("an address"));
        let table = table(vec![named]);
        let ip = "192.0.2.7".parse().expect("an address");
        assert_eq!(table.recognise(ip), None);
        table.get(0).expect("there").found(vec![SocketAddr::new(ip, 5060)]);
        assert_eq!(table.recognise(ip), Some(0));
    }

    #[test]
    fn only_a_trunk_that_takes_calls_is_tried() {
        let mut takes = trunk("b", &[]);
        takes.send_to = Some("192.0.2.7".parse().expect("an address"));
        let other =
            TrunkConfig { priority: 1, name: "c".parse().expect("a name"), ..takes.clone() };
        let table = table(vec![trunk("a", &["10.0.0.0/8"]), takes, other]);
        assert_eq!(table.order(None, |_| true), [2, 1]);
        assert_eq!(table.order(Some(&"b".parse().expect("a name")), |_| true), [1]);
        assert_eq!(table.order(None, |index| index != 2), [1]);
        assert!(table.order(Some(&"a".parse().expect("a name")), |_| true).is_empty());
    }
}
