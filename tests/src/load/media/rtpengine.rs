//! Sipwise rtpengine as a server under test: a process of its own, without its kernel module,
//! controlled by its `ng` protocol. Does I/O.
//!
//! The browser is the side that offers, without ICE, so that a call costs it no more than DTLS and
//! audio.

use std::fs::File;
use std::net::{Ipv4Addr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use super::bencode::Value;
use super::server::{Descriptions, Server};
use crate::ports;

/// Tries to reach it while it starts.
const TRIES: usize = 50;
/// How long one try, or a command, may take.
const TRY: Duration = Duration::from_millis(200);
const COMMAND_LIMIT: Duration = Duration::from_secs(5);
/// Its ports: below those that the system gives out, beside the helpline's.
const PORTS: [&str; 2] = ["--port-min=20000", "--port-max=31998"];

/// A running rtpengine.
pub struct Rtpengine {
    child: Child,
    control: UdpSocket,
    cookie: u32,
    /// Names its calls apart from those of a run before.
    run: u32,
    _folder: TempDir,
}

impl Rtpengine {
    /// Starts it.
    ///
    /// # Errors
    /// It is not installed, or does not answer.
    pub fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let log = File::create(folder.path().join("log"))?;
        let port = ports::free();
        let child = Command::new("rtpengine")
            .args(["--config-file=none", "--foreground", "--log-stderr", "--log-level=4"])
            // No kernel module: a table of -1 is none.
            .args(["--table=-1", "--interface=127.0.0.1", "--dtls-passive"])
            .args(PORTS)
            .arg(format!("--listen-ng=127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("rtpengine is not installed (Debian: rtpengine-daemon)")?;
        let control = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        control.connect((Ipv4Addr::LOCALHOST, port))?;
        let run = rand::random();
        let mut engine = Self { child, control, cookie: 0, run, _folder: folder };
        engine.until_ready()?;
        Ok(engine)
    }

    fn until_ready(&mut self) -> Result<()> {
        let ping = Value::texts(&[("command", "ping")]);
        for _ in 0..TRIES {
            if let Some(status) = self.child.try_wait()? {
                bail!("rtpengine ended with {status}");
            }
            match self.ask(&ping, TRY) {
                Ok(_) => return Ok(()),
                // Refused at once while it does not listen yet.
                Err(_) => super::clock::Clock::begin().wait_until(TRY),
            }
        }
        bail!("rtpengine does not answer")
    }

    /// One command, its answer. Commands are datagrams: a cookie tells answers apart.
    fn ask(&mut self, command: &Value, limit: Duration) -> Result<Value> {
        self.cookie += 1;
        let cookie = format!("{} ", self.cookie);
        self.control.send(format!("{cookie}{}", command.write()).as_bytes())?;
        self.control.set_read_timeout(Some(limit))?;
        let mut datagram = [0; 65_536];
        loop {
            let len = self.control.recv(&mut datagram)?;
            let text = std::str::from_utf8(&datagram[..len])?;
            if let Some(answer) = text.strip_prefix(&cookie) {
                return Value::read(answer).context("an answer that cannot be read");
            }
        }
    }

    fn described(&mut self, command: &Value) -> Result<String> {
        let answer = self.ask(command, COMMAND_LIMIT)?;
        match answer.text("sdp") {
            Some(description) => Ok(description.to_owned()),
            None => bail!("rtpengine answers {answer:?}"),
        }
    }

    fn call_id(&self, call: u32) -> String {
        format!("load-{}-{call}", self.run)
    }
}

impl Server for Rtpengine {
    fn name(&self) -> &'static str {
        "rtpengine"
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn with_ice(&self) -> bool {
        false
    }

    fn open(&mut self, call: u32, offers: &Descriptions) -> Result<Descriptions> {
        let call_id = self.call_id(call);
        let replaced = ["origin", "session-connection"].map(|what| Value::Text(what.to_owned()));
        let replaced = Value::List(replaced.into());
        let offer = Value::texts(&[
            ("command", "offer"),
            ("call-id", &call_id),
            ("from-tag", "browser"),
            ("sdp", &offers.browser),
            ("transport-protocol", "RTP/AVP"),
            ("ICE", "remove"),
            ("DTLS", "passive"),
        ])
        .with("replace", replaced.clone())
        .with("rtcp-mux", Value::List(vec![Value::Text("demux".to_owned())]));
        let trunk = self.described(&offer)?;
        let answer = Value::texts(&[
            ("command", "answer"),
            ("call-id", &call_id),
            ("from-tag", "browser"),
            ("to-tag", "trunk"),
            ("sdp", &offers.trunk),
            ("ICE", "remove"),
            ("DTLS", "passive"),
        ])
        .with("replace", replaced);
        let browser = self.described(&answer)?;
        Ok(Descriptions { trunk, browser })
    }

    fn close(&mut self, call: u32) -> Result<()> {
        let call_id = self.call_id(call);
        let delete = Value::texts(&[
            ("command", "delete"),
            ("call-id", &call_id),
            ("from-tag", "browser"),
            ("delete-delay", "0"),
        ]);
        self.ask(&delete, COMMAND_LIMIT).map(|_| ())
    }

    fn open_legs(&mut self) -> Result<Option<usize>> {
        Ok(None)
    }
}

impl Drop for Rtpengine {
    fn drop(&mut self) {
        // By its id, and only if it is still ours.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _gone = self.child.kill();
            let _gone = self.child.wait();
        }
    }
}
