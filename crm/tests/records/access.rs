//! Who may, and that nothing is shown which was not noted.

use crm::CrmError;
use crm::access::{Deed, may};
use crm::actor::{Actor, Purpose, Role};
use crm::case::{Mine, NewCase};
use crm::contact::ContactEdit;
use crm::{case, contact, interaction, report, timeline};
use ids::{CallId, CaseId, UserId};
use store::audit::{Action, Entity};
use store::both_backends;
use store::testing::TestDb;

use crate::support::{
    at, audited, begin, case as opened, contact as made, file, operator, person, phone, statement,
    with_role,
};

both_backends!(
    only_those_who_work_with_citizens_see_records,
    every_read_leaves_one_entry_with_what_it_showed,
    a_look_up_leaves_one_entry_with_everybody_shown,
    what_cannot_be_noted_is_not_shown,
    a_refused_change_leaves_nothing_behind,
);

const ROLES: [Role; 9] = [
    Role::Operator,
    Role::Doctor,
    Role::Supervisor,
    Role::Admin,
    Role::MedicalDirector,
    Role::Facility,
    Role::CardDesk,
    Role::Field,
    Role::Auditor,
];

#[test]
fn the_table_of_roles() {
    for role in ROLES {
        let with_citizens = matches!(role, Role::Operator | Role::Doctor | Role::Supervisor);
        assert_eq!(may(role, Deed::ReadRecords), with_citizens, "{role:?}");
        assert_eq!(may(role, Deed::WriteRecords), with_citizens, "{role:?}");
        assert_eq!(may(role, Deed::ReadAudit), role == Role::Auditor, "{role:?}");
        assert_eq!(may(role, Deed::HearRecordings), with_citizens, "{role:?}");
        assert_eq!(may(role, Deed::KeepRecordings), role == Role::Supervisor, "{role:?}");
    }
}

async fn only_those_who_work_with_citizens_see_records(db: &TestDb) {
    let store = db.store();
    let asha = made(store, 1, &person("Asha", &["9999000001"])).await;
    let case = opened(store, 2).await;
    let before = audited(store).await.len();
    for role in ROLES {
        let actor = with_role(9, role);
        let allowed = may(role, Deed::ReadRecords);
        let outcomes = [
            contact::get(store, &actor, asha.id, at(1)).await.err(),
            contact::find_by_phone(store, &actor, &phone("9999000001"), at(1)).await.err(),
            case::get(store, &actor, case.id, at(1)).await.err(),
            case::list_mine(store, &actor, &Mine::default(), at(1)).await.err(),
            report::list(store, &actor, case.id, at(1)).await.err(),
            timeline::timeline(store, &actor, case.id, None, 10, at(1)).await.err(),
            interaction::previous_contacts(store, &actor, &phone("9999000001"), at(0), at(1))
                .await
                .err(),
            case::open(store, &actor, CaseId::from_number(3), &NewCase::default(), at(1))
                .await
                .err(),
        ];
        for outcome in outcomes {
            match outcome {
                None => assert!(allowed, "{role:?}"),
                Some(CrmError::NotAllowed(refused)) => assert!(!allowed && refused.role == role),
                Some(other) => panic!("{role:?}: {other}"),
            }
        }
    }
    let refused: Vec<_> = audited(store).await.into_iter().rev().skip(before).collect();
    assert!(refused.iter().all(|entry| may(entry.entry.role, Deed::ReadRecords)));
}

async fn every_read_leaves_one_entry_with_what_it_showed(db: &TestDb) {
    let store = db.store();
    let asha = made(store, 1, &person("Asha", &["9999000001"])).await;
    let case = opened(store, 2).await;
    let call = CallId::from_number(77);
    let reader =
        Actor { user: UserId::from_number(5), role: Role::Doctor, purpose: Purpose::Call(call) };

    contact::get(store, &reader, asha.id, at(9)).await.unwrap();
    let newest = audited(store).await.remove(0).entry;
    assert_eq!(newest.action, Action::Read);
    assert_eq!((newest.entity, newest.ids), (Entity::Contact, vec![asha.id.as_uuid()]));
    assert_eq!((newest.user, newest.role), (reader.user, reader.role));
    assert_eq!((newest.purpose, newest.at), (Purpose::Call(call), at(9)));

    let before = audited(store).await.len();
    case::get(store, &reader, case.id, at(10)).await.unwrap();
    case::draft::get(store, &reader, case.id, at(10)).await.unwrap();
    timeline::timeline(store, &reader, case.id, None, 10, at(10)).await.unwrap();
    report::list(store, &reader, case.id, at(10)).await.unwrap();
    assert_eq!(audited(store).await.len(), before + 4);
}

async fn a_look_up_leaves_one_entry_with_everybody_shown(db: &TestDb) {
    let store = db.store();
    let mut everybody = Vec::new();
    for n in 1..=3 {
        everybody.push(made(store, n, &person("Asha", &["9999000001"])).await.id.as_uuid());
    }
    contact::find_by_phone(store, &operator(1), &phone("9999000001"), at(1)).await.unwrap();
    let mut entries = audited(store).await;
    let found = entries.remove(0).entry;
    assert_eq!((found.action, found.entity), (Action::Search, Entity::Contact));
    assert_eq!(found.ids, everybody);

    interaction::begin(store, &begin(8, Some("9999000001"), 0)).await.unwrap();
    let number = phone("9999000001");
    interaction::previous_contacts(store, &operator(1), &number, at(0), at(1)).await.unwrap();
    let shown = audited(store).await.remove(0).entry;
    assert_eq!((shown.action, shown.entity), (Action::Search, Entity::Interaction));
    assert_eq!(shown.ids, [CallId::from_number(8).as_uuid()]);
}

async fn what_cannot_be_noted_is_not_shown(db: &TestDb) {
    let store = db.store();
    let asha = made(store, 1, &person("Asha", &["9999000001"])).await;
    let case = opened(store, 2).await;
    statement(store, "ALTER TABLE audit_entries RENAME TO gone").await.unwrap();
    let reader = operator(1);
    let outcomes = [
        contact::get(store, &reader, asha.id, at(1)).await.err(),
        contact::find_by_phone(store, &reader, &phone("9999000001"), at(1)).await.err(),
        case::get(store, &reader, case.id, at(1)).await.err(),
        case::list_mine(store, &reader, &Mine::default(), at(1)).await.err(),
        report::list(store, &reader, case.id, at(1)).await.err(),
        timeline::timeline(store, &reader, case.id, None, 10, at(1)).await.err(),
        file(store, case.id, 3, 1).await.err(),
    ];
    for outcome in outcomes {
        assert!(matches!(outcome, Some(CrmError::Sql(_))), "{outcome:?}");
    }
    statement(store, "ALTER TABLE gone RENAME TO audit_entries").await.unwrap();
    // The write that could not be noted did not happen either.
    assert!(report::list(store, &reader, case.id, at(1)).await.unwrap().is_empty());
    assert_eq!(case::get(store, &reader, case.id, at(1)).await.unwrap().version, 1);
}

async fn a_refused_change_leaves_nothing_behind(db: &TestDb) {
    let store = db.store();
    let asha = made(store, 1, &person("Asha", &["9999000001"])).await;
    let before = audited(store).await.len();
    let edit = ContactEdit { name: Some("   ".to_owned()), ..ContactEdit::default() };
    let refused = contact::update(store, &operator(1), asha.id, 1, &edit, at(1)).await;
    let Err(CrmError::Invalid(fields)) = refused else { panic!("a blank name was accepted") };
    assert_eq!(fields[0].field, "name");
    assert_eq!(audited(store).await.len(), before);
}
