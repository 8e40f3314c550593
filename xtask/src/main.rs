//! `cargo xtask tidy`: the house rules as a test.
//!
//! Style that is not checked is a wish. Each rule prints what it found and what to do instead.

mod tidy;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace");
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => match tidy::run(root) {
            Ok(findings) if findings.is_empty() => ExitCode::SUCCESS,
            Ok(findings) => {
                for finding in &findings {
                    eprintln!("{finding}");
                }
                eprintln!("tidy: {} to mend", findings.len());
                ExitCode::FAILURE
            }
            Err(error) => {
                eprintln!("tidy could not look: {error:#}");
                ExitCode::FAILURE
            }
        },
        Some(_) | None => {
            eprintln!("usage: cargo xtask tidy");
            ExitCode::FAILURE
        }
    }
}
