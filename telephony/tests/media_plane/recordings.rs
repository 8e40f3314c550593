//! A leg recorded through the plane: what it said left, what it was made to hear right, whatever
//! that was made of.

use std::io::Cursor;
use std::time::Duration;

use telephony::call::{PlayId, Playlist, PromptName};
use telephony::driver::media::MediaEvent;
use telephony::driver::media::recorder::{BeginRecording, Recorder, RecorderConfig, RecorderEvent};
use telephony::media::FRAME_SAMPLES;
use telephony::media::record::{Closing, RecordingId, RecordingKey, RecordingReader, write_wav};
use telephony::media::tone::tone_share;
use telephony::sdp::Codec;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::place::{Place, config};

const CALLER: f64 = 500.0;
const AGENT: f64 = 1100.0;
const DOCTOR: f64 = 1900.0;

/// In how many frames of a channel, in hundredths, a tone is.
fn share(samples: &[i16], hertz: f64) -> usize {
    let frames = samples.chunks_exact(FRAME_SAMPLES);
    let all = frames.len().max(1);
    frames.filter(|frame| tone_share(hertz, frame) >= 0.15).count() * 100 / all
}

/// Both channels of a recording's file.
fn channels(file: &[u8], key: &RecordingKey) -> (Vec<i16>, Vec<i16>) {
    let mut reader = RecordingReader::open(file, std::slice::from_ref(key)).expect("the right key");
    let mut wav = Cursor::new(Vec::new());
    write_wav(&mut reader, &mut wav).expect("readable");
    assert!(matches!(reader.closing(), Closing::Closed { .. }));
    wav.set_position(0);
    let samples: Vec<i16> = hound::WavReader::new(wav)
        .expect("a WAV file")
        .into_samples()
        .collect::<Result<_, _>>()
        .expect("samples");
    samples.chunks_exact(2).map(|pair| (pair[0], pair[1])).unzip()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_has_what_was_said_and_what_was_heard_through_every_change() {
    let mut place = Place::start(config(2)).await;
    let (a, _caller) = place.phone(1, Codec::Pcma, CALLER).await;
    let (b, _agent) = place.phone(2, Codec::Pcmu, AGENT).await;
    let (c, _doctor) = place.phone(3, Codec::Pcma, DOCTOR).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("recording");
    let key = RecordingKey::new([7; 32]);
    let (sender, mut ended) = mpsc::channel(8);
    let recorder = Recorder::start(RecorderConfig::new(key.clone()), sender).expect("it starts");
    let recording = RecordingId(1);
    let began = place.plane.now();
    let begin = BeginRecording { recording, path: path.clone(), began, law: Codec::Pcma };
    recorder.begin(begin).await.expect("it begins");
    place.plane.record(a, recording, began, recorder.port());

    // A prompt, a talk of two, a talk of three, a talk of two again: about a second and a half each.
    let beeps = vec![("en".parse().expect("a language"), PromptName("beep".into()))];
    place.plane.play(a, PlayId(1), &Playlist { prompts: beeps, repeat: false });
    while !matches!(place.events.recv().await, Some(MediaEvent::PlayEnded { leg, .. }) if leg == a)
    {
    }
    place.plane.bridge(a, b);
    sleep(Duration::from_millis(1500)).await;
    let room = place.plane.new_room();
    place.plane.mix(room, &[a, b, c], &[]);
    sleep(Duration::from_millis(1500)).await;
    place.plane.mix(room, &[a, b], &[]);
    sleep(Duration::from_millis(1500)).await;
    place.plane.stop_recording(a);
    recorder.end(recording, place.plane.now()).expect("heard");
    let end = ended.recv().await;
    assert!(matches!(end, Some(RecorderEvent::RecordingEnded { .. })), "{end:?}");
    recorder.close().await;

    let file = std::fs::read(&path).expect("the file");
    let (said, heard) = channels(&file, &key);
    println!("{end:?}; {} s", said.len() / 8000);
    let talk = |samples: &[i16]| samples[samples.len() - 4 * 8000..].to_vec();
    let (said, heard) = (talk(&said), talk(&heard));
    let shares = [CALLER, AGENT, DOCTOR].map(|hertz| (share(&said, hertz), share(&heard, hertz)));
    println!("said, heard, in % of the last 4 s: {shares:?}");
    assert!(shares[0].0 >= 90 && shares[0].1 <= 5, "the caller is left: {shares:?}");
    assert!(shares[1].0 <= 5 && shares[1].1 >= 80, "the agent is right: {shares:?}");
    assert!((20..=55).contains(&shares[2].1) && shares[2].0 <= 5, "the doctor a while: {shares:?}");
}
