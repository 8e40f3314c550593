//! Versioned configuration: texts are kept, one is in force, and the one before can be again.

use ids::{Timestamp, UserId};
use store::config_version::{self, AddError, Kind, NewVersion, PublishError, Published, Version};
use store::sea_orm::DbErr;
use store::testing::TestDb;
use store::{Store, TxnError, both_backends};
use uuid::Uuid;

both_backends!(
    versions_are_counted_for_each_kind_and_name,
    the_same_id_is_the_same_version,
    what_cannot_be_kept_is_refused,
    a_publication_names_what_was_in_force,
    of_many_who_publish_at_once_one_succeeds,
    the_version_before_is_found_again,
);

const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("adding")]
    Add(#[from] AddError),
    #[error("publishing")]
    Publish(#[from] PublishError),
    #[error("a statement")]
    Sql(#[from] DbErr),
    #[error("the transaction")]
    Txn(#[from] TxnError),
}

fn new(id: u128, name: &str, text: &str) -> NewVersion {
    NewVersion {
        id: Uuid::from_u128(id),
        name: name.to_owned(),
        text: text.to_owned(),
        author: Some(UserId::from_number(7)),
        note: "क्यों".to_owned(),
    }
}

async fn add(store: &Store, kind: Kind, new: &NewVersion) -> Result<Version, Failed> {
    store.write_txn(|txn| async move { Ok(config_version::add(&txn, kind, new, NOW).await?) }).await
}

async fn publish(store: &Store, name: &str, version: i64, seen: i64) -> Result<Published, Failed> {
    let by = Some(UserId::from_number(8));
    store
        .write_txn(|txn| async move {
            let kind = Kind::Flow;
            Ok(config_version::publish(&txn, kind, name, version, seen, by, NOW).await?)
        })
        .await
}

async fn versions(store: &Store, kind: Kind, before: Option<i64>, limit: u64) -> Vec<i64> {
    let found = store.read_txn(|txn| async move {
        Ok::<_, Failed>(config_version::list(&txn, kind, "health", before, limit).await?)
    });
    found.await.unwrap().into_iter().map(|version| version.version).collect()
}

async fn versions_are_counted_for_each_kind_and_name(db: &TestDb) {
    let store = db.store();
    for (id, kind, name) in [
        (1, Kind::Flow, "health"),
        (2, Kind::Flow, "schemes"),
        (3, Kind::Calendar, "health"),
        (4, Kind::Flow, "health"),
        (5, Kind::Flow, "health"),
    ] {
        add(store, kind, &new(id, name, "text")).await.unwrap();
    }
    assert_eq!(versions(store, Kind::Flow, None, 2).await, [3, 2]);
    assert_eq!(versions(store, Kind::Flow, Some(2), 2).await, [1]);
    assert_eq!(versions(store, Kind::Calendar, None, 9).await, [1]);
    let names = store.read_txn(|txn| async move {
        Ok::<_, Failed>(config_version::names(&txn, Kind::Flow).await?)
    });
    assert_eq!(names.await.unwrap(), ["health", "schemes"]);
}

async fn the_same_id_is_the_same_version(db: &TestDb) {
    let first = add(db.store(), Kind::Flow, &new(1, "health", "abc")).await.unwrap();
    let again = add(db.store(), Kind::Flow, &new(1, "health", "abc")).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(first.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!((first.author, first.created_at), (Some(UserId::from_number(7)), NOW));
    assert_eq!(versions(db.store(), Kind::Flow, None, 9).await, [1]);
}

async fn what_cannot_be_kept_is_refused(db: &TestDb) {
    for name in ["", "Health", "स्वास्थ्य", "a b", &"a".repeat(41)] {
        let refused = add(db.store(), Kind::Flow, &new(1, name, "text")).await;
        assert!(matches!(refused, Err(Failed::Add(AddError::BadName))), "{name}");
    }
    let refused = add(db.store(), Kind::Flow, &new(1, "health", &"x".repeat(65_537))).await;
    assert!(matches!(refused, Err(Failed::Add(AddError::TextTooLong))), "{refused:?}");
    let wordy = NewVersion { note: "न".repeat(501), ..new(1, "health", "text") };
    let refused = add(db.store(), Kind::Flow, &wordy).await;
    assert!(matches!(refused, Err(Failed::Add(AddError::NoteTooLong))), "{refused:?}");
}

async fn a_publication_names_what_was_in_force(db: &TestDb) {
    let store = db.store();
    for id in 1..=2 {
        add(store, Kind::Flow, &new(id, "health", "text")).await.unwrap();
    }
    let unknown = publish(store, "health", 3, 0).await;
    assert!(matches!(unknown, Err(Failed::Publish(PublishError::UnknownVersion))), "{unknown:?}");
    let first = publish(store, "health", 1, 0).await.unwrap();
    assert_eq!((first.serial, first.version.version), (1, 1));
    let stale = publish(store, "health", 2, 0).await;
    let expected = matches!(stale, Err(Failed::Publish(PublishError::Stale { current: 1 })));
    assert!(expected, "{stale:?}");
    let second = publish(store, "health", 2, 1).await.unwrap();
    let in_force = store.read_txn(|txn| async move {
        Ok::<_, Failed>(config_version::published(&txn, Kind::Flow, "health").await?)
    });
    assert_eq!(in_force.await.unwrap(), Some(second));
}

async fn of_many_who_publish_at_once_one_succeeds(db: &TestDb) {
    add(db.store(), Kind::Flow, &new(1, "health", "text")).await.unwrap();
    let racers: Vec<_> = (0..6)
        .map(|_| {
            let store = db.store().clone();
            tokio::spawn(async move { publish(&store, "health", 1, 0).await })
        })
        .collect();
    let mut published = 0;
    for racer in racers {
        match racer.await.unwrap() {
            Ok(_) => published += 1,
            Err(Failed::Publish(PublishError::Stale { current: 1 })) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(published, 1);
}

async fn the_version_before_is_found_again(db: &TestDb) {
    let store = db.store();
    let before = async || {
        let found = store.read_txn(|txn| async move {
            Ok::<_, Failed>(config_version::published_before(&txn, Kind::Flow, "health").await?)
        });
        found.await.unwrap().map(|version| version.version)
    };
    for id in 1..=3 {
        add(store, Kind::Flow, &new(id, "health", "text")).await.unwrap();
    }
    assert_eq!(before().await, None);
    publish(store, "health", 1, 0).await.unwrap();
    assert_eq!(before().await, None);
    publish(store, "health", 3, 1).await.unwrap();
    publish(store, "health", 3, 2).await.unwrap();
    assert_eq!(before().await, Some(1));
    publish(store, "health", 1, 3).await.unwrap();
    assert_eq!(before().await, Some(3));
}
