//! The made-up records: marked, whole, the same for the same seed, and only into an empty store.

use std::collections::BTreeSet;

use crm::CrmError;
use crm::case::{self, Mine};
use crm::demo::{Filled, Plan, fill};
use store::both_backends;
use store::testing::TestDb;

use crate::support::{at, contact, operator, person, phone, user};

both_backends!(a_filling_is_whole_and_marked, a_store_with_people_in_it_is_left_alone,);

async fn a_filling_is_whole_and_marked(db: &TestDb) {
    let store = db.store();
    let staff = [user(1), user(2)];
    let plan = Plan { seed: 7, now: at(0), staff: &staff, households: 6 };
    let filled = fill(store, &plan).await.unwrap();
    assert_eq!(filled.households, 6);
    assert!((12..=30).contains(&filled.contacts), "{filled:?}");
    assert!(filled.cases > 0 && filled.reports > 0 && filled.reports <= filled.cases);

    let mut cases = 0;
    for n in [1, 2] {
        let mine = Mine { limit: 100, ..Mine::default() };
        for case in case::list_mine(store, &operator(n), &mine, at(1)).await.unwrap().items {
            assert!(case.synthetic && case.contact.is_some() && !case.details.notes.is_empty());
            assert!(case.opened_at < at(0) && case.updated_at <= at(0), "{case:?}");
            cases += 1;
        }
    }
    assert_eq!(cases, filled.cases);

    let number = phone("+919999000003");
    let people = crm::contact::find_by_phone(store, &operator(1), &number, at(1)).await.unwrap();
    assert!(people.len() >= 2);
    let names: BTreeSet<_> = people.iter().map(|one| &one.name).collect();
    assert_eq!(names.len(), people.len());
    for one in people {
        let read = crm::contact::get(store, &operator(1), one.contact, at(1)).await.unwrap();
        assert!(read.synthetic && read.details.name_hi.is_some() && read.details.phones[0].shared);
    }

    let other = TestDb::sqlite().await;
    assert_eq!(fill(other.store(), &plan).await.unwrap(), filled);
    assert_eq!(fill(store, &plan).await.unwrap(), Filled::default());
}

async fn a_store_with_people_in_it_is_left_alone(db: &TestDb) {
    contact(db.store(), 1, &person("Asha", &[])).await;
    let plan = Plan { seed: 7, now: at(0), staff: &[user(1)], households: 3 };
    assert_eq!(fill(db.store(), &plan).await.unwrap(), Filled::default());
    let nobody = Plan { staff: &[], ..plan };
    assert!(matches!(fill(db.store(), &nobody).await, Err(CrmError::Invalid(_))));
}
