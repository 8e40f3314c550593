//! The day as it was, as the model has it, and with the changes, side by side. Pure.

use std::fmt::Write as _;
use std::time::Duration;

use ids::{Class, QueueId};
use routing::metrics::{Figures, Metrics};
use routing::replay::{Changes, DayBook};
use switchboard::replay::Replayed;

use super::table::{percent, seconds, targets_of};
use crate::config::Queue;
use crate::wire::Day;

/// Where chance begins: the same question gets the same answer.
const SEED: u64 = 104;

const ASSUMED: &str = "
What the model assumes: callers come when they came. Who hung up would hang up after the same wait; who
was answered would have waited at least so long, and how much longer is drawn from the day's patience
(Kaplan-Meier; nobody gives up beyond the longest wait at which anybody did). A call takes as long as it
took, one that was never answered as long as another of its queue. Consoles are answered, declined or
left ringing as on that day. Agents come, pause and go when they did. Compare the last two columns: the
first two tell how near the model is to the day.
";

/// Runs the day without and with the changes, and puts both beside the day.
pub(super) fn run(
    book: &DayBook,
    changes: &Changes,
    replayed: &Replayed,
    day: Day,
    settings: &[Queue],
) -> anyhow::Result<String> {
    let model = book.run(&Changes::default(), SEED)?;
    let changed = book.run(changes, SEED)?;
    let (callers, answered) = book.callers();
    let mut text = format!(
        "\nWith changes (seed {SEED}; {callers} callers, the patience of {answered} of them known only \
         in part)\n"
    );
    for queue in &replayed.config.queues {
        let columns = [&replayed.metrics, &model, &changed]
            .map(|metrics| Column::of(metrics, *queue, day, settings));
        lines(&mut text, *queue, &columns);
    }
    text.push_str(ASSUMED);
    Ok(text)
}

struct Column {
    all: Figures,
    emergencies: Figures,
}

impl Column {
    fn of(metrics: &Metrics, queue: QueueId, day: Day, settings: &[Queue]) -> Self {
        let targets = targets_of(queue, settings);
        let of = |keep: fn(Class) -> bool| {
            metrics.figures(queue, day.begin(), day.end(), &targets, keep)
        };
        Self { all: of(|_| true), emergencies: of(|class| class == Class::Emergency) }
    }

    fn longest(&self) -> Option<Duration> {
        let counts = &self.all.counts;
        Some(counts.answered.longest().max(counts.abandoned.longest()))
    }

    fn emergency(&self, rank: u32) -> Option<Duration> {
        self.emergencies.counts.answered.percentile(rank)
    }
}

fn lines(text: &mut String, queue: QueueId, columns: &[Column; 3]) {
    let _never_fails = writeln!(
        text,
        "\n{:30} {:>12} {:>12} {:>12} {:>12}",
        queue.as_str(),
        "as it was",
        "model",
        "with changes",
        "difference"
    );
    let shares: [(&str, ShareOf); 2] = [
        ("service level, %", |column| column.all.service.headline),
        ("abandoned, %", |column| column.all.abandon_rate),
    ];
    for (name, share) in shares {
        let values = columns.each_ref().map(share);
        let difference = values[2].percent().zip(values[1].percent()).map(|(new, old)| new - old);
        line(text, name, values.map(percent), difference);
    }
    let spans: [(&str, SpanOf); 5] = [
        ("mean wait of those answered, s", |column| column.all.speed_of_answer()),
        ("longest wait, s", Column::longest),
        ("emergency wait p50, s", |column| column.emergency(50)),
        ("emergency wait p95, s", |column| column.emergency(95)),
        ("mean wait of those who hung up", |column| column.all.abandon_time()),
    ];
    for (name, span) in spans {
        let values = columns.each_ref().map(span);
        let difference = values[2].zip(values[1]);
        let difference = difference.map(|(new, old)| new.as_secs_f64() - old.as_secs_f64());
        line(text, name, values.map(seconds), difference);
    }
}

/// A figure of a column that is a share.
type ShareOf = fn(&Column) -> routing::metrics::Share;
/// A figure of a column that is a time.
type SpanOf = fn(&Column) -> Option<Duration>;

fn line(text: &mut String, name: &str, values: [String; 3], difference: Option<f64>) {
    let [was, model, changed] = values;
    let difference = difference.map_or_else(|| "-".to_owned(), |value| format!("{value:+.1}"));
    let _never_fails =
        writeln!(text, "{name:30} {was:>12} {model:>12} {changed:>12} {difference:>12}");
}
