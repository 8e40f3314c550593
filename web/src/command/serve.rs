//! `helpline serve`: takes calls until it is told to stop.

use tokio::signal::unix::{SignalKind, signal};

use crate::boot::{self, Running};
use crate::config::Settings;
use crate::set_up_link;

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

/// Waits for a signal or a failure, and stops.
///
/// # Errors
/// The HTTP server failed.
pub async fn until_told(mut running: Running) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let failure = tokio::select! {
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        failure = running.failed() => Some(failure),
    };
    if let Some(failure) = failure {
        anyhow::bail!(failure);
    }
    println!("Stopping; calls alive may end within 10 seconds.");
    running.stop().await;
    Ok(())
}
