//! The event stream of a console: what it tells, with the moment it came, and the heartbeat. Does I/O.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::Api;

/// News that may wait for whoever reads them; more stay in the socket.
const NEWS_MAX: usize = 4096;
/// How often the console says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// A reservation that rings at this console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ringing {
    /// Which.
    pub reservation: u64,
    /// Whose call.
    pub call: String,
    /// Its row in the records.
    pub interaction: String,
    /// The caller's number, if it is known.
    pub number: Option<String>,
    /// How long the helpline says the caller waited, milliseconds.
    pub waited_ms: u64,
}

/// What a console is told, as far as these tests act on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The console must ring.
    Ringing(Ringing),
    /// The agent's own state is now this.
    State {
        /// As on the wire.
        state: String,
    },
    /// A call waits in its queue (seen by a supervisor).
    Waiting {
        /// Which.
        call: String,
    },
    /// The helpline stops.
    Stopping,
    /// Anything else.
    Other,
}

/// What the helpline said of callers' audio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quality {
    /// Packets it received from telephones.
    pub received: u64,
    /// Packets that it missed.
    pub lost: u64,
}

/// An open event stream.
pub struct Stream {
    news: mpsc::Receiver<(Instant, News)>,
    quality: Arc<Mutex<Quality>>,
    task: JoinHandle<()>,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Stream {
    /// Opens the stream of a signed-in person. An agent is on the floor from then on.
    ///
    /// # Errors
    /// The helpline refused.
    pub async fn open(api: &Api) -> Result<Self> {
        let mut request = format!("ws://{}/api/v1/events", api.http()).into_client_request()?;
        let cookie = api.cookie().context("machines have no event stream")?;
        request.headers_mut().insert("cookie", cookie.parse()?);
        let own = api.user().context("a session has a user")?.to_owned();
        let (socket, _) =
            tokio_tungstenite::connect_async(request).await.context("the event stream")?;
        let (sender, news) = mpsc::channel(NEWS_MAX);
        let quality = Arc::new(Mutex::new(Quality::default()));
        let task = tokio::spawn(follow(socket, own, sender, quality.clone()));
        Ok(Self { news, quality, task })
    }

    /// What is told next, and when its frame came.
    ///
    /// # Errors
    /// The stream ended.
    pub async fn next(&mut self) -> Result<(Instant, News)> {
        self.news.recv().await.context("the event stream ended")
    }

    /// The quality told since this was last asked.
    #[must_use]
    pub fn take_quality(&self) -> Quality {
        std::mem::take(&mut *self.quality.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends the stream without a word, as a browser that is closed.
    pub fn close(self) {
        self.task.abort();
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn follow(
    mut socket: Socket,
    own: String,
    news: mpsc::Sender<(Instant, News)>,
    quality: Arc<Mutex<Quality>>,
) {
    let mut beats = interval(HEARTBEAT);
    loop {
        tokio::select! {
            _ = beats.tick() => {
                let beat = Message::text(r#"{"type":"heartbeat"}"#);
                if socket.send(beat).await.is_err() {
                    return;
                }
            }
            frame = socket.next() => {
                let Some(Ok(frame)) = frame else { return };
                let at = Instant::now();
                let Ok(text) = frame.to_text() else { continue };
                let Ok(frame) = serde_json::from_str::<Value>(text) else { continue };
                note_quality(&frame, &quality);
                let told = read(&frame, &own);
                if told != News::Other && news.send((at, told)).await.is_err() {
                    return;
                }
            }
        }
    }
}

fn note_quality(frame: &Value, quality: &Mutex<Quality>) {
    if frame["type"] == "call_quality" {
        let count = |key: &str| frame[key].as_u64().unwrap_or(0);
        let mut quality = quality.lock().unwrap_or_else(PoisonError::into_inner);
        quality.received += count("received");
        quality.lost += count("lost");
    }
}

/// What a frame says to the person with the id `own`.
fn read(frame: &Value, own: &str) -> News {
    let told = match frame["type"].as_str() {
        Some("reservation_ringing") => ringing(&frame["reservation"]).map(News::Ringing),
        Some("server_stopping") => Some(News::Stopping),
        Some("snapshot") => ringing(&frame["reservation"]).map(News::Ringing),
        Some("agent_state_changed") if frame["agent"]["agent"] == own => {
            text(&frame["agent"]["state"]).map(|state| News::State { state })
        }
        Some("call_changed") if frame["call"]["state"] == "waiting" => {
            text(&frame["call"]["id"]).map(|call| News::Waiting { call })
        }
        _ => None,
    };
    told.unwrap_or(News::Other)
}

fn ringing(value: &Value) -> Option<Ringing> {
    let call = &value["call"];
    Some(Ringing {
        reservation: value["reservation_id"].as_u64()?,
        call: text(&call["id"])?,
        interaction: text(&call["interaction_id"])?,
        number: text(&call["number"]),
        waited_ms: call["waited_ms"].as_u64()?,
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
