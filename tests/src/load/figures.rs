//! Figures and how they are printed. Pure.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Figures in the order in which they were taken.
#[derive(Debug, Default)]
pub struct Figures {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    what: String,
    value: String,
    unit: &'static str,
}

impl Figures {
    /// A number with decimals.
    pub fn number(&mut self, what: &str, value: f64, unit: &'static str) {
        let value = if value.is_finite() { format!("{value:.2}") } else { "–".to_owned() };
        self.rows.push(Row { what: what.to_owned(), value, unit });
    }

    /// A whole number.
    pub fn count(&mut self, what: &str, value: u64, unit: &'static str) {
        self.rows.push(Row { what: what.to_owned(), value: value.to_string(), unit });
    }

    /// Quantiles of a spread of times, in milliseconds.
    pub fn spread(&mut self, what: &str, spread: &Spread, quantiles: &[u32]) {
        let times = spread.sorted();
        for percent in quantiles {
            let at = quantile(&times, *percent).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3);
            self.number(&format!("{what}, p{percent} of {}", times.len()), at, "ms");
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.what.chars().count()).max().unwrap_or(0);
        for Row { what, value, unit } in &self.rows {
            let gap = " ".repeat(width - what.chars().count());
            writeln!(f, "  {what}{gap}  {value:>10} {unit}")?;
        }
        Ok(())
    }
}

/// Times that were taken, by many at once.
#[derive(Debug, Default)]
pub struct Spread(Mutex<Vec<Duration>>);

impl Spread {
    /// Adds one.
    pub fn add(&self, time: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(time);
    }

    /// All of them, shortest first.
    #[must_use]
    pub fn sorted(&self) -> Vec<Duration> {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        times.sort_unstable();
        times
    }
}

/// The smallest of the sorted times that is not below so many per cent of them.
fn quantile(sorted: &[Duration], percent: u32) -> Option<Duration> {
    let percent = usize::try_from(percent.min(100)).ok()?;
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_times() {
        let ms = Duration::from_millis;
        let times: Vec<_> = (1..=200).map(ms).collect();
        assert_eq!(quantile(&times, 50), Some(ms(100)));
        assert_eq!(quantile(&times, 99), Some(ms(198)));
        assert_eq!(quantile(&times, 100), Some(ms(200)));
        assert_eq!(quantile(&times[..1], 50), Some(ms(1)));
        assert_eq!(quantile(&[], 99), None);
    }

    #[test]
    fn figures_stand_in_columns_and_nothing_measured_is_a_dash() {
        let mut figures = Figures::default();
        figures.number("CPU", 1.234, "ms");
        figures.spread("agent free", &Spread::default(), &[99]);
        let text = figures.to_string();
        assert_eq!(
            text,
            "  CPU                         1.23 ms\n  agent free, p99 of 0           – ms\n"
        );
    }
}
