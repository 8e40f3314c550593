//! A citizen as a library: places a real call, speaks, presses keys, listens. Does I/O.
//!
//! `helpline dial`, the load tool and the tests call with it, so what they prove is what a telephone
//! meets: real SIP, real RTP, and a judgement of the sound that came. It is the other side of the
//! exchange and shares nothing with it but the pure parts.

mod audio;
mod call;
mod early;
mod endpoint;
mod hearing;
mod route;
mod voice;

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use super::trunk::{Attempt, TrunkConfig, TrunkName};
use crate::call::Digit;
use crate::sdp::Codec;

pub use endpoint::Dialler;
pub use hearing::ToneHeard;

/// One call to place.
#[derive(Clone, Debug)]
pub struct DialRequest {
    /// The SIP URI to call: `sip:104@127.0.0.1:5060`; with `;transport=tcp` over TCP. Over trunks: the
    /// number alone.
    pub to: String,
    /// Trunks to call over, tried by priority until one takes the call; empty: straight to the URI.
    pub over: Vec<TrunkConfig>,
    /// The caller's number: the user part of From.
    pub from: String,
    /// What to say: samples at 8 kHz. Silence follows.
    pub say: Arc<[i16]>,
    /// Say it again and again.
    pub say_repeatedly: bool,
    /// Keys, each with its time after the answer.
    pub presses: Vec<(Digit, Duration)>,
    /// When to hang up, after the answer; `None`: when the other side does.
    pub hang_up_after: Option<Duration>,
    /// When to give up (CANCEL) if nobody answers.
    pub give_up_after: Duration,
    /// Longest call, whatever the other side does.
    pub longest: Duration,
    /// The codecs to offer, in order of preference. Must not be empty.
    pub codecs: Vec<Codec>,
    /// Tones to listen for, hertz.
    pub listen_for: Vec<f64>,
    /// Keep what is heard, for [`DialReport::write_wav`]; costs 16 kB a second.
    pub keep_audio: bool,
}

impl DialRequest {
    /// A silent caller from a number to a URI, who waits for the other side to hang up.
    #[must_use]
    pub fn new(to: impl Into<String>, from: impl Into<String>) -> Self {
        Self {
            to: to.into(),
            from: from.into(),
            over: Vec::new(),
            say: Arc::from([]),
            say_repeatedly: false,
            presses: Vec::new(),
            hang_up_after: None,
            give_up_after: Duration::from_secs(60),
            longest: Duration::from_secs(3600),
            codecs: vec![Codec::Pcma, Codec::Pcmu],
            listen_for: Vec::new(),
            keep_audio: false,
        }
    }
}

/// What happened so far, for a person who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialProgress {
    /// It rings at the other side.
    Ringing,
    /// Answered.
    Answered,
    /// A key was sent.
    Pressed(Digit),
}

/// What was heard before the answer (RFC 3960).
#[derive(Clone, Debug, PartialEq)]
pub struct EarlyHeard {
    /// RTP packets received.
    pub received: u64,
    /// Mean level, dBFS.
    pub level_dbfs: f32,
    /// The tones, with times since the description came.
    pub tones: Vec<ToneHeard>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialEnded {
    /// We hung up.
    ByUs,
    /// The other side hung up.
    ByOther,
    /// We gave up before an answer, and the other side confirmed it.
    Cancelled,
    /// Refused with this status code.
    Refused(u16),
    /// The signalling failed, or the answer could not be used.
    Lost,
}

/// A call that is over.
#[derive(Clone, Debug)]
pub struct DialReport {
    /// From the INVITE to the answer; `None` if there was none.
    pub answered_after: Option<Duration>,
    /// From the INVITE to the first `180 Ringing`, if there was one.
    pub rang_after: Option<Duration>,
    /// What was heard before the answer: the carrier's tones, or nothing at all.
    pub early: Option<EarlyHeard>,
    /// From the answer to the end.
    pub talked: Duration,
    /// How it ended.
    pub ended: DialEnded,
    /// RTP packets sent.
    pub sent: u64,
    /// RTP packets received.
    pub received: u64,
    /// RTP packets lost on the way to us, by gaps in the sequence numbers.
    pub lost: u64,
    /// Interarrival jitter at the end, milliseconds.
    pub jitter_ms: f32,
    /// From the answer to the first packet.
    pub heard_after: Option<Duration>,
    /// Mean level of what was heard, dBFS; the floor if nothing was.
    pub level_dbfs: f32,
    /// Keys of the other side, by RFC 4733.
    pub keys: Vec<Digit>,
    /// The tones that were heard, in the order of their beginning.
    pub tones: Vec<ToneHeard>,
    /// The trunk that took the call, if it went over one.
    pub trunk: Option<TrunkName>,
    /// Tries on other trunks that failed before.
    pub attempts: Vec<Attempt>,
    /// What was heard, at 8 kHz, if it was to be kept.
    pub audio: Vec<i16>,
}

/// Why a call could not be placed or its audio not be kept.
#[derive(Debug, Error)]
pub enum DialError {
    /// No socket on this address.
    #[error("cannot open a socket on {address}")]
    Bind {
        /// Where.
        address: IpAddr,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The URI to call, or the number to call from, cannot be used in SIP.
    #[error("{text:?} is not a SIP URI")]
    BadUri {
        /// The text.
        text: String,
    },
    /// No codec to offer.
    #[error("no codec to offer")]
    NoCodec,
    /// The INVITE could not be made.
    #[error("the call could not be placed")]
    Invite {
        /// Why.
        #[source]
        source: Box<rsipstack::Error>,
    },
    /// The recording could not be written.
    #[error("the recording could not be written")]
    Record {
        /// Why.
        #[source]
        source: hound::Error,
    },
}

impl DialReport {
    /// Seconds of this tone that were heard, in all.
    #[must_use]
    pub fn heard(&self, hertz: f64) -> Duration {
        let heard = self.tones.iter().filter(|tone| (tone.hertz - hertz).abs() < 0.5);
        heard.map(|tone| tone.to.saturating_sub(tone.from)).sum()
    }

    /// Writes what was heard to a WAV file: 8 kHz, 16 bits, one channel.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_wav(&self, path: &Path) -> Result<(), DialError> {
        self.try_write_wav(path).map_err(|source| DialError::Record { source })
    }

    fn try_write_wav(&self, path: &Path) -> Result<(), hound::Error> {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 8000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = hound::WavWriter::create(path, spec)?;
        for sample in &self.audio {
            file.write_sample(*sample)?;
        }
        file.finalize()
    }
}

/// Places one call from 127.0.0.1 if the URI, or every trunk, names it, else from the address of the default route.
///
/// # Errors
/// The call could not be placed at all; a refused or failed call is a report.
pub async fn dial(request: DialRequest) -> Result<DialReport, DialError> {
    let near = if request.over.is_empty() {
        request.to.contains("@127.") || request.to.contains("@localhost")
    } else {
        let mut hosts = request.over.iter().flat_map(|trunk| &trunk.send_to);
        hosts.all(|to| to.host.starts_with("127.") || to.host == "localhost")
    };
    let any = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let local = if near { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { super::address::reachable(any) };
    let dialler = Dialler::start(local).await?;
    let report = dialler.dial(request, None).await;
    dialler.stop().await;
    report
}
