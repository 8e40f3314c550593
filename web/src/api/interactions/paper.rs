//! `POST /interactions`: a call that happened on paper, entered later.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use crm::E164;
use crm::interaction::paper::{self, PaperCall};
use ids::{CaseId, ContactId, InteractionId, QueueId, ReportId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::WritesRecords;
use crate::auth::purpose::Reason;
use crate::clock;
use crate::extract::Body;
use crate::idempotency::IdempotencyKey;
use crate::problem::{Answer, Problem};
use crate::wire::Moment;
use crate::wire::record::case::Case;
use crate::wire::record::interaction::Interaction;

/// A call as it stands on paper.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaperCall)]
pub struct NewPaperCall {
    /// When it happened; not in the future.
    #[schema(value_type = String, format = DateTime)]
    pub happened_at: Moment,
    /// The citizen's number, if it was written down.
    #[serde(default)]
    pub phone: Option<String>,
    /// The queue of the number that was dialled; absent: the first.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub queue: Option<QueueId>,
    /// Whom it was about.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub contact_id: Option<ContactId>,
    /// The case that it belongs to, if there is one that is not closed.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub case_id: Option<CaseId>,
    /// What a new case is about: a key of the vocabulary.
    #[serde(default)]
    pub category: Option<String>,
    /// How it ended: a key of the vocabulary.
    pub disposition: String,
    /// What was written down: the text of the report.
    pub notes: String,
    /// Why it is entered so late; needed after 30 days.
    #[serde(default)]
    pub why_late: Option<String>,
}

/// What was made of it.
#[derive(Serialize, ToSchema)]
#[schema(as = PaperCallEntered)]
pub struct EnteredCall {
    /// The interaction, marked as entered later.
    pub interaction: Interaction,
    /// Its case, with the report filed.
    pub case: Case,
}

/// Enters a call that happened on paper, with its case and report.
#[utoipa::path(post, path = "/interactions", tag = "interactions",
    operation_id = "enter_paper_call", request_body = NewPaperCall,
    params(("idempotency-key" = Option<String>, Header)),
    security(("session" = []), ("machine" = ["records:write"])),
    responses(
        (status = 201, description = "The interaction and its case.", body = EnteredCall),
        (status = 404, description = "No such contact or case."),
        (status = 409, description = "The case is closed."),
        (status = 422, description = "In the future, or long ago without a reason."),
    ))]
pub async fn enter(
    State(app): State<App>,
    permitted: Permitted<WritesRecords>,
    reason: Reason,
    key: IdempotencyKey,
    Body(new): Body<NewPaperCall>,
) -> Answer<(StatusCode, Json<EnteredCall>)> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let from = new.phone.as_deref().filter(|phone| !phone.trim().is_empty());
    let from = from.map(E164::parse).transpose();
    let from = from.map_err(|_| Problem::field("phone", "This is no telephone number."))?;
    let queues = &app.settings().queues;
    let queue = match new.queue {
        Some(id) => queues.iter().find(|queue| queue.id == id),
        None => queues.first(),
    };
    let queue = queue.ok_or_else(|| Problem::field("queue", "There is no such queue."))?;
    let paper = PaperCall {
        id: InteractionId::from_uuid(key.id(actor.user, "paper")),
        at: new.happened_at.0,
        from,
        dialled: queue.number.clone(),
        queue: Some(queue.id),
        contact: new.contact_id,
        case: new.case_id,
        new_case: CaseId::from_uuid(key.id(actor.user, "paper case")),
        category: new.category,
        report: ReportId::from_uuid(key.id(actor.user, "paper report")),
        notes: new.notes,
        disposition: new.disposition,
        why_late: new.why_late,
    };
    let (interaction, case) = paper::enter(app.store(), &actor, &paper, clock::now()).await?;
    app.saved().tell(case.id, case.version);
    let entered = EnteredCall { interaction: (&interaction).into(), case: (&case).into() };
    Ok((StatusCode::CREATED, Json(entered)))
}
