//! Calls that happened on paper, entered later: into a new case or one that is open, marked so, once.

use core::time::Duration;

use crm::CrmError;
use crm::actor::Role;
use crm::case;
use crm::interaction::{self, paper};
use crm::timeline::{self, TimelineItem};
use ids::{CaseId, InteractionId, ReportId, Timestamp};
use store::audit::{Action, Entity};
use store::testing::TestDb;
use store::{Store, both_backends};

use crate::support::{at, audited, operator, person, phone, user, with_role};

both_backends!(
    a_call_on_paper_becomes_a_case_with_its_report,
    it_goes_into_a_case_that_is_open_and_into_none_that_is_closed,
    what_lies_in_the_future_or_far_back_is_refused,
    who_may_not_write_enters_nothing,
);

const DAY: u64 = 24 * 60 * 60;

/// The moment at which everything is entered.
fn now() -> Timestamp {
    at(90 * DAY)
}

fn before(days: u64) -> Timestamp {
    at((90 - days) * DAY)
}

fn call(n: u128, happened: Timestamp) -> paper::PaperCall {
    paper::PaperCall {
        id: InteractionId::from_number(n),
        at: happened,
        from: Some(phone("9999000001")),
        dialled: "104".to_owned(),
        queue: "health".parse().ok(),
        contact: None,
        case: None,
        new_case: CaseId::from_number(n),
        category: None,
        report: ReportId::from_number(n),
        notes: "बिजली नहीं थी। तेज़ बुखार, तीन दिन से।".to_owned(),
        disposition: "advice_given".to_owned(),
        why_late: None,
    }
}

async fn enter(
    store: &Store,
    paper: &paper::PaperCall,
) -> Result<(interaction::Interaction, case::Case), CrmError> {
    paper::enter(store, &operator(1), paper, now()).await
}

async fn a_call_on_paper_becomes_a_case_with_its_report(db: &TestDb) {
    let store = db.store();
    let known = crate::support::contact(store, 5, &person("Kamla Devi", &["9999000001"])).await;
    let paper = paper::PaperCall { contact: Some(known.id), ..call(1, before(2)) };
    let (made, opened) = enter(store, &paper).await.unwrap();
    assert_eq!((made.case, opened.contact), (Some(opened.id), Some(known.id)));
    assert!(!opened.report_due, "the report is filed");
    assert_eq!(opened.details.disposition.as_deref(), Some("advice_given"));
    let read = interaction::get(store, &operator(2), made.id, now()).await.unwrap();
    let entered = read.entered.clone().expect("marked as entered later");
    assert_eq!((entered.by, entered.at, entered.why), (user(1), now(), None));
    assert_eq!((read.times.arrived_at, read.call), (before(2), None));
    assert_eq!(read.outcome.as_deref(), Some("on_paper"));

    let (again, same) = enter(store, &paper).await.unwrap();
    assert!(again == made && same.id == opened.id && same.version == opened.version);

    let story = timeline::timeline(store, &operator(1), opened.id, None, 50, now()).await.unwrap();
    let first = &story.items[0];
    assert_eq!(first.at, before(2), "it stands where it happened, before the case was opened");
    let kept = matches!(&first.item, TimelineItem::Interaction { interaction, .. } if interaction.entered.is_some());
    assert!(kept, "{first:?}");
    let number = phone("9999000001");
    let earlier = at(0);
    let history =
        interaction::previous_contacts(store, &operator(1), &number, earlier, now()).await.unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].at, history[0].interaction), (before(2), made.id));
    let noted = audited(store).await;
    let created = |one: &&store::audit::Recorded| {
        one.entry.entity == Entity::Interaction && one.entry.action == Action::Create
    };
    assert_eq!(noted.iter().filter(created).count(), 1);
}

async fn it_goes_into_a_case_that_is_open_and_into_none_that_is_closed(db: &TestDb) {
    let store = db.store();
    let open = crate::support::case(store, 7).await;
    let paper = paper::PaperCall { case: Some(open.id), ..call(1, before(1)) };
    let (made, kept) = enter(store, &paper).await.unwrap();
    assert_eq!((made.case, kept.id), (Some(open.id), open.id));
    case::close(store, &operator(1), open.id, now()).await.unwrap();
    let paper = paper::PaperCall { case: Some(open.id), ..call(2, before(1)) };
    let refused = enter(store, &paper).await;
    assert!(matches!(refused, Err(CrmError::Refused(_))), "{:?}", refused.err());
    let gone = interaction::get(store, &operator(1), InteractionId::from_number(2), now()).await;
    assert!(matches!(gone, Err(CrmError::NotFound { .. })), "all or none");
}

async fn what_lies_in_the_future_or_far_back_is_refused(db: &TestDb) {
    let store = db.store();
    let refused = async |paper: paper::PaperCall| match enter(store, &paper).await {
        Err(CrmError::Invalid(fields)) => fields[0].field.clone(),
        Ok(_) => "nothing".to_owned(),
        Err(other) => panic!("{other:?}"),
    };
    let soon = now() + Duration::from_secs(1);
    assert_eq!(refused(call(1, soon)).await, "happened_at");
    assert_eq!(refused(call(1, before(31))).await, "why_late");
    let blank = paper::PaperCall { why_late: Some(" \n".to_owned()), ..call(1, before(31)) };
    assert_eq!(refused(blank).await, "why_late");
    let wordy = paper::PaperCall { why_late: Some("न".repeat(301)), ..call(1, before(31)) };
    assert_eq!(refused(wordy).await, "why_late");
    let ancient = Timestamp::from_micros(now().as_micros() - 3 * 366 * 86_400_000_000);
    let ancient = paper::PaperCall { why_late: Some("x".to_owned()), ..call(1, ancient) };
    assert_eq!(refused(ancient).await, "happened_at");
    let empty = paper::PaperCall { notes: " ".to_owned(), ..call(1, before(1)) };
    assert_eq!(refused(empty).await, "notes");
    assert_eq!(refused(call(1, before(30))).await, "nothing");
    let told =
        paper::PaperCall { why_late: Some("बाढ़".to_owned()), ..call(2, before(31)) };
    let (made, _) = enter(store, &told).await.unwrap();
    assert_eq!(made.entered.and_then(|entered| entered.why).as_deref(), Some("बाढ़"));
}

async fn who_may_not_write_enters_nothing(db: &TestDb) {
    for role in [Role::Auditor, Role::Admin] {
        let refused =
            paper::enter(db.store(), &with_role(1, role), &call(1, before(1)), now()).await;
        assert!(matches!(refused, Err(CrmError::NotAllowed(_))));
    }
    assert!(audited(db.store()).await.is_empty());
}
