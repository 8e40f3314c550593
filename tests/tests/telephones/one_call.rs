//! One call by a telephone that we did not write: it is answered, and the greeting is heard.

use std::time::Duration;

use telephony::media::level::level_dbfs;
use telephony::media::tone::ToneGenerator;
use tests::program::Program;
use tests::telephone::Baresip;

#[tokio::test(flavor = "multi_thread")]
async fn baresip_hears_the_greeting_in_both_codecs() {
    let program = Program::start(&[]).await.expect("the program starts");
    for codec in ["PCMA/8000/1", "PCMU/8000/1"] {
        let folder = tempfile::tempdir().expect("a folder");
        let says = folder.path().join("says.wav");
        write_tone(&says);
        let telephone = Baresip { says, talks: Duration::from_secs(5), codec };
        let heard = telephone.call(&program, folder.path()).await.expect("a call");
        assert!(heard.said.contains("established"), "{codec}: {}", heard.said);
        let level = level_dbfs(&heard.audio);
        assert!(level > -40.0, "{codec}: the greeting is at {level} dBFS\n{}", heard.said);
    }
    program.until_quiet(Duration::from_secs(45)).await.expect("nothing is left");
}

fn write_tone(path: &std::path::Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec).expect("a file");
    let mut samples = vec![0_i16; 8000 * 8];
    ToneGenerator::steady(1000.0, 8000).fill(&mut samples);
    for sample in samples {
        writer.write_sample(sample).expect("a sample");
    }
    writer.finalize().expect("the file is whole");
}
