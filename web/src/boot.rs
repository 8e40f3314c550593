//! Starts the program's parts in order and stops them in reverse. The only place that knows them all.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use crm::search::{Indexer, Search, SearchIndex};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use routing::{FloorConfig, Overflow, QueueRules, SkillStep};
use store::Store;
use switchboard::{Drivers, Exchange, ExchangeConfig, Lines, RecordingConfig};
use telephony::driver::media::{MediaConfig, MediaPlane};
use telephony::driver::sip::{ReservedLine, RsipPort, SipConfig, SipPort};
use telephony::driver::trunk::KeepAlive;
use telephony::media::AudioLibrary;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::{App, Parts};
use crate::clock;
use crate::config::{self, RecordingRule, Settings};
use crate::doors::Doors;
use crate::greetings::{Texts, World};
use crate::housekeeping;
use crate::prompts;
use crate::server;
use crate::systemd;
use crate::telemetry::Telling;
use crate::web_call;

/// Reports that may wait between a driver and the exchange.
const REPORTS_MAX: usize = 4096;

/// The name under which the store knows how far this node's search index is.
pub const INDEX_CONSUMER: &str = "this-node";

/// The running program.
pub struct Running {
    app: App,
    sip: Arc<RsipPort>,
    addresses: Addresses,
    stop_indexer: watch::Sender<bool>,
    indexer: JoinHandle<()>,
    housekeeping: JoinHandle<()>,
    watchdog: JoinHandle<()>,
    telemetry: JoinHandle<()>,
    server: JoinHandle<std::io::Result<()>>,
}

/// Where the program is reached.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// HTTP, or https with a certificate of our own.
    pub http: SocketAddr,
    /// Plain HTTP that sends browsers on to https.
    pub redirect: Option<SocketAddr>,
    /// SIP, UDP and TCP.
    pub sip: SocketAddr,
    /// The browsers' audio.
    pub webrtc: SocketAddr,
}

/// Opens the database that the settings name, with its schema up to date. Makes the data folder.
///
/// # Errors
/// The folder cannot be made, or the database not be opened or brought up to date.
pub async fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    let folder = &settings.data.folder;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
    let store = Store::open(&database_url(settings)?).await.context("the database")?;
    store.migrate().await.context("the schema of the database")?;
    Ok(store)
}

/// Opens the search index in the data folder.
///
/// # Errors
/// Another program uses it, or the folder cannot be written.
pub async fn open_index(settings: &Settings) -> anyhow::Result<SearchIndex> {
    let folder = settings.data.folder.join("search");
    let opened = tokio::task::spawn_blocking(move || SearchIndex::open(&folder)).await?;
    opened.context("the search index (is another helpline running on this data folder?)")
}

/// The address of the database: that of the settings, or the file in the data folder.
///
/// # Errors
/// The folder has no absolute path.
pub fn database_url(settings: &Settings) -> anyhow::Result<String> {
    if let Some(url) = &settings.database.url {
        return Ok(url.clone());
    }
    let folder = absolute(&settings.data.folder)?;
    Ok(format!("sqlite://{}", folder.join("helpline.db").display()))
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("the folder {}", path.display()))
}

/// The lines of the settings with these texts; no caller may meet a bad greeting.
///
/// # Errors
/// A sentence that names the setting, or the greeting and its step.
pub fn lines(settings: &Settings, library: &AudioLibrary, texts: &Texts) -> anyhow::Result<Lines> {
    World::new(settings, library, texts).lines().map_err(|wrong| {
        let sentences: Vec<_> = wrong.into_iter().map(|wrong| wrong.sentence).collect();
        anyhow::anyhow!(sentences.join("; "))
    })
}

/// The lines in force. If what was published no longer fits the settings, those that come with the
/// program are taken instead, and the log says why: a helpline that does not start helps nobody.
async fn lines_in_force(
    settings: &Settings,
    library: &AudioLibrary,
    store: &Store,
) -> anyhow::Result<Lines> {
    Texts::import(store, clock::now()).await?;
    let texts = Texts::in_force(store).await?;
    match lines(settings, library, &texts) {
        Ok(lines) => Ok(lines),
        Err(wrong) if texts != Texts::builtin() => {
            tracing::error!(
                why = %wrong,
                "what was published cannot be used; the built-in greetings and calendars are"
            );
            lines(settings, library, &Texts::builtin())
        }
        Err(wrong) => Err(wrong),
    }
}

/// Starts everything.
///
/// # Errors
/// The first part that could not start, with its cause.
pub async fn start(settings: Settings) -> anyhow::Result<Running> {
    let metrics = recorder()?;
    let library = Arc::new(prompts::library(settings.prompts.folder.as_deref())?);
    // The settings are tried before anything is opened or made.
    lines(&settings, &library, &Texts::builtin())?;
    let store = open_store(&settings).await?;
    let lines = lines_in_force(&settings, &library, &store).await?;
    let index = open_index(&settings).await?;
    let doors = Doors::open(&settings).await?;
    let (exchange, sip, webrtc) = start_exchange(&settings, &store, lines, &library).await?;
    let (http, redirect) = doors.addresses()?;
    let addresses = Addresses { http, redirect, sip: sip.local_addr(), webrtc };
    let (stop_indexer, stopped) = watch::channel(false);
    let indexer = Indexer::new(store.clone(), index.clone(), INDEX_CONSUMER);
    let stopping = CancellationToken::new();
    let telling = Telling::prepare(&settings.telemetry)?;
    let app = App::new(Parts {
        settings,
        store,
        exchange,
        search: Search::new(index),
        library,
        metrics,
        stopping,
    });
    Ok(Running {
        indexer: tokio::spawn(indexer.run(stopped)),
        housekeeping: tokio::spawn(housekeeping::run(app.clone())),
        watchdog: tokio::spawn(systemd::watchdog(app.clone())),
        telemetry: tokio::spawn(Telling::run(telling, app.clone())),
        server: tokio::spawn(server::run(app.clone(), doors)),
        app,
        sip,
        addresses,
        stop_indexer,
    })
}

async fn start_exchange(
    settings: &Settings,
    store: &Store,
    lines: Lines,
    library: &Arc<AudioLibrary>,
) -> anyhow::Result<(Exchange, Arc<RsipPort>, SocketAddr)> {
    let (media_sender, media_events) = mpsc::channel(REPORTS_MAX);
    let media =
        MediaPlane::start(media_config(settings), Arc::clone(library), media_sender).await?;
    let webrtc = media.webrtc_addr();
    let (sip_sender, sip_events) = mpsc::channel(REPORTS_MAX);
    let sip = RsipPort::start(sip_config(settings), sip_sender).await?;
    let port: Arc<dyn SipPort> = Arc::clone(&sip) as Arc<dyn SipPort>;
    let drivers = Drivers { sip: port, sip_events, media, media_events };
    let config = ExchangeConfig {
        floor: floor_config(settings),
        lines,
        // Calls by trunk have their own limit, with places kept; web calls must not take those.
        calls_max: usize::try_from(settings.sip.calls_max)? + web_call::places(settings),
        agent_lost_after: Duration::from_secs(settings.floor.heartbeat_lost_s),
        breaches: settings.data.folder.join("breaches"),
        recording: recording_config(settings),
    };
    let exchange = Exchange::start(config, store.clone(), drivers).await?;
    Ok((exchange, sip, webrtc))
}

/// How talks are recorded; `None`, and a warning if a queue asks for it, without a key.
fn recording_config(settings: &Settings) -> Option<RecordingConfig> {
    let recording = &settings.recording;
    let keys = recording.keys();
    if recording.key.is_none() {
        if settings.queues.iter().any(|queue| queue.recording != RecordingRule::Never) {
            tracing::warn!("no call is recorded: `recording.key_file` is not set");
        }
        return None;
    }
    Some(RecordingConfig {
        folder: recording.folder(&settings.data.folder),
        keys,
        keep: recording.keep(),
        free_min: recording.free_min_mb.saturating_mul(1 << 20),
        pause_max: Duration::from_secs(recording.pause_max_s),
        delete_withdrawn: recording.delete_withdrawn,
    })
}

fn media_config(settings: &Settings) -> MediaConfig {
    let public = settings.sip.public_rtp_address.or(settings.sip.public_address);
    MediaConfig {
        rtp_public: public,
        rtp_ports: settings.rtp.ports.ports().clone(),
        webrtc_listen: settings.webrtc.listen,
        webrtc_public: settings.webrtc.public_address,
        threads: settings.media.threads,
        tick: Duration::from_millis(settings.media.tick_ms),
        ..MediaConfig::new(settings.rtp.address)
    }
}

fn sip_config(settings: &Settings) -> SipConfig {
    let sip = &settings.sip;
    let reserved = settings.queues.iter().map(|queue| ReservedLine {
        number: queue.number.clone(),
        calls: usize::try_from(queue.reserved_calls).unwrap_or(usize::MAX),
    });
    SipConfig {
        trunks: config::trunk::configs(&settings.trunks, sip),
        stations: settings.station.networks.clone(),
        reserved: reserved.collect(),
        keep_alive: KeepAlive {
            interval: Duration::from_secs(sip.keep_alive_s),
            registration: Duration::from_secs(sip.registration_s.into()),
            ..KeepAlive::default()
        },
        public_address: sip.public_address,
        calls_max: usize::try_from(sip.calls_max).unwrap_or(usize::MAX),
        calls_per_second_max: usize::try_from(sip.calls_per_second_max).unwrap_or(usize::MAX),
        session_expires_s: sip.session_expires_s,
        session_expires_min_s: sip.session_expires_min_s,
        ..SipConfig::new(sip.listen, Vec::new())
    }
}

/// The floor's settings.
#[must_use]
pub fn floor_config(settings: &Settings) -> FloorConfig {
    let floor = &settings.floor;
    FloorConfig {
        ring: Duration::from_secs(floor.ring_s),
        ring_emergency: Duration::from_secs(floor.ring_emergency_s),
        reject_cool_down: Duration::from_secs(floor.reject_cool_down_s),
        wrap_up: Duration::from_secs(floor.wrap_up_s),
        wrap_up_emergency: Duration::from_secs(floor.wrap_up_emergency_s),
        report_required: floor.wrap_up_needs_report,
        return_grace: Duration::from_secs(floor.return_grace_s),
        sticky_within: Duration::from_secs(floor.same_agent_hours.saturating_mul(3600)),
        sticky_for: Duration::from_secs(floor.same_agent_first_s),
        ageing: Duration::from_secs(floor.ageing_s),
        rules: settings.queues.iter().map(|queue| (queue.id, queue_rules(queue))).collect(),
        ..FloorConfig::with_queues(settings.queues.iter().map(|queue| queue.id).collect())
    }
}

fn queue_rules(queue: &config::Queue) -> QueueRules {
    let step = |step: &config::Overflow| Overflow {
        after: Duration::from_secs(step.after_s),
        queue: step.queue,
    };
    let skills = |step: &config::SkillStep| SkillStep {
        after: Duration::from_secs(step.after_s),
        needs: step.needs.clone(),
    };
    QueueRules {
        waiting_max: Some(queue.waiting_max).filter(|most| *most > 0),
        overflow: queue.overflow.iter().map(step).collect(),
        skills: queue.skills.iter().map(skills).collect(),
    }
}

/// The recorder of this process. A second program in one process (tests) counts into the first's.
fn recorder() -> anyhow::Result<PrometheusHandle> {
    static RECORDER: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    if let Some(handle) = RECORDER.get() {
        return Ok(handle.clone());
    }
    let recorder = PrometheusBuilder::new().set_buckets(SECONDS)?.build_recorder();
    let handle = RECORDER.get_or_init(|| recorder.handle()).clone();
    // Of two that start at the same moment one is first, and both count into it.
    let _already = metrics::set_global_recorder(recorder);
    for fault in FAULTS {
        metrics::counter!(*fault).increment(0);
    }
    metrics::gauge!("helpline_event_streams").increment(0.0);
    Ok(handle)
}

/// Counters of our own faults: there from the start, so that an alarm sees the first one as a rise.
const FAULTS: &[&str] = &[
    "helpline_panics_total",
    "helpline_calls_panicked_total",
    "helpline_calls_stuck_total",
    "helpline_records_lost_total",
    "helpline_journal_given_up_total",
];

/// Borders of the histograms, seconds.
const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

impl Running {
    /// The parts, for commands and tests.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Where the program is reached.
    #[must_use]
    pub const fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Waits until the HTTP server ends by itself, which it does only when it fails.
    pub async fn failed(&mut self) -> String {
        match (&mut self.server).await {
            Ok(Ok(())) => "the HTTP server ended".to_owned(),
            Ok(Err(e)) => format!("the HTTP server failed: {e}"),
            Err(e) => format!("the HTTP server panicked: {e}"),
        }
    }

    /// Takes no more calls, tells the consoles, waits for the calls alive as long as the settings say,
    /// and stops.
    pub async fn stop(self) {
        self.stop_unless_hurried(std::future::pending()).await;
    }

    /// As [`Running::stop`], but waits no longer once `hurried` is done.
    pub async fn stop_unless_hurried(self, hurried: impl Future<Output = ()>) {
        let drained = tokio::select! {
            drained = self.app.exchange().drain(self.app.settings().stop.drain()) => drained,
            () = hurried => false,
        };
        if !drained {
            tracing::warn!("calls are still alive; they are ended now");
        }
        self.app.exchange().stop().await;
        self.app.stopping().cancel();
        self.sip.stop(Duration::from_secs(2)).await;
        // Whoever follows the outbox may be gone already; nothing is lost then.
        let _ = self.stop_indexer.send(true);
        let server = tokio::time::timeout(Duration::from_secs(5), self.server).await;
        if server.is_err() {
            tracing::warn!("requests are still open; the program stops without them");
        }
        let _ = tokio::time::timeout(Duration::from_secs(5), self.indexer).await;
        let _ = tokio::time::timeout(Duration::from_secs(5), self.telemetry).await;
        self.housekeeping.abort();
        self.watchdog.abort();
    }
}
