//! The index follows the records: what is committed is found, under audit, on both databases; and
//! an index that is lost, damaged or rebuilt does not stop anything.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and its patience is real time"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use crm::actor::{Purpose, Role};
use crm::case::{self, CaseEdit, NewCase};
use crm::contact::{self, ContactDetails, ContactEdit, ContactPhone};
use crm::interaction::{self, Begin, Direction, Medium, Origin};
use crm::report::{self, NewReport};
use crm::search::{
    Indexer, Kind, OpenIndexError, Query, RebuildReason, Results, Search, SearchError, SearchIndex,
};
use crm::{Actor, E164};
use ids::{CallId, CaseId, ContactId, InteractionId, ReportId, Timestamp, UserId};
use store::audit::{self, Action};
use store::testing::TestDb;
use store::{ReadTxn, Store, TxnError};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// 2026-11-22.
const NOW: Timestamp = Timestamp::from_micros(1_795_300_000_000_000);

fn operator() -> Actor {
    Actor {
        user: UserId::from_number(9),
        role: Role::Operator,
        purpose: Purpose::Call(CallId::from_number(1)),
    }
}

fn ask(text: &str) -> Query {
    Query { text: text.to_owned(), ..Query::default() }
}

/// An index that is being kept up to date, and the search over it.
struct Followed {
    db: TestDb,
    index: SearchIndex,
    search: Search,
    folder: tempfile::TempDir,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl Followed {
    fn start(db: TestDb) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = SearchIndex::open(folder.path()).unwrap();
        let (stop, stopped) = watch::channel(false);
        let indexer = Indexer::new(db.store().clone(), index.clone(), "search");
        let task = Some(tokio::spawn(indexer.run(stopped)));
        Self { search: Search::new(index.clone()), db, index, folder, stop, task }
    }

    fn store(&self) -> &Store {
        self.db.store()
    }

    async fn find(&self, text: &str) -> Results {
        self.search.search(self.store(), &operator(), ask(text), NOW).await.unwrap()
    }

    /// Looks until `text` finds `wanted` records, and returns how long that took.
    async fn until(&self, text: &str, wanted: usize) -> Duration {
        let start = Instant::now();
        loop {
            let found = self.find(text).await;
            if found.total == wanted {
                return start.elapsed();
            }
            let waited = start.elapsed();
            assert!(waited < Duration::from_secs(10), "{text}: {} not {wanted}", found.total);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn until_whole(&self) {
        let start = Instant::now();
        while self.index.must_rebuild().is_some() {
            assert!(start.elapsed() < Duration::from_secs(10), "the rebuild does not end");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn contact(&self, number: u128, name: &str, name_hi: &str, phone: &str) -> ContactId {
        let id = ContactId::from_number(number);
        let phone =
            ContactPhone { number: E164::parse(phone).unwrap(), label: None, shared: false };
        let details = ContactDetails {
            name_hi: Some(name_hi.to_owned()),
            phones: vec![phone],
            ..ContactDetails::named(name)
        };
        contact::create(self.store(), &operator(), id, &details, NOW).await.unwrap();
        id
    }

    async fn case(&self, number: u128, contact: ContactId, notes: &str) -> CaseId {
        let id = CaseId::from_number(number);
        let new = NewCase {
            interaction: None,
            contact: Some(contact),
            category: Some("illness_fever".to_owned()),
            class: None,
        };
        let made = case::open(self.store(), &operator(), id, &new, NOW).await.unwrap();
        let edit = CaseEdit { notes: Some(notes.to_owned()), ..CaseEdit::default() };
        case::update(self.store(), &operator(), id, made.version, &edit, NOW).await.unwrap();
        id
    }

    /// Ends the indexer and gives the database and the index folder back.
    async fn end(mut self) -> (TestDb, tempfile::TempDir) {
        self.stop.send(true).unwrap();
        self.task.take().unwrap().await.unwrap();
        (self.db, self.folder)
    }
}

async fn what_is_committed_is_found(db: TestDb) {
    let followed = Followed::start(db);
    followed.until_whole().await;
    let person = followed.contact(1, "Laxmi Devi", "लक्ष्मी देवी", "9876543210").await;
    followed.until("लक्ष्मी", 1).await;
    let call = Begin {
        call: CallId::from_number(5),
        origin: Origin {
            direction: Direction::Inbound,
            medium: Medium::Call,
            from: Some(E164::parse("9811100482").unwrap()),
            dialled: "104".to_owned(),
        },
        queue: Some("health".parse().unwrap()),
        class: None,
        language: Some("hi".parse().unwrap()),
        arrived_at: NOW,
        journal_position: None,
    };
    let interaction: InteractionId = interaction::begin(followed.store(), &call).await.unwrap();
    followed.until("9811100482", 1).await;

    let case = followed.case(2, person, "तेज़ बुखार, दो दिन से खाँसी").await;
    // From the commit of the notes to the first search that shows them.
    let took = followed.until("bukhar khansi", 1).await;
    println!("committed to found: {} ms", took.as_millis());
    let found = followed.find("lakshmi bukhar").await;
    assert_eq!((found.hits[0].kind, found.hits[0].id), (Kind::Case, case.as_uuid()));
    assert_eq!(found.hits[0].title, "Laxmi Devi");
    let number = found.hits[0].case_number.clone().unwrap();
    assert_eq!(followed.find(&number).await.hits[0].id, case.as_uuid());

    let filed = NewReport {
        id: ReportId::from_number(3),
        case,
        text: "Paracetamol advised, ambulance not needed".to_owned(),
        disposition: "advice_given".to_owned(),
    };
    report::file(followed.store(), &operator(), &filed, NOW).await.unwrap();
    followed.until("ambulence", 1).await;

    // A new name reaches the documents that carry it, and the old one is gone from all of them.
    let edit = ContactEdit {
        name: Some("Sunita Sharma".to_owned()),
        name_hi: Some(None),
        ..ContactEdit::default()
    };
    contact::update(followed.store(), &operator(), person, 1, &edit, NOW).await.unwrap();
    followed.until("सुनीता", 2).await;
    assert_eq!(followed.find("Laxmi").await.total, 0);
    assert_eq!(followed.find("sunita bukhar").await.hits[0].title, "Sunita Sharma");
    let calls = followed.find("9811100482").await;
    assert_eq!(calls.hits[0].id, interaction.as_uuid());
    assert_eq!(calls.hits[0].title, "…00482");
    followed.end().await;
}

async fn a_search_is_one_audit_entry(db: TestDb) {
    let followed = Followed::start(db);
    let person = followed.contact(1, "Kavita Rao", "कविता राव", "9876543210").await;
    followed.contact(2, "Kavita Singh", "कविता सिंह", "9876543211").await;
    followed.until("kavita", 2).await;
    let searches = || entries(followed.store());
    let before = searches().await.len();
    let shown: Vec<Uuid> = followed.find("kavita").await.hits.iter().map(|hit| hit.id).collect();
    let after = searches().await;
    assert_eq!(after.len(), before + 1);
    assert_eq!(after[0].ids, shown);
    assert!(shown.contains(&person.as_uuid()));
    assert_eq!(after[0].purpose, operator().purpose);

    followed.find("nobody of this name").await;
    assert_eq!(searches().await[0].ids, Vec::<Uuid>::new());
    let count = searches().await.len();

    let as_actor = |role, purpose| Actor { user: UserId::from_number(9), role, purpose };
    let refused = [
        as_actor(Role::Operator, Purpose::Reason("  ".to_owned())),
        as_actor(Role::Admin, Purpose::Reason("curious".to_owned())),
    ];
    for actor in refused {
        let answer = followed.search.search(followed.store(), &actor, ask("kavita"), NOW).await;
        if actor.role == Role::Admin {
            assert!(matches!(answer, Err(SearchError::NotAllowed(_))));
        } else {
            assert!(matches!(answer, Err(SearchError::ReasonRequired)));
        }
    }
    assert_eq!(searches().await.len(), count);
    let reasoned = as_actor(Role::Operator, Purpose::Reason("call-back promised".to_owned()));
    let answer = followed.search.search(followed.store(), &reasoned, ask("kavita"), NOW).await;
    assert_eq!(answer.unwrap().total, 2);
    let at_the_desk = as_actor(Role::Operator, Purpose::Desk);
    let answer = followed.search.search(followed.store(), &at_the_desk, ask("kavita"), NOW).await;
    assert_eq!(answer.unwrap().total, 2);
    assert_eq!(searches().await[0].purpose, Purpose::Desk);
    followed.end().await;
}

/// The searches in the audit, newest first.
async fn entries(store: &Store) -> Vec<audit::Entry> {
    let all = store
        .read_txn(|txn: ReadTxn| async move {
            let all = audit::list(&txn, &audit::Filter::default(), None, 200).await;
            Ok::<_, TxnError>(all.unwrap())
        })
        .await
        .unwrap();
    let entries = all.into_iter().map(|recorded| recorded.entry);
    entries.filter(|entry| entry.action == Action::Search).collect()
}

async fn a_rebuild_finds_the_same_and_disturbs_nobody(db: TestDb) {
    let followed = Followed::start(db);
    followed.until_whole().await;
    for number in 1..=210_u128 {
        let phone = format!("98{number:08}");
        followed.contact(number, &format!("Person {number}"), "मोहन", &phone).await;
    }
    followed.until("mohan", 210).await;
    let indexer = Indexer::new(followed.store().clone(), followed.index.clone(), "search");
    let mut steps = Vec::new();
    let rebuild = indexer.rebuild(|progress| steps.push((progress.done, progress.total)));
    let meanwhile = async {
        for number in 211..=220_u128 {
            assert!(followed.find("mohan").await.total >= 210);
            followed.contact(number, "Late", "मोहन", &format!("98{number:08}")).await;
        }
    };
    let (rebuilt, ()) = tokio::join!(rebuild, meanwhile);
    rebuilt.unwrap();
    followed.until("mohan", 220).await;
    assert_eq!(steps[0], (0, 210));
    assert!(steps.is_sorted() && steps.len() >= 3, "{steps:?}");
    assert!(steps.last().unwrap().0 >= 210);
    assert_eq!(followed.index.documents(), 220);
    assert_eq!(generations(followed.folder.path()), 1);
    followed.end().await;
}

async fn a_lost_or_damaged_index_comes_back(db: TestDb) {
    let followed = Followed::start(db);
    let (db, folder) = {
        followed.contact(1, "Geeta", "गीता", "9876543210").await;
        followed.until("geeta", 1).await;
        followed.until_whole().await;
        assert!(matches!(SearchIndex::open(followed.folder.path()), Err(OpenIndexError::InUse)));
        followed.end().await
    };
    // As it was left, it serves without a rebuild.
    let index = SearchIndex::open(folder.path()).unwrap();
    assert_eq!((index.must_rebuild(), index.documents()), (None, 1));
    assert!(index.cursor() > 0);
    drop(index);
    for damage in [flip_bytes, remove_meta, garble_current] {
        damage(folder.path());
        let index = SearchIndex::open(folder.path()).unwrap();
        assert!(index.must_rebuild().is_some());
        let indexer = Indexer::new(db.store().clone(), index.clone(), "search");
        indexer.rebuild(|_| ()).await.unwrap();
        assert_eq!((index.must_rebuild(), index.documents()), (None, 1));
        assert_eq!(generations(folder.path()), 1);
    }
    // An index of another, longer past is not believed.
    let index = SearchIndex::open(folder.path()).unwrap();
    index.apply(&[], 1_000_000).unwrap();
    let (stop, stopped) = watch::channel(false);
    let indexer = Indexer::new(db.store().clone(), index.clone(), "search");
    let task = tokio::spawn(indexer.run(stopped));
    let start = Instant::now();
    while index.cursor() >= 1_000_000 || index.must_rebuild().is_some() {
        assert!(start.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(index.documents(), 1);
    stop.send(true).unwrap();
    task.await.unwrap();
}

fn generations(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.filter(|entry| entry.as_ref().unwrap().path().is_dir()).count()
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let folder = folders.filter(|path| path.is_dir()).max().unwrap();
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn flip_bytes(folder: &Path) {
    let term = files(folder).into_iter().find(|path| path.extension().is_some_and(|e| e == "term"));
    let path = term.unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    for byte in &mut bytes {
        *byte ^= 0x55;
    }
    std::fs::write(path, bytes).unwrap();
}

fn remove_meta(folder: &Path) {
    let meta = files(folder).into_iter().find(|path| path.ends_with("meta.json"));
    std::fs::remove_file(meta.unwrap()).unwrap();
}

fn garble_current(folder: &Path) {
    std::fs::write(folder.join("current"), "not a number").unwrap();
}

#[test]
fn an_empty_folder_says_that_it_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    assert_eq!(index.must_rebuild(), Some(RebuildReason::New));
}

mod sqlite {
    use store::testing::TestDb;

    #[tokio::test]
    async fn what_is_committed_is_found() {
        super::what_is_committed_is_found(TestDb::sqlite().await).await;
    }

    #[tokio::test]
    async fn a_search_is_one_audit_entry() {
        super::a_search_is_one_audit_entry(TestDb::sqlite().await).await;
    }

    #[tokio::test]
    async fn a_rebuild_finds_the_same_and_disturbs_nobody() {
        super::a_rebuild_finds_the_same_and_disturbs_nobody(TestDb::sqlite().await).await;
    }

    #[tokio::test]
    async fn a_lost_or_damaged_index_comes_back() {
        super::a_lost_or_damaged_index_comes_back(TestDb::sqlite().await).await;
    }
}

mod postgres {
    use store::testing::TestDb;

    #[tokio::test]
    async fn what_is_committed_is_found() {
        super::what_is_committed_is_found(TestDb::postgres().await).await;
    }

    #[tokio::test]
    async fn a_search_is_one_audit_entry() {
        super::a_search_is_one_audit_entry(TestDb::postgres().await).await;
    }

    #[tokio::test]
    async fn a_rebuild_finds_the_same_and_disturbs_nobody() {
        super::a_rebuild_finds_the_same_and_disturbs_nobody(TestDb::postgres().await).await;
    }

    #[tokio::test]
    async fn a_lost_or_damaged_index_comes_back() {
        super::a_lost_or_damaged_index_comes_back(TestDb::postgres().await).await;
    }
}
