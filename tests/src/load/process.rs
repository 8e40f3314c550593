//! What a process costs, by Linux's `/proc`. Does I/O: reads files.

use anyhow::{Context as _, Result};

/// The kernel counts a process's time in steps of 10 ms (`USER_HZ` is 100 on every architecture we
/// run on).
const TICK_MS: f64 = 10.0;

/// The processor time of a process so far, milliseconds: its own and the kernel's for it.
///
/// # Errors
/// There is no such process.
pub fn cpu_ms(pid: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("the process")?;
    parse_stat(&stat).context("the process's times")
}

/// `utime` and `stime` are fields 14 and 15; field 2 is a name that may hold blanks (proc(5)).
fn parse_stat(stat: &str) -> Option<f64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some((f64::from(user) + f64::from(system)) * TICK_MS)
}

/// The memory of a process that is in use at the moment, kB.
///
/// # Errors
/// There is no such process.
pub fn rss_kb(pid: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the process")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<u32>().ok());
    kb.map(f64::from).context("the process's memory")
}

/// Datagrams that this machine dropped because a socket's buffer was full, since it started; those of
/// the tool's own sockets are among them.
///
/// # Errors
/// The kernel does not tell.
pub fn udp_dropped() -> Result<u64> {
    let snmp = std::fs::read_to_string("/proc/net/snmp").context("the network's counters")?;
    parse_snmp(&snmp).context("RcvbufErrors of UDP")
}

/// One line of names and one of numbers, both beginning with `Udp:`.
fn parse_snmp(snmp: &str) -> Option<u64> {
    let mut lines = snmp.lines().filter(|line| line.starts_with("Udp:"));
    let (names, numbers) = (lines.next()?, lines.next()?);
    let mut both = names.split_whitespace().zip(numbers.split_whitespace());
    both.find(|(name, _)| *name == "RcvbufErrors")?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_behind_a_name_with_blanks() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 1 2 3";
        assert_eq!(parse_stat(stat), Some(3000.0));
        assert_eq!(parse_stat("42 (cut"), None);
    }

    #[test]
    fn drops_are_found_by_their_name() {
        let snmp = "Tcp: X\nTcp: 1\nUdp: InDatagrams RcvbufErrors SndbufErrors\nUdp: 9 7 0\n";
        assert_eq!(parse_snmp(snmp), Some(7));
    }

    #[test]
    fn this_process_has_memory() {
        assert!(rss_kb(std::process::id()).expect("it runs") > 100.0);
        assert!(cpu_ms(std::process::id()).is_ok());
    }
}
