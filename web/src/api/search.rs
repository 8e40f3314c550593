//! `/search`: one box over contacts, cases and interactions. In a body: what is typed there is personal.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use crm::actor::Purpose;
use crm::search::{Facet, Hit as Found, Kind, Order, Query, Why};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::ReadsRecords;
use crate::auth::purpose::Reason;
use crate::clock;
use crate::extract::Body;
use crate::problem::{Answer, Problem};
use crate::wire::Moment;

/// What is looked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SearchQuestion)]
pub struct Question {
    /// What stands in the box.
    pub text: String,
    /// Kinds wanted: `contact`, `case`, `interaction`; empty for all.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false)]
    pub kinds: Vec<Kind>,
    /// Facet values wanted, by facet: any of the values, of all of the facets.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Vec<String>>, required = false)]
    pub facets: BTreeMap<Facet, Vec<String>>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Hits wanted, 1 to 50; 20 if absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 50)]
    pub limit: Option<usize>,
    /// `best` (if absent) or `newest`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub order: Option<Order>,
    /// Why, outside a call.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
#[schema(as = SearchAnswer)]
pub struct Answered {
    /// How many records match that the viewer may open.
    pub total: usize,
    /// Counts by facet.
    pub facets: Vec<FacetCounts>,
    /// This page.
    pub hits: Vec<Hit>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Typing slips were allowed, because few records match what was typed.
    pub widened: bool,
    /// The index is being rebuilt and does not hold every record yet.
    pub incomplete: bool,
}

/// One facet with its counts.
#[derive(Serialize, ToSchema)]
pub struct FacetCounts {
    /// The facet.
    pub name: &'static str,
    /// Its values, the most frequent first.
    pub values: Vec<FacetCount>,
}

/// How many records have a value.
#[derive(Serialize, ToSchema)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// The number of records.
    pub count: u64,
}

/// One found record.
#[derive(Serialize, ToSchema)]
#[schema(as = SearchHit)]
pub struct Hit {
    /// What kind of record.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// The record's id.
    pub id: Uuid,
    /// The line it is shown under.
    pub title: String,
    /// A second line.
    pub subtitle: String,
    /// Why it was found though no word is spelt as typed; absent if all stand there as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The texts that matched, with marks.
    pub highlights: Vec<Highlight>,
    /// The case number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_number: Option<String>,
    /// State of the case, outcome of the interaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// When it happened or was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub at: Moment,
}

/// A text with its marks.
#[derive(Serialize, ToSchema)]
pub struct Highlight {
    /// Which part of the record.
    #[schema(value_type = String)]
    pub field: crm::search::HighlightField,
    /// The text in order.
    pub parts: Vec<Part>,
}

/// A piece of shown text. Text, not HTML: whoever shows it marks it.
#[derive(Serialize, ToSchema)]
pub struct Part {
    /// The text.
    pub text: String,
    /// Whether it is to be marked.
    pub hit: bool,
}

/// Searches. What is shown is noted in the audit before it is shown.
#[utoipa::path(post, path = "/search", tag = "search", operation_id = "search",
    request_body = Question, security(("session" = []), ("machine" = ["records:read"])),
    responses((status = 200, description = "A page of hits.", body = Answered)))]
pub async fn search(
    State(app): State<App>,
    permitted: Permitted<ReadsRecords>,
    reason: Reason,
    Body(question): Body<Question>,
) -> Answer<Json<Answered>> {
    let given = question.reason.filter(|reason| !reason.trim().is_empty());
    let purpose = match given {
        Some(reason) => Purpose::Reason(reason),
        None => reason.purpose(&app, &permitted.authority),
    };
    let actor = permitted.actor(purpose);
    if question.limit == Some(0) {
        return Err(Problem::field("limit", "Ask for at least one hit."));
    }
    let query = Query {
        text: question.text,
        kinds: question.kinds,
        facets: question.facets,
        cursor: question.cursor,
        limit: question.limit.unwrap_or(0),
        order: question.order.unwrap_or_default(),
    };
    let results = app.search().search(app.store(), &actor, query, clock::now()).await?;
    let facets = results.facets.into_iter().map(|facet| FacetCounts {
        name: facet.name.as_str(),
        values: facet
            .values
            .into_iter()
            .map(|v| FacetCount { value: v.value, count: v.count })
            .collect(),
    });
    Ok(Json(Answered {
        total: results.total,
        facets: facets.collect(),
        hits: results.hits.into_iter().map(hit).collect(),
        next_cursor: results.next_cursor,
        widened: results.widened,
        incomplete: results.incomplete,
    }))
}

fn hit(found: Found) -> Hit {
    let highlights = found.highlights.into_iter().map(|highlight| Highlight {
        field: highlight.field,
        parts: highlight.parts.into_iter().map(|p| Part { text: p.text, hit: p.hit }).collect(),
    });
    let why: Vec<String> = found.why.iter().map(sentence).collect();
    Hit {
        kind: found.kind,
        id: found.id,
        title: found.title,
        subtitle: found.subtitle,
        why: (!why.is_empty()).then(|| why.join("; ")),
        highlights: highlights.collect(),
        case_number: found.case_number,
        state: found.state,
        at: found.at.into(),
    }
}

/// Why a typed piece met the record, in words.
fn sentence(why: &Why) -> String {
    use crm::search::Reason as By;
    let (typed, found) = (&why.typed, &why.found);
    match why.reason {
        By::CaseNumber => format!("case number {found}"),
        By::PhoneEndsWith => format!("telephone number ends with {found}"),
        By::BeginsWith => format!("{found} begins with {typed}"),
        By::SoundsSame => format!("{found} is {typed} in another spelling"),
        By::NameSoundsLike => format!("{found} sounds like {typed}"),
        By::SpeltAlike => format!("{found} is spelt like {typed}"),
    }
}
