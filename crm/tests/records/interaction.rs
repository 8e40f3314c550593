//! Interactions: written by marks in any order, shown to people with what they belong to.

use crm::actor::{Actor, Purpose};
use crm::case::{self, CaseChoice, CaseEdit, StateName};
use crm::interaction::{self, AudioVerdict, LineQuality, Mark, Medium, SideQuality, Told, id_of};
use crm::{E164, preference};
use ids::{AgentId, CallId, CaseId, Class, Language, QueueId, Timestamp};
use store::Store;
use store::both_backends;
use store::testing::TestDb;

use crate::support::{at, begin, operator, phone};

both_backends!(
    marks_in_any_order_and_twice_make_the_same_row,
    marks_at_once_are_all_kept,
    many_marks_are_told_in_one_transaction,
    previous_contacts_are_the_newest_with_their_cases,
    a_withheld_number_has_no_history,
    a_language_is_remembered_by_number,
);

fn queue() -> QueueId {
    "health".parse().unwrap()
}

fn hindi() -> Option<Language> {
    "hi".parse().ok()
}

/// One mark of the life of call `n`.
async fn tell(store: &Store, n: u128, which: usize) {
    let call = CallId::from_number(n);
    let position = Some(100 + i64::try_from(which).unwrap());
    let told = match which {
        0 => interaction::begin(store, &begin(n, Some("9999000001"), 0)).await,
        1 => interaction::mark_answered(store, call, at(1), position).await,
        2 => {
            let (class, wait) = (Class::Standard, at(5));
            interaction::mark_queued(store, call, queue(), class, hindi(), wait, position).await
        }
        3 => {
            interaction::mark_talking(store, call, AgentId::from_number(9), at(25), position).await
        }
        4 => interaction::end(store, call, "caller_hung_up", at(60), position).await,
        _ => {
            let quality = Box::new(sound());
            interaction::mark(store, call, at(60), position, &Mark::Measured { quality }).await
        }
    };
    assert_eq!(told.unwrap(), id_of(call));
}

fn sound() -> LineQuality {
    let side = SideQuality {
        packets: 1_750,
        lost: 9,
        mos: 431,
        mos_worst: 290,
        jitter_ms: 4,
        round_trip_ms: Some(80),
    };
    let operator = SideQuality { round_trip_ms: None, ..side };
    let verdicts = [(AudioVerdict::CallerIsSilent, 12), (AudioVerdict::PoorLine, 5)].into();
    LineQuality { seconds: 35, caller: side, operator, verdicts }
}

async fn row(store: &Store, n: u128) -> interaction::Interaction {
    interaction::get(store, &operator(1), id_of(CallId::from_number(n)), at(99)).await.unwrap()
}

async fn marks_in_any_order_and_twice_make_the_same_row(db: &TestDb) {
    let orders: [&[usize]; 5] = [
        &[0, 1, 2, 3, 5, 4],
        &[5, 4, 3, 2, 1, 0],
        &[2, 0, 4, 1, 5, 3],
        &[0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
        &[3, 4, 5, 0, 2, 1, 3, 2],
    ];
    for (n, order) in (1..).zip(orders) {
        for which in order {
            tell(db.store(), n, *which).await;
        }
        let told = row(db.store(), n).await;
        assert_eq!(told.wait_ms(), Some(20_000), "{order:?}");
        assert_eq!(told.times.arrived_at, at(0));
        assert_eq!((told.times.talking_at, told.times.ended_at), (Some(at(25)), Some(at(60))));
        assert_eq!(told.agent, Some(AgentId::from_number(9)));
        assert_eq!((told.queue, told.language), (Some(queue()), hindi()));
        assert_eq!(told.outcome.as_deref(), Some("caller_hung_up"));
        assert_eq!(told.line_quality.as_ref(), Some(&sound()));
        assert_eq!(told.journal_position, Some(105));
        let origin = told.origin.expect("its beginning was written");
        assert_eq!((origin.from, origin.dialled.as_str()), (Some(phone("9999000001")), "104"));
    }
}

async fn marks_at_once_are_all_kept(db: &TestDb) {
    let tasks: Vec<_> = (0..5)
        .map(|which| {
            let store = db.store().clone();
            tokio::spawn(async move { tell(&store, 1, which).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let told = row(db.store(), 1).await;
    assert!(told.origin.is_some() && told.times.answered_at.is_some());
    assert_eq!(told.wait_ms(), Some(20_000));
    assert_eq!(told.outcome.as_deref(), Some("caller_hung_up"));
}

async fn many_marks_are_told_in_one_transaction(db: &TestDb) {
    let store = db.store();
    let told = |n, second, mark| Told {
        call: CallId::from_number(n),
        at: at(second),
        journal_position: None,
        mark,
    };
    let ended = || Mark::Ended { cause: "abandoned_in_greeting".to_owned() };
    let all = [told(1, 5, ended()), told(2, 1, Mark::Answered), told(1, 1, Mark::Answered)];
    interaction::mark_all(store, &all).await.unwrap();
    interaction::mark_all(store, &all).await.unwrap();
    let (first, second) = (row(store, 1).await, row(store, 2).await);
    assert_eq!((first.times.answered_at, first.times.ended_at), (Some(at(1)), Some(at(5))));
    assert_eq!((second.times.answered_at, second.outcome), (Some(at(1)), None));
}

async fn previous_contacts_are_the_newest_with_their_cases(db: &TestDb) {
    let store = db.store();
    for (n, second) in [(1, 10), (2, 20), (3, 30)] {
        interaction::begin(store, &begin(n, Some("9999000001"), second)).await.unwrap();
    }
    interaction::begin(store, &begin(4, Some("9999000002"), 25)).await.unwrap();
    let second = CallId::from_number(2);
    let new = CaseChoice::New { id: CaseId::from_number(1), category: None };
    let case = case::open_for_call(store, &operator(1), second, &new, at(21)).await.unwrap();
    let edit = CaseEdit { summary: Some("बुखार".to_owned()), ..CaseEdit::default() };
    case::update(store, &operator(1), case.id, 1, &edit, at(22)).await.unwrap();

    let now_ringing = Actor { purpose: Purpose::Call(CallId::from_number(3)), ..operator(1) };
    let found = previous(store, &now_ringing, at(0)).await;
    let calls: Vec<_> = found.iter().map(|one| (one.interaction, one.at)).collect();
    assert_eq!(calls, [(id_of(second), at(20)), (id_of(CallId::from_number(1)), at(10))]);
    assert_eq!(found[0].medium, Some(Medium::Call));
    let short = found[0].case.as_ref().expect("it belongs to a case");
    assert_eq!((short.id, short.state), (case.id, StateName::Open));
    assert_eq!((short.number.as_str(), short.summary.as_str()), ("C-2611-0001", "बुखार"));
    assert!(found[1].case.is_none());

    assert_eq!(previous(store, &now_ringing, at(15)).await.len(), 1);
    assert_eq!(previous(store, &operator(1), at(0)).await.len(), 3);
}

async fn previous(
    store: &Store,
    actor: &Actor,
    since: Timestamp,
) -> Vec<interaction::PreviousContact> {
    let number = phone("9999000001");
    interaction::previous_contacts(store, actor, &number, since, at(40)).await.unwrap()
}

async fn a_withheld_number_has_no_history(db: &TestDb) {
    interaction::begin(db.store(), &begin(1, None, 0)).await.unwrap();
    assert_eq!(row(db.store(), 1).await.origin.expect("begun").from, None);
    assert!(previous(db.store(), &operator(1), at(0)).await.is_empty());
}

async fn a_language_is_remembered_by_number(db: &TestDb) {
    let number: E164 = phone("9999000001");
    assert_eq!(preference::get(db.store(), &number).await.unwrap(), None);
    for tag in ["en", "hi"] {
        let language: Language = tag.parse().unwrap();
        preference::set(db.store(), &number, language, at(1)).await.unwrap();
        assert_eq!(preference::get(db.store(), &number).await.unwrap(), Some(language));
    }
    assert_eq!(preference::get(db.store(), &phone("9999000002")).await.unwrap(), None);
}
