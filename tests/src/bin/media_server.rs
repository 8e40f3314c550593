//! `media_server`: the media plane alone, as a process of its own, so that what audio costs can be
//! measured without the rest. Takes orders on its standard input, a line of JSON each, and answers on
//! its standard output (`tests::load::media::orders`). Ends with its input.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use ids::{Language, LegId};
use telephony::driver::media::{MediaConfig, MediaEvent, MediaPlane};
use telephony::media::AudioLibrary;
use telephony::sdp::TrunkOffer;
use tests::load::media::orders::{Counts, Order, Reply};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, stdin, stdout};
use tokio::sync::mpsc;

/// Events that may wait to be counted.
const EVENTS_LEN: usize = 4096;
/// Longest order, bytes: a session description and a little.
const ORDER_BYTES_MAX: usize = 64 * 1024;

/// The media plane alone; orders on standard input.
#[derive(Debug, Parser)]
struct Settings {
    /// Media threads; 0: one for each core.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// How often a busy thread looks for packets, microseconds; 0: each packet wakes it.
    #[arg(long, default_value_t = 2000)]
    tick_us: u64,
}

/// Events of the plane so far.
#[derive(Debug, Default)]
struct Seen {
    connected: AtomicU64,
    disconnected: AtomicU64,
    silent: AtomicU64,
    events: AtomicU64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let (events, reported) = mpsc::channel(EVENTS_LEN);
    let settings = Settings::parse();
    let config = MediaConfig {
        threads: settings.threads,
        tick: Duration::from_micros(settings.tick_us),
        ..MediaConfig::new(Ipv4Addr::LOCALHOST.into())
    };
    let library = Arc::new(AudioLibrary::new("en".parse::<Language>()?));
    let plane = MediaPlane::start(config, library, events).await?;
    let seen = Arc::<Seen>::default();
    tokio::spawn(count(reported, seen.clone()));
    say(&Reply::Ready).await?;
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let reply = match obey(&plane, &seen, &line).await {
            Ok(reply) => reply,
            Err(error) => Reply::Refused { why: format!("{error:#}") },
        };
        say(&reply).await?;
    }
    Ok(())
}

async fn say(reply: &Reply) -> Result<()> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    let mut out = stdout();
    out.write_all(&line).await?;
    out.flush().await.context("the load tool has gone")
}

async fn obey(plane: &MediaPlane, seen: &Seen, line: &str) -> Result<Reply> {
    if line.len() > ORDER_BYTES_MAX {
        bail!("an order of {} bytes", line.len());
    }
    match serde_json::from_str(line)? {
        Order::OpenTrunk { leg, offer } => {
            let offer = TrunkOffer::parse(offer.as_bytes())?;
            let answer = plane.open_trunk(id(leg), &offer).await?;
            Ok(Reply::Opened { answer })
        }
        Order::OpenPeer { leg, offer } => {
            let answer = plane.open_peer(id(leg), &offer).await?;
            Ok(Reply::Opened { answer })
        }
        Order::Bridge { a, b } => {
            plane.bridge(id(a), id(b));
            Ok(Reply::Done)
        }
        Order::Mix { legs } => {
            let members: Vec<_> = legs.into_iter().map(id).collect();
            plane.mix(plane.new_room(), &members, &[]);
            Ok(Reply::Done)
        }
        Order::Close { leg } => {
            plane.close(id(leg));
            Ok(Reply::Done)
        }
        Order::Stats => Ok(Reply::Counts(counts(plane, seen))),
    }
}

fn id(leg: u32) -> LegId {
    LegId::from_number(leg.into())
}

fn counts(plane: &MediaPlane, seen: &Seen) -> Counts {
    let open = plane.counts();
    Counts {
        legs: open.legs,
        ports: open.ports,
        peers: open.peers,
        connected: seen.connected.load(Ordering::Relaxed),
        disconnected: seen.disconnected.load(Ordering::Relaxed),
        silent: seen.silent.load(Ordering::Relaxed),
        events: seen.events.load(Ordering::Relaxed),
    }
}

async fn count(mut reported: mpsc::Receiver<MediaEvent>, seen: Arc<Seen>) {
    while let Some(event) = reported.recv().await {
        seen.events.fetch_add(1, Ordering::Relaxed);
        let told = [
            (matches!(event, MediaEvent::PeerConnected { .. }), &seen.connected),
            (matches!(event, MediaEvent::PeerDisconnected { .. }), &seen.disconnected),
            (matches!(event, MediaEvent::TrunkSilent { .. }), &seen.silent),
        ];
        for (_, counter) in told.iter().filter(|(is_it, _)| *is_it) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}
