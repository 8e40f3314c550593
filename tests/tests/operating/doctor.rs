//! The doctor on a set-up in which much is wrong, and on one that serves.

use std::net::{TcpListener, UdpSocket};

use serde_json::Value;
use tests::ports::free_address;
use tests::program::{Program, command};

/// The report of `helpline doctor --json`, and the exit code.
fn report(settings: &[(&str, &str)]) -> (i32, Value) {
    let mut command = command(&["doctor", "--json"]).expect("the program is built");
    let settings = settings.iter().map(|(key, value)| (format!("HELPLINE__{key}"), *value));
    let output = command.envs(settings).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let report = serde_json::from_str(&text);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = report.unwrap_or_else(|e| panic!("{e}: {text}\n{errors}"));
    (output.status.code().expect("a code"), report)
}

fn finding<'a>(report: &'a Value, check: &str) -> &'a Value {
    let findings = report["findings"].as_array().expect("findings");
    let found = findings.iter().find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("no {check} in {report:#}"))
}

#[test]
fn what_is_wrong_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let (http, sip) = (free_address(), free_address());
    let _taken = TcpListener::bind(http).expect("a port that somebody else has");
    let _silent = UdpSocket::bind(sip).expect("a port that somebody else has");
    let prompts = folder.path().join("prompts");
    std::fs::create_dir_all(prompts.join("hi")).expect("made");
    std::fs::write(prompts.join("hi/welcome.wav"), "no sound").expect("written");
    std::fs::write(folder.path().join("helpline.db"), vec![7; 8192]).expect("written");
    std::fs::write(folder.path().join("cert.pem"), "no certificate").expect("written");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (code, report) = report(&[
        ("DATA__FOLDER", &path("")),
        ("PROMPTS__FOLDER", &path("prompts")),
        ("TLS__CERTIFICATE", &path("cert.pem")),
        ("TLS__KEY", &path("cert.pem")),
        ("HTTP__LISTEN", &http.to_string()),
        ("SIP__LISTEN", &sip.to_string()),
        // A carrier that no packet reaches (TEST-NET-1 is nobody's).
        ("SIP__TRUNKS", "192.0.2.9/32"),
        ("RTP__ADDRESS", "0.0.0.0"),
        ("WEBRTC__LISTEN", "203.0.113.200:10000"),
    ]);
    assert_eq!((code, &report["verdict"]), (1, &Value::from("wrong")), "{report:#}");
    for (check, found, to_do) in [
        ("port sip udp", "taken by another program", "ss -ulnp"),
        ("port webrtc", "no address 203.0.113.200", "ip address"),
        ("address of the trunk's audio", "no address that anybody", "sip.public_address"),
        ("certificate", "holds no certificate", "fullchain.pem"),
        ("trunk 192.0.2.9", "", "firewall"),
        ("database", "cannot be read", "database.url"),
        ("prompts", "welcome.wav", "mend the file"),
    ] {
        let finding = finding(&report, check);
        assert_eq!(finding["verdict"], "wrong", "{finding}");
        assert!(finding["found"].as_str().expect("text").contains(found), "{finding}");
        assert!(finding["to_do"].as_str().expect("text").contains(to_do), "{finding}");
    }
    assert_eq!(finding(&report, "disk writes")["check"], "disk writes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helpline_that_serves_is_well_and_its_ports_are_its_own() {
    let program = Program::start(&[]).await.expect("the program starts");
    let (http, sip) = (program.http.to_string(), program.sip.to_string());
    let data = program.database().parent().expect("a folder").display().to_string();
    let (code, report) = report(&[
        ("DATA__FOLDER", &data),
        ("HTTP__LISTEN", &http),
        ("SIP__LISTEN", &sip),
        ("WEBRTC__LISTEN", "127.0.0.1:0"),
        ("SIP__CALLS_MAX", "100"),
        ("HTTP__EVENT_STREAMS_MAX", "10"),
    ]);
    for check in ["port http", "port sip udp", "port sip tcp"] {
        let finding = finding(&report, check);
        assert_eq!(finding["verdict"], "ok", "{finding}");
        assert!(
            finding["found"].as_str().expect("text").contains("helpline that runs"),
            "{finding}"
        );
    }
    for check in ["database schema", "database writes", "prompts", "certificate", "open files"] {
        assert_eq!(finding(&report, check)["verdict"], "ok", "{}", finding(&report, check));
    }
    // The machine of the tests may lack a clock that is kept, or room: warnings, or its own affair.
    let own_affair = ["clock", "disk space", "disk writes", "memory", "cores"];
    let wrong = report["findings"].as_array().expect("findings").iter();
    let mut wrong = wrong.filter(|finding| finding["verdict"] == "wrong");
    assert!(
        wrong.clone().all(|finding| own_affair.contains(&finding["check"].as_str().expect("text"))),
        "{report:#}"
    );
    assert_eq!(code, i32::from(wrong.next().is_some()));
    program.stop().await.expect("it stops in peace");
}
