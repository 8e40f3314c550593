//! From what was understood to a query of the index: which fields are asked, at which weight.
//!
//! Pure. Every piece must be met, by any of its ways; the permission of the viewer is part of the
//! query, so nothing is counted that may not be opened.

use std::collections::BTreeMap;

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, FuzzyTermQuery, TermQuery};
use tantivy::query::{Occur, Query as IndexQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::document::Kind;
use super::permission::{Grant, Viewer};
use super::query::{Facet, Piece, phone_ends, typos_allowed};
use super::schema::{Fields, backwards};
use super::sound::{name_key, sound};

type Clause = Box<dyn IndexQuery>;

/// Weights. What is found more exactly weighs more; a name more than a text. Measured against each
/// other by the tests of ranking, not against people's judgement.
mod weight {
    /// A whole case number.
    pub(super) const NUMBER: f32 = 20.0;
    /// The end of a telephone number.
    pub(super) const PHONE: f32 = 8.0;
    /// The number within the month of a case number, or the beginning of the whole.
    pub(super) const NUMBER_PART: f32 = 6.0;
    /// A word of a name, as spelt.
    pub(super) const NAME: f32 = 4.0;
    /// A word of a name, as heard.
    pub(super) const NAME_HEARD: f32 = 2.5;
    /// The beginning of a word of a name.
    pub(super) const NAME_BEGINNING: f32 = 1.0;
    /// The key of a name: over-matches, so it only just brings a name in.
    pub(super) const NAME_KEY: f32 = 0.2;
    /// A word of a text, as spelt.
    pub(super) const TEXT: f32 = 1.0;
    /// A word of a text, as heard.
    pub(super) const TEXT_HEARD: f32 = 0.7;
    /// The beginning of a word of a text.
    pub(super) const TEXT_BEGINNING: f32 = 0.3;
    /// A name with typing slips.
    pub(super) const NAME_TYPO: f32 = 0.3;
    /// A text with typing slips.
    pub(super) const TEXT_TYPO: f32 = 0.1;
}

/// Shortest beginning that is looked for, in characters. Below, half of the words would match.
pub(super) const BEGINNING_CHARS_MIN: usize = 2;

/// Builds queries for one viewer and one text.
pub(super) struct Plan<'a> {
    pub(super) fields: &'a Fields,
    pub(super) viewer: &'a Viewer,
    pub(super) pieces: &'a [Piece],
    pub(super) kinds: &'a [Kind],
    pub(super) facets: &'a BTreeMap<Facet, Vec<String>>,
    /// Whether typing slips are allowed.
    pub(super) widened: bool,
}

impl Plan<'_> {
    /// The whole query: permission, narrowing, and every piece.
    pub(super) fn query(&self) -> BooleanQuery {
        self.query_but(None)
    }

    /// The whole query without the narrowing by one facet: what that facet's counts are made of,
    /// since a person who chose one value wants to see how many the others have.
    pub(super) fn query_but(&self, left_out: Option<Facet>) -> BooleanQuery {
        let narrowed = Facet::ALL.into_iter().filter(|facet| Some(*facet) != left_out);
        let narrowing = narrowed.filter_map(|facet| {
            let values = self.values(facet);
            (!values.is_empty()).then(|| any_of(self.fields.facet(facet), &values))
        });
        let pieces = self.pieces.iter().map(|piece| self.piece(piece));
        let all = [self.permission()].into_iter().chain(narrowing).chain(pieces);
        BooleanQuery::new(all.map(|clause| (Occur::Must, clause)).collect())
    }

    /// The values a facet is narrowed to; none if it is not.
    pub(super) fn values(&self, facet: Facet) -> Vec<String> {
        let mut values: Vec<String> = self.facets.get(&facet).cloned().unwrap_or_default();
        values.truncate(VALUES_MAX);
        if facet == Facet::Kind {
            values.extend(self.kinds.iter().map(|kind| kind.as_str().to_owned()));
        }
        values
    }

    fn permission(&self) -> Clause {
        let grants: Vec<String> = self.viewer.grants().iter().map(Grant::term).collect();
        any_of(self.fields.visible, &grants)
    }

    fn piece(&self, piece: &Piece) -> Clause {
        match piece {
            Piece::Word { folded, last, .. } => self.word(folded, *last),
            Piece::Digits { joined, groups, .. } => self.digits(joined, groups),
            Piece::CaseNumber { digits, words, .. } => self.case_number(digits, words),
        }
    }

    fn word(&self, folded: &str, last: bool) -> Clause {
        let Fields { name, name_key: key, text, .. } = *self.fields;
        let mut ways = vec![
            boosted(term(name, folded), weight::NAME),
            boosted(term(text, folded), weight::TEXT),
        ];
        let heard = sound(folded);
        let other = heard.as_deref().filter(|heard| *heard != folded);
        if let Some(heard) = other {
            ways.push(boosted(term(name, heard), weight::NAME_HEARD));
            ways.push(boosted(term(text, heard), weight::TEXT_HEARD));
        }
        if let Some(found) = name_key(folded) {
            ways.push(constant(term(key, &found), weight::NAME_KEY));
        }
        for form in [Some(folded), other].into_iter().flatten() {
            if last && form.chars().count() >= BEGINNING_CHARS_MIN {
                ways.push(constant(beginning(name, form), weight::NAME_BEGINNING));
                ways.push(constant(beginning(text, form), weight::TEXT_BEGINNING));
            }
            let typos = typos_allowed(form);
            if self.widened && typos > 0 {
                ways.push(constant(near(name, form, typos), weight::NAME_TYPO));
                ways.push(constant(near(text, form, typos), weight::TEXT_TYPO));
            }
        }
        either(ways)
    }

    fn digits(&self, joined: &str, groups: &[String]) -> Clause {
        let Fields { text, number, phone, .. } = *self.fields;
        let mut ways = vec![
            self.all_words(groups),
            boosted(term(text, joined), weight::TEXT),
            constant(term(number, joined), weight::NUMBER_PART),
        ];
        for end in phone_ends(joined) {
            ways.push(constant(beginning(phone, &backwards(end)), weight::PHONE));
        }
        either(ways)
    }

    fn case_number(&self, digits: &str, words: &[String]) -> Clause {
        let number = self.fields.number;
        let mut ways = vec![constant(term(number, digits), weight::NUMBER), self.all_words(words)];
        if digits.len() >= BEGINNING_CHARS_MIN {
            ways.push(constant(beginning(number, digits), weight::NUMBER_PART));
        }
        either(ways)
    }

    /// All of the words, each in a name or a text.
    fn all_words(&self, words: &[String]) -> Clause {
        let Fields { name, text, .. } = *self.fields;
        let each = words.iter().map(|word| {
            let ways = vec![
                boosted(term(name, word), weight::NAME),
                boosted(term(text, word), weight::TEXT),
            ];
            (Occur::Must, either(ways))
        });
        Box::new(BooleanQuery::new(each.collect()))
    }
}

/// Most values of one facet that are asked for.
const VALUES_MAX: usize = 50;

fn term(field: Field, text: &str) -> Clause {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

fn beginning(field: Field, text: &str) -> Clause {
    Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, text), 0, true))
}

fn near(field: Field, text: &str, typos: u8) -> Clause {
    Box::new(FuzzyTermQuery::new(Term::from_field_text(field, text), typos, true))
}

fn boosted(query: Clause, weight: f32) -> Clause {
    Box::new(BoostQuery::new(query, weight))
}

fn constant(query: Clause, weight: f32) -> Clause {
    Box::new(ConstScoreQuery::new(query, weight))
}

fn either(ways: Vec<Clause>) -> Clause {
    Box::new(BooleanQuery::new(ways.into_iter().map(|way| (Occur::Should, way)).collect()))
}

/// Any of the values, without any weight.
fn any_of(field: Field, values: &[String]) -> Clause {
    let terms = values.iter().map(|value| {
        let term = Term::from_field_text(field, value);
        let query: Clause = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
        (Occur::Should, query)
    });
    Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::new(terms.collect())), 0.0))
}
