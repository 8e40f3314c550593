//! What a process has used so far, exactly: for windows of a few seconds. Does I/O: reads `/proc`.

use anyhow::{Context as _, Result};

use crate::load::process;

/// What a process has used, and the machine has lost, so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Processor time of all its threads, user and system, milliseconds.
    pub cpu_ms: f64,
    /// Memory in use, kB.
    pub rss_kb: f64,
    /// Datagrams dropped at full buffers, whole machine.
    pub udp_dropped: u64,
}

impl Reading {
    /// Reads now.
    ///
    /// # Errors
    /// There is no such process, or the kernel does not tell.
    pub fn take(pid: u32) -> Result<Self> {
        Ok(Self {
            cpu_ms: cpu_ms(pid)?,
            rss_kb: process::rss_kb(pid)?,
            udp_dropped: process::udp_dropped()?,
        })
    }
}

/// The processor time of a process in nanosecond steps, where the kernel keeps it (`schedstat` of
/// each thread); else in its steps of 10 ms.
fn cpu_ms(pid: u32) -> Result<f64> {
    let exact = exact_ms(pid).unwrap_or(0.0);
    // A thread that has ended is missing from the one, but not from the other.
    Ok(exact.max(process::cpu_ms(pid)?))
}

fn exact_ms(pid: u32) -> Result<f64> {
    let mut total = 0;
    for thread in std::fs::read_dir(format!("/proc/{pid}/task")).context("the threads")? {
        let Ok(schedstat) = std::fs::read_to_string(thread?.path().join("schedstat")) else {
            continue;
        };
        total += parse_schedstat(&schedstat).context("a thread's time")?;
    }
    Ok(std::time::Duration::from_nanos(total).as_secs_f64() * 1e3)
}

/// Nanoseconds on a processor, nanoseconds waiting for one, times.
fn parse_schedstat(schedstat: &str) -> Option<u64> {
    schedstat.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_worked() {
        let before = Reading::take(std::process::id()).expect("it runs");
        let sum: u64 = (0..20_000_000_u64).fold(0, |sum, n| sum ^ n.wrapping_mul(31));
        let after = Reading::take(std::process::id()).expect("it runs");
        assert!(after.cpu_ms > before.cpu_ms && after.rss_kb > 100.0, "{before:?} {after:?} {sum}");
        assert_eq!(parse_schedstat("123 45 6\n"), Some(123));
    }
}
