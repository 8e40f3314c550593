//! The far end as a process: compiled for this test, ended with it.

use std::fmt::Write;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/peers/srtp/srtp_echo.c");

/// What the peer counted, datagrams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) rtp: u32,
    pub(crate) rtcp: u32,
    pub(crate) auth_failures: u32,
    pub(crate) replays: u32,
    pub(crate) other: u32,
    pub(crate) echoed: u32,
}

/// A running `srtp_echo`. It ends by itself when nothing comes for half a minute.
pub(crate) struct Peer {
    process: Child,
    output: BufReader<ChildStdout>,
    program: PathBuf,
    address: SocketAddr,
}

impl Peer {
    /// Starts a peer that opens with one key and protects with the other; keys with their salts.
    pub(crate) fn start(
        profile: &str,
        their_key: &[u8],
        own_key: &[u8],
        ssrc: u32,
        datagrams: u32,
    ) -> Self {
        let program = compiled(&format!("{profile}_{datagrams}"));
        let mut process = Command::new(&program)
            .args([profile, &hex(their_key), &hex(own_key), &format!("{ssrc:x}")])
            .args(["127.0.0.1", "0", &datagrams.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the peer starts");
        let mut output = BufReader::new(process.stdout.take().expect("piped"));
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on ").and_then(|at| at.parse().ok());
        // Without an address it has said why, and ended.
        let address = address.expect("the peer listens");
        Self { process, output, program, address }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until all datagrams have come.
    pub(crate) fn counts(&mut self) -> Counts {
        let mut line = String::new();
        self.output.read_to_string(&mut line).expect("a line");
        let counted: Value = serde_json::from_str(&line).expect("the peer counts in JSON");
        let count = |name: &str| {
            let count = counted[name].as_u64().and_then(|count| u32::try_from(count).ok());
            count.unwrap_or_else(|| panic!("no {name} in {line}"))
        };
        Counts {
            rtp: count("rtp"),
            rtcp: count("rtcp"),
            auth_failures: count("auth_failures"),
            replays: count("replays"),
            other: count("other"),
            echoed: count("echoed"),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_file(&self.program);
    }
}

/// Compiles the peer under a name of its own: tests run side by side.
fn compiled(name: &str) -> PathBuf {
    let file = format!("srtp_echo_{name}_{}", std::process::id());
    let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(file);
    let compiler = Command::new("cc")
        .args(["-O1", "-Wall", "-Wextra", "-Werror", SOURCE, "-o"])
        .arg(&program)
        .arg("-lsrtp2")
        .output()
        .expect("a C compiler");
    let complaint = String::from_utf8_lossy(&compiler.stderr);
    assert!(compiler.status.success(), "scripts/setup-tests installs libsrtp2: {complaint}");
    program
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
