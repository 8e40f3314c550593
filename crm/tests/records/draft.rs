//! Drafts: kept, back after a reload, merged at the save, and never two of one.

use crm::CrmError;
use crm::case::draft::{self, Draft, DraftFields, DraftSave};
use crm::case::{self, CaseEdit};
use ids::CaseId;
use store::Store;
use store::both_backends;
use store::testing::TestDb;

use crate::support::{at, case as opened, file, notes, operator};

both_backends!(
    a_draft_is_back_after_a_reload_and_nobody_elses,
    two_windows_cannot_grow_two_drafts,
    a_saving_whose_answer_was_lost_can_be_sent_again,
    a_save_takes_over_what_was_typed,
    a_draft_on_an_older_version_overwrites_nothing_and_is_not_lost,
    the_report_in_preparation_waits_for_its_filing,
    a_window_left_behind_by_a_save_is_told,
);

fn typed(notes: &str) -> DraftFields {
    DraftFields { notes: Some(notes.to_owned()), ..DraftFields::default() }
}

async fn keep(
    store: &Store,
    case: CaseId,
    case_version: i64,
    sequence: i64,
    fields: DraftFields,
) -> Result<Draft, CrmError> {
    let save = DraftSave { case_version, sequence, fields };
    draft::save(store, &operator(1), case, &save, at(10)).await
}

async fn a_draft_is_back_after_a_reload_and_nobody_elses(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    assert_eq!(draft::get(store, &operator(1), id, at(9)).await.unwrap(), None);
    let first = keep(store, id, 1, 0, typed("three days of fe")).await.unwrap();
    assert_eq!((first.sequence, first.saved_at), (1, at(10)));
    let summary =
        DraftFields { summary: Some("बुखार".to_owned()), ..DraftFields::default() };
    let second = keep(store, id, 1, 1, summary).await.unwrap();
    assert_eq!(second.fields.notes.as_deref(), Some("three days of fe"));

    let back = draft::get(store, &operator(1), id, at(11)).await.unwrap();
    assert_eq!(back, Some(second));
    assert_eq!(draft::get(store, &operator(2), id, at(11)).await.unwrap(), None);
    let case = case::get(store, &operator(1), id, at(11)).await.unwrap();
    assert_eq!(case.draft.map(|draft| (draft.sequence, draft.saved_at)), Some((2, at(10))));
    assert_eq!(case.details.notes, "");
    assert_eq!(case::get(store, &operator(2), id, at(11)).await.unwrap().draft, None);

    let bogus = keep(store, id, 7, 2, typed("x")).await;
    assert!(matches!(bogus, Err(CrmError::Invalid(_))));
}

async fn two_windows_cannot_grow_two_drafts(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    keep(store, id, 1, 0, typed("left window")).await.unwrap();
    // The right window has seen no draft and saves too.
    let right = keep(store, id, 1, 0, typed("right window")).await;
    let Err(CrmError::DraftConflict { current }) = right else { panic!("a second draft grew") };
    assert_eq!((current.sequence, current.fields.notes.as_deref()), (1, Some("left window")));
    // Having been shown the other's text, it goes on from there; now the left one is behind.
    keep(store, id, 1, 1, typed("right window")).await.unwrap();
    let left = keep(store, id, 1, 1, typed("left again")).await;
    assert!(matches!(left, Err(CrmError::DraftConflict { current }) if current.sequence == 2));

    let tasks: Vec<_> = (0..6)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { keep(&store, id, 1, 2, typed(&format!("window {n}"))).await })
        })
        .collect();
    let mut kept = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(draft) => kept += draft.sequence - 2,
            Err(CrmError::DraftConflict { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(kept, 1);
}

async fn a_saving_whose_answer_was_lost_can_be_sent_again(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    let first = keep(store, id, 1, 0, typed("words")).await.unwrap();
    assert_eq!(keep(store, id, 1, 0, typed("words")).await.unwrap(), first);
    let second = keep(store, id, 1, 1, typed("words and more")).await.unwrap();
    assert_eq!(second.sequence, 2);
}

async fn a_save_takes_over_what_was_typed(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    let fields = DraftFields {
        summary: Some("from the draft".to_owned()),
        notes: Some("older words".to_owned()),
        category: Some("illness".to_owned()),
        ..DraftFields::default()
    };
    keep(store, id, 1, 0, fields).await.unwrap();
    let saved = case::update(store, &operator(1), id, 1, &notes("newest words"), at(11)).await;
    let saved = saved.unwrap();
    assert_eq!(saved.details.summary, "from the draft");
    assert_eq!(saved.details.notes, "newest words");
    assert_eq!(saved.details.category.as_deref(), Some("illness"));
    assert_eq!((saved.version, saved.draft), (2, None));
    assert_eq!(draft::get(store, &operator(1), id, at(12)).await.unwrap(), None);
}

async fn a_draft_on_an_older_version_overwrites_nothing_and_is_not_lost(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    keep(store, id, 1, 0, typed("mine")).await.unwrap();
    case::update(store, &operator(2), id, 1, &notes("theirs"), at(11)).await.unwrap();

    let shown = draft::get(store, &operator(1), id, at(12)).await.unwrap().unwrap();
    let changed = shown.case_changed.expect("the case has moved on");
    assert_eq!((changed.current, changed.changed_at), (2, at(11)));

    let edit = CaseEdit { summary: Some("one line".to_owned()), ..CaseEdit::default() };
    let saved = case::update(store, &operator(1), id, 2, &edit, at(13)).await.unwrap();
    assert_eq!(saved.details.notes, "theirs");
    let left = draft::get(store, &operator(1), id, at(14)).await.unwrap().unwrap();
    assert_eq!(left.fields.notes.as_deref(), Some("mine"));
}

async fn the_report_in_preparation_waits_for_its_filing(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    let fields = DraftFields { report: Some("what I did".to_owned()), ..typed("words") };
    keep(store, id, 1, 0, fields).await.unwrap();
    let saved =
        case::update(store, &operator(1), id, 1, &CaseEdit::default(), at(11)).await.unwrap();
    assert_eq!(saved.details.notes, "words");
    let stamp = saved.draft.expect("the report is still in preparation");
    let left = draft::get(store, &operator(1), id, at(12)).await.unwrap().unwrap();
    assert_eq!((left.fields.report.as_deref(), left.case_changed), (Some("what I did"), None));
    assert_eq!(left.sequence, stamp.sequence);

    let filed = file(store, id, 5, 13).await.unwrap();
    assert_eq!(filed.case.draft, None);
    assert_eq!(draft::get(store, &operator(1), id, at(14)).await.unwrap(), None);
}

async fn a_window_left_behind_by_a_save_is_told(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    keep(store, id, 1, 0, typed("both windows")).await.unwrap();
    case::update(store, &operator(1), id, 1, &CaseEdit::default(), at(11)).await.unwrap();
    // The other window still stands on the draft that was saved and is gone.
    let behind = keep(store, id, 1, 1, typed("both windows, and more")).await;
    let Err(CrmError::DraftConflict { current }) = behind else { panic!("an old draft came back") };
    assert_eq!((current.sequence, current.case_version), (0, 2));
    assert!(current.fields.is_empty());
}
