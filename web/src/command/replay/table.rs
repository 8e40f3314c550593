//! A day's metrics as a table for a terminal. Pure.

use std::fmt::Write as _;
use std::time::Duration;

use ids::{Class, QueueId, Timestamp};
use routing::metrics::{AgentTimes, Figures, Metrics, Share, Targets};
use switchboard::replay::Replayed;

use crate::config::Queue;
use crate::wire::Day;

/// The table of a day, with the formulas below it.
pub(super) fn day(replayed: &Replayed, day: Day, settings: &[Queue]) -> String {
    let mut text = format!("{day}, Indian Standard Time\n\n{HEADINGS}\n");
    for queue in &replayed.config.queues {
        let targets = targets_of(*queue, settings);
        let rows = rows(&replayed.metrics, *queue, day.begin(), day.end(), &targets);
        for (name, figures, times) in rows {
            line(&mut text, &name, &figures, times);
        }
    }
    text.push_str(FORMULAS);
    text
}

/// The promises of a queue; the usual ones of a queue that the settings no longer have.
pub(super) fn targets_of(queue: QueueId, settings: &[Queue]) -> Targets {
    let set = settings.iter().find(|set| set.id == queue);
    set.map_or_else(Targets::default, |set| set.service.targets())
}

type Row = (String, Figures, Option<AgentTimes>);

/// A queue as a whole, and its emergencies if there were any.
fn rows(
    metrics: &Metrics,
    queue: QueueId,
    begin: Timestamp,
    end: Timestamp,
    targets: &Targets,
) -> Vec<Row> {
    let all = metrics.figures(queue, begin, end, targets, |_| true);
    let urgent = |class| class == Class::Emergency;
    let emergencies = metrics.figures(queue, begin, end, targets, urgent);
    let mut rows = vec![(queue.to_string(), all, Some(metrics.agent_times(queue, begin, end)))];
    if emergencies.counts.offered > 0 {
        rows.push((format!("{queue}, emergency"), emergencies, None));
    }
    rows
}

const HEADINGS: &str = "queue                  offered answered abandon. failed moved waiting   \
SL %   SL(A)    SL2 Connect  NHS60  NHS30    ASA s  ab. s   ATT s  hold s  ACW s   AHT s  occ. %";

const FORMULAS: &str = "
SL = answered in time / (offered - short abandons); SL(A) = answered in time / answered;
SL2 = (answered + abandoned in time) / (answered + abandoned); Connect = (answered + abandoned +
call-backs in time) / offered; NHS60 = answered in 60 s / answered; NHS30 = abandoned after 30 s /
offered. ASA, ab. = mean wait of those answered, of those who hung up. ATT + hold + ACW = AHT.
";

fn line(text: &mut String, name: &str, figures: &Figures, times: Option<AgentTimes>) {
    let counts = &figures.counts;
    let service = &figures.service;
    let _never_fails = write!(
        text,
        "{name:22} {:7} {:8} {:8} {:6} {:5} {:7}",
        counts.offered,
        counts.answered.count(),
        counts.abandoned.count(),
        counts.failed,
        counts.moved,
        counts.waiting,
    );
    for share in [
        service.headline,
        service.asterisk,
        service.asterisk2,
        service.connect,
        service.nhs_answered,
        service.nhs_abandoned,
    ] {
        let _never_fails = write!(text, " {:>6}", percent(share));
    }
    text.push_str("  ");
    for mean in [
        figures.speed_of_answer(),
        figures.abandon_time(),
        figures.talk_time(),
        figures.hold_time(),
        figures.wrap_up_time(),
        figures.handling_time(),
    ] {
        let _never_fails = write!(text, " {:>7}", seconds(mean));
    }
    let occupancy = times.and_then(|times| times.occupancy());
    let occupancy = occupancy.map_or_else(|| "-".to_owned(), |occupancy| format!("{occupancy:.1}"));
    let _never_fails = writeln!(text, " {occupancy:>7}");
}

/// A share in percent; a dash of nothing.
pub(super) fn percent(share: Share) -> String {
    share.percent().map_or_else(|| "-".to_owned(), |percent| format!("{percent:.1}"))
}

/// Seconds to a tenth; a dash of nobody.
pub(super) fn seconds(span: Option<Duration>) -> String {
    span.map_or_else(|| "-".to_owned(), |span| format!("{:.1}", span.as_secs_f64()))
}
