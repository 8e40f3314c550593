//! Databases for tests: empty, migrated, one for each test, on SQLite and on PostgreSQL.
//!
//! Does I/O, and panics where a test should stop: it is compiled with the feature `testing` only.
//! The PostgreSQL server is the one in `HELPLINE_TEST_POSTGRES` (started once for a whole run by
//! `scripts/with-postgres`); without it, one is started for this process by the same script and ends
//! with the process, however that ends.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use sea_orm::{ConnectionTrait, Database};
use uuid::Uuid;

use crate::Store;

/// The variable that names a PostgreSQL server in which tests may create databases.
pub const SERVER_VARIABLE: &str = "HELPLINE_TEST_POSTGRES";

/// A migrated, empty database that disappears with this value.
#[derive(Debug)]
pub struct TestDb {
    store: Store,
    url: String,
    place: Place,
    folder: tempfile::TempDir,
}

#[derive(Debug)]
enum Place {
    File,
    Server { admin_url: String, database: String },
}

impl TestDb {
    /// A database in a file of a temporary folder.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = format!("sqlite://{}", folder.path().join("helpline.db").display());
        Self::open(url, Place::File, folder).await
    }

    /// A database of its own on the PostgreSQL server of the tests.
    pub async fn postgres() -> Self {
        let admin_url = server_url();
        let database = format!("test_{}", Uuid::from_u128(rand::random()).simple());
        administer(&admin_url, &format!("CREATE DATABASE {database}")).await;
        let (base, _) = admin_url.rsplit_once('/').expect("the server's URL names a database");
        let url = format!("{base}/{database}");
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Self::open(url, Place::Server { admin_url, database }, folder).await
    }

    async fn open(url: String, place: Place, folder: tempfile::TempDir) -> Self {
        let store = Store::open(&url).await.expect("the test database opens");
        store.migrate().await.expect("the schema can be made");
        Self { store, url, place, folder }
    }

    /// The store. Clone it freely.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The address, for a second [`Store::open`] on the same rows.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A temporary folder that lives as long as the database; its file is here, if it has one.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let Place::Server { admin_url, database } = &self.place else { return };
        let (admin_url, statement) =
            (admin_url.clone(), format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"));
        // `drop` cannot wait for a future inside a runtime, so another thread does. A server that
        // has gone took the database along: then there is nothing left to do.
        let dropper = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async {
                    if let Ok(admin) = Database::connect(admin_url.as_str()).await {
                        drop(admin.execute_unprepared(&statement).await);
                    }
                });
            }
        });
        drop(dropper.join());
    }
}

/// Makes two tests of one `async fn(&TestDb)`: `sqlite` and `postgres`, in a module of its name.
///
/// ```text
/// both_backends!(a_draft_is_saved);
/// async fn a_draft_is_saved(db: &TestDb) { … }
/// ```
#[macro_export]
macro_rules! both_backends {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let db = $crate::testing::TestDb::sqlite().await;
                super::$test(&db).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let db = $crate::testing::TestDb::postgres().await;
                super::$test(&db).await;
            }
        }
    )+};
}

async fn administer(url: &str, statement: &str) {
    let admin = Database::connect(url).await.expect("the PostgreSQL of the tests answers");
    admin.execute_unprepared(statement).await.expect("a database can be made");
    drop(admin.close().await);
}

fn server_url() -> String {
    std::env::var(SERVER_VARIABLE).unwrap_or_else(|_| own_server().url.clone())
}

/// A server started by this process. Its script waits on `child`'s standard input, which the kernel
/// closes when this process ends: then the script stops the server and removes its folder.
struct OwnServer {
    url: String,
    _child: Child,
}

fn own_server() -> &'static OwnServer {
    static SERVER: OnceLock<OwnServer> = OnceLock::new();
    SERVER.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/with-postgres");
        let mut child = Command::new(script)
            .args(["sh", "-c", &format!("echo \"${SERVER_VARIABLE}\"; exec cat >/dev/null")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("scripts/with-postgres can be run");
        let mut url = String::new();
        let stdout = child.stdout.take().expect("standard output is a pipe");
        BufReader::new(stdout).read_line(&mut url).expect("the script's output is text");
        if url.trim().is_empty() {
            let mut cause = String::new();
            if let Some(mut stderr) = child.stderr.take() {
                drop(stderr.read_to_string(&mut cause));
            }
            panic!("no PostgreSQL for the tests: {cause}");
        }
        OwnServer { url: url.trim().to_owned(), _child: child }
    })
}
