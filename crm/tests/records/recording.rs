//! Recordings: written by the exchange as they go, heard by those who may, deleted when their time is
//! over and not before.

use crm::CrmError;
use crm::actor::{Actor, Purpose, Role};
use crm::interaction::{self, id_of};
use crm::recording::{
    self, Consent, Decision, DeletedBecause, Pause, PauseReason, Recording, RecordingRefused, Rule,
    State,
};
use crm::timeline::{TimelineItem, timeline};
use ids::{AgentId, CallId, CaseId, RecordingId};
use store::Store;
use store::audit::{Action, Entity};
use store::both_backends;
use store::testing::TestDb;

use crate::support::{at, audited, begin, case, operator, user, with_role};

both_backends!(
    a_recording_is_written_before_and_after_its_interaction,
    what_people_decided_is_not_overwritten,
    whoever_was_on_the_call_hears_it_and_others_say_why,
    a_time_that_is_over_deletes_the_row_first_and_then_the_file,
    a_legal_hold_keeps_a_recording,
    a_withdrawn_consent_is_deleted_as_such,
    the_timeline_tells_of_recordings,
);

/// The recording of call `n`, ten seconds of talk, kept until second 1000.
fn kept(n: u128) -> Recording {
    let (id, call) = (RecordingId::from_number(n), CallId::from_number(n));
    Recording {
        state: State::Kept,
        ended_at: Some(at(20)),
        seconds: 10,
        bytes: 160_400,
        file: Some(format!("{n}.rec")),
        key: Some("0011223344556677".to_owned()),
        announced: true,
        ..Recording::new(id, call, Rule::Announced, at(10), at(1000))
    }
}

async fn save(store: &Store, one: &Recording) {
    recording::save_all(store, std::slice::from_ref(one)).await.unwrap();
}

async fn stored(store: &Store, n: u128) -> Recording {
    let id = id_of(CallId::from_number(n));
    let found = recording::of_interaction(store, &operator(1), id, at(30)).await.unwrap();
    assert_eq!(found.len(), 1);
    found.into_iter().next().unwrap()
}

fn because(role: Role) -> Actor {
    Actor { purpose: Purpose::Reason("complaint".to_owned()), ..with_role(9, role) }
}

fn refused<T>(outcome: &Result<T, CrmError>) -> Option<RecordingRefused> {
    match outcome {
        Err(CrmError::Recording(why)) => Some(*why),
        Ok(_) | Err(_) => None,
    }
}

async fn a_recording_is_written_before_and_after_its_interaction(db: &TestDb) {
    let store = db.store();
    let pauses = vec![Pause { from_ms: 5, until_ms: None, because: PauseReason::Secret }];
    let begun = Recording { state: State::Recording, pauses, ended_at: None, ..kept(1) };
    save(store, &begun).await;
    assert_eq!(stored(store, 1).await, begun);
    assert_eq!(recording::unfinished(store).await.unwrap(), std::slice::from_ref(&begun));
    interaction::begin(store, &begin(1, None, 0)).await.unwrap();
    save(store, &kept(1)).await;
    save(store, &kept(1)).await;
    assert_eq!(stored(store, 1).await, kept(1));
    assert_eq!(recording::unfinished(store).await.unwrap(), []);
}

async fn what_people_decided_is_not_overwritten(db: &TestDb) {
    let store = db.store();
    save(store, &kept(1)).await;
    let supervisor = because(Role::Supervisor);
    let held = recording::decide(
        store,
        &supervisor,
        RecordingId::from_number(1),
        1,
        Decision::Hold,
        at(40),
    );
    let held = held.await.unwrap();
    assert_eq!((held.version, held.legal_hold), (2, true));
    save(store, &kept(1)).await;
    assert_eq!(stored(store, 1).await, held, "a late row of the exchange");
    let late = recording::decide(store, &supervisor, held.id, 1, Decision::Release, at(41)).await;
    assert!(matches!(late, Err(CrmError::Conflict(conflict)) if conflict.current == 2), "{late:?}");
}

async fn whoever_was_on_the_call_hears_it_and_others_say_why(db: &TestDb) {
    let store = db.store();
    interaction::begin(store, &begin(1, None, 0)).await.unwrap();
    let call = CallId::from_number(1);
    interaction::mark_talking(store, call, AgentId::from_number(5), at(10), None).await.unwrap();
    let id = RecordingId::from_number(1);
    let going_on = Recording { state: State::Recording, ended_at: None, ..kept(1) };
    save(store, &going_on).await;
    let early = recording::hear(store, &operator(5), id, at(15)).await;
    assert_eq!(refused(&early), Some(RecordingRefused::StillRecording));
    save(store, &kept(1)).await;
    let before = audited(store).await.len();
    let own = recording::hear(store, &operator(5), id, at(30)).await.unwrap();
    assert_eq!(own.recording, kept(1));
    let other = recording::hear(store, &operator(6), id, at(30)).await;
    assert_eq!(refused(&other), Some(RecordingRefused::ReasonRequired));
    recording::hear(store, &because(Role::Supervisor), id, at(30)).await.unwrap();
    for role in [Role::Auditor, Role::Admin] {
        let outcome = recording::hear(store, &because(role), id, at(30)).await;
        assert!(matches!(outcome, Err(CrmError::NotAllowed(_))), "{role:?}");
    }
    let entries = audited(store).await;
    assert_eq!(entries.len(), before + 2, "a refusal shows nothing and is no entry");
    let newest = &entries.first().unwrap().entry;
    assert_eq!((newest.action, newest.entity), (Action::Read, Entity::Recording));
    let named = [id.as_uuid(), id_of(call).as_uuid()];
    assert!(named.iter().all(|one| newest.ids.contains(one)), "{newest:?}");
    assert_eq!(newest.user, user(9));
    let over = recording::hear(store, &operator(5), id, at(1000)).await;
    assert_eq!(refused(&over), Some(RecordingRefused::Deleted), "its time is over");
}

async fn a_time_that_is_over_deletes_the_row_first_and_then_the_file(db: &TestDb) {
    let store = db.store();
    save(store, &kept(1)).await;
    let young = Recording { keep_until: at(5000), ..kept(2) };
    save(store, &young).await;
    let going_on = Recording { state: State::Recording, ended_at: None, ..kept(3) };
    save(store, &going_on).await;
    let without = Recording { state: State::NotMade, file: None, ..kept(4) };
    save(store, &without).await;
    assert_eq!(recording::due(store, at(999), 10).await.unwrap(), []);
    let due = recording::due(store, at(1000), 10).await.unwrap();
    assert_eq!(due.iter().map(|one| one.file.as_deref()).collect::<Vec<_>>(), [Some("1.rec")]);
    let id = due[0].id;
    assert!(recording::delete_due(store, id, at(1001)).await.unwrap());
    // The program died here: the file is still to be removed.
    let again = recording::due(store, at(1002), 10).await.unwrap();
    assert_eq!(again.iter().map(|one| (one.id, one.deleted)).collect::<Vec<_>>(), [(id, true)]);
    recording::file_gone(store, id).await.unwrap();
    assert_eq!(recording::due(store, at(1003), 10).await.unwrap(), []);
    let deleted = stored(store, 1).await.deleted.unwrap();
    assert_eq!((deleted.at, deleted.because), (at(1001), DeletedBecause::TimeOver));
    let entry = &audited(store).await.into_iter().find(|one| one.entry.action == Action::Delete);
    let entry = &entry.as_ref().unwrap().entry;
    assert_eq!((entry.entity, entry.user), (Entity::Recording, user(0)));
    assert!(matches!(&entry.purpose, Purpose::Reason(why) if why.contains("over")));
}

async fn a_legal_hold_keeps_a_recording(db: &TestDb) {
    let store = db.store();
    save(store, &kept(1)).await;
    let id = RecordingId::from_number(1);
    let decide = |actor: Actor, version, decision| async move {
        recording::decide(store, &actor, id, version, decision, at(40)).await
    };
    let no_reason = decide(with_role(9, Role::Supervisor), 1, Decision::Hold).await;
    assert_eq!(refused(&no_reason), Some(RecordingRefused::ReasonRequired));
    let no_role = decide(because(Role::Doctor), 1, Decision::Delete).await;
    assert!(matches!(no_role, Err(CrmError::NotAllowed(_))));
    let supervisor = because(Role::Supervisor);
    decide(supervisor.clone(), 1, Decision::Hold).await.unwrap();
    assert_eq!(recording::due(store, at(2000), 10).await.unwrap(), []);
    assert!(!recording::delete_due(store, id, at(2000)).await.unwrap());
    let held = decide(supervisor.clone(), 2, Decision::Delete).await;
    assert_eq!(refused(&held), Some(RecordingRefused::LegalHold));
    decide(supervisor.clone(), 2, Decision::Release).await.unwrap();
    let deleted = decide(supervisor.clone(), 3, Decision::Delete).await.unwrap();
    assert_eq!(deleted.deleted.unwrap().because, DeletedBecause::Ordered);
    let twice = decide(supervisor, 4, Decision::Delete).await;
    assert_eq!(refused(&twice), Some(RecordingRefused::Deleted));
}

async fn a_withdrawn_consent_is_deleted_as_such(db: &TestDb) {
    let store = db.store();
    let consent = Some(Consent::Withdrawn);
    save(store, &Recording { consent, keep_until: at(20), ..kept(1) }).await;
    assert!(recording::delete_due(store, RecordingId::from_number(1), at(20)).await.unwrap());
    let deleted = stored(store, 1).await.deleted.unwrap();
    assert_eq!(deleted.because, DeletedBecause::Withdrawn);
}

async fn the_timeline_tells_of_recordings(db: &TestDb) {
    let store = db.store();
    interaction::begin(store, &begin(1, None, 0)).await.unwrap();
    save(store, &kept(1)).await;
    let opened = case(store, 7).await;
    let call = id_of(CallId::from_number(1));
    attach(store, opened.id, call).await;
    let page = timeline(store, &operator(1), opened.id, None, 10, at(50)).await.unwrap();
    let told = page.items.into_iter().find_map(|entry| match entry.item {
        TimelineItem::Interaction { recordings, .. } => Some(recordings),
        TimelineItem::Report { .. } | TimelineItem::Change(_) => None,
    });
    assert_eq!(told, Some(vec![kept(1)]));
}

async fn attach(store: &Store, case: CaseId, interaction: ids::InteractionId) {
    crm::case::attach(store, &operator(1), case, interaction, at(5)).await.unwrap();
}
