//! The program as an operator of the machine meets it: exit codes, sentences, and a stop when told.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

#[path = "shared/certificate.rs"]
mod certificate;

use certificate::{Made, certificate, put};

/// A command on a data folder of its own, with no setting from outside.
fn helpline(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_helpline"));
    command
        .args(arguments)
        .env_clear()
        .env("HELPLINE__DATA__FOLDER", folder)
        .env("HELPLINE__LOG__FILTER", "warn")
        .env("HELPLINE__HTTP__LISTEN", "127.0.0.1:0")
        .env("HELPLINE__SIP__LISTEN", "127.0.0.1:0")
        .env("HELPLINE__WEBRTC__LISTEN", "127.0.0.1:0")
        .env("HELPLINE__RTP__PORTS", "20200-20299");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    helpline(folder, arguments).output().expect("the program runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A program that serves; ended when the test is over, however that is.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already in a test that passes.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Serving {
    fn start(mut command: Command) -> Self {
        Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts"))
    }

    /// The lines up to the one that holds this text.
    fn lines_until(&mut self, text: &str) -> String {
        let output = self.0.stdout.as_mut().expect("a pipe");
        let mut read = String::new();
        let mut lines = BufReader::new(output);
        while !read.contains(text) {
            let more = lines.read_line(&mut read).expect("text");
            assert!(more > 0, "the program ended: {read}");
        }
        read
    }

    fn terminate(mut self) -> i32 {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
        assert!(sent.success());
        let mut rest = String::new();
        let _closed = self.0.stdout.take().expect("a pipe").read_to_string(&mut rest);
        self.0.wait().expect("it ends").code().expect("an exit code")
    }
}

#[test]
fn bad_settings_are_one_sentence_and_exit_code_2() {
    let folder = tempfile::tempdir().expect("folder");
    let good = run(folder.path(), &["check-config"]);
    assert!(good.status.success(), "{}", err(&good));
    assert!(out(&good).contains("2 queues"), "{}", out(&good));
    for (name, value, key) in [
        ("HELPLINE__HTTP__LISEN", "x", "http.lisen"),
        ("HELPLINE__SIP__TRUNKS", "somewhere", "sip.trunks"),
        ("HELPLINE__LOG__FILTER", "=x=", "log.filter"),
        ("HELPLINE__TURN__URLS", "turn:turn.example", "turn.secret"),
    ] {
        let mut command = helpline(folder.path(), &["check-config"]);
        let output = command.env(name, value).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(2), "{name}");
        let sentence = err(&output);
        assert!(sentence.contains(key) && sentence.lines().count() == 1, "{sentence}");
    }
}

#[test]
fn a_certificate_that_cannot_be_used_is_refused_at_start() {
    let folder = tempfile::tempdir().expect("folder");
    let good = certificate(90);
    let other = Made { certificate: good.certificate.clone(), key: certificate(90).key };
    let over = certificate(-2);
    let empty = Made { certificate: "nothing".to_owned(), key: good.key.clone() };
    for (made, words) in [
        (&other, "does not belong to the certificate"),
        (&over, "ended on"),
        (&empty, "holds no certificate"),
    ] {
        let files = put(folder.path(), made);
        for arguments in [&["check-config"], &["serve"]] {
            let mut command = helpline(folder.path(), arguments);
            let output = command.envs(files.clone()).output().expect("the program runs");
            let sentence = err(&output);
            assert_eq!(output.status.code(), Some(2), "{sentence}");
            assert!(sentence.contains(words) && sentence.contains("tls.certificate"), "{sentence}");
            assert_eq!(sentence.lines().count(), 1, "{sentence}");
        }
    }
    let files = put(folder.path(), &good);
    let mut command = helpline(folder.path(), &["check-config"]);
    assert!(command.envs(files).output().expect("the program runs").status.success());
}

#[test]
fn a_greeting_that_does_not_exist_is_refused_at_start() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("own.toml");
    let queue = "[[queue]]\nid = \"health\"\nnumber = \"104\"\nname_en = \"a\"\nname_hi = \"b\"\n\
        flow = \"missing\"\nclass = \"standard\"\n";
    std::fs::write(&file, queue).expect("written");
    let path = file.display().to_string();
    let output = run(folder.path(), &["--config", &path, "serve"]);
    assert!(!output.status.success());
    assert!(err(&output).contains("\"missing\""), "{}", err(&output));
}

#[test]
fn accounts_are_kept_on_the_command_line() {
    let folder = tempfile::tempdir().expect("folder");
    let folder = folder.path();
    let added = run(folder, &["user", "add", "asha", "--role", "operator"]);
    assert!(added.status.success(), "{}", err(&added));
    let link = |output: &Output| {
        let text = out(output);
        text.split_whitespace().find(|word| word.contains("#token=")).expect("a link").to_owned()
    };
    let first = link(&added);
    assert!(first.contains("/console/setup#token="), "{first}");
    let twice = run(folder, &["user", "add", "ASHA", "--role", "operator"]);
    assert_eq!(twice.status.code(), Some(1));
    assert!(err(&twice).contains("taken"), "{}", err(&twice));
    let reset = run(folder, &["user", "reset", "asha"]);
    assert_ne!(link(&reset), first, "another link");
    assert!(run(folder, &["user", "unlock", "asha"]).status.success());
    assert!(!run(folder, &["user", "unlock", "nobody"]).status.success());
    assert!(!run(folder, &["user", "add", "x", "--role", "king"]).status.success());
}

#[test]
fn the_database_and_the_index_are_made_anew() {
    let folder = tempfile::tempdir().expect("folder");
    for command in ["migrate", "migrate", "reindex"] {
        let output = run(folder.path(), &[command]);
        assert!(output.status.success(), "{command}: {}", err(&output));
    }
}

#[test]
fn the_program_serves_until_it_is_told_to_stop() {
    let folder = tempfile::tempdir().expect("folder");
    let mut serving = Serving::start(helpline(folder.path(), &[]));
    let said = serving.lines_until("webrtc");
    assert!(said.contains("takes calls") && said.contains("sip"), "{said}");
    let second = run(folder.path(), &["serve"]);
    assert_eq!(second.status.code(), Some(1), "one program for one data folder");
    assert!(err(&second).contains("another helpline"), "{}", err(&second));
    assert_eq!(serving.terminate(), 0);
}

#[test]
fn a_demo_says_what_to_do_and_goes_on_with_its_folder() {
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path().display().to_string();
    for round in ["new", "kept"] {
        let mut command = helpline(folder.path(), &["demo", "--data", &data]);
        command.env("HELPLINE_DEMO_PASSWORD", "umbra-kestrel-rhubarb-41");
        let mut demo = Serving::start(command);
        let said = demo.lines_until("Everything is kept");
        for part in ["/console/", "operator1", "umbra-kestrel-rhubarb-41", "helpline dial", "104"] {
            assert!(said.contains(part), "{part} is missing: {said}");
        }
        assert_eq!(said.contains("Bearer"), round == "new", "{said}");
        assert!(said.lines().count() < 30, "within the first screen");
        assert_eq!(demo.terminate(), 0);
    }
}
