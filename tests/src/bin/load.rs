//! `load`: many telephones and many desks against the helpline; prints figures.
//!
//! Starts a helpline of its own, built in the same target folder, or attaches to one that runs:
//! `load --attach 4242 --http 127.0.0.1:8080 --sip 127.0.0.1:5060 calls`, with the machine's token in
//! `HELPLINE_DEMO_TOKEN`. Ends with 1 if a call failed or stayed behind; never because of a time.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::{Args, Parser, Subcommand};
use tests::load::media::command::{InStorm, Media};
use tests::load::{Outcome, Place, bridged, calls, free, soak, surge};

/// Longest run: then it is given up, whatever happens.
const RUN_LIMIT: Duration = Duration::from_secs(2 * 3600);

/// Load on a helpline of this machine.
#[derive(Debug, Parser)]
struct Load {
    #[command(flatten)]
    at: At,
    #[command(subcommand)]
    what: What,
}

/// Which helpline: one of the tool's own if nothing is said.
#[derive(Clone, Debug, Args)]
struct At {
    /// The process id of a helpline that runs already.
    #[arg(long, requires = "http", requires = "sip", requires = "token")]
    attach: Option<u32>,
    /// Its HTTP address.
    #[arg(long)]
    http: Option<SocketAddr>,
    /// Its SIP address.
    #[arg(long)]
    sip: Option<SocketAddr>,
    /// Its machine's token.
    #[arg(long, env = "HELPLINE_DEMO_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
enum What {
    /// Calls at once, telephone and browser: CPU, losses, memory.
    Bridged {
        /// How many.
        #[arg(long, default_value_t = 50)]
        calls: u32,
        /// For how long, seconds.
        #[arg(long, default_value_t = 20)]
        seconds: u64,
    },
    /// Whole calls, from the first tone to the filed report: CPU, failures, times.
    Calls {
        /// Begun each second.
        #[arg(long, default_value_t = 10)]
        per_second: u32,
        /// In all.
        #[arg(long, default_value_t = 200)]
        total: u32,
        /// By so many agents.
        #[arg(long, default_value_t = 20)]
        agents: u32,
    },
    /// Callers wait, agents become free: how soon the next one rings.
    Free {
        /// Callers.
        #[arg(long, default_value_t = 30)]
        waiting: u32,
        /// Agents.
        #[arg(long, default_value_t = 5)]
        agents: u32,
    },
    /// Many times the normal rate of callers: who is dropped in silence, how long emergencies wait.
    Surge {
        /// Agents; the normal rate is 600 calls an hour for 45 of them.
        #[arg(long, default_value_t = 60)]
        agents: u32,
        /// How many times the normal rate.
        #[arg(long, default_value_t = 50)]
        times: u32,
        /// How long the normal rate lasts before, seconds.
        #[arg(long, default_value_t = 60)]
        before: u64,
        /// How long the surge lasts, seconds.
        #[arg(long, default_value_t = 120)]
        seconds: u64,
        /// How long agents talk, seconds.
        #[arg(long, default_value_t = 10)]
        talk: u64,
        /// Mean patience of callers, seconds.
        #[arg(long, default_value_t = 20)]
        patience: u64,
        /// Emergencies a second, before and in the surge.
        #[arg(long, default_value_t = 0.5)]
        emergencies: f64,
    },
    /// Whole calls for a long time: memory each minute, and what is left after the last.
    Soak {
        /// Begun each second.
        #[arg(long, default_value_t = 20)]
        per_second: u32,
        /// For so many minutes.
        #[arg(long, default_value_t = 10)]
        minutes: u64,
        /// By so many agents.
        #[arg(long, default_value_t = 80)]
        agents: u32,
    },
    /// The three in small sizes, each on a helpline of its own.
    All,
    /// The audio path alone, in a process of its own: CPU, losses, latency, memory.
    Media(Media),
    /// Calls through the audio path alone while a million packets that went wrong come in.
    Storm(InStorm),
}

/// One run.
#[derive(Clone, Copy, Debug)]
enum Run {
    Bridged(bridged::Sizes),
    Calls(calls::Sizes),
    Free(free::Sizes),
    Surge(surge::Sizes),
    Soak(soak::Sizes),
}

/// The runs of `all`.
const ALL: [Run; 3] = [
    Run::Bridged(bridged::Sizes { calls: 50, span: Duration::from_secs(20) }),
    Run::Calls(calls::Sizes { per_second: 10, total: 200, agents: 20 }),
    Run::Free(free::Sizes { waiting: 100, agents: 5 }),
];

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let Load { at, what } = Load::parse();
    let alone: Option<Box<dyn FnOnce() -> Result<bool> + Send>> = match &what {
        What::Media(media) => Some(Box::new({
            let media = media.clone();
            move || media.go()
        })),
        What::Storm(storm) => Some(Box::new({
            let storm = *storm;
            move || storm.go()
        })),
        What::Bridged { .. }
        | What::Calls { .. }
        | What::Free { .. }
        | What::Surge { .. }
        | What::Soak { .. }
        | What::All => None,
    };
    if let Some(alone) = alone {
        let good = tokio::task::spawn_blocking(alone).await??;
        return Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut good = true;
    for run in what.runs() {
        let ended = tokio::time::timeout(RUN_LIMIT, run.go(&at)).await;
        good &= ended.context("the run did not end")??;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl What {
    fn runs(self) -> Vec<Run> {
        match self {
            Self::Bridged { calls, seconds } => {
                let span = Duration::from_secs(seconds.clamp(1, 600));
                vec![Run::Bridged(bridged::Sizes { calls, span })]
            }
            Self::Calls { per_second, total, agents } => {
                vec![Run::Calls(calls::Sizes { per_second, total, agents })]
            }
            Self::Free { waiting, agents } => vec![Run::Free(free::Sizes { waiting, agents })],
            Self::Surge { agents, times, before, seconds, talk, patience, emergencies } => {
                let [before, surge, talk, patience] =
                    [before, seconds, talk, patience].map(Duration::from_secs);
                let emergencies_per_s = emergencies;
                vec![Run::Surge(surge::Sizes {
                    agents,
                    times,
                    before,
                    surge,
                    emergencies_per_s,
                    talk,
                    patience,
                })]
            }
            Self::Soak { per_second, minutes, agents } => {
                let (span, every) = (Duration::from_secs(60 * minutes), Duration::from_secs(60));
                vec![Run::Soak(soak::Sizes { per_second, span, every, agents, rest: true })]
            }
            Self::All => ALL.to_vec(),
            // They have runs of their own.
            Self::Media(_) | Self::Storm(_) => Vec::new(),
        }
    }
}

impl Run {
    /// Runs and prints; whether all calls went as they should.
    async fn go(self, at: &At) -> Result<bool> {
        let place = at.place().await?;
        let outcome = match self {
            Self::Bridged(sizes) => bridged::run(&place, sizes).await?,
            Self::Calls(sizes) => calls::run(&place, sizes).await?,
            Self::Free(sizes) => free::run(&place, sizes).await?,
            Self::Surge(sizes) => surge::run(&place, sizes).await?,
            Self::Soak(sizes) => soak::run(&place, sizes).await?,
        };
        print(&outcome, &place);
        place.stop().await?;
        Ok(outcome.is_good())
    }
}

impl At {
    async fn place(&self) -> Result<Place> {
        let Some(pid) = self.attach else { return Place::start().await };
        let (http, sip) = (self.http.context("--http")?, self.sip.context("--sip")?);
        ensure!(http.ip().is_loopback() && sip.ip().is_loopback(), "only on this machine");
        let token = self.token.clone().context("--token")?;
        Ok(Place::attached(pid, http, sip, token))
    }
}

fn print(outcome: &Outcome, place: &Place) {
    println!("{}", outcome.title);
    print!("{}", outcome.figures);
    println!("  failures {}, calls left behind {}", outcome.failures.len(), outcome.stuck);
    for failure in outcome.failures.iter().take(SHOWN_MAX) {
        println!("    {failure}");
    }
    if !outcome.is_good() {
        for line in place.complaints() {
            println!("    helpline: {line}");
        }
    }
    println!();
}

/// Failures shown at most.
const SHOWN_MAX: usize = 10;
