//! The greetings that come with the program. Pure.

use super::{Flow, FlowError};

/// The greetings that come with the program: name and text.
pub const BUILTIN_FLOWS: [(&str, &str); 2] = [
    ("health", include_str!("../../flows/health.toml")),
    ("schemes", include_str!("../../flows/schemes.toml")),
];

/// A greeting that comes with the program; `None` if there is none of this name.
#[must_use]
pub fn builtin_flow(name: &str) -> Option<Result<Flow, FlowError>> {
    BUILTIN_FLOWS.iter().find(|(own, _)| *own == name).map(|(_, text)| Flow::parse(text))
}
