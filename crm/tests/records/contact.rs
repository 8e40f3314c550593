//! Contacts and households.

use std::collections::BTreeSet;

use crm::contact::{
    self as records, Address, ContactDetails, ContactEdit, ContactPhone, Flag, FlagKind, Sex,
};
use crm::household::{self, HouseholdDetails};
use crm::{Conflict, CrmError};
use ids::{ContactId, HouseholdId};
use store::both_backends;
use store::testing::TestDb;

use crate::support::{at, case, contact, operator, person, phone, user};

both_backends!(
    a_contact_reads_back_as_it_was_written,
    the_same_id_again_gives_the_record_made_before,
    a_change_for_an_older_version_is_told_who_and_when,
    of_many_changes_at_once_exactly_one_wins,
    a_shared_number_shows_the_household_with_open_cases,
    a_flag_is_shown_until_its_moment,
    nobody_joins_a_household_that_is_not_there,
);

fn asha() -> ContactDetails {
    let number = |number, label: &str, shared| ContactPhone {
        number: phone(number),
        label: Some(label.to_owned()),
        shared,
    };
    ContactDetails {
        name: "Asha Devi".to_owned(),
        name_hi: Some("आशा देवी".to_owned()),
        sex: Some(Sex::Female),
        birth_year: Some(1961),
        language: "hi".parse().ok(),
        phones: vec![number("9999050001", "own", false), number("9999000001", "घर", true)],
        household: None,
        relation: Some("mother".to_owned()),
        address: Address {
            text: Some("House 4".to_owned()),
            ward: Some("Ward 84".to_owned()),
            place: Some("करोल बाग़".to_owned()),
        },
        flags: vec![Flag {
            kind: FlagKind::Accessibility,
            text: "ऊँचा सुनती हैं".to_owned(),
            until: None,
        }],
    }
}

async fn a_contact_reads_back_as_it_was_written(db: &TestDb) {
    let made = contact(db.store(), 1, &asha()).await;
    let read = records::get(db.store(), &operator(2), made.id, at(5)).await.unwrap();
    assert_eq!(read, made);
    assert_eq!((read.version, read.synthetic, read.updated_by), (1, false, user(1)));
    let labels: Vec<_> = read.details.phones.iter().map(|p| p.label.as_deref()).collect();
    assert_eq!(labels, [Some("own"), Some("घर")]);

    let missing = records::get(db.store(), &operator(2), ContactId::from_number(9), at(5)).await;
    assert!(matches!(missing, Err(CrmError::NotFound { .. })));
}

async fn the_same_id_again_gives_the_record_made_before(db: &TestDb) {
    let made = contact(db.store(), 1, &asha()).await;
    assert_eq!(contact(db.store(), 1, &person("Another", &[])).await, made);
}

async fn a_change_for_an_older_version_is_told_who_and_when(db: &TestDb) {
    let made = contact(db.store(), 1, &asha()).await;
    let edit = |name: &str| ContactEdit { name: Some(name.to_owned()), ..ContactEdit::default() };
    let phones =
        ContactEdit { phones: Some(person("", &["9999050002"]).phones), ..ContactEdit::default() };

    let second = records::update(db.store(), &operator(2), made.id, 1, &phones, at(10)).await;
    let second = second.unwrap();
    assert_eq!((second.version, second.details.phones.len()), (2, 1));

    let late = records::update(db.store(), &operator(3), made.id, 1, &edit("Asha"), at(20)).await;
    let Err(CrmError::Conflict(conflict)) = late else { panic!("the change was accepted") };
    let expected = Conflict { expected: 1, current: 2, changed_by: user(2), changed_at: at(10) };
    assert_eq!(conflict, expected);
    let sentence = conflict.to_string();
    assert!(sentence.contains("is at version 2") && sentence.contains(&user(2).to_string()));

    let read = records::get(db.store(), &operator(3), made.id, at(21)).await.unwrap();
    assert_eq!(read, second);
}

async fn of_many_changes_at_once_exactly_one_wins(db: &TestDb) {
    let made = contact(db.store(), 1, &asha()).await;
    let tasks: Vec<_> = (0..12)
        .map(|n| {
            let store = db.store().clone();
            tokio::spawn(async move {
                let edit =
                    ContactEdit { name: Some(format!("Asha {n}")), ..ContactEdit::default() };
                records::update(&store, &operator(n), made.id, 1, &edit, at(10)).await
            })
        })
        .collect();
    let mut won = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(contact) => won.push(contact),
            Err(CrmError::Conflict(conflict)) => assert_eq!(conflict.current, 2),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(won.len(), 1);
    let read = records::get(db.store(), &operator(1), made.id, at(11)).await.unwrap();
    assert_eq!(read, won[0]);
}

async fn a_shared_number_shows_the_household_with_open_cases(db: &TestDb) {
    let store = db.store();
    let home = HouseholdId::from_number(50);
    let details = HouseholdDetails { name: "Sharma".to_owned(), address: Address::default() };
    household::create(store, &operator(1), home, &details, at(0)).await.unwrap();

    let mother = contact(store, 1, &person("Meena Sharma", &["9999000001", "9999050001"])).await;
    let son = contact(store, 2, &person("Arun Sharma", &["9999000001"])).await;
    let grandmother = contact(store, 3, &person("Kamla Sharma", &[])).await;
    let stranger = contact(store, 4, &person("Stranger", &["9999000002"])).await;
    for (one, relation) in [(&mother, "mother"), (&grandmother, "grandmother")] {
        let joined =
            household::join(store, &operator(1), home, one.id, 1, Some(relation), at(1)).await;
        assert_eq!(joined.unwrap().details.household, Some(home));
    }
    let opened = case(store, 70).await;
    let edit =
        crm::case::CaseEdit { contact: Some(Some(mother.id)), ..crm::case::CaseEdit::default() };
    crm::case::update(store, &operator(1), opened.id, 1, &edit, at(2)).await.unwrap();

    let number = phone("+91 99990 00001");
    let people = records::find_by_phone(store, &operator(1), &number, at(3)).await.unwrap();
    let shown: Vec<_> = people
        .iter()
        .map(|p| (p.name.as_str(), p.has_number, p.open_cases, p.relation.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("Meena Sharma", true, 1, Some("mother")),
            ("Arun Sharma", true, 0, None),
            ("Kamla Sharma", false, 0, Some("grandmother")),
        ]
    );
    let ids: BTreeSet<_> = people.iter().map(|person| person.contact).collect();
    assert!(ids.contains(&son.id) && !ids.contains(&stranger.id));

    let nobody = records::find_by_phone(store, &operator(1), &phone("9999099999"), at(3)).await;
    assert!(nobody.unwrap().is_empty());
}

async fn a_flag_is_shown_until_its_moment(db: &TestDb) {
    let flag =
        Flag { kind: FlagKind::Safety, text: "danger at home".to_owned(), until: Some(at(60)) };
    let details = ContactDetails { flags: vec![flag], ..person("Asha", &["9999000001"]) };
    let made = contact(db.store(), 1, &details).await;
    for (second, shown) in [(59, 1), (60, 0)] {
        let read = records::get(db.store(), &operator(1), made.id, at(second)).await.unwrap();
        assert_eq!(read.details.flags.len(), shown);
        let number = phone("9999000001");
        let people = records::find_by_phone(db.store(), &operator(1), &number, at(second)).await;
        assert_eq!(people.unwrap()[0].flags.len(), shown);
    }
}

async fn nobody_joins_a_household_that_is_not_there(db: &TestDb) {
    let made = contact(db.store(), 1, &asha()).await;
    let nowhere = HouseholdId::from_number(404);
    let joined = household::join(db.store(), &operator(1), nowhere, made.id, 1, None, at(1)).await;
    assert!(matches!(joined, Err(CrmError::NotFound { .. })));
    let details = ContactDetails { household: Some(nowhere), ..asha() };
    let id = ContactId::from_number(2);
    let created = records::create(db.store(), &operator(1), id, &details, at(1)).await;
    assert!(matches!(created, Err(CrmError::NotFound { .. })));
    let read = records::get(db.store(), &operator(1), made.id, at(2)).await.unwrap();
    assert_eq!(read.version, 1);
}
