//! What the program can be told to do: one file for each command. Reads the command line, nothing else.

pub mod backup;
pub mod check_config;
pub mod demo;
pub mod dial;
pub mod doctor;
pub mod migrate;
pub mod recording;
pub mod reindex;
pub mod replay;
pub mod restore;
pub mod serve;
pub mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::config::{ConfigProblem, Settings};
use crate::logging;

/// A two-tier public health helpline: telephone exchange, records and consoles in one program.
#[derive(Debug, Parser)]
#[command(name = "helpline", version, about)]
pub struct Cli {
    /// A file with settings that differ from the defaults (see config.default.toml).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
enum Command {
    /// Take calls (also without any command).
    Serve,
    /// Try it out: synthetic citizens, known users, everything printed that a newcomer needs.
    Demo(demo::Demo),
    /// Bring the database to this program's schema.
    Migrate,
    /// Check the settings and the greetings, and say what is wrong.
    CheckConfig,
    /// Look at everything that calls need, and say what is wrong and what to do.
    Doctor(doctor::Doctor),
    /// Keep accounts.
    #[command(subcommand)]
    User(user::User),
    /// Build the search index anew from the database. The program must not be serving meanwhile.
    Reindex,
    /// Run a day of the floor again from its journal, and prove that it comes out the same.
    Replay(replay::Replay),
    /// Keep everything in one file, while calls go on.
    Backup(backup::Backup),
    /// Make a data folder from a backup.
    Restore(restore::Restore),
    /// Be a citizen: place a real call, play a file, press keys.
    Dial(dial::Dial),
    /// Open recordings.
    #[command(subcommand)]
    Recording(recording::Recording),
}

/// Runs the program: exit code 0, 1 for a failure, 2 for bad settings or a bad command line.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    raise_open_files();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return failed(&e.into()),
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(code) => code,
        Err(e) => failed(&e),
    }
}

/// A call has two sockets, and the usual soft limit of 1024 open files is soon reached: takes what
/// the system allows.
fn raise_open_files() {
    let limits = getrlimit(Resource::Nofile);
    // A refusal leaves the soft limit, which is enough for a small helpline.
    let _refused =
        setrlimit(Resource::Nofile, Rlimit { current: limits.maximum, maximum: limits.maximum });
}

async fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let command = cli.command.unwrap_or(Command::Serve);
    // A caller on the command line needs no settings of a helpline but its trunks; nor does a recording.
    if let Command::Dial(dial) = command {
        return done(dial.run(cli.config.as_deref()).await);
    }
    if let Command::Recording(recording) = &command {
        return done(recording.run());
    }
    let settings = Settings::load(cli.config.as_deref())?;
    logging::start(&settings.log)?;
    logging::tell_panics();
    if let Command::Doctor(doctor) = &command {
        return doctor.run(&settings).await;
    }
    done(match command {
        Command::Serve => serve::run(settings).await,
        Command::Demo(demo) => demo.run(settings).await,
        Command::Migrate => migrate::run(&settings).await,
        Command::CheckConfig => check_config::run(&settings),
        Command::User(user) => user.run(&settings).await,
        Command::Reindex => reindex::run(&settings).await,
        Command::Replay(replay) => replay.run(settings).await,
        Command::Backup(backup) => backup.run(&settings, cli.config.as_deref()).await,
        Command::Restore(restore) => restore.run(settings).await,
        // Were answered above.
        Command::Dial(_) | Command::Recording(_) | Command::Doctor(_) => Ok(()),
    })
}

fn done(outcome: anyhow::Result<()>) -> anyhow::Result<ExitCode> {
    outcome.map(|()| ExitCode::SUCCESS)
}

/// Says what went wrong, once, with its causes; bad settings are code 2.
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("helpline: {error:#}");
    match error.downcast_ref::<ConfigProblem>() {
        Some(_) => ExitCode::from(2),
        None => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_a_command_the_program_serves() {
        assert!(Cli::try_parse_from(["helpline"]).expect("bare").command.is_none());
        assert!(Cli::try_parse_from(["helpline", "fly"]).is_err());
    }
}
