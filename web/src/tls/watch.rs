//! Looks whether the certificate's files have changed, and tells how long the certificate is good.
//! Does I/O.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::Serving;
use super::certificate::{CertificateProblem, Facts};
use super::expiry::{Notice, Said};
use crate::clock;
use crate::wire::moment::Moment;

/// Looks at once, then every `every` and on SIGHUP, until the program stops.
pub async fn run(serving: Arc<Serving>, every: Duration, stopping: CancellationToken) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Without signals (a system that refuses them) the clock is enough.
    let mut hangups = signal(SignalKind::hangup()).ok();
    let mut said = Told::default();
    loop {
        let hung_up = async {
            match &mut hangups {
                Some(hangups) => hangups.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = ticks.tick() => {}
            _ = hung_up => {}
            () = stopping.cancelled() => return,
        }
        let looked = Arc::clone(&serving);
        let look = move || looked.read_again(clock::now());
        if let Ok(outcome) = tokio::task::spawn_blocking(look).await {
            said.outcome(outcome, serving.current().facts());
        }
    }
}

/// What was said already.
#[derive(Default)]
struct Told {
    problem: Option<CertificateProblem>,
    expiry: Said,
}

impl Told {
    fn outcome(&mut self, outcome: Result<bool, CertificateProblem>, facts: &Facts) {
        match outcome {
            Ok(changed) => {
                self.problem = None;
                if changed {
                    reloaded("taken");
                    tracing::info!(until = %Moment(facts.until), "a new certificate serves");
                }
            }
            Err(problem) => self.refused(problem),
        }
        let refused = if self.problem.is_some() { 1.0 } else { 0.0 };
        metrics::gauge!("helpline_tls_certificate_refused").set(refused);
        self.days(facts.days_left(clock::now()));
    }

    /// Says a problem once, as long as it is the same one.
    fn refused(&mut self, problem: CertificateProblem) {
        if self.problem.as_ref() == Some(&problem) {
            return;
        }
        reloaded("refused");
        tracing::error!(%problem, "the new certificate cannot be used; the old one goes on serving");
        self.problem = Some(problem);
    }

    fn days(&mut self, days: f64) {
        metrics::gauge!("helpline_tls_certificate_days_left").set(days);
        match self.expiry.next(days) {
            Some(Notice::Over) => {
                tracing::error!("the certificate is over: browsers refuse the page; put a new one");
            }
            Some(Notice::Day) => tracing::error!(days, "the certificate ends within a day"),
            Some(Notice::Week | Notice::ThreeWeeks) => {
                tracing::warn!(days, "the certificate ends soon; put a new one");
            }
            None => {}
        }
    }
}

fn reloaded(outcome: &'static str) {
    metrics::counter!("helpline_tls_reloads_total", "outcome" => outcome).increment(1);
}
