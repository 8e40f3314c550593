//! The program `helpline`. See `web::command` for what it can be told to do.

use std::process::ExitCode;

use clap::Parser as _;
use web::command::{self, Cli};

fn main() -> ExitCode {
    // First of all: whoever speaks TLS after this finds a provider. A second one would panic there.
    let _already = rustls::crypto::ring::default_provider().install_default();
    command::run(Cli::parse())
}
