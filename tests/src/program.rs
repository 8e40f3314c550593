//! `helpline demo` as a process: started on free ports, asked whether it is ready, ended by its id.
//!
//! However a test ends, the program's log and metrics are searched for personal data of those whom the
//! test made call ([`crate::privacy`]); a find fails the test.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::metrics;
use crate::privacy::{Canaries, Leak};

/// The password of all users of the demo that the tests start.
pub const PASSWORD: &str = "banyan-lantern-monsoon-104";
/// The machine's token of that demo.
pub const TOKEN: &str = "a-machine-of-the-tests-with-every-scope";
/// How long a start may take, on a machine that is busy with other tests.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long a stop may take before the process is killed.
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// Everything that our own crates would ever log.
const LOG_FILTER: &str = "info,web=debug,switchboard=debug,telephony=debug,crm=debug,store=debug,\
    rsipstack=warn,webrtc=warn,rtc=error,sqlx=warn,tantivy=warn";
/// How long a stop lets calls go on: none of these tests waits for one.
const DRAIN_S: &str = "5";

/// A running helpline.
pub struct Program {
    child: Child,
    folder: TempDir,
    canaries: Canaries,
    /// Where browsers and machines reach it.
    pub http: SocketAddr,
    /// Where telephones reach it.
    pub sip: SocketAddr,
}

impl Program {
    /// Starts a demo with the settings given on top (`("FLOOR__RING_S", "2")`).
    ///
    /// # Errors
    /// The program is not built, or did not become ready; with the end of its log.
    pub async fn start(settings: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::tempdir().context("a folder for the program's data")?;
        let data = folder.path().join("data").display().to_string();
        Self::run(folder, &["demo", "--data", &data], settings).await
    }

    /// Starts `helpline serve` on a data folder that is there already: nothing is made up.
    ///
    /// # Errors
    /// As [`Program::start`].
    pub async fn serve(data: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::tempdir().context("a folder for the program's log")?;
        let data = data.display().to_string();
        let settings = [settings, &[("DATA__FOLDER", data.as_str())]].concat();
        Self::run(folder, &["serve"], &settings).await
    }

    /// Starts a demo whose data folder is a disk of its own, of so many megabytes (a tmpfs in a mount
    /// namespace that nobody else sees; its files are at [`Program::inside`]).
    ///
    /// # Errors
    /// As [`Program::start`], or the system gives no namespace.
    pub async fn start_on_small_disk(megabytes: u32, settings: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::tempdir().context("a folder for the program's data")?;
        let data = folder.path().join("data");
        std::fs::create_dir(&data)?;
        let data = data.display().to_string();
        let mount =
            format!("mount -t tmpfs -o size={megabytes}m none {data} && exec \"$0\" \"$@\"");
        let helpline = binary()?.display().to_string();
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &mount, &helpline]);
        command.args(["demo", "--data", &data]);
        Self::run_command(folder, command, settings).await
    }

    /// A file of the data folder, as the program sees it.
    #[must_use]
    pub fn inside(&self, name: &str) -> PathBuf {
        let data = self.folder.path().join("data");
        let data = data.strip_prefix("/").unwrap_or(&data);
        Path::new("/proc").join(self.child.id().to_string()).join("root").join(data).join(name)
    }

    async fn run(folder: TempDir, arguments: &[&str], settings: &[(&str, &str)]) -> Result<Self> {
        let mut command = Command::new(binary()?);
        command.args(arguments);
        Self::run_command(folder, command, settings).await
    }

    async fn run_command(
        folder: TempDir,
        mut command: Command,
        settings: &[(&str, &str)],
    ) -> Result<Self> {
        // The HTTP client asks for a provider even where no TLS is spoken. A second try is refused,
        // which is right.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (http, sip) = (crate::ports::free_address(), crate::ports::free_address());
        let log = File::create(folder.path().join("log"))?;
        command
            .env("HELPLINE_DEMO_PASSWORD", PASSWORD)
            .env("HELPLINE_DEMO_TOKEN", TOKEN)
            .env("HELPLINE__HTTP__LISTEN", http.to_string())
            .env("HELPLINE__SIP__LISTEN", sip.to_string())
            .env("HELPLINE__WEBRTC__LISTEN", "127.0.0.1:0")
            .env("HELPLINE__LOG__FILTER", LOG_FILTER)
            .env("HELPLINE__STOP__DRAIN_S", DRAIN_S)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        for (key, value) in settings {
            command.env(format!("HELPLINE__{key}"), value);
        }
        let child = command.spawn().context("the program starts")?;
        let canaries = Canaries::default();
        let mut program = Self { child, folder, canaries, http, sip };
        program.until_ready().await?;
        Ok(program)
    }

    /// What this test tells the program of people, beside the demo's citizens and telephone numbers.
    #[must_use]
    pub fn telling(mut self, told: &[&str]) -> Self {
        self.canaries = std::mem::take(&mut self.canaries).with(told);
        self
    }

    /// The first thing in log or metrics that tells something of a person.
    #[must_use]
    pub fn leak(&self) -> Option<Leak> {
        let counted = || self.canaries.leak_in_metrics(&metrics::text_blocking(self.http)?);
        self.canaries.leak(&self.log()).or_else(counted)
    }

    /// The process, for its memory and time.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// An address of the program's HTTP side.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http)
    }

    /// Its database file, for a test that plays another program on the same file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("data/helpline.db")
    }

    /// Another command on the same data folder, while the program runs.
    ///
    /// # Errors
    /// The program is not built.
    pub fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = command(arguments)?;
        command.env("HELPLINE__DATA__FOLDER", self.folder.path().join("data"));
        Ok(command)
    }

    /// What the program has written so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// One figure of `/metrics`, summed over its labels; 0 if there is none yet.
    ///
    /// # Errors
    /// The program does not answer.
    pub async fn metric(&self, name: &str) -> Result<f64> {
        metrics::sum(self.http, name).await
    }

    /// Waits until no call is alive.
    ///
    /// # Errors
    /// Calls are still alive at the end of the limit.
    pub async fn until_quiet(&self, limit: Duration) -> Result<()> {
        metrics::until_quiet(self.http, limit).await
    }

    /// Asks the program to stop, and does not wait.
    ///
    /// # Errors
    /// It is gone.
    pub fn tell_to_stop(&self) -> Result<()> {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        anyhow::ensure!(told.success(), "the program could not be told to stop");
        Ok(())
    }

    /// Asks the program to stop and waits for it.
    ///
    /// # Errors
    /// It did not stop by itself, or not in peace.
    pub async fn stop(mut self) -> Result<()> {
        // While it still answers; its last words are read when it is dropped.
        if let Some(Leak { line, what }) = self.leak() {
            bail!("the program tells {what:?}, which is somebody's own affair, in: {line}");
        }
        self.tell_to_stop()?;
        self.until_ended().await
    }

    /// Waits until the program has ended.
    ///
    /// # Errors
    /// It goes on, or did not end in peace.
    pub async fn until_ended(&mut self) -> Result<()> {
        let until = Instant::now() + STOP_LIMIT;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait()? {
                anyhow::ensure!(status.success(), "ended with {status}:\n{}", tail(&self.log()));
                return Ok(());
            }
            sleep(Duration::from_millis(50)).await;
        }
        bail!("the program did not stop:\n{}", tail(&self.log()))
    }

    async fn until_ready(&mut self) -> Result<()> {
        let until = Instant::now() + START_LIMIT;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait()? {
                bail!("the program ended with {status}:\n{}", tail(&self.log()));
            }
            if let Ok(answer) = reqwest::get(self.url("/readyz")).await
                && answer.status().is_success()
            {
                return Ok(());
            }
            sleep(Duration::from_millis(100)).await;
        }
        bail!("the program is not ready:\n{}", tail(&self.log()))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let leak = self.leak();
        // By its id, and only if it is still ours: a test that failed must not leave it running.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        // A test that fails already is not made to fail twice, which would abort it.
        if let Some(Leak { line, what }) = leak.filter(|_| !std::thread::panicking()) {
            panic!("the program tells {what:?}, which is somebody's own affair, in: {line}");
        }
    }
}

/// A command of the program, with no other settings than those that a test adds.
///
/// # Errors
/// The program is not built.
pub fn command(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(binary()?);
    command.args(arguments).env_clear().env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
    Ok(command)
}

/// The program beside this test, built by `cargo build --package web`.
fn binary() -> Result<PathBuf> {
    let own = std::env::current_exe().context("this program has a path")?;
    let built = own.ancestors().skip(1).take(2).map(|folder| folder.join("helpline"));
    let found = built.into_iter().find(|path: &PathBuf| Path::exists(path));
    found.context("the program is not built: cargo build --package web --bin helpline")
}

fn tail(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}
