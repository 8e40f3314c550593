//! A call's story as OpenTelemetry spans. Pure.
//!
//! The id of the trace is the id of the call, so that whoever has one finds the other. Ids of spans
//! follow from it: the same story gives the same spans.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ids::Timestamp;
use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::SpanData;

use super::story::{Step, Story, word};

/// The spans of a call: the whole first, then its steps.
#[must_use]
pub fn spans(story: &Story) -> Vec<SpanData> {
    let id = story.view.id.as_uuid();
    let trace = TraceId::from_bytes(id.into_bytes());
    // Version 7 ids end in random bits: different for every call.
    let (_, random) = id.as_u64_pair();
    let root = SpanId::from(random | 1);
    let whole = Step {
        name: "call",
        from: story.view.arrived_at,
        until: story.ended_at,
        outcome: Some(story.cause.clone()),
    };
    let mut spans = vec![span(trace, root, SpanId::INVALID, &whole)];
    spans[0].span_kind = SpanKind::Server;
    spans[0].attributes.extend(facts(story));
    for (number, step) in (1_u64..).zip(&story.steps) {
        let own = SpanId::from(random.wrapping_add(number << 1) | 1);
        spans.push(span(trace, own, root, step));
    }
    spans
}

/// What is known of a call that concerns nobody's person.
fn facts(story: &Story) -> Vec<KeyValue> {
    let view = &story.view;
    let mut facts = vec![
        KeyValue::new("call.id", view.id.to_string()),
        KeyValue::new("call.medium", word(&view.medium)),
        KeyValue::new("call.queue", view.queue.as_str().to_owned()),
        KeyValue::new("call.class", word(&view.class)),
    ];
    facts.extend(view.language.map(|tag| KeyValue::new("call.language", tag.to_string())));
    facts
}

fn span(trace: TraceId, own: SpanId, parent: SpanId, step: &Step) -> SpanData {
    let context = SpanContext::new(trace, own, TraceFlags::SAMPLED, false, TraceState::default());
    let outcome = step.outcome.iter();
    SpanData {
        span_context: context,
        parent_span_id: parent,
        parent_span_is_remote: false,
        span_kind: SpanKind::Internal,
        name: step.name.into(),
        start_time: moment(step.from),
        end_time: moment(step.until.max(step.from)),
        attributes: outcome.map(|word| KeyValue::new("outcome", word.clone())).collect(),
        dropped_attributes_count: 0,
        events: Default::default(),
        links: Default::default(),
        status: Status::Unset,
        instrumentation_scope: InstrumentationScope::builder("helpline").build(),
    }
}

fn moment(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(at.as_micros()).unwrap_or(0))
}
