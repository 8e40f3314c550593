//! `/queues`: the public numbers and their names, as the settings have them.

pub mod metrics;

use axum::Json;
use axum::extract::State;
use ids::QueueId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::SeesFloor;

/// A queue as the settings have it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = QueueInfo)]
pub struct Queue {
    /// Its key.
    #[schema(value_type = String)]
    pub id: QueueId,
    /// The number that citizens dial.
    pub number: String,
    /// Its name in English.
    pub name_en: String,
    /// Its name in Hindi.
    pub name_hi: String,
}

/// All queues.
#[utoipa::path(get, path = "/queues", tag = "floor", operation_id = "list_queues",
    security(("session" = []), ("machine" = ["floor:read"])),
    responses((status = 200, description = "In the order of the settings.", body = Vec<Queue>)))]
pub async fn list(State(app): State<App>, _: Permitted<SeesFloor>) -> Json<Vec<Queue>> {
    let queues = app.settings().queues.iter().map(|queue| Queue {
        id: queue.id,
        number: queue.number.clone(),
        name_en: queue.name_en.clone(),
        name_hi: queue.name_hi.clone(),
    });
    Json(queues.collect())
}
