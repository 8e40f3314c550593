//! Moments on the wire: RFC 3339 in Indian Standard Time (Asia/Kolkata, +05:30 all year). Pure.

use std::fmt;
use std::str::FromStr;

use ids::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A moment as clients read it: `2026-11-22T10:15:30.250+05:30`. Milliseconds; finer is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Timestamp);

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", in_india(self.0).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z"))
    }
}

impl FromStr for Moment {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        let at: jiff::Timestamp = text.parse()?;
        Ok(Self(Timestamp::from_micros(at.as_microsecond())))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(D::Error::custom)
    }
}

/// The moment as clocks in India show it.
pub(super) fn in_india(at: Timestamp) -> jiff::Zoned {
    // Beyond the years that jiff knows (±9999) there is nothing sensible to show.
    let at = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
    at.to_zoned(TimeZone::fixed(india()))
}

/// UTC+05:30; India keeps no summer time.
fn india() -> Offset {
    Offset::from_seconds(19_800).expect("five and a half hours are an offset")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_indian_time_and_read_in_any() {
        let at = Moment(Timestamp::from_micros(1_795_000_000_250_000));
        assert_eq!(at.to_string(), "2026-11-18T16:36:40.250+05:30");
        assert_eq!(at.to_string().parse::<Moment>().expect("own form"), at);
        assert_eq!("2026-11-18T11:06:40.25Z".parse::<Moment>().expect("UTC"), at);
    }

    #[test]
    fn whole_seconds_keep_their_milliseconds() {
        assert_eq!(Moment(Timestamp::from_micros(0)).to_string(), "1970-01-01T05:30:00.000+05:30");
    }
}
