//! Wishes to be called back: one for each caller who is not served, in the order of urgency and wait,
//! until somebody calls or the caller reaches a person.

use crm::CrmError;
use crm::actor::Role;
use crm::callback::{self, Cause, Kind, State, Wanted, Wish};
use crm::interaction::{self, Mark, Told, id_of};
use ids::{AgentId, CallId, Class, UserId, WishId};
use store::Store;
use store::audit::{Action, Entity};
use store::both_backends;
use store::testing::TestDb;

use crate::support::{at, audited, begin, operator, phone, with_role};

both_backends!(
    a_caller_who_tries_again_has_one_wish,
    the_list_begins_with_the_most_urgent_and_goes_on_page_by_page,
    whoever_reaches_a_person_needs_no_call,
    an_emergency_stays_until_somebody_asked,
    a_withheld_number_is_counted_all_the_same,
    what_becomes_of_a_wish_is_decided_once_and_audited,
    those_who_see_no_records_see_no_wishes,
);

const NUMBER: &str = "+919999000017";

fn wished(n: u128, second: u64, kind: Kind, cause: Cause) -> Told {
    let mark = Mark::Wished { id: WishId::from_number(n), kind, cause };
    Told { call: CallId::from_number(n), at: at(second), journal_position: None, mark }
}

async fn call(store: &Store, n: u128, from: Option<&str>, class: Class) {
    let begin = interaction::Begin { class: Some(class), ..begin(n, from, 0) };
    interaction::begin(store, &begin).await.unwrap();
}

/// Call `n` from this number was not served, at this second.
async fn unserved(store: &Store, n: u128, from: Option<&str>, class: Class, second: u64) {
    call(store, n, from, class).await;
    let told = wished(n, second, Kind::Unserved, Cause::Waited);
    interaction::mark_all(store, &[told]).await.unwrap();
}

async fn listed(store: &Store, state: State) -> Vec<Wish> {
    let wanted = Wanted { state, cursor: None, limit: 100 };
    callback::list(store, &operator(1), &wanted, at(500)).await.unwrap().items
}

async fn only(store: &Store) -> Wish {
    let open = listed(store, State::Open).await;
    assert_eq!(open.len(), 1, "{open:?}");
    open.into_iter().next().unwrap()
}

async fn talks(store: &Store, n: u128, second: u64) {
    let (call, agent) = (CallId::from_number(n), AgentId::from_number(5));
    interaction::mark_talking(store, call, agent, at(second), None).await.unwrap();
}

async fn a_caller_who_tries_again_has_one_wish(db: &TestDb) {
    let store = db.store();
    call(store, 1, Some(NUMBER), Class::Standard).await;
    let asked = wished(1, 10, Kind::Asked, Cause::QueueFull);
    let asked = [asked];
    interaction::mark_all(store, &asked).await.unwrap();
    interaction::mark_all(store, &asked).await.unwrap();
    let first = only(store).await;
    assert_eq!((first.times, first.version, first.kind), (1, 1, Kind::Asked));
    assert_eq!((first.number, first.line.as_str()), (Some(phone(NUMBER)), "104"));
    // The same call, gone for good; then a second call.
    interaction::mark_all(store, &[wished(101, 20, Kind::Unserved, Cause::Waited)]).await.unwrap();
    unserved(store, 2, Some(NUMBER), Class::Clinical, 30).await;
    let open = listed(store, State::Open).await;
    assert_eq!(open.len(), 2, "a call without a number, and the two of the same number");
    let merged = &open[0];
    assert_eq!((merged.id, merged.times, merged.kind), (first.id, 2, Kind::Asked));
    assert_eq!((merged.class, merged.cause), (Class::Clinical, Cause::Waited));
    assert_eq!((merged.wished_at, merged.last_wished_at), (at(10), at(30)));
    assert_eq!(merged.last_interaction, id_of(CallId::from_number(2)));
    // Another number, and another queue of the same number, have wishes of their own.
    unserved(store, 3, Some("+919999000018"), Class::Standard, 40).await;
    assert_eq!(listed(store, State::Open).await.len(), 3);
}

async fn the_list_begins_with_the_most_urgent_and_goes_on_page_by_page(db: &TestDb) {
    let store = db.store();
    let classes =
        [Class::Info, Class::Standard, Class::Emergency, Class::Standard, Class::Emergency];
    for (n, class) in (1..).zip(classes) {
        let number = format!("+91999900002{n}");
        unserved(store, n, Some(&number), class, u64::try_from(100 - n).unwrap()).await;
    }
    let mut wanted = Wanted { state: State::Open, cursor: None, limit: 2 };
    let mut seen = Vec::new();
    loop {
        let page = callback::list(store, &operator(1), &wanted, at(500)).await.unwrap();
        seen.extend(page.items.iter().map(|wish| wish.id.as_uuid().as_u128()));
        let Some(cursor) = page.next_cursor else { break };
        wanted.cursor = Some(cursor);
    }
    assert_eq!(seen, [5, 3, 4, 2, 1]);
    let counts = callback::counts(store).await.unwrap();
    assert_eq!((counts.all, counts.emergency, counts.oldest), (5, 2, Some(at(95))));
    for rubbish in ["x", "1.7.1"] {
        wanted.cursor = Some(rubbish.to_owned());
        let refused = callback::list(store, &operator(1), &wanted, at(500)).await;
        assert!(matches!(refused, Err(CrmError::BadCursor)), "{rubbish}");
    }
}

async fn whoever_reaches_a_person_needs_no_call(db: &TestDb) {
    let store = db.store();
    unserved(store, 1, Some(NUMBER), Class::Standard, 10).await;
    unserved(store, 2, Some("+919999000018"), Class::Standard, 10).await;
    call(store, 3, Some(NUMBER), Class::Standard).await;
    talks(store, 3, 50).await;
    assert_eq!(only(store).await.interaction, id_of(CallId::from_number(2)));
    let gone = listed(store, State::Withdrawn).await;
    assert_eq!(gone[0].decided, Some((UserId::from_number(5), at(50))));
    // Asked while waiting, and then answered in the same call, the number withheld.
    call(store, 4, None, Class::Standard).await;
    let asked = wished(4, 60, Kind::Asked, Cause::LongWait);
    interaction::mark_all(store, &[asked]).await.unwrap();
    talks(store, 4, 70).await;
    assert_eq!(only(store).await.interaction, id_of(CallId::from_number(2)));
    // Lost by the agent and gone after it: that wish is later than the talk.
    let lost = wished(104, 80, Kind::Unserved, Cause::LineLost);
    interaction::mark_all(store, &[Told { call: CallId::from_number(4), ..lost }]).await.unwrap();
    talks(store, 4, 70).await;
    assert_eq!(listed(store, State::Open).await.len(), 2);
}

async fn an_emergency_stays_until_somebody_asked(db: &TestDb) {
    let store = db.store();
    unserved(store, 1, Some(NUMBER), Class::Emergency, 10).await;
    call(store, 2, Some(NUMBER), Class::Standard).await;
    talks(store, 2, 50).await;
    assert_eq!(only(store).await.class, Class::Emergency, "another of the family may have called");
    // In the very call of the emergency a person was reached.
    talks(store, 1, 60).await;
    assert_eq!(listed(store, State::Open).await, []);
}

async fn a_withheld_number_is_counted_all_the_same(db: &TestDb) {
    let store = db.store();
    unserved(store, 1, None, Class::Standard, 10).await;
    unserved(store, 2, None, Class::Standard, 20).await;
    let open = listed(store, State::Open).await;
    assert_eq!(open.iter().map(|wish| wish.number).collect::<Vec<_>>(), [None, None]);
}

async fn what_becomes_of_a_wish_is_decided_once_and_audited(db: &TestDb) {
    let store = db.store();
    unserved(store, 1, Some(NUMBER), Class::Standard, 10).await;
    let wish = only(store).await;
    let decide = |version, state, second| {
        let actor = operator(1);
        async move { callback::decide(store, &actor, wish.id, version, state, at(second)).await }
    };
    let done = decide(1, State::Done, 100).await.unwrap();
    assert_eq!((done.state, done.version), (State::Done, 2));
    assert_eq!(done.decided, Some((UserId::from_number(1), at(100))));
    let late = decide(1, State::Withdrawn, 110).await;
    assert!(matches!(late, Err(CrmError::Conflict(conflict)) if conflict.current == 2), "{late:?}");
    // The caller tries again: a new wish.
    unserved(store, 2, Some(NUMBER), Class::Standard, 120).await;
    assert_ne!(only(store).await.id, done.id);
    let entries = audited(store).await;
    let of = |action| entries.iter().filter(|one| one.entry.action == action).count();
    assert_eq!(of(Action::ChangeState), 1, "a conflict is no entry");
    assert!(entries.iter().all(|one| one.entry.entity == Entity::Callback));
    assert!(entries[0].entry.ids.len() == 1 && of(Action::Search) == 2, "{entries:?}");
    let none = WishId::from_number(99);
    let missing = callback::decide(store, &operator(1), none, 1, State::Done, at(1)).await;
    assert!(matches!(missing, Err(CrmError::NotFound { entity: Entity::Callback, .. })));
}

async fn those_who_see_no_records_see_no_wishes(db: &TestDb) {
    let store = db.store();
    let wanted = Wanted { state: State::Open, cursor: None, limit: 10 };
    for role in [Role::Admin, Role::Auditor] {
        let actor = with_role(9, role);
        let list = callback::list(store, &actor, &wanted, at(1)).await;
        assert!(matches!(list, Err(CrmError::NotAllowed(_))), "{role:?}");
        let id = WishId::from_number(1);
        let decided = callback::decide(store, &actor, id, 1, State::Done, at(1)).await;
        assert!(matches!(decided, Err(CrmError::NotAllowed(_))), "{role:?}");
    }
    assert_eq!(audited(store).await.len(), 0);
}
