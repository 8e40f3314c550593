//! A recorder on a temporary folder, tones to feed it with, and what is in a file afterwards.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ids::Timestamp;
use telephony::driver::media::recorder::{
    BeginRecording, BeginRefused, Recorder, RecorderConfig, RecorderEvent, RecorderPort,
};
use telephony::media::g711;
use telephony::media::record::{
    RecordedFrame, RecordingId, RecordingKey, RecordingReader, Side, WavSummary, write_wav,
};
use telephony::media::tone::{Heard, ToneDetector, ToneGenerator};
use telephony::sdp::Codec;
use tokio::sync::mpsc;

/// What the leg says and what it hears, hertz.
pub(crate) const TONES: [f64; 2] = [700.0, 1100.0];
/// Longer than anything here takes.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

pub(crate) fn key() -> RecordingKey {
    RecordingKey::new([0x5a; 32])
}

/// The settings of the tests: no floor of free space, which is not ours to have.
pub(crate) fn config() -> RecorderConfig {
    RecorderConfig { free_min: 0, ..RecorderConfig::new(key()) }
}

#[expect(clippy::disallowed_methods, reason = "a real recorder has a real clock")]
pub(crate) fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    Timestamp::default() + since_epoch
}

/// A recorder, and what it reports.
pub(crate) struct Bench {
    pub(crate) recorder: Recorder,
    pub(crate) events: mpsc::Receiver<RecorderEvent>,
    pub(crate) folder: PathBuf,
}

impl Bench {
    pub(crate) fn start(folder: &Path, config: RecorderConfig) -> Self {
        let (sender, events) = mpsc::channel(16);
        let recorder = Recorder::start(config, sender).expect("threads can be had");
        Self { recorder, events, folder: folder.to_owned() }
    }

    pub(crate) fn path(&self, recording: u64) -> PathBuf {
        self.folder.join(format!("{recording}.rec"))
    }

    /// Begins a recording; its zero.
    pub(crate) async fn begin(&self, recording: u64) -> Result<Timestamp, BeginRefused> {
        let began = now();
        let path = self.path(recording);
        let recording = RecordingId(recording);
        let begin = BeginRecording { recording, path, began, law: Codec::Pcma };
        self.recorder.begin(begin).await.map(|()| began)
    }

    pub(crate) async fn event(&mut self) -> RecorderEvent {
        let event = tokio::time::timeout(DEADLINE, self.events.recv()).await;
        event.expect("an event in time").expect("the recorder lives")
    }
}

/// Feeds both sides of recordings with their tones, in real time.
pub(crate) struct Feeder {
    port: RecorderPort,
    tones: [ToneGenerator; 2],
    ticks: tokio::time::Interval,
    /// Position of the next frame.
    pub(crate) at: u64,
    /// Frames that there was no room for.
    pub(crate) dropped: u64,
}

impl Feeder {
    pub(crate) fn new(port: RecorderPort) -> Self {
        let tones = TONES.map(|hertz| ToneGenerator::steady(hertz, 8000));
        let ticks = tokio::time::interval(Duration::from_millis(20));
        Self { port, tones, ticks, at: 0, dropped: 0 }
    }

    /// So many times 20 ms of both sides, to each of these recordings.
    pub(crate) async fn feed(&mut self, recordings: std::ops::Range<u64>, frames: usize) {
        for _ in 0..frames {
            self.ticks.tick().await;
            self.burst(recordings.clone());
        }
    }

    /// 20 ms of both sides, now.
    pub(crate) fn burst(&mut self, recordings: std::ops::Range<u64>) {
        for (side, tone) in [Side::Said, Side::Heard].into_iter().zip(&mut self.tones) {
            let mut samples = [0; 160];
            tone.fill(&mut samples);
            // One side in the other law: the file has but one.
            let codec = if side == Side::Said { Codec::Pcma } else { Codec::Pcmu };
            let audio = g711::encoded(codec, &samples);
            for recording in recordings.clone().map(RecordingId) {
                let frame = RecordedFrame::new(recording, side, self.at, codec, &audio);
                let taken = self.port.frame(&frame.expect("20 ms"));
                self.dropped += u64::from(!taken);
            }
        }
        self.at += 160;
    }
}

/// A recording, opened.
pub(crate) struct Opened {
    pub(crate) summary: WavSummary,
    /// Said and heard.
    pub(crate) channels: [Vec<i16>; 2],
}

pub(crate) fn open(path: &Path) -> Opened {
    let file = File::open(path).expect("there is a file");
    let mut reader = RecordingReader::open(file, &[key()]).expect("a recording");
    let mut wav = std::io::Cursor::new(Vec::new());
    let summary = write_wav(&mut reader, &mut wav).expect("readable");
    wav.set_position(0);
    let wav = hound::WavReader::new(wav).expect("a WAV file");
    let samples: Vec<i16> = wav.into_samples().map(|sample| sample.expect("whole")).collect();
    let channels = [0, 1].map(|n| samples.iter().skip(n).step_by(2).copied().collect());
    Opened { summary, channels }
}

pub(crate) fn heard(hertz: f64, samples: &[i16]) -> Heard {
    let mut detector = ToneDetector::new(hertz);
    detector.push(samples);
    detector.heard()
}

impl Opened {
    /// Both tones are where they belong, most of the time between these samples, and nowhere else.
    pub(crate) fn assert_tones(&self, span: std::ops::Range<usize>) {
        for (n, channel) in self.channels.iter().enumerate() {
            let own = heard(TONES[n], &channel[span.clone()]);
            assert!(own.with_tone * 2 > own.blocks, "channel {n}: {own:?}");
            let other = heard(TONES[1 - n], channel);
            assert_eq!(other.with_tone, 0, "channel {n} has the other's tone");
        }
    }
}
