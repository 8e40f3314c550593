//! Tokens of machines.

use store::account::machine::{self, CreateError, Machine};
use store::testing::TestDb;
use store::{Store, TxnError, both_backends};
use uuid::Uuid;

use crate::account::NOW;

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("a statement failed")]
    Sql(#[from] sea_orm::DbErr),
    #[error("the transaction failed")]
    Txn(#[from] TxnError),
    #[error("the machine was not made")]
    Create(#[from] CreateError),
}

both_backends!(a_machine_is_found_by_its_token_until_it_is_revoked, bad_machines_are_refused);

async fn create(
    store: &Store,
    id: u128,
    name: &str,
    token: Option<&str>,
) -> Result<String, Failed> {
    store
        .write_txn(|txn| async move {
            let scopes = ["calls:read", "floor:read"];
            let id = Uuid::from_u128(id);
            Ok(machine::create(&txn, id, name, &scopes, token, NOW).await?)
        })
        .await
}

async fn find(store: &Store, token: &str) -> Option<Machine> {
    let found =
        store.read_txn(|txn| async move { machine::find(&txn, token).await.map_err(Failed::from) });
    found.await.unwrap()
}

async fn a_machine_is_found_by_its_token_until_it_is_revoked(db: &TestDb) {
    let store = db.store();
    let token = create(store, 1, "wallboard", None).await.unwrap();
    let brought = "a-token-that-somebody-brought-along";
    assert_eq!(create(store, 2, "demo", Some(brought)).await.unwrap(), brought);
    let wallboard = find(store, &token).await.expect("it was just made");
    assert_eq!((wallboard.name.as_str(), wallboard.created_at), ("wallboard", NOW));
    assert_eq!(wallboard.scopes, ["calls:read", "floor:read"]);
    assert!(find(store, "wallboard").await.is_none());
    let revoked = store.write_txn(|txn| async move {
        let first = machine::revoke(&txn, Uuid::from_u128(1)).await?;
        Ok::<_, Failed>((first, machine::revoke(&txn, Uuid::from_u128(1)).await?))
    });
    assert_eq!(revoked.await.unwrap(), (true, false));
    assert!(find(store, &token).await.is_none());
    let left = store.read_txn(|txn| async move { machine::list(&txn).await.map_err(Failed::from) });
    let names: Vec<_> = left.await.unwrap().into_iter().map(|machine| machine.name).collect();
    assert_eq!(names, ["demo"]);
}

async fn bad_machines_are_refused(db: &TestDb) {
    create(db.store(), 1, "demo", None).await.unwrap();
    let twice = create(db.store(), 2, "demo", None).await;
    assert!(matches!(twice, Err(Failed::Create(CreateError::NameTaken))), "{twice:?}");
    let short = create(db.store(), 3, "short", Some("too-short")).await;
    assert!(matches!(short, Err(Failed::Create(CreateError::TokenTooShort))), "{short:?}");
}
