//! An agent who works in the console and talks on a SIP telephone: signed in, on the event stream with
//! a heartbeat, no browser's audio. Does I/O.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use tokio::time::{Instant, timeout};

use super::{Api, News, Ringing, Stream};

/// An agent with a telephone.
pub struct TelephoneDesk {
    /// Whose.
    pub api: Api,
    stream: Stream,
}

impl TelephoneDesk {
    /// Comes to the floor with this telephone (`sip:201@127.0.0.1:5060`). The agent is still offline.
    ///
    /// # Errors
    /// The helpline refused.
    pub async fn open(api: Api, station: &str) -> Result<Self> {
        let stream = Stream::open(&api).await?;
        let desk = Self { api, stream };
        desk.set_station(Some(station)).await?;
        Ok(desk)
    }

    /// Takes calls on this telephone from now on, or on none.
    ///
    /// # Errors
    /// The helpline refused.
    pub async fn set_station(&self, station: Option<&str>) -> Result<()> {
        self.api.put("/agents/me/station", &json!({ "address": station })).await?;
        Ok(())
    }

    /// Says "Available".
    ///
    /// # Errors
    /// The helpline refused.
    pub async fn available(&self) -> Result<()> {
        self.api.put("/agents/me/state", &json!({ "want": "available" })).await?;
        Ok(())
    }

    /// What the console rings for next, and when its frame came.
    ///
    /// # Errors
    /// Nothing within the limit, or the stream ended.
    pub async fn next_ringing(&mut self, limit: Duration) -> Result<(Instant, Ringing)> {
        self.until(limit, "no console rang", |news| match news {
            News::Ringing(ringing) => Some(ringing),
            News::State { .. } | News::Waiting { .. } | News::Stopping | News::Other => None,
        })
        .await
    }

    /// Waits until the agent's state becomes this word.
    ///
    /// # Errors
    /// It does not within the limit.
    pub async fn until_state(&mut self, wanted: &str, limit: Duration) -> Result<Instant> {
        let missing = format!("the agent was not {wanted} in time");
        let found = self.until(limit, &missing, |news| match news {
            News::State { state } => (state == wanted).then_some(()),
            News::Ringing(_) | News::Waiting { .. } | News::Stopping | News::Other => None,
        });
        Ok(found.await?.0)
    }

    async fn until<T>(
        &mut self,
        limit: Duration,
        missing: &str,
        mut wanted: impl FnMut(News) -> Option<T>,
    ) -> Result<(Instant, T)> {
        let searching = async {
            loop {
                let (at, news) = self.stream.next().await?;
                if news == News::Stopping {
                    bail!("the helpline stops");
                }
                if let Some(found) = wanted(news) {
                    return Ok((at, found));
                }
            }
        };
        timeout(limit, searching).await.with_context(|| missing.to_owned())?
    }
}
