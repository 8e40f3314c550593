//! The story of a case, whole and by pages.

use crm::CrmError;
use crm::case::{self, CaseChoice, CaseState, Deed, Field};
use crm::interaction;
use crm::timeline::{TimelineEntry, TimelineItem, timeline};
use ids::{CallId, CaseId};
use store::Store;
use store::both_backends;
use store::testing::TestDb;

use crate::support::{at, begin, file, notes, operator, user};

both_backends!(
    a_case_tells_its_story_in_order,
    pages_of_a_story_are_the_story,
    a_story_of_no_case_is_refused,
);

/// A call, its case, notes, a report, the closing, and a second call about it after a reopening.
async fn story(store: &Store) -> CaseId {
    let id = CaseId::from_number(1);
    let first = CallId::from_number(1);
    interaction::begin(store, &begin(1, Some("9999000001"), 0)).await.unwrap();
    let new = CaseChoice::New { id, category: None };
    case::open_for_call(store, &operator(1), first, &new, at(0)).await.unwrap();
    case::update(store, &operator(1), id, 1, &notes("words"), at(10)).await.unwrap();
    file(store, id, 5, 20).await.unwrap();
    case::close(store, &operator(1), id, at(20)).await.unwrap();
    case::reopen(store, &operator(2), id, at(30)).await.unwrap();
    interaction::begin(store, &begin(2, Some("9999000001"), 29)).await.unwrap();
    let existing = CaseChoice::Existing(id);
    let second = CallId::from_number(2);
    case::open_for_call(store, &operator(2), second, &existing, at(31)).await.unwrap();
    id
}

/// One word for each entry.
fn word(entry: &TimelineEntry) -> String {
    match &entry.item {
        TimelineItem::Interaction { interaction: one, .. } => {
            format!("call {}", one.id.as_uuid().as_u128())
        }
        TimelineItem::Report { report, .. } => format!("report {}", report.version),
        TimelineItem::Change(change) => match (change.deed, change.moved) {
            (Deed::Opened, _) => "opened".to_owned(),
            (Deed::Attached { .. }, _) => "attached".to_owned(),
            (_, Some(moved)) => format!("to {}", moved.to.name().as_str()),
            (_, None) => "edited".to_owned(),
        },
    }
}

async fn page(
    store: &Store,
    id: CaseId,
    cursor: Option<&str>,
    limit: u64,
) -> crm::Page<TimelineEntry> {
    timeline(store, &operator(3), id, cursor, limit, at(99)).await.unwrap()
}

async fn a_case_tells_its_story_in_order(db: &TestDb) {
    let id = story(db.store()).await;
    let whole = page(db.store(), id, None, 100).await;
    let words: Vec<_> = whole.items.iter().map(word).collect();
    assert_eq!(
        words,
        ["call 1", "opened", "to open", "report 1", "to closed", "call 2", "to open", "attached"]
    );
    assert_eq!(whole.next_cursor, None);

    let edited = &whole.items[2];
    assert_eq!((edited.at, edited.by), (at(10), Some(user(1))));
    let TimelineItem::Change(change) = &edited.item else { panic!("not a change") };
    assert_eq!(change.fields, [Field::Notes]);
    let moved = change.moved.expect("the first words open a case");
    assert_eq!((moved.from, moved.to), (CaseState::New, CaseState::Open));

    let TimelineItem::Report { report, change } = &whole.items[3].item else { panic!("no report") };
    assert_eq!(
        (report.text.as_str(), change.fields.as_slice()),
        ("report 5", &[Field::Disposition][..])
    );
}

async fn pages_of_a_story_are_the_story(db: &TestDb) {
    let id = story(db.store()).await;
    let whole = page(db.store(), id, None, 100).await.items;
    for limit in 1..=4 {
        let (mut told, mut cursor) = (Vec::new(), None);
        loop {
            let next = page(db.store(), id, cursor.as_deref(), limit).await;
            told.extend(next.items);
            match next.next_cursor {
                Some(place) => cursor = Some(place),
                None => break,
            }
        }
        assert_eq!(told, whole, "{limit} at a time");
    }
}

async fn a_story_of_no_case_is_refused(db: &TestDb) {
    let nowhere = CaseId::from_number(404);
    let refused = timeline(db.store(), &operator(1), nowhere, None, 10, at(1)).await;
    assert!(matches!(refused, Err(CrmError::NotFound { .. })));
}
