//! Search: one box for case numbers, telephone digits, names in either script and words of notes.
//!
//! The index is a cache: fed from the outbox, rebuilt from the records at any time, never the
//! record itself. What is typed and what is stored are folded alike ([`fold`]), so that spelling,
//! script and typing slips do not hide a person.
//!
//! Chosen with ten million interactions and twenty million people in mind: a telephone number is
//! one term (backwards), not one for each ending; no positions are kept; facets and dates are
//! columns; slips are looked for only if few records match as typed; names are compared letter by
//! letter among the first hits only; pages end at a thousand hits; a rebuild holds one batch in
//! memory. At that size the counts of a very common word cost most: each of its records is visited.

mod cursor;
pub mod document;
pub mod excerpt;
pub mod find;
pub mod fold;
pub mod generation;
pub mod highlight;
pub mod index;
pub mod indexer;
mod load;
pub mod permission;
mod plan;
pub mod query;
mod rank;
mod schema;
pub mod service;
pub mod sound;
pub mod words;

pub use document::{Document, DocumentId, Kind, Text, TextField};
pub use excerpt::{Highlight, Part};
pub use find::{FacetCount, FacetCounts, Hit, Results};
pub use generation::{Change, IndexError};
pub use highlight::{HighlightField, Reason, Why};
pub use index::{OpenIndexError, Rebuild, RebuildReason, SearchIndex};
pub use indexer::{Indexer, IndexerError, Progress};
pub use permission::{Grant, Viewer};
pub use query::{Facet, Order, Query};
pub use service::{Search, SearchError};
