//! What the tests of records share: people at the desk, moments, numbers, and a look at the audit.

use core::time::Duration;

use crm::actor::{Actor, Purpose, Role};
use crm::case::{Case, CaseEdit, NewCase};
use crm::contact::{Contact, ContactDetails, ContactPhone};
use crm::interaction::{Begin, Direction, Medium, Origin};
use crm::report::{Filed, NewReport};
use crm::{CrmError, E164};
use ids::{CallId, CaseId, Class, ContactId, ReportId, Timestamp, UserId};
use store::Store;
use store::audit::{self, Filter, Recorded};

/// 22 November 2026, 10:00 in Delhi, and some seconds.
pub(crate) fn at(second: u64) -> Timestamp {
    Timestamp::from_micros(1_795_321_800_000_000) + Duration::from_secs(second)
}

pub(crate) fn user(n: u128) -> UserId {
    UserId::from_number(n)
}

pub(crate) fn operator(n: u128) -> Actor {
    with_role(n, Role::Operator)
}

pub(crate) fn with_role(n: u128, role: Role) -> Actor {
    Actor { user: user(n), role, purpose: Purpose::Desk }
}

pub(crate) fn phone(number: &str) -> E164 {
    E164::parse(number).unwrap()
}

pub(crate) fn person(name: &str, numbers: &[&str]) -> ContactDetails {
    let phones = numbers.iter().map(|number| ContactPhone {
        number: phone(number),
        label: None,
        shared: numbers.len() > 1,
    });
    ContactDetails { phones: phones.collect(), ..ContactDetails::named(name) }
}

pub(crate) async fn contact(store: &Store, n: u128, details: &ContactDetails) -> Contact {
    let id = ContactId::from_number(n);
    crm::contact::create(store, &operator(1), id, details, at(0)).await.unwrap()
}

pub(crate) async fn case(store: &Store, n: u128) -> Case {
    let id = CaseId::from_number(n);
    crm::case::open(store, &operator(1), id, &NewCase::default(), at(0)).await.unwrap()
}

pub(crate) fn notes(text: &str) -> CaseEdit {
    CaseEdit { notes: Some(text.to_owned()), ..CaseEdit::default() }
}

pub(crate) fn begin(n: u128, from: Option<&str>, second: u64) -> Begin {
    Begin {
        call: CallId::from_number(n),
        origin: Origin {
            direction: Direction::Inbound,
            medium: Medium::Call,
            from: from.map(phone),
            dialled: "104".to_owned(),
        },
        queue: "health".parse().ok(),
        class: Some(Class::Standard),
        language: None,
        arrived_at: at(second),
        journal_position: Some(i64::try_from(n).unwrap()),
    }
}

pub(crate) async fn file(
    store: &Store,
    case: CaseId,
    n: u128,
    second: u64,
) -> Result<Filed, CrmError> {
    let new = NewReport {
        id: ReportId::from_number(n),
        case,
        text: format!("report {n}"),
        disposition: "advice_given".to_owned(),
    };
    crm::report::file(store, &operator(1), &new, at(second)).await
}

/// The newest audit entries first.
pub(crate) async fn audited(store: &Store) -> Vec<Recorded> {
    let listed = store
        .read_txn(|txn| async move {
            audit::list(&txn, &Filter::default(), None, 200).await.map_err(CrmError::Sql)
        })
        .await;
    listed.unwrap()
}

/// Runs one statement as somebody with the database in their hands would.
pub(crate) async fn statement(store: &Store, sql: &str) -> Result<(), CrmError> {
    use store::sea_orm::ConnectionTrait;
    store
        .write_txn(|txn| async move {
            txn.execute_unprepared(sql).await.map_err(CrmError::Sql).map(|_| ())
        })
        .await
}
