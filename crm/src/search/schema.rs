//! The fields of the index, and how a document becomes one of its rows and back.
//!
//! Pure. A change here that old indexes do not follow must raise [`SCHEMA_VERSION`]: an index of
//! another version is rebuilt at the next start.

use ids::Timestamp;
use jiff::tz::{Offset, TimeZone};
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, NumericOptions, STORED, STRING, Schema, TextFieldIndexing,
    TextOptions, Value,
};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};

use super::document::Document;
use super::query::Facet;
use super::sound;
use super::words::{WordTokenizer, words};

/// Raised whenever indexed forms change: the fields, folding, sounds, keys, grants.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// Handles to the fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    /// Kind and id; what a change replaces.
    pub(super) id: Field,
    /// Words of names, as spelt and as heard.
    pub(super) name: Field,
    /// Keys of names.
    pub(super) name_key: Field,
    /// Words of everything else, as spelt and as heard.
    pub(super) text: Field,
    /// Case number: all digits; the part within the month; that part without leading zeros.
    pub(super) number: Field,
    /// Telephone digits backwards, so that "ends with" is a beginning.
    pub(super) phone: Field,
    /// Grants.
    pub(super) visible: Field,
    /// Names as heard, column only: for re-ranking without loading documents.
    pub(super) heard: Field,
    /// When, microseconds, column only.
    pub(super) at: Field,
    /// The whole document as JSON, stored only.
    pub(super) source: Field,
    facets: [Field; Facet::ALL.len()],
}

/// Name of the column [`Fields::heard`].
pub(super) const HEARD: &str = "heard";
/// Name of the column [`Fields::at`].
pub(super) const AT: &str = "at";

impl Fields {
    /// The field of a facet.
    pub(super) fn facet(&self, facet: Facet) -> Field {
        let place = Facet::ALL.iter().position(|known| *known == facet);
        self.facets[place.expect("Facet::ALL lists every facet")]
    }
}

/// The schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let words = |tokenizer: &str, record| {
        let indexing =
            TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record);
        TextOptions::default().set_indexing_options(indexing)
    };
    let mut builder = Schema::builder();
    // Positions are left out: no phrases are searched, and they are half of the index.
    let spelling = words(SPELLING, IndexRecordOption::WithFreqs);
    let fields = Fields {
        id: builder.add_text_field("id", STRING),
        name: builder.add_text_field("name", spelling.clone()),
        name_key: builder.add_text_field("name_key", words(KEY, IndexRecordOption::Basic)),
        text: builder.add_text_field("text", spelling),
        number: builder.add_text_field("number", STRING),
        phone: builder.add_text_field("phone", STRING),
        visible: builder.add_text_field("visible", STRING),
        heard: builder.add_text_field(HEARD, TextOptions::default().set_fast("raw")),
        at: builder.add_i64_field(AT, NumericOptions::default().set_fast()),
        source: builder.add_bytes_field("source", STORED),
        facets: Facet::ALL.map(|facet| builder.add_text_field(facet.as_str(), STRING | FAST)),
    };
    (builder.build(), fields)
}

const SPELLING: &str = "spelling";
const KEY: &str = "name_key";

/// The tokenizers that the schema names.
pub(super) fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    tokenizers.register(SPELLING, TextAnalyzer::from(WordTokenizer::Spelling));
    tokenizers.register(KEY, TextAnalyzer::from(WordTokenizer::NameKey));
    tokenizers
}

/// The row of a document.
///
/// # Errors
/// The document could not be written as JSON; cannot happen for the types it holds.
pub(super) fn row(fields: &Fields, document: &Document) -> serde_json::Result<TantivyDocument> {
    let mut row = TantivyDocument::default();
    row.add_text(fields.id, document.id.to_string());
    for name in &document.names {
        row.add_text(fields.name, name);
        row.add_text(fields.name_key, name);
        for heard in words(name).filter_map(|word| sound::sound(&word.folded)) {
            row.add_text(fields.heard, heard);
        }
    }
    for text in &document.texts {
        row.add_text(fields.text, &text.text);
    }
    for term in document.case_number.iter().flat_map(|number| number_terms(number)) {
        row.add_text(fields.number, term);
    }
    for phone in &document.phones {
        row.add_text(fields.phone, backwards(phone));
    }
    for grant in &document.visible_to {
        row.add_text(fields.visible, grant.term());
    }
    for facet in Facet::ALL {
        if let Some(value) = facet_value(document, facet) {
            row.add_text(fields.facet(facet), value);
        }
    }
    row.add_i64(fields.at, document.at.as_micros());
    row.add_bytes(fields.source, &serde_json::to_vec(document)?);
    Ok(row)
}

/// The document of a row, without its grants. Nothing if the row is not one of ours.
pub(super) fn document(fields: &Fields, row: &TantivyDocument) -> Option<Document> {
    let source = row.get_first(fields.source)?.as_bytes()?;
    serde_json::from_slice(source).ok()
}

/// The digits of a text, backwards.
pub(super) fn backwards(text: &str) -> String {
    text.chars().rev().filter(char::is_ascii_digit).collect()
}

/// The terms under which a case number is found. The first is the whole.
pub(super) fn number_terms(number: &str) -> Vec<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let within = digits.get(MONTH_DIGITS..).unwrap_or_default().to_owned();
    let plain = within.trim_start_matches('0').to_owned();
    let mut terms = vec![digits, within, plain];
    terms.retain(|term| !term.is_empty());
    terms.dedup();
    terms
}

/// Year and month at the beginning of a case number.
const MONTH_DIGITS: usize = 4;

fn facet_value(document: &Document, facet: Facet) -> Option<String> {
    match facet {
        Facet::Kind => Some(document.id.kind.as_str().to_owned()),
        Facet::State => document.state.clone(),
        Facet::Category => document.category.clone(),
        Facet::Class => document.class.clone(),
        Facet::Language => document.language.clone(),
        Facet::Month => month(document.at),
    }
}

/// Month in India, `2026-11`. India keeps one offset all year and has done since 1945.
fn month(at: Timestamp) -> Option<String> {
    let zone = TimeZone::fixed(Offset::from_seconds(INDIA_OFFSET_S).ok()?);
    let moment = jiff::Timestamp::from_microsecond(at.as_micros()).ok()?;
    Some(moment.to_zoned(zone).strftime("%Y-%m").to_string())
}

/// +05:30.
const INDIA_OFFSET_S: i32 = 19_800;

#[cfg(test)]
mod tests {
    use ids::Timestamp;

    use super::{backwards, month, number_terms};

    #[test]
    fn a_case_number_is_found_by_its_parts() {
        assert_eq!(number_terms("C-2611-0482"), ["26110482", "0482", "482"]);
        assert_eq!(number_terms("C-2611-12345"), ["261112345", "12345"]);
    }

    #[test]
    fn a_phone_number_stands_backwards() {
        assert_eq!(backwards("+91 98765 43210"), "012345678919");
    }

    #[test]
    fn the_month_is_that_of_india() {
        // 2026-10-31T18:30:00Z is midnight in India.
        let midnight = 1_793_471_400_000_000;
        assert_eq!(month(Timestamp::from_micros(midnight)).as_deref(), Some("2026-11"));
        assert_eq!(month(Timestamp::from_micros(midnight - 1)).as_deref(), Some("2026-10"));
    }
}
