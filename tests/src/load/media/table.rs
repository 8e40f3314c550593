//! Measurements side by side, with their units. Pure.

use std::time::Duration;

use super::marker::Way;
use super::run::{Interval, Measured};
use super::tally::Counted;

/// Lines of a table: what, one value for each measurement, the unit.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<(String, Vec<String>, &'static str)>,
}

impl Table {
    /// All measurements side by side.
    #[must_use]
    pub fn of(measured: &[Measured]) -> Self {
        let mut table = Self::default();
        let mut row = |what: &str, unit, value: &dyn Fn(&Measured) -> String| {
            table.rows.push((what.to_owned(), measured.iter().map(value).collect(), unit));
        };
        row("server", "", &|of| of.server.to_owned());
        row("calls at once", "", &|of| of.sizes.calls.to_string());
        row("CPU per bridged call-second", "ms", &|of| mean(of, |interval| interval.cpu_ms));
        for way in Way::ALL {
            let name = match way {
                Way::ToBrowser => "telephone to browser",
                Way::ToTrunk => "browser to telephone",
            };
            let of_way = |of: &Measured, count: fn(&Counted) -> u64| {
                let sum: u64 = of.intervals.iter().map(|i| count(&i.ways[way as usize])).sum();
                sum.to_string()
            };
            row(&format!("{name}: packets"), "", &|of| of_way(of, |way| way.sent));
            row("  lost", "", &|of| of_way(of, Counted::lost));
            row("  twice", "", &|of| of_way(of, |way| way.duplicated));
            row("  out of order", "", &|of| of_way(of, |way| way.reordered));
            row("  latency p50", "ms", &|of| worst(of, way, |way| way.p50));
            row("  latency p99", "ms", &|of| worst(of, way, |way| way.p99));
            row("  latency p99.9", "ms", &|of| worst(of, way, |way| way.p999));
        }
        let faults = measured.first().map(|of| of.faults.len()).unwrap_or(0);
        for index in 0..faults {
            let name = measured[0].faults[index].0;
            row(&format!("packets {name}"), "", &|of| of.faults[index].1.to_string());
        }
        row("buffer overruns, whole machine", "", &|of| {
            of.intervals.iter().map(|interval| interval.udp_dropped).sum::<u64>().to_string()
        });
        row("legs left open", "", &|of| of.stuck.to_string());
        row("memory of a call", "kB", &|of| format!("{:.0}", of.kb_per_call));
        row("CPU of setting a call up", "ms", &|of| format!("{:.2}", of.setup_ms));
        row("the tool's own lateness, p99", "ms", &|of| ms(of.lateness_p99));
        row("  packets it sent 5 ms late", "", &|of| of.late.to_string());
        table
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
