//! One thing that was looked at. Pure.

use serde::Serialize;

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// It works, and should be looked at.
    Warning,
    /// Calls will fail, now or soon.
    Wrong,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at: `port sip udp`.
    pub check: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was found, one sentence.
    pub found: String,
    /// What to do; `None` if nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_do: Option<String>,
}

impl Finding {
    /// All is well.
    #[must_use]
    pub fn ok(check: impl Into<String>, found: impl Into<String>) -> Self {
        Self { check: check.into(), verdict: Verdict::Ok, found: found.into(), to_do: None }
    }

    /// It works, and should be looked at.
    #[must_use]
    pub fn warning(
        check: impl Into<String>,
        found: impl Into<String>,
        to_do: impl Into<String>,
    ) -> Self {
        Self { verdict: Verdict::Warning, to_do: Some(to_do.into()), ..Self::ok(check, found) }
    }

    /// Calls will fail.
    #[must_use]
    pub fn wrong(
        check: impl Into<String>,
        found: impl Into<String>,
        to_do: impl Into<String>,
    ) -> Self {
        Self { verdict: Verdict::Wrong, to_do: Some(to_do.into()), ..Self::ok(check, found) }
    }
}
