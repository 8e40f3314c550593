//! The helpline's own counts, read from `/metrics`. Does I/O.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, sleep};

/// One figure, summed over its labels; 0 if there is none yet.
///
/// # Errors
/// The program does not answer.
pub async fn sum(http: SocketAddr, name: &str) -> Result<f64> {
    let answer = reqwest::get(format!("http://{http}/metrics")).await?.error_for_status()?;
    let text = answer.text().await?;
    let values = text.lines().filter_map(|line| {
        let (key, value) = line.rsplit_once(' ')?;
        let key = key.split('{').next()?;
        (key == name).then(|| value.parse::<f64>().ok())?
    });
    Ok(values.sum())
}

/// Waits until no call is alive.
///
/// # Errors
/// Calls are still alive at the end of the limit.
pub async fn until_quiet(http: SocketAddr, limit: Duration) -> Result<()> {
    let until = Instant::now() + limit;
    loop {
        let calls = sum(http, "helpline_calls").await?;
        if calls == 0.0 {
            return Ok(());
        }
        if Instant::now() > until {
            bail!("{calls} calls are still alive");
        }
        sleep(Duration::from_millis(50)).await;
    }
}
