use std::io::Write as _;

use super::{ConfigProblem, Settings};

fn with(pairs: &[(&str, &str)]) -> Result<Settings, ConfigProblem> {
    let owned = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Settings::with_environment(None, owned)
}

fn sentence(pairs: &[(&str, &str)]) -> String {
    with(pairs).expect_err("these settings are bad").to_string()
}

#[test]
fn the_documented_defaults_are_good() {
    let settings = with(&[]).expect("defaults");
    assert_eq!(settings.http.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.queues.len(), 2);
    assert_eq!(settings.queues[1].number, "1031");
    assert_eq!(settings.rtp.ports.ports(), &(16384..=32767));
    assert!(settings.database.url.is_none());
}

#[test]
fn the_environment_beats_the_file_which_beats_the_defaults() {
    let mut file = tempfile::NamedTempFile::new().expect("file");
    writeln!(file, "[http]\nlisten = \"127.0.0.1:81\"\ntimeout_s = 7").expect("write");
    let environment = [("HELPLINE__HTTP__LISTEN".to_owned(), "127.0.0.1:82".to_owned())];
    let settings = Settings::with_environment(Some(file.path()), environment).expect("settings");
    assert_eq!(settings.http.listen.port(), 82);
    assert_eq!(settings.http.timeout_s, 7);
}

#[test]
fn a_list_in_the_environment_is_parted_by_commas() {
    let settings = with(&[("HELPLINE__SIP__TRUNKS", "10.0.0.0/8,192.0.2.1/32")]).expect("good");
    assert_eq!(settings.sip.trunks.len(), 2);
    assert_eq!(settings.sip.trunks[0].to_string(), "10.0.0.0/8");
}

#[test]
fn an_unknown_key_is_refused_by_its_full_name() {
    assert!(sentence(&[("HELPLINE__HTTP__LISEN", "x")]).contains("`http.lisen`"));
    let mut file = tempfile::NamedTempFile::new().expect("file");
    writeln!(file, "[[queue]]\nid = \"a\"\nnumbr = \"1\"").expect("write");
    let problem = Settings::with_environment(Some(file.path()), []).expect_err("unknown key");
    assert!(problem.to_string().contains("`queue.numbr`"), "{problem}");
}

#[test]
fn a_value_of_the_wrong_form_is_refused_by_the_name_of_its_key() {
    for (name, value, key) in [
        ("HELPLINE__HTTP__LISTEN", "here", "http.listen"),
        ("HELPLINE__HTTP__TIMEOUT_S", "soon", "http.timeout_s"),
        ("HELPLINE__HTTP__TIMEOUT_S", "0", "http.timeout_s"),
        ("HELPLINE__RTP__PORTS", "9-1", "rtp.ports"),
        ("HELPLINE__HTTP__PUBLIC_URL", "helpline", "http.public_url"),
        ("HELPLINE__FLOOR__RING_S", "0", "floor.ring_s"),
        ("HELPLINE__SIP__TRUNKS", "somewhere", "sip.trunks"),
        ("HELPLINE__SIP__SESSION_EXPIRES_MIN_S", "60", "sip.session_expires_min_s"),
        ("HELPLINE__SIP__SESSION_EXPIRES_S", "80", "sip.session_expires_s"),
        ("HELPLINE__SIP__PUBLIC_RTP_ADDRESS", "here", "sip.public_rtp_address"),
        ("HELPLINE__LIMITS__WEB_CALLS_SHARE_PERCENT", "101", "limits.web_calls_share_percent"),
        ("HELPLINE__TURN__URLS", "turn:turn.example,https://turn.example", "turn.urls"),
        ("HELPLINE__TURN__URLS", "turn:turn.example", "turn.secret"),
        ("HELPLINE__TURN__SECRET", "short", "turn.secret"),
        ("HELPLINE__TURN__SECRET_FILE", "/nowhere/secret", "turn.secret_file"),
        ("HELPLINE__TURN__AGENT_CREDENTIAL_HOURS", "0", "turn.agent_credential_hours"),
        ("HELPLINE__TURN__AGENT_CREDENTIAL_HOURS", "25", "turn.agent_credential_hours"),
        ("HELPLINE__TURN__CITIZEN_CREDENTIAL_MINUTES", "9999", "turn.citizen_credential_minutes"),
    ] {
        let sentence = sentence(&[(name, value)]);
        assert!(sentence.contains(key), "{name}={value}: {sentence}");
        assert!(!sentence.contains('\n'), "one sentence: {sentence}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let problem = Settings::with_environment(Some("/nowhere/at/all.toml".as_ref()), []);
    assert!(problem.expect_err("missing").to_string().contains("all.toml"));
}

#[test]
fn a_turn_secret_comes_from_the_environment_or_from_a_file_and_is_never_told() {
    const SECRET: &str = "0123-umbra-kestrel-rhubarb";
    let urls = ("HELPLINE__TURN__URLS", "stun:a.example,turn:a.example?transport=tcp");
    let settings = with(&[urls, ("HELPLINE__TURN__SECRET", SECRET)]).expect("good");
    assert_eq!(settings.turn.urls.len(), 2);
    let known = settings.turn.secret.as_ref().expect("a secret");
    assert_eq!(known.bytes(), SECRET.as_bytes());
    assert!(!format!("{settings:?}").contains("kestrel"));

    let mut file = tempfile::NamedTempFile::new().expect("file");
    writeln!(file, "{SECRET}\nnot this").expect("write");
    let path = file.path().display().to_string();
    let from_file = ("HELPLINE__TURN__SECRET_FILE", path.as_str());
    let settings = with(&[urls, from_file]).expect("good");
    assert_eq!(settings.turn.secret.as_ref(), Some(known));
    let both = sentence(&[urls, from_file, ("HELPLINE__TURN__SECRET", SECRET)]);
    assert!(both.contains("turn.secret_file") && !both.contains("kestrel"), "{both}");
}

#[test]
fn a_secret_that_would_be_taken_for_a_number_is_refused_without_telling_it() {
    for number in ["1234567890123456", "00000000000000000007", "1234567890.12345678", "true"] {
        let sentence = sentence(&[("HELPLINE__TURN__SECRET", number)]);
        assert!(sentence.contains("turn.secret"), "{sentence}");
        assert!(!sentence.contains(number) && !sentence.contains("1234567890"), "{sentence}");
    }
}

fn of_file(text: &str) -> Result<Settings, ConfigProblem> {
    let mut file = tempfile::NamedTempFile::new().expect("file");
    write!(file, "{text}").expect("write");
    let environment = [("BSNL_PASSWORD".to_owned(), "open sesame".to_owned())];
    Settings::with_environment(Some(file.path()), environment)
}

#[test]
fn trunks_are_read_and_the_short_form_stays_the_last() {
    let settings = of_file(
        "[[trunk]]\nname = \"bsnl\"\nsend_to = \"192.0.2.7\"\nuser = \"42\"\n\
         password_env = \"BSNL_PASSWORD\"\nregister = true\nrequire_digest = true\n\
         digest_algorithms = [\"MD5\"]\ncalls_max = 60\n\
         [[trunk]]\nname = \"spare\"\nnetworks = [\"198.51.100.0/24\"]\ntransport = \"tcp\"\n",
    );
    let settings = settings.expect("good");
    let trunks = super::trunk::configs(&settings.trunks, &settings.sip);
    let names: Vec<&str> = trunks.iter().map(|trunk| trunk.name.as_str()).collect();
    assert_eq!(names, ["bsnl", "spare", "default"]);
    assert_eq!(trunks[0].account.as_ref().expect("an account").password, "open sesame");
    assert_eq!((trunks[0].calls_max, trunks[0].challenges.len()), (60, 1));
    assert_eq!((trunks[1].calls_max, trunks[1].challenges.len()), (500, 0));
    assert!(!format!("{settings:?}").contains("sesame"), "no log line shows it");
}

#[test]
fn a_bad_trunk_is_one_sentence_that_names_the_key() {
    let good = "[[trunk]]\nname = \"a\"\nnetworks = [\"192.0.2.0/24\"]\n";
    for (more, key) in [
        ("pasword = \"x\"", "pasword"),
        ("register = true", "trunk.register"),
        ("require_digest = true", "trunk.require_digest"),
        ("user = \"x\"", "trunk.user"),
        ("user = \"a b\"\npassword = \"x\"", "trunk.user"),
        ("user = \"x\"\npassword = \" \"", "trunk.password"),
        ("user = \"x\"\npassword = \"x\"\npassword_env = \"X\"", "trunk.password"),
        ("user = \"x\"\npassword_file = \"/nowhere\"", "trunk.password_file"),
        ("user = \"x\"\npassword_env = \"NOT_SET\"", "trunk.password_env"),
        ("user = \"x\"\npassword = \"x\"\nrealm = \"a\\\"b\"", "trunk.realm"),
        ("send_to = \"a:b\"", "send_to"),
        ("transport = \"tls\"", "transport"),
        ("digest_algorithms = [\"SHA-1\"]", "digest_algorithms"),
        ("calls_max = 0", "trunk.calls_max"),
        ("[[trunk]]\nname = \"b\"", "trunk.networks"),
        ("[[trunk]]\nname = \"b\"\nnetworks = [\"192.0.2.0/24\"]", "trunk.networks"),
        ("[[trunk]]\nname = \"a\"\nnetworks = [\"10.0.0.0/8\"]", "trunk.name"),
        ("[[trunk]]\nname = \"default\"\nnetworks = [\"10.0.0.0/8\"]", "trunk.name"),
        ("[[trunk]]\nname = \"A B\"\nnetworks = [\"10.0.0.0/8\"]", "name"),
        ("[sip]\nkeep_alive_s = 0", "sip.keep_alive_s"),
        ("[sip]\ncalls_max = 10", "queue.reserved_calls"),
    ] {
        let problem = of_file(&format!("{good}{more}\n")).expect_err(more).to_string();
        assert!(problem.contains(key), "{more}: {problem}");
        assert!(!problem.contains('\n') && !problem.contains("sesame"), "{problem}");
    }
}
