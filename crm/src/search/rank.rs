//! The order of hits: the score of the index, corrected by how alike names are, then by date.
//!
//! Reads columns of the index and blocks. Name keys over-match (Rahim meets Rama): so names are
//! compared by letters here, among the first hits only, from a column, without loading documents.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, Searcher, SegmentOrdinal};

use super::generation::IndexError;
use super::query::Piece;
use super::schema::{AT, HEARD};
use super::sound::{likeness, sound};

/// How many of the first hits are ranked anew.
pub(super) const WINDOW: usize = 200;

/// Likeness below which two names count as strangers.
const LIKE_MIN: f64 = 0.75;
/// What a name that is the same to the ear adds to the score.
const LIKE_WEIGHT: f64 = 2.0;

/// The columns of one segment.
struct Columns {
    heard: Option<StrColumn>,
    at: Column<i64>,
}

/// Ranks the first [`WINDOW`] of `found` anew; the rest keeps its order.
pub(super) fn rank(
    searcher: &Searcher,
    found: &[(f32, DocAddress)],
    pieces: &[Piece],
) -> Result<Vec<DocAddress>, IndexError> {
    let asked: Vec<String> = pieces.iter().filter_map(heard).collect();
    let mut columns: HashMap<SegmentOrdinal, Columns> = HashMap::new();
    let mut window = Vec::with_capacity(WINDOW.min(found.len()));
    for (score, address) in found.iter().take(WINDOW) {
        let Columns { heard, at } = match columns.entry(address.segment_ord) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let fast = searcher.segment_reader(address.segment_ord).fast_fields();
                place.insert(Columns { heard: fast.str(HEARD)?, at: fast.i64(AT)? })
            }
        };
        let names = match heard {
            Some(column) => names(column, address.doc_id)?,
            None => Vec::new(),
        };
        let score = f64::from(*score) + LIKE_WEIGHT * alike(&asked, &names);
        let at = at.first(address.doc_id).unwrap_or_default();
        window.push((score, at, *address));
    }
    window.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
    let rest = found.iter().skip(WINDOW).map(|(_, address)| *address);
    Ok(window.into_iter().map(|(_, _, address)| address).chain(rest).collect())
}

fn heard(piece: &Piece) -> Option<String> {
    match piece {
        Piece::Word { folded, .. } => sound(folded),
        Piece::Digits { .. } | Piece::CaseNumber { .. } => None,
    }
}

fn names(column: &StrColumn, doc: u32) -> Result<Vec<String>, IndexError> {
    let mut names = Vec::new();
    for place in column.term_ords(doc) {
        let mut name = String::new();
        if column.ord_to_str(place, &mut name)? {
            names.push(name);
        }
    }
    Ok(names)
}

/// For every asked word the likeness of the nearest name, summed; strangers count nothing.
fn alike(asked: &[String], names: &[String]) -> f64 {
    let nearest = |word: &String| {
        let best = names.iter().map(|name| likeness(word, name)).fold(0.0, f64::max);
        ((best - LIKE_MIN) / (1.0 - LIKE_MIN)).max(0.0)
    };
    asked.iter().map(nearest).sum()
}

#[cfg(test)]
mod tests {
    use super::alike;

    #[test]
    fn the_same_name_outranks_a_like_one_and_a_stranger() {
        let asked = ["laksmi".to_owned()];
        let like = |name: &str| alike(&asked, &[name.to_owned()]);
        assert!(like("laksmi") > like("laksman"));
        assert!(like("laksman") > like("ravi"));
        assert!(like("ravi").abs() < f64::EPSILON);
    }
}
