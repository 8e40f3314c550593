//! `helpline serve`: takes calls until it is told to stop.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use crate::boot::{self, Running};
use crate::config::Settings;
use crate::{set_up_link, systemd};

/// Serves until SIGTERM or SIGINT, then lets calls end.
///
/// # Errors
/// A part cannot start, or the HTTP server fails.
pub async fn run(settings: Settings) -> anyhow::Result<()> {
    let page = set_up_link::base(&settings);
    let running = boot::start(settings).await?;
    let addresses = running.addresses();
    println!("The helpline takes calls.");
    println!("  pages   {page}/ (citizens)  {page}/console/ (staff)");
    println!("  http    {}", addresses.http);
    println!("  sip     {} (UDP and TCP)", addresses.sip);
    println!("  webrtc  {} (UDP)", addresses.webrtc);
    until_told(running).await
}

/// What a stop takes beside the calls: rows, requests, transactions of the trunk.
const STOP_REST: Duration = Duration::from_secs(15);

/// Waits for a signal or a failure, and stops. A second signal ends the calls at once.
///
/// # Errors
/// The HTTP server failed.
pub async fn until_told(mut running: Running) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    systemd::ready();
    let failure = tokio::select! {
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        failure = running.failed() => Some(failure),
    };
    if let Some(failure) = failure {
        anyhow::bail!(failure);
    }
    let limit = running.app().settings().stop.drain();
    println!(
        "Stopping; calls alive may end within {} seconds, or by a second signal.",
        limit.as_secs()
    );
    systemd::stopping(limit + STOP_REST);
    let hurried = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    running.stop_unless_hurried(hurried).await;
    Ok(())
}
