//! From which addresses a browser is heard, and which one it is sent to (RFC 8445 §8.2, §12;
//! RFC 7675). Pure.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::binding::Check;
use super::config::GateTiming;

/// Addresses that one peer may be heard from. A browser tries each of its interfaces.
const ADDRESSES_MAX: usize = 16;
/// A browser that nominates several addresses at once (Firefox) means the one of highest priority;
/// one that nominates a lesser one later (Chromium, leaving Wi-Fi) means that.
const NOMINATIONS_APART: Duration = Duration::from_secs(1);
/// How long checks must have come without a long gap to be relied on.
const STEADY_AFTER: Duration = Duration::from_secs(10);

/// A peer's addresses and the chosen one.
#[derive(Debug)]
pub(super) struct Path {
    timing: GateTiming,
    known: Vec<Known>,
    chosen: Option<Chosen>,
    /// When media was last heard, by the media thread's word.
    media: Option<Instant>,
    /// Since when checks have come without a long gap.
    steady_since: Instant,
    told: Told,
}

/// An address that authentic checks come from.
#[derive(Debug)]
struct Known {
    address: SocketAddr,
    checked: Instant,
}

#[derive(Debug)]
struct Chosen {
    address: SocketAddr,
    priority: u32,
    nominated: Instant,
    checked: Instant,
}

/// What was last told about the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    At(SocketAddr),
    Lost,
}

/// What is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathNews {
    At(SocketAddr),
    Lost,
}

impl Path {
    pub(super) fn new(timing: GateTiming, now: Instant) -> Self {
        Self {
            timing,
            known: Vec::new(),
            chosen: None,
            media: None,
            steady_since: now,
            told: Told::Nothing,
        }
    }

    /// Whether an authentic check came from this address lately: only such an address is answered
    /// by more than STUN.
    pub(super) fn knows(&self, address: SocketAddr) -> bool {
        self.known.iter().any(|known| known.address == address)
    }

    /// All of them, in no order.
    pub(super) fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.known.iter().map(|known| known.address)
    }

    /// The chosen address, else the one last heard from.
    pub(super) fn best(&self) -> Option<SocketAddr> {
        let last = || self.known.iter().max_by_key(|known| known.checked);
        self.chosen.as_ref().map(|chosen| chosen.address).or_else(|| Some(last()?.address))
    }

    /// Whether media may flow.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.told, Told::At(_))
    }

    /// Takes an authentic check. Returns news and an address that was forgotten to make room.
    pub(super) fn checked(
        &mut self,
        now: Instant,
        from: SocketAddr,
        check: Check,
    ) -> (Option<PathNews>, Option<SocketAddr>) {
        let forgotten = self.remember(now, from);
        if let Some(chosen) = &mut self.chosen
            && chosen.address == from
        {
            if now - chosen.checked > self.timing.quiet_after / 2 {
                self.steady_since = now;
            }
            chosen.checked = now;
            if check.nominates {
                (chosen.priority, chosen.nominated) = (check.priority, now);
            }
        } else if self.prefers(now, check) {
            let priority = check.priority;
            self.chosen = Some(Chosen { address: from, priority, nominated: now, checked: now });
            self.steady_since = now;
        }
        (self.news(), forgotten)
    }

    /// Media came from it: it lives, though that is no consent.
    pub(super) fn media_heard(&mut self, now: Instant) {
        self.media = Some(now);
    }

    /// New credentials are in use: what was nominated under the old ones yields to any nomination.
    pub(super) fn restarted(&mut self) {
        if let Some(chosen) = &mut self.chosen {
            chosen.priority = 0;
        }
    }

    /// It did not connect in time.
    pub(super) fn give_up(&mut self) -> Option<PathNews> {
        let known = self.told == Told::Lost;
        self.told = Told::Lost;
        (!known).then_some(PathNews::Lost)
    }

    /// When [`Self::handle_timeout`] is wanted.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let forget = self.known.iter().map(|known| known.checked + self.timing.consent_lasts);
        forget.chain(self.lost_at()).min()
    }

    /// Forgets addresses without consent and notices silence.
    pub(super) fn handle_timeout(
        &mut self,
        now: Instant,
        forgotten: &mut Vec<SocketAddr>,
    ) -> Option<PathNews> {
        let lasts = self.timing.consent_lasts;
        self.known.retain(|known| {
            let stays = now < known.checked + lasts;
            if !stays {
                forgotten.push(known.address);
            }
            stays
        });
        if self.lost_at().is_some_and(|at| at <= now) { self.give_up() } else { None }
    }

    fn remember(&mut self, now: Instant, from: SocketAddr) -> Option<SocketAddr> {
        if let Some(known) = self.known.iter_mut().find(|known| known.address == from) {
            known.checked = now;
            return None;
        }
        let mut forgotten = None;
        if self.known.len() == ADDRESSES_MAX {
            let chosen = self.chosen.as_ref().map(|chosen| chosen.address);
            let others = self.known.iter().enumerate().filter(|(_, k)| Some(k.address) != chosen);
            let oldest = others.min_by_key(|(_, known)| known.checked).map(|(n, _)| n);
            forgotten = oldest.map(|n| self.known.swap_remove(n).address);
        }
        self.known.push(Known { address: from, checked: now });
        forgotten
    }

    /// Whether a check from another address than the chosen one makes that the chosen one.
    fn prefers(&self, now: Instant, check: Check) -> bool {
        let Some(chosen) = &self.chosen else { return check.nominates };
        // Not nominated, but alive while the chosen one is silent: better than nothing.
        let silent = now - chosen.checked > self.timing.quiet_after / 2;
        let outbid =
            check.priority >= chosen.priority || now - chosen.nominated >= NOMINATIONS_APART;
        self.told == Told::Lost || silent || (check.nominates && outbid)
    }

    fn news(&mut self) -> Option<PathNews> {
        let chosen = self.chosen.as_ref()?;
        let told = Told::At(chosen.address);
        if self.told == told {
            return None;
        }
        self.told = told;
        Some(PathNews::At(chosen.address))
    }

    /// When silence becomes loss.
    fn lost_at(&self) -> Option<Instant> {
        let chosen = self.chosen.as_ref().filter(|_| self.is_open())?;
        let steady = chosen.checked - self.steady_since >= STEADY_AFTER;
        let quiet = self.timing.quiet_after;
        let limit = if steady { quiet } else { quiet.max(self.timing.quiet_after_unsteady) };
        let alive = self.media.map_or(chosen.checked, |media| media.max(chosen.checked));
        Some((alive + limit).min(chosen.checked + self.timing.consent_lasts))
    }
}

#[cfg(test)]
mod tests;
