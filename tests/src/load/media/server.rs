//! What is measured: a process that bridges a telephone's plain RTP and a browser's DTLS-SRTP. Ours is
//! here; others are beside it. Does I/O.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use super::orders::{Counts, Order, Reply};

/// How long an order may take.
const ORDER_LIMIT: Duration = Duration::from_secs(15);

/// Offers of the two ends of a call, or the answers to them.
#[derive(Clone, Debug)]
pub struct Descriptions {
    /// The telephone network's side.
    pub trunk: String,
    /// The browser's side.
    pub browser: String,
}

/// A server under test.
pub trait Server {
    /// What it is called in tables.
    fn name(&self) -> &'static str;
    /// The process whose time is counted.
    fn pid(&self) -> u32;
    /// Whether browsers' offers shall have ICE.
    fn with_ice(&self) -> bool;
    /// Opens both ends of a call and joins them.
    ///
    /// # Errors
    /// The server refused, or does not answer.
    fn open(&mut self, call: u32, offers: &Descriptions) -> Result<Descriptions>;
    /// Opens the ends of a conversation of a telephone and several browsers, each of whom hears all
    /// others. The answers are in the order of the offers, the telephone's first.
    ///
    /// # Errors
    /// The server refused, has no such thing, or does not answer.
    fn open_room(&mut self, call: u32, trunk: &str, browsers: &[&str]) -> Result<Vec<String>> {
        let _ = (call, trunk);
        bail!("{} joins no {} ends", self.name(), browsers.len() + 1)
    }

    /// Closes a call or a room.
    ///
    /// # Errors
    /// The server does not answer.
    fn close(&mut self, call: u32) -> Result<()>;
    /// Legs that are open, if it tells.
    ///
    /// # Errors
    /// The server does not answer.
    fn open_legs(&mut self) -> Result<Option<usize>>;
}

/// The helpline's media plane in a process of its own.
pub struct Plane {
    child: Child,
    orders: ChildStdin,
    replies: Receiver<String>,
}

impl Plane {
    /// Starts it: the program `media_server` beside this one.
    ///
    /// # Errors
    /// It is not built or does not start.
    pub fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    /// Starts it with settings of its own command line.
    ///
    /// # Errors
    /// It is not built or does not start.
    pub fn start_with(settings: &[String]) -> Result<Self> {
        let mut child = Command::new(beside_this("media_server")?)
            .args(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the media server starts")?;
        let orders = child.stdin.take().context("its input")?;
        let mut output = BufReader::new(child.stdout.take().context("its output")?);
        let (said, replies) = sync_channel(16);
        // A thread, because a line cannot be waited for with a limit.
        std::thread::spawn(move || {
            let mut line = String::new();
            while output.read_line(&mut line).is_ok_and(|len| len > 0) {
                if said.send(std::mem::take(&mut line)).is_err() {
                    return;
                }
            }
        });
        let plane = Self { child, orders, replies };
        ensure!(plane.reply()? == Reply::Ready, "the media server did not say that it is ready");
        Ok(plane)
    }

    /// Carries out an order.
    ///
    /// # Errors
    /// The server has gone or does not answer.
    pub fn order(&mut self, order: &Order) -> Result<Reply> {
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        self.orders.write_all(&line).context("the media server has gone")?;
        self.reply()
    }

    /// What is open.
    ///
    /// # Errors
    /// The server has gone or does not answer.
    pub fn counts(&mut self) -> Result<Counts> {
        let reply = self.order(&Order::Stats)?;
        if let Reply::Counts(counts) = reply {
            return Ok(counts);
        }
        bail!("{reply:?} in place of counts")
    }

    /// Opens a leg; its session description.
    ///
    /// # Errors
    /// The server refused or does not answer.
    pub fn opened(&mut self, order: &Order) -> Result<String> {
        let reply = self.order(order)?;
        if let Reply::Opened { answer } = reply {
            return Ok(answer);
        }
        bail!("{reply:?} in place of an answer")
    }

    /// Has something done.
    ///
    /// # Errors
    /// The server refused or does not answer.
    pub fn done(&mut self, order: &Order) -> Result<()> {
        let reply = self.order(order)?;
        ensure!(reply == Reply::Done, "{reply:?}");
        Ok(())
    }

    fn reply(&self) -> Result<Reply> {
        let line = self.replies.recv_timeout(ORDER_LIMIT).context("no word of the media server")?;
        serde_json::from_str(&line).context("a reply that cannot be read")
    }
}

/// The leg of a call towards the telephone network.
#[must_use]
pub const fn trunk_leg(call: u32) -> u32 {
    call * 4
}

/// The leg of a call towards its n-th browser.
#[must_use]
pub const fn browser_leg(call: u32, n: u32) -> u32 {
    call * 4 + 1 + n
}

impl Server for Plane {
    fn name(&self) -> &'static str {
        "helpline"
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn with_ice(&self) -> bool {
        true
    }

    fn open(&mut self, call: u32, offers: &Descriptions) -> Result<Descriptions> {
        let (a, b) = (trunk_leg(call), browser_leg(call, 0));
        let offer = offers.trunk.clone();
        let trunk = self.opened(&Order::OpenTrunk { leg: a, offer })?;
        let offer = offers.browser.clone();
        let browser = self.opened(&Order::OpenPeer { leg: b, offer })?;
        self.done(&Order::Bridge { a, b })?;
        Ok(Descriptions { trunk, browser })
    }

    fn open_room(&mut self, call: u32, trunk: &str, browsers: &[&str]) -> Result<Vec<String>> {
        let mut legs = vec![trunk_leg(call)];
        let offer = trunk.to_owned();
        let mut answers = vec![self.opened(&Order::OpenTrunk { leg: legs[0], offer })?];
        for (n, offer) in (0..).zip(browsers) {
            let (leg, offer) = (browser_leg(call, n), (*offer).to_owned());
            answers.push(self.opened(&Order::OpenPeer { leg, offer })?);
            legs.push(leg);
        }
        self.done(&Order::Mix { legs })?;
        Ok(answers)
    }

    fn close(&mut self, call: u32) -> Result<()> {
        // A call has one browser, a room two; closing what is not open does nothing.
        for leg in [trunk_leg(call), browser_leg(call, 0), browser_leg(call, 1)] {
            self.done(&Order::Close { leg })?;
        }
        Ok(())
    }

    fn open_legs(&mut self) -> Result<Option<usize>> {
        Ok(Some(self.counts()?.legs))
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        // By its id, and only if it is still ours.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _gone = self.child.kill();
            let _gone = self.child.wait();
        }
    }
}

/// A program of this package, built in the same folder.
fn beside_this(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("this program has a path")?;
    let mut built = own.ancestors().skip(1).take(2).map(|folder| folder.join(name));
    let found = built.find(|path: &PathBuf| Path::exists(path));
    found.with_context(|| format!("{name} is not built: cargo build --package tests --bins"))
}
