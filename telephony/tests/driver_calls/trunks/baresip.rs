//! baresip in both directions: it calls us and proves its password; we call it over a trunk.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use telephony::driver::dial::{DialEnded, DialRequest, dial};
use telephony::media::tone::ToneGenerator;
use tokio::process::{Child, Command};

use super::carrier::{account, free_port, trunk};
use crate::exchange::{ANSWER, Exchange, LOCAL, media_config, ports, sip_config};

/// The tone that baresip plays.
const HERTZ: f64 = 600.0;

/// baresip with this account and these last words on its command line. It plays a tone.
fn baresip(folder: &Path, port: u16, account: &str, words: &[&str]) -> Child {
    let mut samples = vec![0; 8 * 8000];
    ToneGenerator::steady(HERTZ, 8000).fill(&mut samples);
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let says = folder.join("says.wav");
    let mut wav = hound::WavWriter::create(&says, spec).expect("a file");
    for sample in samples {
        wav.write_sample(sample).expect("written");
    }
    wav.finalize().expect("written");
    let config = format!(
        "poll_method epoll\nsip_listen 127.0.0.1:{port}\nnet_interface 127.0.0.1\n\
         audio_player aufile,heard.wav\naudio_source aufile,{says}\naudio_alert aufile,alert.wav\n\
         audio_srate 8000\naudio_channels 1\nausrc_srate 8000\nauplay_srate 8000\n\
         rtp_timeout 0\nmodule_path /usr/lib/baresip/modules\n\
         module stdio.so\nmodule g711.so\nmodule aufile.so\nmodule_app account.so\n\
         module_app contact.so\nmodule_app menu.so\n",
        says = says.display()
    );
    std::fs::write(folder.join("config"), config).expect("written");
    std::fs::write(folder.join("accounts"), format!("{account}\n")).expect("written");
    std::fs::write(folder.join("contacts"), "").expect("written");
    let mut command = Command::new("baresip");
    command.arg("-f").arg(folder).args(words).current_dir(folder).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("baresip runs")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_calls_us_and_proves_its_password() {
    let mut config = sip_config();
    config.trunks[0].account = Some(account());
    // It knows no other.
    config.trunks[0].challenges = vec!["MD5".parse().expect("a digest")];
    let exchange = Exchange::start(config, media_config(ports(4))).await;
    let folder = tempfile::tempdir().expect("a folder");
    let account = "<sip:bsnl@127.0.0.1>;auth_user=bsnl;auth_pass=\"open sesame\";regint=0;\
                   audio_codecs=PCMA/8000/1";
    let dial = format!("/dial sip:{ANSWER}@{}", exchange.sip.local_addr());
    let mut caller = baresip(folder.path(), 0, account, &["-t", "2", "-e", &dial]);
    exchange.until("it is confirmed", |e| e.seen(|seen| seen.confirmed.len() == 1)).await;
    let ended = tokio::time::timeout(Duration::from_secs(30), caller.wait()).await;
    ended.expect("baresip ends in time").expect("it ran");
    exchange.is_empty().await;
    exchange.seen(|seen| assert_eq!(seen.invited[0].from.as_deref(), Some("bsnl")));
    assert!(exchange.sip.counts().challenged >= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn we_call_it_over_a_trunk_and_hear_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let account = "<sip:+919812345678@127.0.0.1>;regint=0;answermode=auto;\
                   audio_codecs=PCMA/8000/1";
    let _telephone = baresip(folder.path(), port, account, &[]);
    let request = DialRequest {
        over: vec![trunk("bsnl", (LOCAL, port).into(), 1)],
        listen_for: vec![HERTZ],
        hang_up_after: Some(Duration::from_secs(1)),
        ..DialRequest::new("+919812345678", "104")
    };
    // It needs a moment until it listens; INVITEs before that are lost and sent again.
    let report = dial(request).await.expect("placed");
    assert_eq!(report.ended, DialEnded::ByUs, "{report:?}");
    assert_eq!(report.trunk.expect("over the trunk").as_str(), "bsnl");
    let heard: Duration = report.tones.iter().map(|tone| tone.to - tone.from).sum();
    assert!(heard >= Duration::from_millis(300), "{heard:?}");
}
