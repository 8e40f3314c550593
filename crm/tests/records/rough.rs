//! Text that breaks things elsewhere is kept or refused here, on both databases.

use crm::case::draft::{self, DraftFields, DraftSave};
use crm::case::{self, CaseEdit};
use crm::contact::{self, ContactDetails};
use crm::interaction::{self, Begin, Origin};
use crm::report::{self, NewReport};
use crm::{CrmError, page};
use ids::{CaseId, ContactId, ReportId};
use store::both_backends;
use store::testing::TestDb;

use crate::support::{at, begin, case as opened, operator};

both_backends!(rough_text_is_kept_or_refused, rough_text_reaches_no_statement);

const ROUGH: [&str; 10] = [
    "nul \0 inside",
    "\0",
    "\u{7}\u{1b}[31mred",
    "'; DROP TABLE cases; --",
    "%_\\ \"quoted\" 'and' `ticked`",
    "\u{202e}backwards\u{202c}",
    "\u{feff}\u{200d}\u{200c}",
    "क्‍षि 🏥 e\u{301}\u{301}\u{301}",
    "\u{10ffff}\u{fffd}",
    "",
];

/// Anything but an answer or a refusal with a reason is a fault of ours.
fn answered<T>(outcome: Result<T, CrmError>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(CrmError::Invalid(_) | CrmError::BadCursor) => None,
        Err(other) => panic!("{other:?}"),
    }
}

async fn rough_text_is_kept_or_refused(db: &TestDb) {
    let store = db.store();
    for (n, text) in (1..).zip(ROUGH) {
        let details =
            ContactDetails { relation: Some(text.to_owned()), ..ContactDetails::named(text) };
        let id = ContactId::from_number(n);
        let made = answered(contact::create(store, &operator(1), id, &details, at(0)).await);
        if let Some(made) = made {
            assert_eq!(contact::get(store, &operator(1), id, at(1)).await.unwrap(), made);
        }

        let id = opened(store, n).await.id;
        let fields = DraftFields {
            summary: Some(text.to_owned()),
            report: Some(text.to_owned()),
            ..DraftFields::default()
        };
        let save = DraftSave { case_version: 1, sequence: 0, fields };
        let kept = answered(draft::save(store, &operator(1), id, &save, at(1)).await);
        assert_eq!(draft::get(store, &operator(1), id, at(1)).await.unwrap(), kept);
        let edit = CaseEdit { notes: Some(text.to_owned()), ..CaseEdit::default() };
        let saved = answered(case::update(store, &operator(1), id, 1, &edit, at(2)).await);
        assert!(saved.is_some(), "{text:?}");
        let new = NewReport {
            id: ReportId::from_number(n),
            case: id,
            text: text.to_owned(),
            disposition: "advice_given".to_owned(),
        };
        answered(report::file(store, &operator(1), &new, at(3)).await);
    }
}

async fn rough_text_reaches_no_statement(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    for (n, text) in (1..).zip(ROUGH) {
        let word = || Some(Some(text.to_owned()));
        let edit = CaseEdit { category: word(), disposition: word(), ..CaseEdit::default() };
        let version = case::get(store, &operator(1), id, at(1)).await.unwrap().version;
        assert!(
            answered(case::update(store, &operator(1), id, version, &edit, at(1)).await).is_none()
        );
        let new = NewReport {
            id: ReportId::from_number(n),
            case: id,
            text: "words".to_owned(),
            disposition: text.to_owned(),
        };
        assert!(answered(report::file(store, &operator(1), &new, at(1)).await).is_none());
        let mine =
            case::Mine { cursor: Some(text.to_owned()), limit: page::PAGE_MAX, states: Vec::new() };
        assert!(answered(case::list_mine(store, &operator(1), &mine, at(1)).await).is_none());

        let told = begin(n, None, 0);
        let origin = Origin { dialled: text.repeat(9), ..told.origin.clone() };
        interaction::begin(store, &Begin { origin, ..told }).await.unwrap();
    }
    assert_eq!(
        case::get(store, &operator(1), CaseId::from_number(1), at(2)).await.unwrap().version,
        1
    );
}
