//! `helpline doctor`: everything looked at, what is wrong, and what to do.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::config::Settings;
use crate::doctor::examine;
use crate::doctor::finding::{Finding, Verdict};

/// An examination. Changes nothing; the program may serve meanwhile.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Print JSON instead of text.
    #[arg(long)]
    json: bool,
}

/// What is printed with `--json`.
#[derive(Serialize)]
struct Report<'a> {
    verdict: Verdict,
    findings: &'a [Finding],
}

impl Doctor {
    /// Looks, prints, and answers with exit code 1 if something is wrong.
    ///
    /// # Errors
    /// The report cannot be put into words (a fault of the program).
    pub async fn run(&self, settings: &Settings) -> anyhow::Result<ExitCode> {
        let findings = examine(settings).await;
        let verdict = findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Ok);
        if self.json {
            let report = Report { verdict, findings: &findings };
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print!("{}", text(&findings));
        }
        Ok(if verdict == Verdict::Wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// One line for each finding, and one more for what to do.
fn text(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Finding { check, verdict, found, to_do } in findings {
        let word = word(*verdict);
        text += &format!("{word:<7}  {check:<width$}  {found}\n");
        if let Some(to_do) = to_do {
            text += &format!("{:<7}  {:<width$}  → {to_do}\n", "", "");
        }
    }
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let (wrong, warnings) = (count(Verdict::Wrong), count(Verdict::Warning));
    text + &format!("\n{} looked at: {wrong} wrong, {warnings} warnings.\n", findings.len())
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Warning => "warning",
        Verdict::Wrong => "WRONG",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_has_a_line_and_what_is_wrong_has_a_second_one() {
        let findings = [Finding::ok("a", "fine"), Finding::wrong("longer", "bad", "do this")];
        let text = text(&findings);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "ok       a       fine");
        assert_eq!(lines[1], "WRONG    longer  bad");
        assert_eq!(lines[2].trim(), "→ do this");
        assert_eq!(lines[4], "2 looked at: 1 wrong, 0 warnings.");
    }
}
