//! One search of the index: from a query to hits, total and facets.
//!
//! Reads the index and blocks; callers are on a blocking thread. Knows no rows and no audit: that
//! is the service's part.

use std::collections::BTreeMap;
use std::fmt;

use ids::Timestamp;
use serde::Serialize;
use tantivy::aggregation::agg_req::{Aggregation, AggregationVariants, Aggregations};
use tantivy::aggregation::agg_result::{AggregationResult, AggregationResults, BucketResult};
use tantivy::aggregation::bucket::TermsAggregation;
use tantivy::aggregation::{AggContextParams, AggregationCollector, Key};
use tantivy::collector::{Count, TopDocs};
use tantivy::{DocAddress, Order as IndexOrder, Searcher, TantivyDocument};
use uuid::Uuid;

use super::cursor::Cursor;
use super::document::{Document, Kind};
use super::excerpt::Highlight;
use super::generation::{Generation, IndexError};
use super::highlight::{Why, show};
use super::permission::Viewer;
use super::plan::Plan;
use super::query::{Facet, LIMIT_MAX, Order, Piece, Query, parse};
use super::rank;
use super::schema::{AT, document};

/// What was found.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct Results {
    /// How many documents match that the viewer may open.
    pub total: usize,
    /// Counts per facet value, of what the viewer may open. A facet's own narrowing is left out of
    /// its counts, so the other values can still be chosen.
    pub facets: Vec<FacetCounts>,
    /// This page.
    pub hits: Vec<Hit>,
    /// What asks for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Whether typing slips were allowed, because few documents match what was typed.
    pub widened: bool,
    /// Whether the index is being rebuilt and does not hold every record yet.
    pub incomplete: bool,
}

/// How much was found, and not what.
impl fmt::Debug for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Results({} of {})", self.hits.len(), self.total)
    }
}

/// One facet with its counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacetCounts {
    /// The facet.
    pub name: Facet,
    /// Its values, the most frequent first.
    pub values: Vec<FacetCount>,
}

/// How many documents have a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// The number of documents.
    pub count: u64,
}

/// One found record.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// What kind of record.
    pub kind: Kind,
    /// The record's id.
    pub id: Uuid,
    /// The line it is shown under.
    pub title: String,
    /// A second line. May be empty.
    pub subtitle: String,
    /// Where typed and found words differ, in what way. Empty if all stand there as typed.
    pub why: Vec<Why>,
    /// The texts that matched, with marks.
    pub highlights: Vec<Highlight>,
    /// The case number, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_number: Option<String>,
    /// State of the case, outcome of the interaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// When it happened or was last changed.
    pub at: Timestamp,
}

/// Which record, and not what it says.
impl fmt::Debug for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hit({}:{})", self.kind.as_str(), self.id)
    }
}

/// Fewer documents than this match as typed: typing slips are allowed. As many as fit on a page,
/// so nobody with a full page waits for the dearer search.
const WIDEN_BELOW: usize = LIMIT_MAX;
/// Hits of one page if the query does not say.
const LIMIT_DEFAULT: usize = 20;
/// Values counted per facet.
const FACET_VALUES: u32 = 20;

/// Searches one generation.
pub(super) fn find(
    generation: &Generation,
    viewer: &Viewer,
    query: &Query,
) -> Result<Results, IndexError> {
    let pieces = parse(&query.text);
    if pieces.is_empty() {
        // Nothing asked, nothing shown: an empty box is not a way to leaf through all records.
        return Ok(Results::default());
    }
    let from = query.cursor.as_deref().and_then(Cursor::parse).unwrap_or_default();
    let search = Search { searcher: generation.searcher(), generation, viewer, query, pieces };
    if from.widened {
        return search.page(from);
    }
    let exact = search.page(from)?;
    let may_widen = from.offset == 0 && exact.total < WIDEN_BELOW;
    if !may_widen || !search.pieces.iter().any(can_widen) {
        return Ok(exact);
    }
    let widened = search.page(Cursor { widened: true, ..from })?;
    Ok(if widened.total > exact.total { widened } else { exact })
}

fn can_widen(piece: &Piece) -> bool {
    match piece {
        Piece::Word { folded, .. } => super::query::typos_allowed(folded) > 0,
        Piece::Digits { .. } | Piece::CaseNumber { .. } => false,
    }
}

struct Search<'a> {
    searcher: Searcher,
    generation: &'a Generation,
    viewer: &'a Viewer,
    query: &'a Query,
    pieces: Vec<Piece>,
}

impl Search<'_> {
    fn page(&self, from: Cursor) -> Result<Results, IndexError> {
        let fields = &self.generation.fields;
        let plan = Plan {
            fields,
            viewer: self.viewer,
            pieces: &self.pieces,
            kinds: &self.query.kinds,
            facets: &self.query.facets,
            widened: from.widened,
        };
        let limit = match self.query.limit {
            0 => LIMIT_DEFAULT,
            asked => asked.min(LIMIT_MAX),
        };
        let (total, counted, found) = self.collect(&plan, from.offset + limit)?;
        let facets = self.facets(&plan, &counted)?;
        let page = found.into_iter().skip(from.offset).take(limit);
        let hits = page
            .map(|address| self.hit(address, from.widened))
            .filter_map(Result::transpose)
            .collect::<Result<Vec<_>, _>>()?;
        let next = from.next(limit, total).map(|next| next.to_string());
        Ok(Results {
            total,
            facets,
            hits,
            next_cursor: next,
            widened: from.widened,
            incomplete: false,
        })
    }

    /// Total, facet counts, and the first `wanted` documents in order.
    fn collect(
        &self,
        plan: &Plan<'_>,
        wanted: usize,
    ) -> Result<(usize, AggregationResults, Vec<DocAddress>), IndexError> {
        let query = plan.query();
        match self.query.order {
            Order::Best => {
                let top = TopDocs::with_limit(wanted.max(rank::WINDOW)).order_by_score();
                let collectors = (Count, counts(&Facet::ALL), top);
                let (total, counted, found) = self.searcher.search(&query, &collectors)?;
                let ranked = rank::rank(&self.searcher, &found, &self.pieces)?;
                Ok((total, counted, ranked))
            }
            Order::Newest => {
                let top = TopDocs::with_limit(wanted);
                let top = top.order_by_fast_field::<i64>(AT, IndexOrder::Desc);
                let collectors = (Count, counts(&Facet::ALL), top);
                let (total, counted, found) = self.searcher.search(&query, &collectors)?;
                Ok((total, counted, found.into_iter().map(|(_, address)| address).collect()))
            }
        }
    }

    fn facets(
        &self,
        plan: &Plan<'_>,
        counted: &AggregationResults,
    ) -> Result<Vec<FacetCounts>, IndexError> {
        let mut facets = Vec::with_capacity(Facet::ALL.len());
        for facet in Facet::ALL {
            let values = if plan.values(facet).is_empty() {
                values(counted, facet)
            } else {
                let query = plan.query_but(Some(facet));
                values(&self.searcher.search(&query, &counts(&[facet]))?, facet)
            };
            facets.push(FacetCounts { name: facet, values });
        }
        Ok(facets)
    }

    fn hit(&self, address: DocAddress, widened: bool) -> Result<Option<Hit>, IndexError> {
        let row: TantivyDocument = self.searcher.doc(address)?;
        let found: Option<Document> = document(&self.generation.fields, &row);
        Ok(found.map(|document| {
            let shown = show(&document, &self.pieces, widened);
            Hit {
                kind: document.id.kind,
                id: document.id.id,
                title: document.title,
                subtitle: document.subtitle,
                why: shown.why,
                highlights: shown.highlights,
                case_number: document.case_number,
                state: document.state,
                at: document.at,
            }
        }))
    }
}

fn counts(facets: &[Facet]) -> AggregationCollector {
    let count = |facet: &Facet| {
        let terms = TermsAggregation {
            field: facet.as_str().to_owned(),
            size: Some(FACET_VALUES),
            ..TermsAggregation::default()
        };
        let agg = AggregationVariants::Terms(terms);
        let one = Aggregation { agg, sub_aggregation: Aggregations::default() };
        (facet.as_str().to_owned(), one)
    };
    let all: BTreeMap<_, _> = facets.iter().map(count).collect();
    AggregationCollector::from_aggs(all.into_iter().collect(), AggContextParams::default())
}

fn values(counted: &AggregationResults, facet: Facet) -> Vec<FacetCount> {
    let Some(AggregationResult::BucketResult(BucketResult::Terms { buckets, .. })) =
        counted.0.get(facet.as_str())
    else {
        return Vec::new();
    };
    let value = |key: &Key| match key {
        Key::Str(text) => Some(text.clone()),
        Key::I64(_) | Key::U64(_) | Key::F64(_) => None,
    };
    buckets
        .iter()
        .filter_map(|bucket| {
            Some(FacetCount { value: value(&bucket.key)?, count: bucket.doc_count })
        })
        .collect()
}
