//! A real Chromium, without a screen and with a made-up microphone.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use telephony::media::tone::ToneGenerator;
use telephony::media::{FRAME_SAMPLES, g711};
use telephony::sdp::Codec;
use telephony::srtp::SrtpProfile;
use telephony::webrtc::{AnswerKind, PeerId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use crate::port::Port;

const PEER: PeerId = PeerId(1);
const PAGE: &str = include_str!("page.html");
const PATIENCE: Duration = Duration::from_secs(60);
/// Of the tone that the browser is sent, and what it then reads as its level.
const AMPLITUDE: i16 = 8000;

/// What the page says of itself.
#[derive(Default)]
struct Site {
    state: serde_json::Value,
    answers: Vec<AnswerKind>,
    /// What it is told next.
    command: Option<&'static str>,
    failed: Option<String>,
}

struct Chromium {
    process: Child,
    folder: std::path::PathBuf,
    site: Arc<Mutex<Site>>,
}

impl Chromium {
    async fn open(port: &Port) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let address = listener.local_addr().expect("bound");
        let site = Arc::new(Mutex::new(Site::default()));
        tokio::spawn(serve(listener, port.clone(), site.clone()));
        let folder = std::env::temp_dir().join(format!("helpline-gate-{}", std::process::id()));
        let process = start(address, &folder);
        Self { process, folder, site }
    }

    fn site<T>(&self, look: impl FnOnce(&mut Site) -> T) -> T {
        let mut site = self.site.lock().expect("not poisoned");
        assert_eq!(site.failed, None, "the page failed");
        look(&mut site)
    }

    fn tell(&self, command: &'static str) {
        self.site(|site| site.command = Some(command));
    }

    async fn until(&self, what: &str, reached: impl Fn(&Site) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !self.site(|site| reached(site)) {
            assert!(
                Instant::now() < deadline,
                "not in time: {what}: {}",
                self.site(|s| s.state.clone())
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn packets(&self) -> u64 {
        self.site(|site| site.state["packetsReceived"].as_u64().unwrap_or_default())
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _gone = self.process.wait();
        let _left = std::fs::remove_dir_all(&self.folder);
    }
}

fn start(site: SocketAddr, folder: &std::path::Path) -> Child {
    let program = std::env::var("CHROMIUM_BIN").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    let folder = folder.display();
    Command::new(program)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"])
        .args(["--no-first-run", "--disable-background-networking", "--disable-sync"])
        .args(["--disable-component-update", "--autoplay-policy=no-user-gesture-required"])
        .args(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"])
        .arg(format!("--user-data-dir={folder}"))
        .arg(format!("http://{site}/"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("Chromium is installed (scripts/setup-tests)")
}

/// The page's web site: the page itself, its offers, its states.
async fn serve(listener: TcpListener, port: Port, site: Arc<Mutex<Site>>) {
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { continue };
        let (port, site) = (port.clone(), site.clone());
        tokio::spawn(async move {
            let Some((path, body)) = request(&mut stream).await else { return };
            let answer = respond(&path, &body, &port, &site);
            let kind = if path == "/" { "text/html" } else { "text/plain" };
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                answer.len()
            );
            let _gone = stream.write_all((head + &answer).as_bytes()).await;
        });
    }
}

fn respond(path: &str, body: &str, port: &Port, site: &Mutex<Site>) -> String {
    let mut site = site.lock().expect("not poisoned");
    match path {
        "/" => PAGE.to_owned(),
        "/offer" => {
            let answer = port.answer(PEER, body);
            site.answers.push(answer.kind);
            answer.description
        }
        "/state" => {
            site.state = serde_json::from_str(body).expect("the page writes JSON");
            site.command.take().unwrap_or_default().to_owned()
        }
        "/failed" => {
            site.failed = Some(body.to_owned());
            String::new()
        }
        _ => String::new(),
    }
}

/// Path and body of a request.
async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(at) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    let path = text.split(' ').nth(1)?.to_owned();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(Some(0), |length| length.trim().parse().ok())?;
    while bytes.len() < head + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some((path, String::from_utf8_lossy(&bytes[head..]).into_owned()))
}

/// Sends the tone as soon as there are keys and a path, and wherever it leads.
async fn sing(port: Port) {
    let mut tone = ToneGenerator::steady(440.0, AMPLITUDE);
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    for sequence in 0.. {
        ticks.tick().await;
        let mut samples = [0; FRAME_SAMPLES];
        tone.fill(&mut samples);
        if port.seen(PEER, |seen| seen.keys > 0 && !seen.paths.is_empty()) {
            port.speak(PEER, sequence, &g711::encoded(Codec::Pcma, &samples)).await;
        }
    }
}

#[tokio::test]
async fn chromium_connects_restarts_and_says_goodbye() {
    let port = Port::open().await;
    let singing = tokio::spawn(sing(port.clone()));
    let chromium = Chromium::open(&port).await;
    chromium.until("connected", |site| site.state["connectionState"] == "connected").await;
    chromium.until("the tone at its level", is_tone).await;
    chromium.until("audio", |site| site.state["packetsReceived"].as_u64() > Some(50)).await;
    assert_eq!(chromium.site(|site| site.state["streams"].clone()), 1);
    assert_eq!(port.seen(PEER, |seen| seen.profile), Some(SrtpProfile::AeadAes128Gcm));
    port.until("frames of 20 ms", PEER, |seen| frames(seen.heard.as_slice()) > 50).await;

    chromium.tell("restart");
    chromium.until("the second answer", |site| site.answers.len() == 2).await;
    assert_eq!(chromium.site(|site| site.answers[1]), AnswerKind::Restarted);
    let before = chromium.packets();
    chromium
        .until("more audio", |site| site.state["packetsReceived"].as_u64() > Some(before + 50))
        .await;
    assert!(chromium.site(|site| is_tone(site)));
    let seen = port.seen(PEER, |seen| (seen.keys, seen.lost, seen.closed, seen.unheard));
    assert_eq!(seen, (1, 0, 0, 0), "keys once, never lost, all packets open");

    chromium.tell("close");
    port.until("goodbye", PEER, |seen| seen.closed == 1).await;
    singing.abort();
}

/// A tone of amplitude A reads A / 32768 at the browser: neither codec nor keys bend it.
fn is_tone(site: &Site) -> bool {
    let level = site.state["audioLevel"].as_f64().unwrap_or_default();
    (level - f64::from(AMPLITUDE) / 32_768.0).abs() < 0.02
}

fn frames(heard: &[Vec<u8>]) -> usize {
    heard.iter().filter(|payload| payload.len() == FRAME_SAMPLES).count()
}
