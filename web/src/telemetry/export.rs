//! Sends spans to a collector: OTLP over HTTP, by our own HTTP client. Does I/O.
//!
//! A collector that is slow or away costs nothing but traces: batches have a bound and a deadline, and
//! what does not fit is counted and dropped.

use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use ids::CallId;
use opentelemetry::KeyValue;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use switchboard::BusEvent;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::span::spans;
use super::story::Stories;
use crate::app::App;
use crate::config::Telemetry;

/// How long spans are gathered.
const EVERY: Duration = Duration::from_secs(1);
/// Spans sent at once.
const BATCH_MAX: usize = 512;
/// How long the collector may take.
const SEND_LIMIT: Duration = Duration::from_secs(3);

/// Tells a collector of calls.
#[derive(Debug)]
pub struct Telling {
    exporter: SpanExporter,
    share_percent: u32,
    stories: Stories,
    gathered: Vec<SpanData>,
    /// The collector did not take the last batch; said once.
    away: bool,
}

impl Telling {
    /// Prepares it; `None` if the settings name no collector. Sends nothing yet.
    ///
    /// # Errors
    /// No HTTP client can be made (the system has no certificates, say).
    pub fn prepare(settings: &Telemetry) -> anyhow::Result<Option<Self>> {
        let Some(url) = &settings.otlp_url else { return Ok(None) };
        let client = reqwest::Client::builder().timeout(SEND_LIMIT).build();
        let client = client.context("bad setting `telemetry.otlp_url`: no HTTP client")?;
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client(client))
            .with_endpoint(format!("{url}/v1/traces"))
            .with_timeout(SEND_LIMIT)
            .build()
            .context("bad setting `telemetry.otlp_url`")?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder_empty()
            .with_service_name(settings.service_name.clone())
            .with_attributes([version]);
        exporter.set_resource(&resource.build());
        Ok(Some(Self {
            exporter,
            share_percent: settings.share_percent,
            stories: Stories::default(),
            gathered: Vec::new(),
            away: false,
        }))
    }

    /// Tells until the program stops, then what is left. Ends at once without a collector.
    pub async fn run(telling: Option<Self>, app: App) {
        let Some(mut telling) = telling else { return };
        let mut live = app.exchange().subscribe(None).live;
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = live.recv() => match event {
                    Ok(event) => telling.note(&event),
                    Err(RecvError::Lagged(_)) => telling.stories.clear(),
                    Err(RecvError::Closed) => return telling.send().await,
                },
                _ = ticks.tick() => telling.send().await,
                () = app.stopping().cancelled() => break,
            }
        }
        loop {
            match live.try_recv() {
                Ok(event) => telling.note(&event),
                Err(TryRecvError::Lagged(_)) => telling.stories.clear(),
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        telling.send().await;
    }

    fn note(&mut self, event: &BusEvent) {
        let Some(story) = self.stories.note(event) else { return };
        if !is_chosen(story.view.id, self.share_percent) {
            return;
        }
        let spans = spans(&story);
        if self.gathered.len() + spans.len() > BATCH_MAX {
            lost(spans.len());
            return;
        }
        self.gathered.extend(spans);
    }

    async fn send(&mut self) {
        if self.gathered.is_empty() {
            return;
        }
        let batch = std::mem::take(&mut self.gathered);
        let count = batch.len();
        let sent = matches!(timeout(SEND_LIMIT, self.exporter.export(batch)).await, Ok(Ok(())));
        if !sent {
            lost(count);
            if !self.away {
                tracing::warn!("the collector of traces does not take them; calls go on without");
            }
        }
        self.away = !sent;
    }
}

fn lost(spans: usize) {
    metrics::counter!("helpline_trace_spans_lost_total").increment(spans as u64);
}

/// Whether a call belongs to the share that is traced. Always the same answer for the same call.
fn is_chosen(call: CallId, share_percent: u32) -> bool {
    let (_, random) = call.as_uuid().as_u64_pair();
    random % 100 < u64::from(share_percent)
}

/// Our HTTP client, as the exporter wants one.
#[derive(Debug)]
struct Client(reqwest::Client);

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.0.execute(request.try_into()?).await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        Ok(Response::builder().status(status).body(body)?)
    }
}

#[cfg(test)]
mod tests {
    use ids::CallId;
    use uuid::Uuid;

    use super::is_chosen;

    #[test]
    fn a_share_of_the_calls_is_chosen_and_none_of_them_twice_differently() {
        let calls: Vec<_> = (0..1000_u128).map(|n| CallId::from_uuid(Uuid::from_u128(n))).collect();
        let chosen = |share| calls.iter().filter(|call| is_chosen(**call, share)).count();
        assert_eq!([chosen(0), chosen(25), chosen(100)], [0, 250, 1000]);
    }
}
