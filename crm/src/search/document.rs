//! What can be found: a contact, a case or an interaction, reduced to the words, numbers and
//! facets that search knows.
//!
//! Pure data. Made from rows by `load`, or by hand in tests; nothing here knows tables or tantivy.

use std::fmt;
use std::str::FromStr;

use ids::{CaseId, ContactId, InteractionId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::permission::Grant;

/// Longest text of one field that is indexed and shown, in characters. What is longer stays in the
/// records and is cut here.
pub const FIELD_CHARS_MAX: usize = 20_000;
/// Most texts of one document. Later ones (older reports) are not indexed.
pub const TEXTS_MAX: usize = 16;

/// What kind of record a document stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person in the records.
    Contact,
    /// A case.
    Case,
    /// A call, later a text.
    Interaction,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Contact, Self::Case, Self::Interaction];

    /// The kind as it stands in JSON and in the index.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Case => "case",
            Self::Interaction => "interaction",
        }
    }
}

/// Which record a document stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentId {
    /// The kind of record.
    pub kind: Kind,
    /// The record's id.
    pub id: Uuid,
}

impl From<ContactId> for DocumentId {
    fn from(id: ContactId) -> Self {
        Self { kind: Kind::Contact, id: id.as_uuid() }
    }
}

impl From<CaseId> for DocumentId {
    fn from(id: CaseId) -> Self {
        Self { kind: Kind::Case, id: id.as_uuid() }
    }
}

impl From<InteractionId> for DocumentId {
    fn from(id: InteractionId) -> Self {
        Self { kind: Kind::Interaction, id: id.as_uuid() }
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.id)
    }
}

/// Why a text is not the id of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a document's id is its kind, a colon and a UUID")]
pub struct ParseDocumentIdError;

impl FromStr for DocumentId {
    type Err = ParseDocumentIdError;

    fn from_str(text: &str) -> Result<Self, ParseDocumentIdError> {
        let (kind, id) = text.split_once(':').ok_or(ParseDocumentIdError)?;
        let kind = Kind::ALL.into_iter().find(|known| known.as_str() == kind);
        Ok(Self {
            kind: kind.ok_or(ParseDocumentIdError)?,
            id: id.parse().map_err(|_| ParseDocumentIdError)?,
        })
    }
}

/// Which part of a record a text comes from. The order is the order of highlights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextField {
    /// What the case is about, in a line.
    Summary,
    /// Notes written during the call.
    Notes,
    /// A filed report.
    Report,
    /// Where the person lives.
    Address,
    /// A warning on the person's record.
    Flag,
    /// How the interaction ended.
    Outcome,
}

/// A text of a record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Where it comes from.
    pub field: TextField,
    /// The text as people wrote it.
    pub text: String,
}

/// One record as search sees it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Which record.
    pub id: DocumentId,
    /// The line a hit is shown under: a name, or what is known instead.
    pub title: String,
    /// A second line: sex and year of birth, queue, direction. May be empty.
    pub subtitle: String,
    /// The person's names, in every script on file.
    pub names: Vec<String>,
    /// The case number, `C-2611-0482`.
    pub case_number: Option<String>,
    /// Telephone numbers, E.164.
    pub phones: Vec<String>,
    /// Everything else with words in it.
    pub texts: Vec<Text>,
    /// Facet: state of the case, outcome of the interaction.
    pub state: Option<String>,
    /// Facet: key of the category.
    pub category: Option<String>,
    /// Facet: class, as snake-case word.
    pub class: Option<String>,
    /// Facet: language tag.
    pub language: Option<String>,
    /// When it happened or was last changed: order by date, and the month facet.
    pub at: Timestamp,
    /// Who may find it. A document without grants is found by nobody.
    #[serde(skip)]
    pub visible_to: Vec<Grant>,
}

/// The id alone: what people said stays out of logs.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({})", self.id)
    }
}

impl Document {
    /// Cuts what is longer than the bounds of this module. The index does this to every document.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.texts.truncate(TEXTS_MAX);
        for text in &mut self.texts {
            cut(&mut text.text, FIELD_CHARS_MAX);
        }
        self.names.truncate(TEXTS_MAX);
        for line in self.names.iter_mut().chain([&mut self.title, &mut self.subtitle]) {
            cut(line, LINE_CHARS_MAX);
        }
        self.phones.truncate(TEXTS_MAX);
        self
    }
}

/// Longest name, title or subtitle, in characters.
const LINE_CHARS_MAX: usize = 400;

fn cut(text: &mut String, chars_max: usize) {
    if let Some((end, _)) = text.char_indices().nth(chars_max) {
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::{DocumentId, Kind};

    #[test]
    fn an_id_survives_its_text() {
        for kind in Kind::ALL {
            let id = DocumentId { kind, id: uuid::Uuid::from_u128(42) };
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        assert!("contact".parse::<DocumentId>().is_err());
        assert!("person:00000000-0000-0000-0000-00000000002a".parse::<DocumentId>().is_err());
    }
}
