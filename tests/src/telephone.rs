//! Telephones that we did not write: SIPp and baresip, as processes that end by themselves.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use telephony::media::tone::ToneGenerator;
use tokio::time::timeout;

use crate::program::Program;

/// How long any telephone may run.
const RUN_LIMIT: Duration = Duration::from_secs(90);

/// A run of SIPp: many callers with one behaviour.
#[derive(Clone, Debug)]
pub struct Sipp {
    scenario: &'static str,
    dialled: String,
    calls: u32,
    per_second: u32,
    more: Vec<String>,
}

impl Sipp {
    /// One caller to 104 who behaves as `tests/sipp/<scenario>.xml` says.
    #[must_use]
    pub fn new(scenario: &'static str) -> Self {
        let dialled = "104".to_owned();
        Self { scenario, dialled, calls: 1, per_second: 10, more: Vec::new() }
    }

    /// So many calls, so many begun each second.
    #[must_use]
    pub fn calls(mut self, calls: u32, per_second: u32) -> Self {
        (self.calls, self.per_second) = (calls, per_second);
        self
    }

    /// Another number.
    #[must_use]
    pub fn dialled(mut self, number: &str) -> Self {
        number.clone_into(&mut self.dialled);
        self
    }

    /// Over TCP, one connection for all calls.
    #[must_use]
    pub fn over_tcp(self) -> Self {
        self.with(&["-t", "t1"])
    }

    /// A share of the packets is lost, per cent.
    #[must_use]
    pub fn losing(self, percent: u32) -> Self {
        self.with(&["-lost", &percent.to_string()])
    }

    fn with(mut self, words: &[&str]) -> Self {
        self.more.extend(words.iter().map(|word| (*word).to_owned()));
        self
    }

    /// Runs it; `Ok` if every call went as written.
    ///
    /// # Errors
    /// SIPp is missing, did not end, or a call went otherwise; with its last screen.
    pub async fn run(&self, program: &Program) -> Result<()> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sipp");
        let scenario = folder.join(format!("{}.xml", self.scenario));
        let mut command = Command::new("sipp");
        command
            .arg("-sf")
            .arg(scenario)
            .args(["-s", &self.dialled, "-i", "127.0.0.1", "-mi", "127.0.0.1"])
            .args([
                "-p",
                &crate::ports::free().to_string(),
                "-mp",
                &crate::ports::free().to_string(),
            ])
            .args(["-m", &self.calls.to_string(), "-r", &self.per_second.to_string()])
            .args(["-nostdin", "-timeout", "60", "-timeout_error"])
            .args(&self.more)
            .arg(program.sip.to_string());
        let output = run(command).await?;
        if output.status.success() {
            return Ok(());
        }
        let screen = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        bail!("sipp {}: {}\n{errors}\n{screen}", self.scenario, output.status)
    }
}

/// SIPp as an operator's telephone, on a port of its own. Ends when it is dropped.
pub struct Station {
    scenario: &'static str,
    port: u16,
    process: tokio::process::Child,
}

impl Station {
    /// A telephone that does with so many calls what `tests/sipp/<scenario>.xml` says.
    ///
    /// # Errors
    /// SIPp is missing.
    pub fn start(scenario: &'static str, calls: u32) -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sipp");
        let port = crate::ports::free();
        let mut command = tokio::process::Command::new("sipp");
        command
            .arg("-sf")
            .arg(folder.join(format!("{scenario}.xml")))
            .args(["-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", &port.to_string()])
            .args(["-mp", &crate::ports::free().to_string(), "-m", &calls.to_string()])
            .args(["-nostdin", "-timeout", "80", "-timeout_error"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let process = command.spawn().context("sipp could not be run")?;
        Ok(Self { scenario, port, process })
    }

    /// Its address, for the agent whose it is.
    #[must_use]
    pub fn address(&self) -> String {
        format!("sip:201@127.0.0.1:{}", self.port)
    }

    /// Waits until all calls are over.
    ///
    /// # Errors
    /// One went otherwise than written.
    pub async fn went_as_written(mut self) -> Result<()> {
        let ended = timeout(RUN_LIMIT, self.process.wait()).await;
        let status = ended.with_context(|| format!("{} did not end", self.scenario))??;
        anyhow::ensure!(status.success(), "the telephone {}: {status}", self.scenario);
        Ok(())
    }
}

/// baresip as an operator's telephone: answers at once, says a tone and keeps what it hears.
pub struct BaresipStation {
    folder: PathBuf,
    port: u16,
    process: tokio::process::Child,
}

impl BaresipStation {
    /// The tone that it says.
    pub const HERTZ: f64 = 600.0;

    /// Starts it for so long.
    ///
    /// # Errors
    /// baresip is missing.
    pub fn start(folder: &Path, runs: Duration) -> Result<Self> {
        let port = crate::ports::free();
        let says = folder.join("says.wav");
        write_tone(&says, Self::HERTZ, runs)?;
        let config = config(&says).replace("127.0.0.1:0", &format!("127.0.0.1:{port}"));
        std::fs::write(folder.join("config"), config)?;
        let account = "<sip:201@127.0.0.1>;regint=0;answermode=auto;audio_codecs=PCMA/8000/1\n";
        std::fs::write(folder.join("accounts"), account)?;
        std::fs::write(folder.join("contacts"), "")?;
        let mut command = tokio::process::Command::new("baresip");
        command
            .arg("-f")
            .arg(folder)
            .args(["-t", &runs.as_secs().to_string()])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let process = command.spawn().context("baresip could not be run")?;
        Ok(Self { folder: folder.to_owned(), port, process })
    }

    /// Its address, for the agent whose it is.
    #[must_use]
    pub fn address(&self) -> String {
        format!("sip:201@127.0.0.1:{}", self.port)
    }

    /// Waits for its end; the samples that it heard, at 8 kHz.
    ///
    /// # Errors
    /// It did not end, or kept nothing.
    pub async fn heard(mut self) -> Result<Vec<i16>> {
        timeout(RUN_LIMIT, self.process.wait()).await.context("baresip did not end")??;
        heard_audio(&self.folder)
    }
}

fn write_tone(path: &Path, hertz: f64, length: Duration) -> Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut samples = vec![0; usize::try_from(length.as_secs() * 8000)?];
    ToneGenerator::steady(hertz, 8000).fill(&mut samples);
    let mut writer = hound::WavWriter::create(path, spec)?;
    for sample in samples {
        writer.write_sample(sample)?;
    }
    Ok(writer.finalize()?)
}

/// One call by baresip: plays a WAV file, may press keys, records what it hears.
#[derive(Clone, Debug)]
pub struct Baresip {
    /// What it says: a WAV file at 8 kHz.
    pub says: PathBuf,
    /// How long it talks.
    pub talks: Duration,
    /// Codecs to offer, in baresip's words: `PCMA/8000/1`.
    pub codec: &'static str,
}

impl Baresip {
    /// Calls 104 and hangs up when the time is over; gives what it printed and what it heard.
    ///
    /// # Errors
    /// baresip is missing or did not end.
    pub async fn call(&self, program: &Program, folder: &Path) -> Result<Heard> {
        std::fs::write(folder.join("config"), config(&self.says))?;
        let account = format!(
            "<sip:9999000002@127.0.0.1>;regint=0;audio_codecs={};dtmfmode=rtpevent\n",
            self.codec
        );
        std::fs::write(folder.join("accounts"), account)?;
        std::fs::write(folder.join("contacts"), "")?;
        let seconds = self.talks.as_secs().to_string();
        let mut command = Command::new("baresip");
        command
            .arg("-f")
            .arg(folder)
            .args(["-t", &seconds])
            .arg("-e")
            .arg(format!("/dial sip:104@{}", program.sip))
            .current_dir(folder);
        let output = run(command).await?;
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.push_str(&String::from_utf8_lossy(&output.stderr));
        Ok(Heard { said, audio: heard_audio(folder)? })
    }
}

/// The settings of a baresip that says a file and dumps what it hears.
fn config(says: &Path) -> String {
    let says = says.display();
    format!(
        "poll_method epoll\nsip_listen 127.0.0.1:0\nnet_interface 127.0.0.1\n\
         audio_player aufile,heard.wav\naudio_source aufile,{says}\naudio_alert aufile,heard-alert.wav\n\
         audio_srate 8000\naudio_channels 1\nausrc_srate 8000\nauplay_srate 8000\n\
         rtp_timeout 0\nmodule_path /usr/lib/baresip/modules\n\
         module stdio.so\nmodule g711.so\nmodule aufile.so\nmodule_app account.so\n\
         module_app contact.so\nmodule_app menu.so\nmodule sndfile.so\nsnd_path .\n"
    )
}

/// What baresip said of its call, and the samples that it heard.
pub struct Heard {
    /// Its own words.
    pub said: String,
    /// Samples at 8 kHz.
    pub audio: Vec<i16>,
}

/// The module `sndfile` dumps what was decoded into a file of its own naming.
fn heard_audio(folder: &Path) -> Result<Vec<i16>> {
    let found =
        std::fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.path()).find(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("dec.wav"))
        });
    let path = found.context("baresip kept nothing of what it heard")?;
    let mut reader = hound::WavReader::open(&path).context("what baresip heard")?;
    Ok(reader.samples::<i16>().filter_map(Result::ok).collect())
}

async fn run(mut command: Command) -> Result<Output> {
    command.stdin(Stdio::null());
    let name = command.get_program().to_string_lossy().into_owned();
    let mut command = tokio::process::Command::from(command);
    let output = timeout(RUN_LIMIT, command.kill_on_drop(true).output());
    let output = output.await.with_context(|| format!("{name} did not end"))?;
    output.with_context(|| format!("{name} could not be run"))
}
