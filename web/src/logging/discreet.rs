//! Events of a library that quotes its input: logged by their place alone.

use std::fmt;

use serde_json::json;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::registry::LookupSpan;

/// The libraries whose events hold what a stranger sent: texts, names, numbers.
const QUOTING: [&str; 1] = ["rsipstack"];

/// What is logged instead of the words.
const LEFT_OUT: &str = "its words are left out: they may hold somebody's number";

/// A format that leaves out the words of the libraries in [`QUOTING`].
pub(super) struct Discreet<F> {
    format: F,
    json: bool,
}

impl<F> Discreet<F> {
    pub(super) fn as_json(format: F) -> Self {
        Self { format, json: true }
    }

    pub(super) fn as_text(format: F) -> Self {
        Self { format, json: false }
    }
}

impl<S, N, F> FormatEvent<S, N> for Discreet<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let about = event.metadata();
        let library = about.target().split("::").next().unwrap_or_default();
        if !QUOTING.contains(&library) {
            return self.format.format_event(context, writer, event);
        }
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        if self.json {
            as_json(&mut writer, &time, about)
        } else {
            as_text(&mut writer, &time, about)
        }
    }
}

fn as_json(writer: &mut Writer<'_>, time: &str, about: &Metadata<'_>) -> fmt::Result {
    let line = json!({
        "timestamp": time,
        "level": about.level().as_str(),
        "fields": { "message": LEFT_OUT, "line": about.line() },
        "target": about.target(),
    });
    writeln!(writer, "{line}")
}

fn as_text(writer: &mut Writer<'_>, time: &str, about: &Metadata<'_>) -> fmt::Result {
    let (level, target, line) = (about.level(), about.target(), about.line().unwrap_or_default());
    writeln!(writer, "{time} {level:>5} {target}: {LEFT_OUT} line={line}")
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::format;

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no panic").extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn events() {
        tracing::warn!(target: "rsipstack::transaction", error = "sip:+919999000123", "no: +919999000123");
        tracing::warn!(target: "web::server", count = 3, "ours");
    }

    #[test]
    fn what_a_library_quotes_is_left_out_and_its_place_stays() {
        let page = Page::default();
        let to = page.clone();
        let log = tracing_subscriber::fmt().with_writer(move || to.clone()).with_ansi(false);
        let log = log.event_format(Discreet::as_text(format())).finish();
        tracing::subscriber::with_default(log, events);
        let text = String::from_utf8(page.0.lock().expect("no panic").clone()).expect("text");
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].contains("WARN rsipstack::transaction: its words are left out"), "{text}");
        assert!(!text.contains("9999000123"), "{text}");
        assert!(lines[1].contains("ours count=3"), "{text}");
    }

    #[test]
    fn each_line_stays_json_where_json_is_asked_for() {
        let page = Page::default();
        let to = page.clone();
        let log = tracing_subscriber::fmt().with_writer(move || to.clone()).json();
        let log = log.event_format(Discreet::as_json(format().json())).finish();
        tracing::subscriber::with_default(log, events);
        let text = String::from_utf8(page.0.lock().expect("no panic").clone()).expect("text");
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("json")).collect();
        assert_eq!(lines[0]["fields"]["message"], LEFT_OUT);
        assert_eq!(lines[0]["target"], "rsipstack::transaction");
        assert_eq!(lines[1]["fields"]["count"], 3);
        assert!(!text.contains("9999000123"), "{text}");
    }
}
