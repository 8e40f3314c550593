//! An agent at a desk, as the helpline sees one: signed in over HTTP, on the event stream with a
//! heartbeat, one peer connection for the shift that speaks a tone. Does I/O. Decides nothing: who
//! drives it says when to accept, hang up and file.

mod api;
mod audio;
mod stream;
mod telephone;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

pub use api::Api;
pub use audio::{Audio, Packets};
pub use stream::{News, Quality, Ringing, Stream};
pub use telephone::TelephoneDesk;

/// How long a browser's connection or a change of state may take on a busy machine.
const SETTLE_LIMIT: Duration = Duration::from_secs(20);
/// How often something that is not reported is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// What the report of a call says.
const REPORT: &str = "A caller of the load tool. Nothing was asked.";
/// How such a call ended: a key of the vocabulary.
const DISPOSITION: &str = "test_call";

/// An agent at a desk.
pub struct Desk {
    api: Api,
    /// The browser's audio.
    pub audio: Audio,
    stream: Stream,
}

/// When an agent was freed.
#[derive(Clone, Copy, Debug)]
pub struct Freed {
    /// When "finish wrap-up" was sent.
    pub sent: Instant,
    /// When the helpline had answered it.
    pub acknowledged: Instant,
}

impl Desk {
    /// Comes to the floor: event stream and audio, which speaks `says` hertz from now on and listens
    /// for `hears`. The agent is still offline.
    ///
    /// # Errors
    /// The helpline refused, or the audio did not connect in time.
    pub async fn open(api: Api, says: f64, hears: f64) -> Result<Self> {
        let stream = Stream::open(&api).await?;
        let audio = Audio::connect(&api, says, hears).await?;
        let desk = Self { api, audio, stream };
        let until = Instant::now() + SETTLE_LIMIT;
        loop {
            let view = desk.api.get("/agents/me").await?;
            if view["media_connected"] == true {
                return Ok(desk);
            }
            if Instant::now() > until {
                bail!("the audio of a desk did not connect");
            }
            sleep(LOOK).await;
        }
    }

    /// Says "Available".
    ///
    /// # Errors
    /// The helpline refused.
    pub async fn available(&self) -> Result<()> {
        self.api.put("/agents/me/state", &json!({ "want": "available" })).await?;
        Ok(())
    }

    /// The next reservation that rings here, and when its frame came.
    ///
    /// # Errors
    /// None within the limit, or the stream ended.
    pub async fn next_ringing(&mut self, limit: Duration) -> Result<(Instant, Ringing)> {
        let ringing = self.until(limit, |news| match news {
            News::Ringing(ringing) => Some(ringing),
            News::State { .. } | News::Waiting { .. } | News::Stopping | News::Other => None,
        });
        ringing.await.context("no console rang")
    }

    /// Takes the caller; returns when that was asked.
    ///
    /// # Errors
    /// The reservation is over, or the helpline refused otherwise.
    pub async fn accept(&self, ringing: &Ringing) -> Result<Instant> {
        self.audio.listen();
        let asked = Instant::now();
        self.api.post(&format!("/reservations/{}/accept", ringing.reservation), None).await?;
        Ok(asked)
    }

    /// As [`Desk::accept`], where another agent may have been faster: whether this one took the caller.
    ///
    /// # Errors
    /// The helpline refused for another reason than that.
    pub async fn try_accept(&self, ringing: &Ringing) -> Result<bool> {
        let path = format!("/reservations/{}/accept", ringing.reservation);
        let (status, body) = self.api.ask(Method::POST, &path, None).await?;
        ensure!(status.is_success() || status == StatusCode::CONFLICT, "{path}: {status} {body}");
        Ok(status.is_success())
    }

    /// Ends the call, unless the caller has, and waits until wrap-up has begun.
    ///
    /// # Errors
    /// The helpline refused for another reason than that, or wrap-up did not begin.
    pub async fn end_call(&mut self, ringing: &Ringing) -> Result<()> {
        let path = format!("/calls/{}/hang-up", ringing.call);
        let (status, body) = self.api.ask(Method::POST, &path, None).await?;
        let over = [StatusCode::CONFLICT, StatusCode::NOT_FOUND].contains(&status);
        ensure!(status.is_success() || over, "{path}: {status} {body}");
        self.until_wrap_up().await
    }

    /// Ends the call and waits until wrap-up has begun.
    ///
    /// # Errors
    /// The helpline refused, or wrap-up did not begin.
    pub async fn hang_up(&mut self, ringing: &Ringing) -> Result<()> {
        self.api.post(&format!("/calls/{}/hang-up", ringing.call), None).await?;
        self.until_wrap_up().await
    }

    /// Waits until wrap-up has begun.
    ///
    /// # Errors
    /// It did not.
    pub async fn until_wrap_up(&mut self) -> Result<()> {
        let begun = self.until(SETTLE_LIMIT, |news| match news {
            News::State { state } => (state == "wrap_up").then_some(()),
            News::Ringing(_) | News::Waiting { .. } | News::Stopping | News::Other => None,
        });
        begun.await.context("wrap-up did not begin")?;
        Ok(())
    }

    /// Opens the case of the call and files its report with a disposition.
    ///
    /// # Errors
    /// The helpline refused.
    pub async fn file(&self, ringing: &Ringing) -> Result<()> {
        let new = json!({ "interaction_id": ringing.interaction });
        let case = self.api.post("/cases", Some(&new)).await?;
        let case = case["id"].as_str().context("a case has an id")?;
        let report = json!({ "text": REPORT, "disposition": DISPOSITION });
        self.api.post(&format!("/cases/{case}/report"), Some(&report)).await?;
        Ok(())
    }

    /// Finishes wrap-up: free for the next caller.
    ///
    /// # Errors
    /// The helpline refused, for example because the report is missing.
    pub async fn finish_wrap_up(&self) -> Result<Freed> {
        let sent = Instant::now();
        self.api.post("/agents/me/wrap-up/finish", None).await?;
        Ok(Freed { sent, acknowledged: Instant::now() })
    }

    /// What the helpline said of the callers' audio since this was last asked.
    #[must_use]
    pub fn take_quality(&self) -> Quality {
        self.stream.take_quality()
    }

    /// Goes home: says "Offline", so that no caller rings here any more, and closes the page.
    pub async fn close(self) {
        // A helpline that is gone, or stops, needs no word.
        let _gone = self.api.put("/agents/me/state", &json!({ "want": "offline" })).await;
        self.audio.close().await;
        self.stream.close();
    }

    async fn until<T>(
        &mut self,
        limit: Duration,
        mut wanted: impl FnMut(News) -> Option<T>,
    ) -> Result<(Instant, T)> {
        let searching = async {
            loop {
                let (at, news) = self.stream.next().await?;
                if let Some(found) = wanted(news) {
                    return Ok((at, found));
                }
            }
        };
        timeout(limit, searching).await.context("the event did not come in time")?
    }
}

/// Signs somebody in.
///
/// # Errors
/// The helpline refused.
pub async fn sign_in(http: SocketAddr, username: &str, password: &str) -> Result<Api> {
    Api::sign_in(http, username, password).await
}
