//! Where a page of hits ended.
//!
//! Pure. The next page is the same search from a later place; what was written in between may shift
//! hits by a place. Opaque to clients, and harmless if made up: it only says how far and how wide.

use std::fmt;

/// How deep hits can be paged. Who gets so far narrows the search instead.
pub(super) const OFFSET_MAX: usize = 1_000;

/// A place in the hits of a search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Hits before this page.
    pub(super) offset: usize,
    /// Whether typing slips are allowed.
    pub(super) widened: bool,
}

impl Cursor {
    /// Reads a cursor. Nothing for anything that is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (widened, offset) = match text.split_at_checked(1)? {
            ("e", offset) => (false, offset),
            ("w", offset) => (true, offset),
            _ => return None,
        };
        let offset = offset.parse().ok().filter(|offset| *offset <= OFFSET_MAX)?;
        Some(Self { offset, widened })
    }

    /// The cursor of the page after this one, if there is one.
    pub(super) fn next(self, limit: usize, total: usize) -> Option<Self> {
        let offset = self.offset + limit;
        (offset < total && offset <= OFFSET_MAX).then_some(Self { offset, ..self })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.widened { 'w' } else { 'e' }, self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, OFFSET_MAX};

    #[test]
    fn a_cursor_survives_its_text() {
        for cursor in [Cursor { offset: 20, widened: true }, Cursor::default()] {
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
    }

    #[test]
    fn made_up_cursors_are_none() {
        for text in ["", "e", "x20", "é", "e-1", "w99999999999999999999", "e1001"] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_page_has_no_next() {
        assert_eq!(Cursor::default().next(20, 20), None);
        assert_eq!(Cursor::default().next(20, 21), Some(Cursor { offset: 20, widened: false }));
        assert_eq!(Cursor { offset: OFFSET_MAX, widened: false }.next(20, 5_000), None);
    }
}
