//! From rows to documents: what is known of a contact, a case or an interaction, and which
//! documents a change of a row touches.
//!
//! Reads rows. A case and an interaction carry the names of their contact, so a new name of a
//! contact touches them too. Drafts are not read: they are their writer's until they are saved. No
//! row names a place of work yet, so no document is granted to one; an address is no permission.

use std::collections::{BTreeSet, HashMap};

use ids::UserId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use store::outbox::Topic;
use store::{ReadTxn, outbox, time};
use uuid::Uuid;

use super::document::{Document, DocumentId, Kind, TEXTS_MAX, Text, TextField};
use super::generation::Change;
use super::permission::grants_of;
use crate::contact::Flag;
use crate::entity::{case, case_report, contact, contact_phone, interaction};

/// Most documents loaded in one transaction.
pub(super) const LOAD_MAX: usize = 200;

/// Ids of everything whose document says something about what changed, each once.
pub(super) async fn touched(
    txn: &ReadTxn,
    changes: &[outbox::Change],
) -> Result<Vec<DocumentId>, DbErr> {
    let of = |topic: Topic| -> BTreeSet<Uuid> {
        changes.iter().filter(|change| change.topic == topic).map(|change| change.entity).collect()
    };
    let contacts = of(Topic::Contact);
    let mut cases = of(Topic::Case);
    let mut interactions = of(Topic::Interaction);
    for some in chunks(&contacts) {
        let of_these = case::Entity::find().filter(case::Column::ContactId.is_in(some.clone()));
        cases.extend(ids(txn, of_these.select_only().column(case::Column::Id)).await?);
        let of_these =
            interaction::Entity::find().filter(interaction::Column::ContactId.is_in(some));
        interactions
            .extend(ids(txn, of_these.select_only().column(interaction::Column::Id)).await?);
    }
    for some in chunks(&cases) {
        let of_these = interaction::Entity::find().filter(interaction::Column::CaseId.is_in(some));
        interactions
            .extend(ids(txn, of_these.select_only().column(interaction::Column::Id)).await?);
    }
    let all = [(Kind::Contact, contacts), (Kind::Case, cases), (Kind::Interaction, interactions)];
    let all = all.into_iter().flat_map(|(kind, ids)| ids.into_iter().map(move |id| (kind, id)));
    Ok(all.map(|(kind, id)| DocumentId { kind, id }).collect())
}

fn chunks(ids: &BTreeSet<Uuid>) -> Vec<Vec<Uuid>> {
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    ids.chunks(LOAD_MAX).map(<[Uuid]>::to_vec).collect()
}

async fn ids<E: EntityTrait>(txn: &ReadTxn, query: sea_orm::Select<E>) -> Result<Vec<Uuid>, DbErr> {
    query.into_tuple::<Uuid>().all(txn).await
}

/// How many documents all records make.
pub(super) async fn count(txn: &ReadTxn) -> Result<u64, DbErr> {
    let contacts = contact::Entity::find().count(txn).await?;
    let cases = case::Entity::find().count(txn).await?;
    let interactions = interaction::Entity::find().count(txn).await?;
    Ok(contacts + cases + interactions)
}

/// The next ids of one kind after `after`, at most [`LOAD_MAX`], in the order of ids.
pub(super) async fn next_ids(
    txn: &ReadTxn,
    kind: Kind,
    after: Option<Uuid>,
) -> Result<Vec<Uuid>, DbErr> {
    macro_rules! page {
        ($table:ident) => {{
            let mut query = $table::Entity::find().select_only().column($table::Column::Id);
            if let Some(after) = after {
                query = query.filter($table::Column::Id.gt(after));
            }
            ids(txn, query.order_by_asc($table::Column::Id).limit(LOAD_MAX as u64)).await
        }};
    }
    match kind {
        Kind::Contact => page!(contact),
        Kind::Case => page!(case),
        Kind::Interaction => page!(interaction),
    }
}

/// Loads documents, at most [`LOAD_MAX`]. A record that is not there any more is removed.
pub(super) async fn load(txn: &ReadTxn, wanted: &[DocumentId]) -> Result<Vec<Change>, DbErr> {
    let of = |kind: Kind| -> Vec<Uuid> {
        wanted.iter().filter(|id| id.kind == kind).map(|id| id.id).collect()
    };
    let mut found: HashMap<DocumentId, Document> = HashMap::new();
    let documents = [
        contacts(txn, of(Kind::Contact)).await?,
        cases(txn, of(Kind::Case)).await?,
        interactions(txn, of(Kind::Interaction)).await?,
    ];
    for document in documents.into_iter().flatten() {
        found.insert(document.id, document);
    }
    let change = |id: &DocumentId| match found.remove(id) {
        Some(document) => Change::Put(Box::new(document)),
        None => Change::Remove(*id),
    };
    Ok(wanted.iter().map(change).collect())
}

/// What a case or an interaction says about its contact.
struct Person {
    row: contact::Model,
    phones: Vec<String>,
}

impl Person {
    fn names(&self) -> Vec<String> {
        [Some(self.row.name.clone()), self.row.name_hi.clone()].into_iter().flatten().collect()
    }

    /// The year of birth and the ward: enough to tell two of one name apart.
    fn subtitle(&self) -> String {
        let year = self.row.birth_year.map(|year| year.to_string());
        let known = [year, self.row.ward.clone()];
        known.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

async fn people(
    txn: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, Person>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let phones = contact_phone::Entity::find()
        .filter(contact_phone::Column::ContactId.is_in(ids.clone()))
        .order_by_asc(contact_phone::Column::Place)
        .all(txn)
        .await?;
    let rows = contact::Entity::find().filter(contact::Column::Id.is_in(ids)).all(txn).await?;
    let mut people: HashMap<Uuid, Person> =
        rows.into_iter().map(|row| (row.id, Person { row, phones: Vec::new() })).collect();
    for phone in phones {
        if let Some(person) = people.get_mut(&phone.contact_id) {
            person.phones.push(phone.e164);
        }
    }
    Ok(people)
}

async fn contacts(txn: &ReadTxn, ids: Vec<Uuid>) -> Result<Vec<Document>, DbErr> {
    Ok(people(txn, ids).await?.into_values().map(contact_document).collect())
}

fn contact_document(person: Person) -> Document {
    let row = &person.row;
    let address = [&row.address_text, &row.ward, &row.place].into_iter().flatten();
    let mut texts: Vec<Text> =
        address.map(|text| Text { field: TextField::Address, text: text.clone() }).collect();
    // A flag that ends would stay findable beyond its end; a row of a later version, unreadable
    // here, is found without its flags.
    let flags: Vec<Flag> = serde_json::from_value(row.flags.clone()).unwrap_or_default();
    let lasting = flags.into_iter().filter(|flag| flag.until.is_none());
    texts.extend(lasting.map(|flag| Text { field: TextField::Flag, text: flag.text }));
    Document {
        id: DocumentId { kind: Kind::Contact, id: row.id },
        title: row.name.clone(),
        subtitle: person.subtitle(),
        names: person.names(),
        case_number: None,
        texts,
        state: None,
        category: None,
        class: None,
        language: row.language.clone(),
        at: time::from_column(row.updated_at),
        visible_to: grants_of(None, None),
        phones: person.phones,
    }
}

async fn cases(txn: &ReadTxn, ids: Vec<Uuid>) -> Result<Vec<Document>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let reports = case_report::Entity::find()
        .filter(case_report::Column::CaseId.is_in(ids.clone()))
        .order_by_desc(case_report::Column::Version)
        .all(txn)
        .await?;
    let mut reports_of: HashMap<Uuid, Vec<String>> = HashMap::new();
    for report in reports {
        reports_of.entry(report.case_id).or_default().push(report.text);
    }
    let rows = case::Entity::find().filter(case::Column::Id.is_in(ids)).all(txn).await?;
    let people = people(txn, rows.iter().filter_map(|row| row.contact_id).collect()).await?;
    let document = |row: case::Model| {
        let person = row.contact_id.and_then(|id| people.get(&id));
        let reports = reports_of.remove(&row.id).unwrap_or_default();
        case_document(row, person, reports)
    };
    Ok(rows.into_iter().map(document).collect())
}

fn case_document(row: case::Model, person: Option<&Person>, reports: Vec<String>) -> Document {
    let mut texts = Vec::new();
    let mut add = |field, text: String| {
        if !text.trim().is_empty() && texts.len() < TEXTS_MAX {
            texts.push(Text { field, text });
        }
    };
    add(TextField::Summary, row.summary.clone());
    add(TextField::Notes, row.notes);
    for report in reports {
        add(TextField::Report, report);
    }
    let names = person.map(Person::names).unwrap_or_default();
    Document {
        id: DocumentId { kind: Kind::Case, id: row.id },
        title: names.first().cloned().unwrap_or_else(|| row.number.clone()),
        subtitle: row.summary,
        names,
        case_number: Some(row.number),
        phones: person.map(|person| person.phones.clone()).unwrap_or_default(),
        texts,
        state: Some(row.state),
        category: row.category,
        class: Some(row.class),
        language: person.and_then(|person| person.row.language.clone()),
        at: time::from_column(row.updated_at),
        visible_to: grants_of(None, row.owner.map(UserId::from_uuid)),
    }
}

async fn interactions(txn: &ReadTxn, ids: Vec<Uuid>) -> Result<Vec<Document>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = interaction::Entity::find().filter(interaction::Column::Id.is_in(ids));
    let rows = rows.all(txn).await?;
    let people = people(txn, rows.iter().filter_map(|row| row.contact_id).collect()).await?;
    let case_ids: Vec<Uuid> = rows.iter().filter_map(|row| row.case_id).collect();
    let numbers = case::Entity::find().filter(case::Column::Id.is_in(case_ids));
    let numbers = numbers.select_only().columns([case::Column::Id, case::Column::Number]);
    let numbers = numbers.into_tuple::<(Uuid, String)>().all(txn).await?;
    let numbers: HashMap<Uuid, String> = numbers.into_iter().collect();
    let document = |row: interaction::Model| {
        let person = row.contact_id.and_then(|id| people.get(&id));
        let number = row.case_id.and_then(|id| numbers.get(&id).cloned());
        interaction_document(row, person, number)
    };
    Ok(rows.into_iter().map(document).collect())
}

fn interaction_document(
    row: interaction::Model,
    person: Option<&Person>,
    case_number: Option<String>,
) -> Document {
    let names = person.map(Person::names).unwrap_or_default();
    let unnamed = || row.from_e164.as_deref().map(ending).unwrap_or_default();
    let outcome = row.outcome.clone().into_iter();
    Document {
        id: DocumentId { kind: Kind::Interaction, id: row.id },
        title: names.first().cloned().unwrap_or_else(unnamed),
        subtitle: row.queue.clone().unwrap_or_default(),
        names,
        case_number,
        phones: row.from_e164.clone().into_iter().collect(),
        texts: outcome.map(|text| Text { field: TextField::Outcome, text }).collect(),
        state: row.outcome,
        category: None,
        class: row.class,
        language: row.language,
        at: time::from_column(row.arrived_at),
        visible_to: grants_of(None, row.agent.map(UserId::from_uuid)),
    }
}

/// The end of a number, as a caller without a name is shown: `…43210`.
fn ending(e164: &str) -> String {
    let start = e164.char_indices().rev().nth(SHOWN_DIGITS - 1).map_or(0, |(start, _)| start);
    format!("…{}", &e164[start..])
}

/// Digits shown of a number whose caller has no name.
const SHOWN_DIGITS: usize = 5;
