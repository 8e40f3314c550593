//! The helpline's own counts, read from `/metrics`. Does I/O.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
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

/// How long the last look at a program may take.
const LOOK_LIMIT: Duration = Duration::from_secs(5);

/// The whole text, for one who cannot wait for a task: blocks the thread, a few milliseconds as a rule.
/// `None` if the program does not answer (any more).
#[must_use]
pub fn text_blocking(http: SocketAddr) -> Option<String> {
    let mut stream = TcpStream::connect_timeout(&http, LOOK_LIMIT).ok()?;
    stream.set_read_timeout(Some(LOOK_LIMIT)).ok()?;
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer.split_once("\r\n\r\n")?.1.to_owned())
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
