//! `/vocabulary`: the words that forms choose from, in English and Hindi. Data compiled in.

use axum::Json;
use crm::vocabulary::{DispositionGroup, Vocabulary as Stored};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Permitted;
use crate::auth::access::ReadsRecords;
use crate::wire::words::{BreakReason, Class};

/// A word with its labels.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Label {
    /// What records store.
    pub key: String,
    /// The category above; absent at the upper level, and for dispositions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The kind of ending; for dispositions alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// English.
    pub en: String,
    /// Hindi.
    pub hi: String,
}

/// The words to choose from.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Vocabulary {
    /// What a case can be about.
    pub categories: Vec<Label>,
    /// How it can end.
    pub dispositions: Vec<Label>,
    /// Why an agent can be on break.
    pub break_reasons: Vec<BreakReason>,
    /// How urgent a caller can be, most urgent first.
    pub classes: Vec<Class>,
}

/// The words to choose from; retired ones are left out.
#[utoipa::path(get, path = "/vocabulary", tag = "vocabulary", operation_id = "get_vocabulary",
    security(("session" = []), ("machine" = ["records:read"])),
    responses((status = 200, description = "All words.", body = Vocabulary)))]
pub async fn get(_: Permitted<ReadsRecords>) -> Json<Vocabulary> {
    let stored = Stored::built_in();
    let categories = stored.categories().iter().filter(|word| !word.retired).map(|word| Label {
        key: word.key.clone(),
        parent: word.parent.clone(),
        group: None,
        en: word.en.clone(),
        hi: word.hi.clone(),
    });
    let dispositions = stored.dispositions().iter().filter(|word| !word.retired);
    let dispositions = dispositions.map(|word| Label {
        key: word.key.clone(),
        parent: None,
        group: Some(group(word.group).to_owned()),
        en: word.en.clone(),
        hi: word.hi.clone(),
    });
    Json(Vocabulary {
        categories: categories.collect(),
        dispositions: dispositions.collect(),
        break_reasons: BreakReason::ALL.to_vec(),
        classes: Class::ALL.to_vec(),
    })
}

const fn group(group: DispositionGroup) -> &'static str {
    match group {
        DispositionGroup::Valid => "valid",
        DispositionGroup::Invalid => "invalid",
        DispositionGroup::Incomplete => "incomplete",
        DispositionGroup::Transfer => "transfer",
    }
}
