//! Accounts and set-up links; helpers for the tests of what rests on them.

use std::time::Duration;

use ids::{Timestamp, UserId};
use store::account::password::Weakness;
use store::account::setup::{self, LINK_LIFETIME, SetupError};
use store::account::{self, Account, CreateError, NewAccount, Role, SignInError};
use store::testing::TestDb;
use store::{Store, TxnError, both_backends};

pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_764_000_000_000_000);
pub(crate) const GOOD: &str = "neem-kettle-97-monsoon";

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error("a statement failed")]
    Sql(#[from] sea_orm::DbErr),
    #[error("the transaction failed")]
    Txn(#[from] TxnError),
    #[error("the account was not made")]
    Create(#[from] CreateError),
}

both_backends!(
    an_account_comes_back_as_it_was_made,
    a_user_name_is_taken_once_in_any_case,
    accounts_are_listed_by_name_in_pages,
    a_link_sets_a_password_once,
    of_many_who_use_a_link_at_once_one_succeeds,
    an_old_link_and_a_replaced_link_do_not_work,
    a_weak_password_is_refused_and_the_link_still_works,
    a_reset_takes_the_password_and_the_sessions,
);

fn new(number: u128, username: &str) -> NewAccount {
    NewAccount {
        id: UserId::from_number(number),
        username: username.to_owned(),
        name: "Asha Verma".to_owned(),
        role: Role::Operator,
        languages: vec!["hi".parse().unwrap(), "en".parse().unwrap()],
        queues: vec!["health".parse().unwrap()],
        skills: Vec::new(),
    }
}

async fn create(store: &Store, new: &NewAccount) -> Result<Account, Failed> {
    store.write_txn(|txn| async move { Ok(account::create(&txn, new, NOW).await?) }).await
}

async fn link(store: &Store, user: UserId, now: Timestamp) -> String {
    let issued = store
        .write_txn(|txn| async move { Ok::<_, Failed>(setup::issue_link(&txn, user, now).await?) });
    issued.await.unwrap().expect("the account exists")
}

/// An account with the password [`GOOD`].
pub(crate) async fn person(store: &Store, number: u128, username: &str) -> Account {
    let made = create(store, &new(number, username)).await.unwrap();
    setup::set_password(store, made.id, GOOD).await.unwrap();
    made
}

async fn an_account_comes_back_as_it_was_made(db: &TestDb) {
    let made = create(db.store(), &new(1, " Asha.Verma ")).await.unwrap();
    assert_eq!(made.username, "asha.verma");
    assert!(!made.has_password && !made.disabled);
    let (by_id, by_name, nobody) = db
        .store()
        .read_txn(|txn| async move {
            Ok::<_, Failed>((
                account::get(&txn, UserId::from_number(1)).await?,
                account::find_by_username(&txn, "ASHA.VERMA").await?,
                account::find_by_username(&txn, "no body").await?,
            ))
        })
        .await
        .unwrap();
    assert_eq!((by_id.as_ref(), by_name.as_ref(), nobody), (Some(&made), Some(&made), None));
}

async fn a_user_name_is_taken_once_in_any_case(db: &TestDb) {
    create(db.store(), &new(1, "asha")).await.unwrap();
    let refused = create(db.store(), &new(2, "ASHA")).await;
    assert!(matches!(refused, Err(Failed::Create(CreateError::UsernameTaken))), "{refused:?}");
    for bad in ["", "आशा", "a b", &"a".repeat(33)] {
        let refused = create(db.store(), &new(3, bad)).await;
        assert!(matches!(refused, Err(Failed::Create(CreateError::BadUsername))), "{bad:?}");
    }
    let nameless = NewAccount { name: " ".to_owned(), ..new(4, "nameless") };
    let refused = create(db.store(), &nameless).await;
    assert!(matches!(refused, Err(Failed::Create(CreateError::BadName))), "{refused:?}");
}

async fn accounts_are_listed_by_name_in_pages(db: &TestDb) {
    for (number, name) in ["c", "a", "d", "b"].into_iter().enumerate() {
        create(db.store(), &new(number as u128, name)).await.unwrap();
    }
    let list = async |after: Option<&'static str>| -> Vec<String> {
        let page = db
            .store()
            .read_txn(|txn| async move { Ok::<_, Failed>(account::list(&txn, after, 3).await?) });
        page.await.unwrap().into_iter().map(|account| account.username).collect()
    };
    assert_eq!(list(None).await, ["a", "b", "c"]);
    assert_eq!(list(Some("c")).await, ["d"]);
}

async fn a_link_sets_a_password_once(db: &TestDb) {
    let store = db.store();
    let made = create(store, &new(1, "asha")).await.unwrap();
    let not_yet = account::sign_in(store, "asha", GOOD, NOW).await;
    assert!(matches!(not_yet, Err(SignInError::NotSetUp)), "{not_yet:?}");
    let token = link(store, made.id, NOW).await;
    assert_eq!(setup::complete(store, &token, GOOD, NOW).await.unwrap(), made.id);
    let again = setup::complete(store, &token, "another-97-good-kettle", NOW).await;
    assert!(matches!(again, Err(SetupError::InvalidLink)), "{again:?}");
    assert!(account::sign_in(store, "asha", GOOD, NOW).await.unwrap().has_password);
}

async fn of_many_who_use_a_link_at_once_one_succeeds(db: &TestDb) {
    let made = create(db.store(), &new(1, "asha")).await.unwrap();
    let token = link(db.store(), made.id, NOW).await;
    let racers: Vec<_> = (0..8)
        .map(|number| {
            let (store, token) = (db.store().clone(), token.clone());
            let password = format!("{GOOD}-{number}");
            tokio::spawn(async move {
                setup::complete(&store, &token, &password, NOW).await.map(|_| password)
            })
        })
        .collect();
    let mut winners = Vec::new();
    for racer in racers {
        match racer.await.unwrap() {
            Ok(password) => winners.push(password),
            Err(error) => assert!(matches!(error, SetupError::InvalidLink), "{error:?}"),
        }
    }
    assert_eq!(winners.len(), 1, "the link worked {} times", winners.len());
    account::sign_in(db.store(), "asha", &winners[0], NOW).await.unwrap();
}

async fn an_old_link_and_a_replaced_link_do_not_work(db: &TestDb) {
    let store = db.store();
    let made = create(store, &new(1, "asha")).await.unwrap();
    let replaced = link(store, made.id, NOW).await;
    let token = link(store, made.id, NOW).await;
    let refused = setup::complete(store, &replaced, GOOD, NOW).await;
    assert!(matches!(refused, Err(SetupError::InvalidLink)), "{refused:?}");
    let late = setup::complete(store, &token, GOOD, NOW + LINK_LIFETIME).await;
    assert!(matches!(late, Err(SetupError::InvalidLink)), "{late:?}");
    let made_up = setup::complete(store, "made-up", GOOD, NOW).await;
    assert!(matches!(made_up, Err(SetupError::InvalidLink)), "{made_up:?}");
    let last_moment = NOW + (LINK_LIFETIME - Duration::from_micros(1));
    setup::complete(store, &token, GOOD, last_moment).await.unwrap();
}

async fn a_weak_password_is_refused_and_the_link_still_works(db: &TestDb) {
    let store = db.store();
    let made = create(store, &new(1, "asha")).await.unwrap();
    let token = link(store, made.id, NOW).await;
    let weak = [("short-97", Weakness::TooShort), ("qwertyuiop", Weakness::Common)];
    for (password, expected) in weak {
        match setup::complete(store, &token, password, NOW).await {
            Err(SetupError::Weak(weakness)) => assert_eq!(weakness, expected, "{password}"),
            other => panic!("{password}: {other:?}"),
        }
    }
    let own_name = setup::complete(store, &token, "ashaashaverma", NOW).await;
    assert!(matches!(own_name, Err(SetupError::Weak(_))), "{own_name:?}");
    setup::complete(store, &token, GOOD, NOW).await.unwrap();
}

async fn a_reset_takes_the_password_and_the_sessions(db: &TestDb) {
    let store = db.store();
    let person = person(store, 1, "asha").await;
    let opened = crate::session::open(store, 9, person.id).await;
    let issued = store
        .write_txn(|txn| async move { Ok::<_, Failed>(setup::reset(&txn, person.id, NOW).await?) });
    let token = issued.await.unwrap().expect("the account exists");
    assert!(crate::session::find(store, &opened.token, NOW).await.is_none());
    let refused = account::sign_in(store, "asha", GOOD, NOW).await;
    assert!(matches!(refused, Err(SignInError::NotSetUp)), "{refused:?}");
    setup::complete(store, &token, GOOD, NOW).await.unwrap();
    account::sign_in(store, "asha", GOOD, NOW).await.unwrap();
}
