//! Signing in, and what happens to those who guess.

use std::time::Duration;

use store::account::{self, FAILURES_MAX, LOCK_TIME, SignInError};
use store::both_backends;
use store::testing::TestDb;

use crate::account::{Failed, GOOD, NOW, person};

both_backends!(
    the_right_password_signs_in_and_others_do_not,
    ten_wrong_passwords_lock_for_a_quarter_of_an_hour,
    a_right_password_forgets_the_wrong_ones,
    wrong_passwords_at_once_are_all_counted,
    an_account_is_unlocked_by_hand,
    a_disabled_account_stays_out,
    one_spelling_of_devanagari_is_as_good_as_another,
);

async fn the_right_password_signs_in_and_others_do_not(db: &TestDb) {
    let person = person(db.store(), 1, "asha").await;
    let account = account::sign_in(db.store(), "Asha", GOOD, NOW).await.unwrap();
    assert_eq!(account.id, person.id);
    for (username, password) in [("asha", "not-it"), ("nobody", GOOD), ("asha", ""), ("", "")] {
        let refused = account::sign_in(db.store(), username, password, NOW).await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{refused:?}");
    }
    let long = account::sign_in(db.store(), "asha", &GOOD.repeat(10_000), NOW).await;
    assert!(matches!(long, Err(SignInError::Wrong)), "{long:?}");
}

async fn guess(db: &TestDb, times: i64) {
    for _ in 0..times {
        let refused = account::sign_in(db.store(), "asha", "not-it", NOW).await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{refused:?}");
    }
}

async fn ten_wrong_passwords_lock_for_a_quarter_of_an_hour(db: &TestDb) {
    person(db.store(), 1, "asha").await;
    guess(db, FAILURES_MAX).await;
    let just_before = NOW + (LOCK_TIME - Duration::from_micros(1));
    for password in [GOOD, "not-it"] {
        match account::sign_in(db.store(), "asha", password, just_before).await {
            Err(SignInError::Locked { until }) => assert_eq!(until, NOW + LOCK_TIME),
            other => panic!("{other:?}"),
        }
    }
    account::sign_in(db.store(), "asha", GOOD, NOW + LOCK_TIME).await.unwrap();
}

async fn a_right_password_forgets_the_wrong_ones(db: &TestDb) {
    person(db.store(), 1, "asha").await;
    guess(db, FAILURES_MAX - 1).await;
    account::sign_in(db.store(), "asha", GOOD, NOW).await.unwrap();
    guess(db, FAILURES_MAX - 1).await;
    account::sign_in(db.store(), "asha", GOOD, NOW).await.unwrap();
}

async fn wrong_passwords_at_once_are_all_counted(db: &TestDb) {
    person(db.store(), 1, "asha").await;
    let guesses: Vec<_> = (0..FAILURES_MAX)
        .map(|_| {
            let store = db.store().clone();
            tokio::spawn(async move { account::sign_in(&store, "asha", "not-it", NOW).await })
        })
        .collect();
    for guess in guesses {
        let refused = guess.await.unwrap();
        assert!(matches!(refused, Err(SignInError::Wrong)), "{refused:?}");
    }
    let locked = account::sign_in(db.store(), "asha", GOOD, NOW).await;
    assert!(matches!(locked, Err(SignInError::Locked { .. })), "{locked:?}");
}

async fn an_account_is_unlocked_by_hand(db: &TestDb) {
    let person = person(db.store(), 1, "asha").await;
    guess(db, FAILURES_MAX).await;
    let unlocked = db
        .store()
        .write_txn(|txn| async move { Ok::<_, Failed>(account::unlock(&txn, person.id).await?) });
    assert!(unlocked.await.unwrap());
    account::sign_in(db.store(), "asha", GOOD, NOW).await.unwrap();
}

async fn a_disabled_account_stays_out(db: &TestDb) {
    let store = db.store();
    let person = person(store, 1, "asha").await;
    let opened = crate::session::open(store, 9, person.id).await;
    let disable = async |disabled: bool| {
        let changed = store.write_txn(|txn| async move {
            Ok::<_, Failed>(account::set_disabled(&txn, person.id, disabled).await?)
        });
        assert!(changed.await.unwrap());
    };
    disable(true).await;
    assert!(crate::session::find(store, &opened.token, NOW).await.is_none());
    let refused = account::sign_in(store, "asha", GOOD, NOW).await;
    assert!(matches!(refused, Err(SignInError::Disabled)), "{refused:?}");
    let refused = account::sign_in(store, "asha", "not-it", NOW).await;
    assert!(matches!(refused, Err(SignInError::Wrong)), "a guess is told nothing: {refused:?}");
    disable(false).await;
    account::sign_in(store, "asha", GOOD, NOW).await.unwrap();
}

async fn one_spelling_of_devanagari_is_as_good_as_another(db: &TestDb) {
    let person = person(db.store(), 1, "asha").await;
    // "ज़" as one character and as a letter with a dot below.
    let (one, other) = ("\u{95b}मीन-आसमान-नीम-97", "ज\u{93c}मीन-आसमान-नीम-97");
    account::setup::set_password(db.store(), person.id, one).await.unwrap();
    account::sign_in(db.store(), "asha", other, NOW).await.unwrap();
}
