//! Session timers (RFC 4028): who refreshes a dialog, how often, and when it counts as dead. Pure.

use std::time::Duration;

use rsipstack::sip::{Header, Headers, Request};

use super::extensions::{TIMER, supports};

/// Longest interval taken, seconds: a day. Nothing needs more, and sums stay in range.
const INTERVAL_S_MAX: u32 = 86_400;
/// A session that the far end does not refresh ends this long before its interval does, or a third of
/// the interval if that is less (RFC 4028 §10).
const MARGIN: Duration = Duration::from_secs(32);

/// What we want of session timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimerSettings {
    /// The interval that we ask for, seconds.
    pub(super) interval_s: u32,
    /// The shortest interval that we take, seconds; RFC 4028 §5 allows none below 90.
    pub(super) interval_min_s: u32,
}

/// Who keeps a session alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refresher {
    /// We send the refreshes.
    Us,
    /// The far end does.
    Them,
}

/// A session's timer, as agreed by a request and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SessionTimer {
    interval_s: u32,
    pub(super) refresher: Refresher,
    /// The far end knows timers.
    is_known: bool,
}

/// The interval that a request names is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooShort {
    /// What `Min-SE` of the 422 says, seconds.
    pub(super) interval_min_s: u32,
}

impl TooShort {
    pub(super) fn header(self) -> Header {
        Header::MinSE(self.interval_min_s.to_string().into())
    }
}

impl SessionTimer {
    /// The timer that our 2xx to a request settles (RFC 4028 §9).
    ///
    /// # Errors
    /// The interval is below our minimum, and the sender can name another.
    pub(super) fn answer(settings: TimerSettings, request: &Request) -> Result<Self, TooShort> {
        let is_known = supports(request, TIMER);
        let asked = session_expires(&request.headers);
        let TimerSettings { interval_s, interval_min_s } = settings;
        if asked.is_some_and(|(asked_s, _)| asked_s < interval_min_s) && is_known {
            return Err(TooShort { interval_min_s });
        }
        // Not above what was asked, not below the minimum of anybody on the way. A proxy that asks
        // for less in the name of a sender without timers gets the minimum all the same (§4).
        let least = min_se(&request.headers).unwrap_or(0).max(interval_min_s);
        let asked_s = asked.map_or(INTERVAL_S_MAX, |(asked_s, _)| asked_s.max(interval_min_s));
        let interval_s = interval_s.max(least).min(asked_s).min(INTERVAL_S_MAX);
        // Left to us, the far end refreshes if it can: a trunk that lives shows it by that.
        let refresher = match asked.and_then(|(_, refresher)| refresher) {
            Some(Role::Uas) => Refresher::Us,
            Some(Role::Uac) | None if is_known => Refresher::Them,
            Some(Role::Uac) | None => Refresher::Us,
        };
        Ok(Self { interval_s, refresher, is_known })
    }

    /// The timer of a call of ours, from the far end's 2xx. We ask for none in the INVITE, so that no
    /// telephone refuses us for its length; a far end that names none is refreshed by us.
    pub(super) fn placed(settings: TimerSettings, answer: &Headers) -> Self {
        let interval_s = settings.interval_s;
        Self { interval_s, refresher: Refresher::Us, is_known: false }.refreshed(settings, answer)
    }

    /// What the far end's 2xx to our refresh settles (RFC 4028 §7.2). Without the header it knows no
    /// timers: then we go on refreshing.
    pub(super) fn refreshed(self, settings: TimerSettings, answer: &Headers) -> Self {
        match session_expires(answer) {
            Some((interval_s, role)) => Self {
                interval_s: interval_s.max(settings.interval_min_s).min(INTERVAL_S_MAX),
                refresher: if role == Some(Role::Uas) { Refresher::Them } else { Refresher::Us },
                is_known: true,
            },
            None => Self { refresher: Refresher::Us, ..self },
        }
    }

    /// The timer to ask for after a 422 to our refresh; `None` if that names nothing longer.
    pub(super) fn lengthened(self, answer: &Headers) -> Option<Self> {
        let interval_s = min_se(answer).filter(|least| *least > self.interval_s)?;
        (interval_s <= INTERVAL_S_MAX).then_some(Self { interval_s, ..self })
    }

    /// The headers of our 2xx.
    pub(super) fn answer_headers(self) -> Vec<Header> {
        let role = match self.refresher {
            Refresher::Us => "uas",
            Refresher::Them => "uac",
        };
        let mut headers = vec![supported(), self.session_expires(role)];
        if self.is_known {
            headers.push(Header::Require(TIMER.into()));
        }
        headers
    }

    /// The headers of a refresh of ours.
    pub(super) fn refresh_headers(self, settings: TimerSettings) -> Vec<Header> {
        let least = settings.interval_min_s.to_string();
        vec![supported(), self.session_expires("uac"), Header::MinSE(least.into())]
    }

    fn session_expires(self, role: &str) -> Header {
        Header::SessionExpires(format!("{};refresher={role}", self.interval_s).into())
    }

    /// After what time without a refresh one of ours is due.
    pub(super) fn refresh_after(self) -> Duration {
        self.interval() / 2
    }

    /// After what time without a refresh the session is dead. Who only waits for one ends it a little
    /// before the far end does; our own refreshes have the whole interval to be answered.
    pub(super) fn dead_after(self) -> Duration {
        match self.refresher {
            Refresher::Us => self.interval(),
            Refresher::Them => self.interval().saturating_sub(MARGIN.min(self.interval() / 3)),
        }
    }

    fn interval(self) -> Duration {
        Duration::from_secs(self.interval_s.into())
    }
}

/// A side as the sender of the request (`uac`) or of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Uac,
    Uas,
}

fn supported() -> Header {
    Header::Supported(TIMER.into())
}

fn session_expires(headers: &Headers) -> Option<(u32, Option<Role>)> {
    headers.iter().find_map(|header| {
        let Header::SessionExpires(value) = header else { return None };
        let mut parts = value.value().split(';').map(str::trim);
        let interval_s = parts.next()?.parse().ok()?;
        let role = parts.find_map(|parameter| {
            let (name, role) = parameter.split_once('=')?;
            match (name.trim(), role.trim()) {
                (name, _) if !name.eq_ignore_ascii_case("refresher") => None,
                (_, role) if role.eq_ignore_ascii_case("uac") => Some(Role::Uac),
                (_, role) if role.eq_ignore_ascii_case("uas") => Some(Role::Uas),
                _ => None,
            }
        });
        Some((interval_s, role))
    })
}

fn min_se(headers: &Headers) -> Option<u32> {
    headers.iter().find_map(|header| {
        let Header::MinSE(value) = header else { return None };
        value.value().split(';').next()?.trim().parse().ok()
    })
}

#[cfg(test)]
mod tests;
