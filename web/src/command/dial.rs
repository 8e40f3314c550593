//! `helpline dial`: a citizen on the command line. Places a real SIP call with real audio, presses
//! keys, and tells what was heard.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use telephony::call::Digit;
use telephony::driver::dial::{DialEnded, DialReport, DialRequest, dial};
use telephony::driver::trunk::TrunkConfig;

use crate::config::{self, Settings};

/// A call to place.
#[derive(Debug, Args)]
pub struct Dial {
    /// The SIP URI to call.
    #[arg(long, default_value = "sip:104@127.0.0.1:5060")]
    to: String,
    /// Call over a trunk of the settings, by its name, or `any` for the first by priority that takes the
    /// call; `--to` is then the number alone. Stop the helpline first if the carrier knows us by our port.
    #[arg(long, value_name = "NAME")]
    trunk: Option<String>,
    /// The caller's number. India keeps no numbers for fiction: this one must never be dialled back.
    #[arg(long, default_value = "+919999000001")]
    from: String,
    /// A WAV file to say: 8000 Hz, 16 bits, one channel.
    #[arg(long, value_name = "FILE")]
    say: Option<PathBuf>,
    /// Say it again and again.
    #[arg(long)]
    say_repeatedly: bool,
    /// A key and when to press it after the answer: `1@2s`. May be given several times.
    #[arg(long, value_name = "KEY@TIME", value_parser = press)]
    press: Vec<(Digit, Duration)>,
    /// Hang up so long after the answer: `30s`. Without it, when the other side does.
    #[arg(long, value_name = "TIME", value_parser = span)]
    hang_up_after: Option<Duration>,
    /// Keep what is heard in a WAV file.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// A tone to listen for, hertz. May be given several times.
    #[arg(long, value_name = "HZ")]
    listen_for: Vec<f64>,
}

impl Dial {
    /// Places the call and prints what happened.
    ///
    /// # Errors
    /// The file cannot be read, the call cannot be placed, or it was refused.
    pub async fn run(self, config: Option<&Path>) -> anyhow::Result<()> {
        let mut request = DialRequest::new(self.to, self.from);
        if let Some(name) = &self.trunk {
            request.over = trunks(&Settings::load(config)?, name)?;
        }
        if let Some(path) = &self.say {
            request.say = samples(path)?;
        }
        request.say_repeatedly = self.say_repeatedly;
        request.presses = self.press;
        request.hang_up_after = self.hang_up_after;
        request.listen_for = self.listen_for;
        request.keep_audio = self.record.is_some();
        let report = dial(request).await?;
        print(&report);
        if let Some(path) = &self.record {
            report.write_wav(path)?;
            println!("what was heard is in {}", path.display());
        }
        match report.ended {
            DialEnded::Refused(code) => bail!("the call was refused with {code}"),
            DialEnded::Lost => bail!("the call was lost"),
            DialEnded::ByUs | DialEnded::ByOther | DialEnded::Cancelled => Ok(()),
        }
    }
}

/// The trunks that take calls: the one of this name, or all.
fn trunks(settings: &Settings, name: &str) -> anyhow::Result<Vec<TrunkConfig>> {
    let all = config::trunk::configs(&settings.trunks, &settings.sip);
    let wanted = |trunk: &TrunkConfig| name == "any" || trunk.name.as_str() == name;
    let over: Vec<TrunkConfig> =
        all.into_iter().filter(|trunk| trunk.send_to.is_some() && wanted(trunk)).collect();
    if over.is_empty() {
        bail!("no [[trunk]] named \"{name}\" with `send_to` is in the settings");
    }
    Ok(over)
}

fn print(report: &DialReport) {
    for attempt in &report.attempts {
        println!("trunk {}: {}", attempt.trunk, attempt.fault);
    }
    if let Some(trunk) = &report.trunk {
        println!("over trunk {trunk}");
    }
    if let Some(early) = &report.early {
        let (received, level) = (early.received, early.level_dbfs);
        println!("before the answer: {received} packets received, level {level:.0} dBFS");
        for tone in &early.tones {
            println!(
                "before the answer: {} Hz for {:.2} s",
                tone.hertz,
                (tone.to - tone.from).as_secs_f64()
            );
        }
    }
    match report.answered_after {
        Some(after) => println!("answered after {} ms", after.as_millis()),
        None => println!("not answered"),
    }
    println!("talked for {:.1} s", report.talked.as_secs_f64());
    println!(
        "packets: {} sent, {} received, {} lost, jitter {:.1} ms, level {:.0} dBFS",
        report.sent, report.received, report.lost, report.jitter_ms, report.level_dbfs
    );
    for tone in &report.tones {
        let (from, to) = (tone.from.as_secs_f64(), tone.to.as_secs_f64());
        println!("heard {} Hz from {from:.2} s to {to:.2} s", tone.hertz);
    }
    if !report.keys.is_empty() {
        let keys: String = report.keys.iter().map(|key| key.as_char()).collect();
        println!("the other side pressed {keys}");
    }
}

/// The samples of a WAV file of telephone audio.
fn samples(path: &Path) -> anyhow::Result<Arc<[i16]>> {
    let of_file = || format!("{}", path.display());
    let mut file = hound::WavReader::open(path).with_context(of_file)?;
    let spec = file.spec();
    if (spec.sample_rate, spec.channels, spec.bits_per_sample) != (8000, 1, 16) {
        bail!("{} is not 8000 Hz, one channel, 16 bits", path.display());
    }
    let samples: Result<Vec<i16>, _> = file.samples::<i16>().collect();
    Ok(samples.with_context(of_file)?.into())
}

fn press(text: &str) -> Result<(Digit, Duration), String> {
    let wrong = || format!("{text:?} is not a key and a time such as 1@2s");
    let (key, at) = text.split_once('@').ok_or_else(wrong)?;
    let mut keys = key.chars();
    match (keys.next().and_then(Digit::new), keys.next()) {
        (Some(digit), None) => Ok((digit, span(at)?)),
        _ => Err(wrong()),
    }
}

/// A span as people write it: `2s`, `500ms`, `1m`.
fn span(text: &str) -> Result<Duration, String> {
    let span: jiff::SignedDuration =
        text.parse().map_err(|_| format!("{text:?} is not a time such as 2s or 500ms"))?;
    span.try_into().map_err(|_| format!("{text:?} is before the call"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_is_a_key_and_a_time() {
        let (digit, at) = press("1@2s").expect("good");
        assert_eq!((digit.as_char(), at), ('1', Duration::from_secs(2)));
        assert_eq!(press("#@500ms").expect("good").1, Duration::from_millis(500));
        for bad in ["1", "12@2s", "x@2s", "1@soon", "1@-2s", "@2s", ""] {
            assert!(press(bad).is_err(), "{bad:?}");
        }
    }
}
