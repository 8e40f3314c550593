//! Measurements side by side, with their units. Pure.

use std::time::Duration;

use super::marker::Way;
use super::run::{Interval, Kind, Measured};
use super::tally::Counted;

/// Lines of a table: what, one value for each measurement, the unit.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<(String, Vec<String>, &'static str)>,
}

impl Table {
    /// All measurements of one kind side by side.
    #[must_use]
    pub fn of(kind: Kind, measured: &[Measured]) -> Self {
        let measured: Vec<_> = measured.iter().filter(|of| of.sizes.kind == kind).collect();
        let mut table = Self::default();
        let Some(first) = measured.first() else { return table };
        let [calls, cpu, sent, to_browser, to_trunk] = words(kind);
        let mut row = |what: &str, unit, value: &dyn Fn(&Measured) -> String| {
            table.rows.push((what.to_owned(), measured.iter().map(|of| value(of)).collect(), unit));
        };
        row("server", "", &|of| of.server.to_owned());
        row(calls, "", &|of| of.sizes.calls.to_string());
        row(cpu, "ms", &|of| mean(of, |interval| interval.cpu_ms));
        for way in Way::ALL {
            let name = match way {
                Way::ToBrowser => to_browser,
                Way::ToTrunk => to_trunk,
            };
            let of_way = |of: &Measured, count: fn(&Counted) -> u64| {
                let sum: u64 = of.intervals.iter().map(|i| count(&i.ways[way as usize])).sum();
                sum.to_string()
            };
            row(&format!("{name}: {sent}"), "", &|of| of_way(of, |way| way.sent));
            row("  lost", "", &|of| of_way(of, Counted::lost));
            row("  twice", "", &|of| of_way(of, |way| way.duplicated));
            row("  out of order", "", &|of| of_way(of, |way| way.reordered));
            row("  audio packets that arrived", "", &|of| of_way(of, |way| way.packets));
            row("  latency p50", "ms", &|of| worst(of, way, |way| way.p50));
            row("  latency p99", "ms", &|of| worst(of, way, |way| way.p99));
            row("  latency p99.9", "ms", &|of| worst(of, way, |way| way.p999));
        }
        for (index, (name, _)) in first.faults.iter().enumerate() {
            row(&format!("packets {name}"), "", &|of| of.faults[index].1.to_string());
        }
        row("buffer overruns, whole machine", "", &|of| {
            of.intervals.iter().map(|interval| interval.udp_dropped).sum::<u64>().to_string()
        });
        row("legs left open", "", &|of| of.stuck.to_string());
        row("memory of each", "kB", &|of| format!("{:.0}", of.kb_per_call));
        row("CPU of setting it up", "ms", &|of| format!("{:.2}", of.setup_ms));
        row("the tool's own lateness, p99", "ms", &|of| ms(of.lateness_p99));
        row("  packets it sent 5 ms late", "", &|of| of.late.to_string());
        row("  100 ms late, not counted", "", &|of| of.void.to_string());
        table
    }
}

/// What the rows of a kind are called: how many, what they cost, what is sent, each way.
fn words(kind: Kind) -> [&'static str; 5] {
    match kind {
        Kind::Bridged => [
            "calls at once",
            "CPU per bridged call-second",
            "packets",
            "telephone to browser",
            "browser to telephone",
        ],
        Kind::Rooms => [
            "rooms of three at once",
            "CPU per room-second",
            "loud turns",
            "heard by browsers",
            "heard by telephones",
        ],
    }
}

fn mean(of: &Measured, value: fn(&Interval) -> f64) -> String {
    let sum: f64 = of.intervals.iter().map(value).sum();
    let count = u32::try_from(of.intervals.len()).unwrap_or(u32::MAX);
    format!("{:.2}", sum / f64::from(count))
}

/// The worst of the intervals.
fn worst(of: &Measured, way: Way, value: fn(&Counted) -> Option<Duration>) -> String {
    ms(of.intervals.iter().filter_map(|interval| value(&interval.ways[way as usize])).max())
}

fn ms(time: Option<Duration>) -> String {
    time.map_or("–".to_owned(), |time| format!("{:.2}", time.as_secs_f64() * 1e3))
}

/// One line for an interval of a long run.
#[must_use]
pub fn line(interval: &Interval) -> String {
    let [to_browser, to_trunk] = &interval.ways;
    format!(
        "{:>5}  CPU {:.2} ms a call-second, memory {:.0} kB, lost {} + {}, p99 {} and {} ms, \
         buffer overruns {}",
        interval.index + 1,
        interval.cpu_ms,
        interval.rss_kb,
        to_browser.lost(),
        to_trunk.lost(),
        ms(to_browser.p99),
        ms(to_trunk.p99),
        interval.udp_dropped,
    )
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let width = self.rows.iter().map(|(what, ..)| what.chars().count()).max().unwrap_or(0);
        for (what, values, unit) in &self.rows {
            write!(f, "  {what}{}", " ".repeat(width - what.chars().count()))?;
            for value in values {
                write!(f, "  {value:>10}")?;
            }
            writeln!(f, " {unit}")?;
        }
        Ok(())
    }
}
