//! `helpline demo` as a process: started on free ports, asked whether it is ready, ended by its id.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// The password of all users of the demo that the tests start.
pub const PASSWORD: &str = "banyan-lantern-monsoon-104";
/// The machine's token of that demo.
pub const TOKEN: &str = "a-machine-of-the-tests-with-every-scope";
/// How long a start may take, on a machine that is busy with other tests.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long a stop may take before the process is killed.
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// A running helpline.
pub struct Program {
    child: Child,
    folder: TempDir,
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
        // The HTTP client asks for a provider even where no TLS is spoken. A second try is refused,
        // which is right.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().context("a folder for the program's data")?;
        let (http, sip) = (crate::ports::free_address(), crate::ports::free_address());
        let log = File::create(folder.path().join("log"))?;
        let mut command = Command::new(binary()?);
        command
            .arg("demo")
            .arg("--data")
            .arg(folder.path().join("data"))
            .env("HELPLINE_DEMO_PASSWORD", PASSWORD)
            .env("HELPLINE_DEMO_TOKEN", TOKEN)
            .env("HELPLINE__HTTP__LISTEN", http.to_string())
            .env("HELPLINE__SIP__LISTEN", sip.to_string())
            .env("HELPLINE__WEBRTC__LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        for (key, value) in settings {
            command.env(format!("HELPLINE__{key}"), value);
        }
        let child = command.spawn().context("the program starts")?;
        let mut program = Self { child, folder, http, sip };
        program.until_ready().await?;
        Ok(program)
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
        crate::metrics::sum(self.http, name).await
    }

    /// Waits until no call is alive.
    ///
    /// # Errors
    /// Calls are still alive at the end of the limit.
    pub async fn until_quiet(&self, limit: Duration) -> Result<()> {
        crate::metrics::until_quiet(self.http, limit).await
    }

    /// Asks the program to stop and waits for it.
    ///
    /// # Errors
    /// It did not stop by itself, or not in peace.
    pub async fn stop(mut self) -> Result<()> {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        anyhow::ensure!(told.success(), "the program could not be told to stop");
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
        // By its id, and only if it is still ours: a test that failed must not leave it running.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
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
