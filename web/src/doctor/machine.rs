//! Whether the machine is large enough for the calls that the settings allow.

use rustix::process::{Resource, getrlimit};

use super::finding::Finding;
use crate::config::Settings;

/// Open files for one call: two sockets of the trunk's audio.
const FILES_OF_A_CALL: u64 = 2;
/// Open files for one console or citizen page: a WebSocket and a request.
const FILES_OF_A_STREAM: u64 = 2;
/// Open files for everything else: database, index, recordings, libraries.
const FILES_OF_THE_REST: u64 = 512;
/// Calls that one core carries with greeting, queue and talk, and room to spare.
const CALLS_OF_A_CORE: u64 = 150;
/// Memory of the program without calls, bytes.
const MEMORY_AT_REST: u64 = 300 << 20;
/// Memory of a call, bytes, with its records on their way.
const MEMORY_OF_A_CALL: u64 = 256 << 10;

/// Looks at open files, cores and memory.
#[must_use]
pub fn look(settings: &Settings) -> Vec<Finding> {
    let calls = u64::from(settings.sip.calls_max);
    let streams = settings.http.event_streams_max as u64;
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let told = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    vec![
        judge_files(getrlimit(Resource::Nofile).maximum, calls, streams),
        judge_cores(cores, calls),
        judge_memory(available(&told), calls),
    ]
}

/// Pure; no limit is `None`.
fn judge_files(limit: Option<u64>, calls: u64, streams: u64) -> Finding {
    let check = "open files";
    let needed = calls * FILES_OF_A_CALL + streams * FILES_OF_A_STREAM + FILES_OF_THE_REST;
    match limit {
        Some(limit) if limit < needed => Finding::wrong(
            check,
            format!("{limit} may be open, {calls} calls and {streams} streams need {needed}"),
            format!("set LimitNOFILE={} in the service's unit", needed.next_power_of_two()),
        ),
        Some(limit) => Finding::ok(check, format!("{limit} may be open, {needed} are needed")),
        None => Finding::ok(check, "as many as are needed"),
    }
}

/// Pure.
fn judge_cores(cores: u64, calls: u64) -> Finding {
    let carried = cores * CALLS_OF_A_CORE;
    let found = format!("{cores} for at most {calls} calls");
    if carried < calls {
        let to_do = format!("give it more, or set `sip.calls_max` to {carried}");
        return Finding::warning("cores", found, to_do);
    }
    Finding::ok("cores", found)
}

/// Pure; `None` if the system does not tell.
fn judge_memory(available: Option<u64>, calls: u64) -> Finding {
    let check = "memory";
    let needed = MEMORY_AT_REST + calls * MEMORY_OF_A_CALL;
    let megabytes = |bytes: u64| bytes / 1_000_000;
    let Some(available) = available else {
        return Finding::ok(check, "this system does not tell");
    };
    let (free, needs) = (megabytes(available), megabytes(needed));
    let found = format!("{free} MB available, {calls} calls need {needs} MB");
    if available < needed {
        return Finding::wrong(check, found, "end what else runs here, or give it more");
    }
    Finding::ok(check, found)
}

/// `MemAvailable` of `/proc/meminfo`, bytes.
fn available(told: &str) -> Option<u64> {
    let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn a_machine_too_small_is_told_by_how_much() {
        let files = judge_files(Some(1024), 500, 1000);
        assert_eq!(files.verdict, Verdict::Wrong);
        assert!(files.to_do.expect("advice").contains("LimitNOFILE=4096"));
        assert_eq!(judge_files(Some(65_536), 500, 1000).verdict, Verdict::Ok);
        let cores = judge_cores(2, 500);
        assert_eq!(cores.verdict, Verdict::Warning);
        assert!(cores.to_do.expect("advice").contains("to 300"));
        let told = "MemTotal:  16 kB\nMemAvailable:     204800 kB\n";
        assert_eq!(available(told), Some(200 << 20));
        assert_eq!(judge_memory(available(told), 500).verdict, Verdict::Wrong);
        assert_eq!(judge_memory(Some(4 << 30), 500).verdict, Verdict::Ok);
    }
}
