//! What is to be different, as the command line says it: `--agents +2@10:00-14:00/health/hi`,
//! `--ring 15s`, `--wrap-up 20s`. Pure.

use std::str::FromStr;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use ids::{Language, QueueId};
use jiff::civil::Time;
use routing::FloorConfig;
use routing::replay::{Changes, MoreAgents};

use crate::wire::Day;

/// Changes with which the day is run once more, and compared.
#[derive(Debug, Args)]
pub(super) struct Change {
    /// More agents: +2@10:00, +2@10:00-14:00, and after a slash the queue or language that they serve
    /// (all without). May be given more than once.
    #[arg(long, value_name = "+N@HH:MM", conflicts_with = "file")]
    agents: Vec<Agents>,
    /// Consoles ring so long for callers below emergency: 15s.
    #[arg(long, value_name = "TIME", conflicts_with = "file", value_parser = seconds)]
    ring: Option<Duration>,
    /// Wrap-up after calls below emergency: 20s.
    #[arg(long, value_name = "TIME", conflicts_with = "file", value_parser = seconds)]
    wrap_up: Option<Duration>,
}

/// One `--agents`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Agents {
    count: u32,
    from: Time,
    until: Option<Time>,
    serve: Vec<String>,
}

impl Change {
    /// The changes on this day. Words after a slash are queues of that day's floor, or else languages.
    pub(super) fn on(&self, day: Day, floor: &FloorConfig) -> anyhow::Result<Changes> {
        let agents = self.agents.iter().map(|more| more.on(day, floor));
        let agents = agents.collect::<Result<_, _>>()?;
        Ok(Changes { ring: self.ring, wrap_up: self.wrap_up, agents })
    }
}

impl Agents {
    fn on(&self, day: Day, floor: &FloorConfig) -> anyhow::Result<MoreAgents> {
        let (mut queues, mut languages) = (Vec::new(), Vec::new());
        for word in &self.serve {
            let queue = word.parse::<QueueId>().ok().filter(|queue| floor.queues.contains(queue));
            match (queue, word.parse::<Language>()) {
                (Some(queue), _) => queues.push(queue),
                // Languages are two or three letters; a longer word is a queue that is not there.
                (None, Ok(language)) if word.len() <= 3 => languages.push(language),
                (None, _) => bail!("--agents: there was no queue \"{word}\" on {day}"),
            }
        }
        let until = self.until.map(|until| day.at(until));
        Ok(MoreAgents { count: self.count, from: day.at(self.from), until, queues, languages })
    }
}

impl FromStr for Agents {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not of the form +2@10:00-14:00/health/hi");
        let mut words = text.split('/');
        let (count, times) =
            words.next().and_then(|head| head.split_once('@')).ok_or_else(wrong)?;
        let count = count.strip_prefix('+').and_then(|count| count.parse().ok());
        let count = count.filter(|count| (1..=10_000).contains(count)).ok_or_else(wrong)?;
        let time = |text: &str| Time::strptime("%H:%M", text).map_err(|_| wrong());
        let (from, until) = match times.split_once('-') {
            Some((from, until)) => (time(from)?, Some(time(until)?)),
            None => (time(times)?, None),
        };
        if until.is_some_and(|until| until <= from) {
            return Err(format!("{text:?} ends before it begins"));
        }
        let serve: Vec<_> = words.map(str::to_owned).collect();
        if serve.iter().any(String::is_empty) {
            return Err(wrong());
        }
        Ok(Self { count, from, until, serve })
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix('s').and_then(|number| number.parse::<u32>().ok());
    let number = number.filter(|number| *number > 0);
    number
        .map(|number| Duration::from_secs(number.into()))
        .ok_or_else(|| format!("{text:?} is not a time such as 15s"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn more_agents_are_read_as_they_are_written() {
        let agents = |text: &str| text.parse::<Agents>();
        let plain = Agents { count: 2, from: time(10, 0, 0, 0), until: None, serve: vec![] };
        assert_eq!(agents("+2@10:00"), Ok(plain.clone()));
        let serve = vec!["health".to_owned(), "hi".to_owned()];
        let whole = Agents { until: Some(time(14, 30, 0, 0)), serve, ..plain };
        assert_eq!(agents("+2@10:00-14:30/health/hi"), Ok(whole));
        for wrong in ["", "2@10:00", "+0@10:00", "+2", "+2@25:00", "+2@10", "+2@10:00/", "-1@10:00"]
        {
            assert!(agents(wrong).is_err(), "{wrong}");
        }
        assert!(agents("+2@10:00-09:00").is_err_and(|why| why.contains("before")));
    }

    #[test]
    fn words_are_queues_of_the_day_or_languages() {
        let health: QueueId = "health".parse().expect("a name");
        let floor = FloorConfig::with_queues(vec![health]);
        let day: Day = "2026-11-22".parse().expect("a day");
        let on = |text: &str| text.parse::<Agents>().expect("well formed").on(day, &floor);
        let more = on("+1@10:00/health/hi").expect("both are known");
        assert_eq!(more.queues, [health]);
        assert_eq!(more.languages, ["hi".parse::<Language>().expect("a tag")]);
        assert_eq!(more.from, day.begin() + Duration::from_secs(36_000));
        let refused = on("+1@10:00/heatlh").expect_err("no such queue").to_string();
        assert!(refused.contains("heatlh"), "{refused}");
    }

    #[test]
    fn times_are_whole_seconds() {
        assert_eq!(seconds("15s"), Ok(Duration::from_secs(15)));
        for wrong in ["15", "0s", "-1s", "s", "1.5s", "15m"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
