//! Carriers for the tests: SIPp that answers, and trunks that lead to it.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use telephony::driver::trunk::{Account, KeepAlive, TrunkConfig};
use tokio::process::{Child, Command};

use crate::exchange::LOCAL;

/// Below the ports that the system hands out by itself.
const PORTS: std::ops::Range<u16> = 28_200..32_700;

/// A port of 127.0.0.1 that is free for UDP and TCP alike.
pub(super) fn free_port() -> u16 {
    for _ in 0..1000 {
        let port = rand::random_range(PORTS);
        if UdpSocket::bind((LOCAL, port)).is_ok() && TcpListener::bind((LOCAL, port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free for UDP and TCP alike");
}

pub(super) fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/sipp").join(name)
}

/// SIPp as a carrier. Ends when it is dropped.
pub(super) struct Carrier {
    pub(super) address: SocketAddr,
    process: Child,
}

impl Carrier {
    /// Starts a scenario on a port of its own, or on the one given.
    pub(super) fn start(name: &str, port: Option<u16>, options: &[&str]) -> Self {
        Self::start_at(name, port.unwrap_or_else(free_port), None, options)
    }

    /// Starts a scenario with the files of a folder at hand.
    pub(super) fn start_in(folder: &Path, name: &str, options: &[&str]) -> Self {
        Self::start_at(name, free_port(), Some(folder), options)
    }

    fn start_at(name: &str, port: u16, folder: Option<&Path>, options: &[&str]) -> Self {
        let mut sipp = Command::new("sipp");
        sipp.arg("-sf").arg(scenario(name)).args(["-i", "127.0.0.1", "-p", &port.to_string()]);
        sipp.args(["-nostdin", "-timeout", "50s"]).args(options);
        sipp.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        if let Some(folder) = folder {
            sipp.current_dir(folder);
        }
        let process = sipp.spawn().expect("SIPp runs");
        Self { address: SocketAddr::new(LOCAL, port), process }
    }

    /// Waits for the end: true if everything went as written.
    pub(super) async fn went_as_written(mut self) -> bool {
        let ended = tokio::time::timeout(Duration::from_secs(60), self.process.wait()).await;
        ended.expect("SIPp ends in time").expect("SIPp ran").success()
    }

    pub(super) async fn stop(mut self) {
        self.process.kill().await.expect("SIPp can be ended");
    }
}

/// A trunk that leads to this address.
pub(super) fn trunk(name: &str, to: SocketAddr, priority: u16) -> TrunkConfig {
    let name = name.parse().expect("a name");
    let send_to = Some(to.to_string().parse().expect("an address"));
    TrunkConfig { send_to, priority, ..TrunkConfig::by_address(name, Vec::new()) }
}

pub(super) fn account() -> Account {
    Account { user: "bsnl".to_owned(), password: "open sesame".to_owned(), realm: None }
}

/// Asks often: a test does not wait for half a minute.
pub(super) fn keep_alive() -> KeepAlive {
    KeepAlive {
        interval: Duration::from_millis(150),
        answer_within: Duration::from_millis(1500),
        ..KeepAlive::default()
    }
}
