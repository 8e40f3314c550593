//! Cases: numbers, conflicts, one case for a call, lists.

use std::collections::BTreeSet;

use crm::case::{
    self as cases, CaseChoice, CaseEdit, CaseState, CaseStep, Mine, NewCase, RefusedWhy, StateName,
};
use crm::{CrmError, interaction};
use ids::{CallId, CaseId, Class, ContactId};
use store::both_backends;
use store::outbox::{self, Topic};
use store::testing::TestDb;

use crate::support::{
    at, begin, case as opened, contact, file, notes, operator, person, phone, user,
};

both_backends!(
    a_hundred_cases_opened_at_once_have_a_hundred_numbers,
    numbers_begin_anew_each_month_of_delhi,
    a_change_for_an_older_version_is_told_who_and_when,
    a_word_outside_the_vocabulary_is_refused,
    the_first_words_open_a_new_case,
    a_call_has_one_case_however_often_it_is_asked,
    a_call_can_go_to_a_case_that_is_open,
    a_case_learns_who_called,
    a_list_keeps_its_pages_while_cases_are_added,
    a_list_can_be_limited_to_states,
    every_change_reaches_the_followers,
);

fn choice(n: u128) -> CaseChoice {
    CaseChoice::New { id: CaseId::from_number(n), category: None }
}

async fn a_hundred_cases_opened_at_once_have_a_hundred_numbers(db: &TestDb) {
    let tasks: Vec<_> = (1..=100)
        .map(|n| {
            let store = db.store().clone();
            tokio::spawn(async move {
                let id = CaseId::from_number(n);
                cases::open(&store, &operator(n), id, &NewCase::default(), at(0)).await
            })
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for task in tasks {
        numbers.insert(task.await.unwrap().unwrap().number.to_string());
    }
    let expected: BTreeSet<_> = (1..=100).map(|n| format!("C-2611-{n:04}")).collect();
    assert_eq!(numbers, expected);
}

async fn numbers_begin_anew_each_month_of_delhi(db: &TestDb) {
    const DAY: u64 = 24 * 60 * 60;
    let mut numbers = Vec::new();
    // 22 November 10:00; 30 November 23:59 and 1 December 00:00 in Delhi.
    let midnight = 9 * DAY - 10 * 60 * 60;
    for (n, second) in [(1, 0), (2, midnight - 1), (3, midnight), (4, midnight + DAY)] {
        let id = CaseId::from_number(n);
        let case = cases::open(db.store(), &operator(1), id, &NewCase::default(), at(second)).await;
        numbers.push(case.unwrap().number.to_string());
    }
    assert_eq!(numbers, ["C-2611-0001", "C-2611-0002", "C-2612-0001", "C-2612-0002"]);
}

async fn a_change_for_an_older_version_is_told_who_and_when(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    let first = cases::update(store, &operator(2), id, 1, &notes("first"), at(5)).await.unwrap();
    let late = cases::update(store, &operator(3), id, 1, &notes("late"), at(6)).await;
    let Err(CrmError::Conflict(conflict)) = late else { panic!("the change was accepted") };
    assert_eq!((conflict.expected, conflict.current), (1, 2));
    assert_eq!((conflict.changed_by, conflict.changed_at), (user(2), at(5)));
    assert_eq!(cases::get(store, &operator(3), id, at(7)).await.unwrap(), first);
}

async fn a_word_outside_the_vocabulary_is_refused(db: &TestDb) {
    let store = db.store();
    let new = NewCase { category: Some("poetry".to_owned()), ..NewCase::default() };
    let refused = cases::open(store, &operator(1), CaseId::from_number(1), &new, at(0)).await;
    assert!(matches!(refused, Err(CrmError::Invalid(fields)) if fields[0].field == "category"));

    let id = opened(store, 2).await.id;
    let edit = CaseEdit { disposition: Some(Some("poem".to_owned())), ..CaseEdit::default() };
    let refused = cases::update(store, &operator(1), id, 1, &edit, at(1)).await;
    assert!(matches!(refused, Err(CrmError::Invalid(fields)) if fields[0].field == "disposition"));
}

async fn the_first_words_open_a_new_case(db: &TestDb) {
    let store = db.store();
    let case = opened(store, 1).await;
    assert_eq!((case.state, case.owner), (CaseState::New, Some(user(1))));
    let edit = CaseEdit {
        category: Some(Some("illness_fever".to_owned())),
        summary: Some("  बुखार ".to_owned()),
        class: Some(Class::Clinical),
        ..CaseEdit::default()
    };
    let open = cases::update(store, &operator(1), case.id, 1, &edit, at(1)).await.unwrap();
    assert_eq!((open.state, open.details.summary.as_str()), (CaseState::Open, "बुखार"));

    let until = at(3600);
    let edit = CaseEdit { step: Some(CaseStep::Wait { until }), ..notes("calls back") };
    let pending = cases::update(store, &operator(1), case.id, 2, &edit, at(2)).await.unwrap();
    assert_eq!(pending.state, CaseState::Pending { until });
    assert_eq!(pending.details.class, Class::Clinical);
    assert_eq!(cases::get(store, &operator(1), case.id, at(3)).await.unwrap(), pending);
}

async fn a_call_has_one_case_however_often_it_is_asked(db: &TestDb) {
    let store = db.store();
    interaction::begin(store, &begin(7, Some("9999000001"), 0)).await.unwrap();
    let call = CallId::from_number(7);
    let tasks: Vec<_> = (1..=8)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                cases::open_for_call(&store, &operator(1), call, &choice(n), at(1)).await
            })
        })
        .collect();
    let mut ids = BTreeSet::new();
    for task in tasks {
        ids.insert(task.await.unwrap().unwrap().id);
    }
    assert_eq!(ids.len(), 1);
    let next = opened(store, 50).await;
    assert_eq!(next.number.as_str(), "C-2611-0002");

    // A call whose beginning could not be written yet has a case all the same.
    let late = CallId::from_number(8);
    let case = cases::open_for_call(store, &operator(1), late, &choice(60), at(2)).await.unwrap();
    interaction::begin(store, &begin(8, Some("9999000001"), 0)).await.unwrap();
    let row = interaction::get(store, &operator(1), interaction::id_of(late), at(3)).await;
    let row = row.unwrap();
    assert_eq!((row.case, row.times.arrived_at), (Some(case.id), at(0)));
}

async fn a_call_can_go_to_a_case_that_is_open(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    let call = CallId::from_number(7);
    interaction::begin(store, &begin(7, None, 0)).await.unwrap();
    let existing = CaseChoice::Existing(id);
    let case = cases::open_for_call(store, &operator(2), call, &existing, at(1)).await.unwrap();
    assert_eq!((case.id, case.version), (id, 2));
    let again = cases::open_for_call(store, &operator(2), call, &existing, at(2)).await.unwrap();
    assert_eq!(again.version, 2);

    let closed = opened(store, 3).await.id;
    file(store, closed, 9, 3).await.unwrap();
    cases::close(store, &operator(1), closed, at(4)).await.unwrap();
    let refused =
        cases::open_for_call(store, &operator(2), call, &CaseChoice::Existing(closed), at(5)).await;
    let Err(CrmError::Refused(refused)) = refused else { panic!("a closed case was taken") };
    assert_eq!(refused.why, RefusedWhy::WrongState);
    let row = interaction::get(store, &operator(2), interaction::id_of(call), at(6)).await;
    assert_eq!(row.unwrap().case, Some(id));
}

async fn a_case_learns_who_called(db: &TestDb) {
    let store = db.store();
    let asha = contact(store, 1, &person("Asha", &["9999000001"])).await;
    let call = CallId::from_number(7);
    let id = interaction::begin(store, &begin(7, Some("9999000001"), 0)).await.unwrap();
    let case = cases::open_for_call(store, &operator(1), call, &choice(1), at(1)).await.unwrap();
    assert_eq!((case.contact, case.details.class), (None, Class::Standard));

    interaction::set_contact(store, &operator(1), id, Some(asha.id), at(2)).await.unwrap();
    let case = cases::get(store, &operator(1), case.id, at(3)).await.unwrap();
    assert_eq!((case.contact, case.version), (Some(asha.id), 2));
    let number = phone("9999000001");
    let people = crm::contact::find_by_phone(store, &operator(1), &number, at(4)).await.unwrap();
    assert_eq!(people[0].open_cases, 1);

    let nobody = Some(ContactId::from_number(404));
    let refused = interaction::set_contact(store, &operator(1), id, nobody, at(5)).await;
    assert!(matches!(refused, Err(CrmError::NotFound { .. })));
}

async fn a_list_keeps_its_pages_while_cases_are_added(db: &TestDb) {
    let store = db.store();
    let open = |n: u128, second| async move {
        let id = CaseId::from_number(n);
        cases::open(store, &operator(1), id, &NewCase::default(), at(second)).await.unwrap()
    };
    // Two of each moment, so that the id has to decide, and one of somebody else.
    for n in 0..10 {
        open(n + 1, u64::try_from(n / 2).unwrap()).await;
    }
    let other = CaseId::from_number(500);
    cases::open(store, &operator(2), other, &NewCase::default(), at(2)).await.unwrap();

    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let mine = Mine { cursor, limit: 3, ..Mine::default() };
        let page = cases::list_mine(store, &operator(1), &mine, at(99)).await.unwrap();
        assert!(page.items.len() <= 3);
        seen.extend(page.items.iter().map(|case| case.id));
        // A new case comes to the head while the list is read.
        let n = u128::try_from(100 + seen.len()).unwrap();
        open(n, 50).await;
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    let expected: Vec<_> = (1..=10).rev().map(CaseId::from_number).collect();
    assert_eq!(seen, expected);

    let rubbish = Mine { cursor: Some("page 2".to_owned()), limit: 3, ..Mine::default() };
    let refused = cases::list_mine(store, &operator(1), &rubbish, at(99)).await;
    assert!(matches!(refused, Err(CrmError::BadCursor)));
}

async fn a_list_can_be_limited_to_states(db: &TestDb) {
    let store = db.store();
    let id = opened(store, 1).await.id;
    opened(store, 2).await;
    cases::update(store, &operator(1), id, 1, &notes("words"), at(1)).await.unwrap();
    for (states, count) in [
        (vec![], 2),
        (vec![StateName::Open], 1),
        (vec![StateName::Open, StateName::New], 2),
        (vec![StateName::Closed], 0),
    ] {
        let mine = Mine { states, limit: 10, ..Mine::default() };
        let page = cases::list_mine(store, &operator(1), &mine, at(2)).await.unwrap();
        assert_eq!((page.items.len(), page.next_cursor), (count, None));
    }
}

async fn every_change_reaches_the_followers(db: &TestDb) {
    let store = db.store();
    let asha = contact(store, 1, &person("Asha", &[])).await;
    let case = opened(store, 2).await;
    interaction::begin(store, &begin(3, None, 0)).await.unwrap();
    cases::update(store, &operator(1), case.id, 1, &notes("words"), at(1)).await.unwrap();
    let refused = cases::update(store, &operator(1), case.id, 1, &notes("late"), at(2)).await;
    assert!(refused.is_err());

    let changes = store
        .read_txn(|txn| async move { outbox::take(&txn, 0, 100).await.map_err(CrmError::Sql) })
        .await
        .unwrap();
    let told: Vec<_> = changes.iter().map(|change| (change.topic, change.entity)).collect();
    let call = CallId::from_number(3).as_uuid();
    assert_eq!(
        told,
        [
            (Topic::Contact, asha.id.as_uuid()),
            (Topic::Case, case.id.as_uuid()),
            (Topic::Interaction, call),
            (Topic::Case, case.id.as_uuid()),
        ]
    );
}
