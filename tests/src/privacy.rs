//! Personal data where there must be none: telephone numbers, names and words of citizens in a log, in
//! the metrics or in a URL. Pure.
//!
//! Two nets: whatever looks like a number of India, whoever it belongs to; and what the test told the
//! program (its *canaries*), to which the names and stories of the demo's citizens always belong.

/// The demo's citizens and what they called about.
const DEMO: &str = include_str!("../../crm/data/demo.toml");
/// What is shorter stands in other words by chance.
const SHORTEST: usize = 4;

/// A line that tells too much.
#[derive(Debug, PartialEq, Eq)]
pub struct Leak {
    /// The line.
    pub line: String,
    /// What it tells.
    pub what: String,
}

/// What a test told the program.
#[derive(Clone, Debug)]
pub struct Canaries {
    told: Vec<String>,
}

impl Default for Canaries {
    /// Those of the demo.
    fn default() -> Self {
        Self { told: quoted(DEMO).flat_map(as_logged).collect() }
    }
}

impl Canaries {
    /// The demo's, and these.
    #[must_use]
    pub fn with(mut self, told: &[&str]) -> Self {
        self.told.extend(told.iter().copied().flat_map(as_logged));
        self
    }

    /// The first line of a text that tells something of a person.
    #[must_use]
    pub fn leak(&self, text: &str) -> Option<Leak> {
        text.lines().find_map(|line| {
            let known = self.told.iter().find(|told| stands_in(told, line)).cloned();
            let what = known.or_else(|| number(line))?;
            Some(Leak { line: line.to_owned(), what })
        })
    }

    /// The first metric whose name or labels tell something. A value is only a figure.
    #[must_use]
    pub fn leak_in_metrics(&self, text: &str) -> Option<Leak> {
        let names = text.lines().map(|line| line.rsplit_once(' ').map_or(line, |(name, _)| name));
        names.into_iter().find_map(|name| self.leak(name))
    }
}

/// A text as it stands in a line: as it is, and as `{:?}` writes it, which escapes the vowel signs of
/// Devanagari.
fn as_logged(text: &str) -> impl Iterator<Item = String> + use<> {
    let escaped = format!("{text:?}").trim_matches('"').to_owned();
    let other = (escaped != text).then_some(escaped);
    std::iter::once(text.to_owned()).chain(other)
}

/// The texts in quotes that are long enough to be told apart. Keys, tables and comments are left out.
fn quoted(file: &'static str) -> impl Iterator<Item = &'static str> {
    let personal = ["en", "hi", "summary", "notes", "report"];
    let lines = file.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(move |line| {
        let mut parts = line.split('"');
        let mut found = Vec::new();
        while let (Some(before), Some(text)) = (parts.next(), parts.next()) {
            let key = before.trim_end().trim_end_matches('=').trim_end();
            let key = key.rsplit([' ', '{', ',']).next().unwrap_or_default();
            if personal.contains(&key) && text.chars().count() >= SHORTEST {
                found.push(text);
            }
        }
        found
    })
}

/// Whether a text stands in a line as words of its own.
fn stands_in(told: &str, line: &str) -> bool {
    line.match_indices(told).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + told.len()..].chars().next();
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !part(before) && !part(after)
    })
}

/// A telephone number of India: anything that begins with +91, or ten digits as a mobile has them, with
/// or without 0 or 91 before them. Parts of ids and of fractions are none.
fn number(line: &str) -> Option<String> {
    if let Some(at) = line.find("+91") {
        let digits = line[at + 3..].trim_start_matches([' ', '-']);
        if digits.starts_with(|c: char| c.is_ascii_digit()) {
            return Some(line[at..].chars().take(16).collect());
        }
    }
    line.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')))
        .filter(|word| word.bytes().all(|b| b.is_ascii_digit()))
        .find(|word| is_mobile(word))
        .map(str::to_owned)
}

fn is_mobile(digits: &str) -> bool {
    let rest = match digits.len() {
        10 => digits,
        11 => digits.strip_prefix('0').unwrap_or_default(),
        12 => digits.strip_prefix("91").unwrap_or_default(),
        _ => "",
    };
    rest.starts_with(['6', '7', '8', '9'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Option<String> {
        let canaries = Canaries::default().with(&["fever since Monday"]);
        canaries.leak(line).map(|leak| leak.what)
    }

    #[test]
    fn numbers_are_seen_however_they_are_written() {
        for line in [
            "INVITE from sip:+919999000123@10.0.0.1",
            "caller=9999000123",
            r#"{"number":"09999000123"}"#,
            "tel:919999000123;",
            "from +91 98 1",
        ] {
            assert!(told(line).is_some(), "{line}");
        }
    }

    #[test]
    fn ids_times_and_figures_are_no_numbers() {
        for line in [
            "2026-11-22T10:15:30.987654321Z INFO call.id=0192f0c1-2f1e-7c55-9c8e-919999000123",
            "took=0.9876543210 bytes=104",
            "at=1763800000000000 port=9999",
            "+05:30",
        ] {
            assert_eq!(told(line), None, "{line}");
        }
    }

    #[test]
    fn names_and_texts_are_seen_as_words_of_their_own() {
        assert!(told("note: fever since Monday.").is_some());
        assert_eq!(told("note: feversince Monday."), None);
        let names: Vec<_> = quoted(DEMO).collect();
        assert!(names.len() > 60, "the demo's citizens: {names:?}");
        for name in names {
            assert!(told(&format!("who=\"{name}\"")).is_some(), "{name}");
            assert!(told(&format!("who={name:?}")).is_some(), "{name} as {name:?}");
        }
    }

    #[test]
    fn a_metric_s_value_is_only_a_figure() {
        let canaries = Canaries::default();
        assert_eq!(canaries.leak_in_metrics("helpline_bytes_total 9999000123"), None);
        assert!(canaries.leak_in_metrics("helpline_calls{from=\"9999000123\"} 1").is_some());
    }
}
