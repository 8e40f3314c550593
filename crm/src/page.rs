//! Long lists, a page at a time. Pure.
//!
//! A cursor is the place after the last item shown, as text that callers keep and never read. A
//! page therefore stays where it is while rows are added before it.

use core::fmt;
use core::str::FromStr;

use ids::Timestamp;
use uuid::Uuid;

use crate::error::CrmError;

/// Most items of one page; a larger wish is cut to it.
pub const PAGE_MAX: u64 = 100;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next_cursor: Option<String>,
}

/// How many rows to ask for: one more than the page, to learn whether another follows.
pub(crate) fn rows_for(limit: u64) -> u64 {
    limit.clamp(1, PAGE_MAX) + 1
}

/// Cuts the one row too many off, and makes the cursor from the last item kept.
pub(crate) fn cut<T>(mut items: Vec<T>, limit: u64, place: impl Fn(&T) -> Place) -> Page<T> {
    let keep = usize::try_from(limit.clamp(1, PAGE_MAX)).expect("a page is small");
    let more = items.len() > keep;
    items.truncate(keep);
    let next_cursor = items.last().filter(|_| more).map(|last| place(last).to_string());
    Page { items, next_cursor }
}

/// A place in a list that is ordered by a moment, then a rank among kinds, then an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) at: Timestamp,
    pub(crate) rank: u8,
    pub(crate) id: Uuid,
}

impl Place {
    /// Reads a cursor that a caller kept.
    pub(crate) fn read(cursor: Option<&str>) -> Result<Option<Self>, CrmError> {
        cursor.map(str::parse).transpose()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:x}.{:x}", self.at.as_micros(), self.rank, self.id.as_u128())
    }
}

impl FromStr for Place {
    type Err = CrmError;

    fn from_str(text: &str) -> Result<Self, CrmError> {
        let mut parts = text.splitn(3, '.');
        let mut next = || parts.next().ok_or(CrmError::BadCursor);
        let at = i64::from_str_radix(next()?, 16).map_err(|_| CrmError::BadCursor)?;
        let rank = u8::from_str_radix(next()?, 16).map_err(|_| CrmError::BadCursor)?;
        let id = u128::from_str_radix(next()?, 16).map_err(|_| CrmError::BadCursor)?;
        Ok(Self { at: Timestamp::from_micros(at), rank, id: Uuid::from_u128(id) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_rubbish_is_refused() {
        let place = Place {
            at: Timestamp::from_micros(1_700_000_000_000_001),
            rank: 1,
            id: Uuid::from_u128(0x0199),
        };
        assert_eq!(Place::read(Some(&place.to_string())).unwrap(), Some(place));
        assert_eq!(Place::read(None).unwrap(), None);
        for rubbish in ["", "1", "1.1", "x.1.1", "1.1.1.1", "1.1.\u{0967}", "1.fff.1"] {
            assert!(matches!(Place::read(Some(rubbish)), Err(CrmError::BadCursor)), "{rubbish}");
        }
    }

    #[test]
    fn only_a_page_with_more_behind_it_has_a_cursor() {
        let place = |n: &u128| Place { at: Timestamp::default(), rank: 0, id: Uuid::from_u128(*n) };
        let full = cut(vec![1, 2, 3], 2, place);
        assert_eq!((full.items, full.next_cursor.as_deref()), (vec![1, 2], Some("0.0.2")));
        assert_eq!(cut(vec![1, 2], 2, place).next_cursor, None);
        assert_eq!(cut(Vec::new(), 2, place).next_cursor, None);
        assert_eq!(rows_for(0), 2);
        assert_eq!(rows_for(10_000), PAGE_MAX + 1);
    }
}
