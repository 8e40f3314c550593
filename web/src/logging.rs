//! The log: where it goes and what is kept out. Set up once, by the program.
//!
//! Nothing about a person is ever logged. `rsipstack` quotes what it could not read, callers' numbers
//! and all: of its events only the place in its source is logged ([`discreet`]). Below `warn` it would
//! log every SIP message, so the filter keeps it at `warn` whatever the settings say.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;
use tracing_subscriber::fmt::format;

use self::discreet::Discreet;
use crate::config::{ConfigProblem, Log};

mod discreet;

/// Starts logging to standard error.
///
/// # Errors
/// The filter in the settings cannot be read.
pub fn start(settings: &Log) -> Result<(), ConfigProblem> {
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter(&settings.filter)?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // Logging may be set up already when a test runs several programs in one process: keep the first.
    let _already = if settings.json {
        let lines = log.json();
        lines.event_format(Discreet::as_json(format().json())).try_init()
    } else {
        log.event_format(Discreet::as_text(format())).try_init()
    };
    Ok(())
}

/// Makes a panic one line of the log with its place in the source. What was panicked with is left out:
/// it may hold data of a person.
pub fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        metrics::counter!("helpline_panics_total").increment(1);
        tracing::error!(place, "a task panicked");
    }));
}

fn filter(text: &str) -> Result<EnvFilter, ConfigProblem> {
    let filter = EnvFilter::builder().parse(text).map_err(|e| ConfigProblem::Value {
        key: "log.filter",
        why: format!("{e}; write for example \"info,web=debug\""),
    })?;
    if text.split(',').any(|part| matches!(part.trim(), "rsipstack=warn" | "rsipstack=error")) {
        return Ok(filter);
    }
    let quiet: Directive = "rsipstack=warn".parse().expect("a fixed directive is well formed");
    Ok(filter.add_directive(quiet))
}

#[cfg(test)]
mod tests {
    use super::filter;

    #[test]
    fn the_sip_library_stays_quiet_whatever_the_settings_say() {
        for text in ["trace", "info,rsipstack=trace", "info,rsipstack=debug,web=debug"] {
            let filter = filter(text).expect("good").to_string();
            assert!(filter.contains("rsipstack=warn"), "{text} gives {filter}");
            assert!(!filter.contains("rsipstack=trace"), "{text} gives {filter}");
        }
        assert!(filter("info,rsipstack=error").expect("good").to_string().contains("=error"));
    }

    #[test]
    fn a_bad_filter_is_refused_by_the_name_of_its_key() {
        let problem = filter("info,=x=y").expect_err("bad");
        assert!(problem.to_string().contains("log.filter"), "{problem}");
    }
}
