//! `/cases/{id}/report` and `/reports`: what was done, filed for good.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use crm::report::{self, NewReport as New};
use ids::{CaseId, ReportId};

use crate::app::App;
use crate::auth::access::{ReadsRecords, WritesRecords};
use crate::auth::purpose::Reason;
use crate::auth::{Authority, Permitted};
use crate::clock;
use crate::extract::{Body, Param};
use crate::idempotency::IdempotencyKey;
use crate::problem::Answer;
use crate::records;
use crate::wire::record::case::{NewReport, Report};

/// Files a report as the next version on the case. It never changes; a correction is another one.
#[utoipa::path(post, path = "/cases/{id}/report", tag = "cases", operation_id = "file_report",
    request_body = NewReport,
    params(
        ("id" = uuid::Uuid, Path, description = "The case."),
        ("idempotency-key" = Option<String>, Header),
    ),
    security(("session" = []), ("machine" = ["records:write"])),
    responses(
        (status = 201, description = "The report.", body = Report),
        (status = 404, description = "No such case."),
        (status = 409, description = "The case is closed."),
    ))]
pub async fn file(
    State(app): State<App>,
    permitted: Permitted<WritesRecords>,
    reason: Reason,
    Param(id): Param<CaseId>,
    key: IdempotencyKey,
    Body(new): Body<NewReport>,
) -> Answer<(StatusCode, Json<Report>)> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let new = New {
        id: ReportId::from_uuid(key.id(actor.user, &format!("report {id}"))),
        case: id,
        text: new.text,
        disposition: new.disposition,
    };
    let filed = report::file(app.store(), &actor, &new, clock::now()).await?;
    app.saved().tell(id, filed.case.version);
    if let Authority::Person(person) = &permitted.authority {
        records::tell_floor_of_report(&app, person).await?;
    }
    Ok((StatusCode::CREATED, Json(filed.report.into())))
}

/// The reports of a case, oldest first.
#[utoipa::path(get, path = "/cases/{id}/reports", tag = "cases", operation_id = "list_reports",
    params(("id" = uuid::Uuid, Path, description = "The case.")),
    security(("session" = []), ("machine" = ["records:read"])),
    responses(
        (status = 200, description = "All reports.", body = Vec<Report>),
        (status = 404, description = "No such case."),
    ))]
pub async fn list(
    State(app): State<App>,
    permitted: Permitted<ReadsRecords>,
    reason: Reason,
    Param(id): Param<CaseId>,
) -> Answer<Json<Vec<Report>>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let reports = report::list(app.store(), &actor, id, clock::now()).await?;
    Ok(Json(reports.into_iter().map(Into::into).collect()))
}
