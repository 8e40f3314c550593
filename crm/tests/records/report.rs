//! Reports: required, versioned, and for good.

use crm::CrmError;
use crm::case::{self, CaseState, RefusedWhy, StateName};
use crm::report;
use ids::CaseId;
use store::both_backends;
use store::testing::TestDb;

use crate::support::{at, case as opened, file, notes, operator, statement, user};

both_backends!(
    a_case_is_closed_only_with_a_report,
    reports_are_numbered_and_filing_twice_files_once,
    the_database_refuses_to_change_a_filed_report,
    a_reopened_case_needs_a_new_report,
    a_closed_case_takes_neither_report_nor_edit,
);

fn why(outcome: Result<impl Sized, CrmError>) -> RefusedWhy {
    match outcome {
        Err(CrmError::Refused(refused)) => refused.why,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was accepted"),
    }
}

async fn a_case_is_closed_only_with_a_report(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    let early = case::close(store, &operator(1), id, at(1)).await;
    assert_eq!(why(early), RefusedWhy::ReportRequired);
    assert_eq!(case::get(store, &operator(1), id, at(1)).await.unwrap().version, 1);

    let filed = file(store, id, 5, 2).await.unwrap();
    assert_eq!(filed.case.details.disposition.as_deref(), Some("advice_given"));
    assert_eq!((filed.case.report_due, filed.case.state.name()), (false, StateName::Open));

    let closed = case::close(store, &operator(1), id, at(3)).await.unwrap();
    assert_eq!(closed.state, CaseState::Closed { at: at(3) });
    assert_eq!(closed.closed_at, Some(at(3)));
    assert_eq!(case::get(store, &operator(1), id, at(4)).await.unwrap(), closed);
}

async fn reports_are_numbered_and_filing_twice_files_once(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    let first = file(store, id, 5, 1).await.unwrap();
    let second = file(store, id, 6, 2).await.unwrap();
    let again = file(store, id, 6, 3).await.unwrap();
    assert_eq!((first.report.version, second.report.version), (1, 2));
    assert_eq!(again, second);
    assert_eq!(second.report.filed_by, user(1));
    let listed = report::list(store, &operator(2), id, at(4)).await.unwrap();
    assert_eq!(listed, [first.report, second.report]);

    let nowhere = file(store, CaseId::from_number(404), 7, 4).await;
    assert!(matches!(nowhere, Err(CrmError::NotFound { .. })));
}

async fn the_database_refuses_to_change_a_filed_report(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    let filed = file(store, id, 5, 1).await.unwrap();
    for sql in [
        "UPDATE case_reports SET text = 'something else'",
        "UPDATE case_reports SET version = 9",
        "DELETE FROM case_reports",
        "UPDATE case_events SET by_user = case_id",
        "DELETE FROM case_events",
    ] {
        let Err(CrmError::Sql(refused)) = statement(store, sql).await else {
            panic!("{sql} was accepted");
        };
        assert!(refused.to_string().contains("never changes"), "{refused}");
    }
    let listed = report::list(store, &operator(1), id, at(2)).await.unwrap();
    assert_eq!(listed, [filed.report]);
}

async fn a_reopened_case_needs_a_new_report(db: &TestDb) {
    const WEEK: u64 = 7 * 24 * 60 * 60;
    let store = db.store();
    let id = opened(store, 1).await.id;
    file(store, id, 5, 1).await.unwrap();
    case::close(store, &operator(1), id, at(2)).await.unwrap();

    let reopened = case::reopen(store, &operator(2), id, at(2 + WEEK)).await.unwrap();
    assert_eq!((reopened.state, reopened.report_due), (CaseState::Open, true));
    let closed = case::close(store, &operator(2), id, at(3 + WEEK)).await;
    assert_eq!(why(closed), RefusedWhy::ReportRequired);
    file(store, id, 6, 4 + WEEK).await.unwrap();
    case::close(store, &operator(2), id, at(5 + WEEK)).await.unwrap();

    let late = case::reopen(store, &operator(2), id, at(6 + 2 * WEEK)).await;
    assert_eq!(why(late), RefusedWhy::WindowOver);
}

async fn a_closed_case_takes_neither_report_nor_edit(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    file(store, id, 5, 1).await.unwrap();
    let closed = case::close(store, &operator(1), id, at(2)).await.unwrap();
    assert_eq!(why(file(store, id, 6, 3).await), RefusedWhy::WrongState);
    let edit = notes("more");
    let edited = case::update(store, &operator(1), id, closed.version, &edit, at(3)).await;
    assert_eq!(why(edited), RefusedWhy::WrongState);
    assert_eq!(case::get(store, &operator(1), id, at(4)).await.unwrap(), closed);
}
