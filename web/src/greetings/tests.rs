//! The settings with the built-in texts, and with texts that do not fit.

use std::io::Write as _;

use super::*;

fn library() -> AudioLibrary {
    AudioLibrary::builtin("en".parse().expect("a language")).expect("good files")
}

/// The defaults, with this in place of the queues.
fn settings(queues: &str) -> Settings {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(queues.as_bytes()).expect("written");
    Settings::with_environment(Some(file.path()), []).expect("good settings")
}

fn queue(id: &str, number: &str, rest: &str) -> String {
    format!(
        "[[queue]]\nid = \"{id}\"\nnumber = \"{number}\"\nname_en = \"x\"\nname_hi = \"x\"\n\
         class = \"info\"\n{rest}\n"
    )
}

fn sentences(settings: &Settings, texts: &Texts) -> Vec<String> {
    let library = library();
    let wrong = World::new(settings, &library, texts).lines().expect_err("refused");
    wrong.into_iter().map(|wrong| wrong.sentence).collect()
}

#[test]
fn a_line_with_hours_needs_a_greeting_that_asks_and_an_open_queue() {
    let health = queue("health", "104", "flow = \"health\"");
    let office = "flow = \"schemes\"\ncalendar = \"office\"\n";
    let good = settings(
        &(health.clone() + &queue("schemes", "1031", &format!("{office}after_hours = \"health\""))),
    );
    let library = library();
    World::new(&good, &library, &Texts::builtin()).lines().expect("sound");

    for (rest, told) in [
        (office.to_owned(), "needs a queue here"),
        (format!("{office}after_hours = \"schemes\""), "is not a queue that is always open"),
        ("flow = \"schemes\"\ncalendar = \"night\"".to_owned(), "there is no calendar \"night\""),
        ("flow = \"nothing\"".to_owned(), "the greeting \"nothing\""),
        ("flow = \"schemes\"\nmusic = \"silence\"".to_owned(), "there is no prompt \"silence\""),
        (
            "flow = \"health\"\ncalendar = \"office\"\nafter_hours = \"health\"".to_owned(),
            "has no step of kind `hours`",
        ),
    ] {
        let settings = settings(&(health.clone() + &queue("schemes", "1031", &rest)));
        let all = sentences(&settings, &Texts::builtin());
        assert!(all.iter().any(|sentence| sentence.contains(told)), "{told}: {all:?}");
    }
}

#[test]
fn a_calendar_that_closes_the_queue_of_last_resort_is_refused() {
    let settings = settings(
        &(queue("health", "104", "flow = \"health\"")
            + &queue("schemes", "1031", "flow = \"schemes\"\nafter_hours = \"health\"")),
    );
    let mut texts = Texts::builtin();
    let shut = "name = \"always\"\n[weekly]\nmonday = [\"09:00-10:00\"]".to_owned();
    texts.calendars.insert("always".to_owned(), shut);
    let all = sentences(&settings, &texts);
    assert!(all.iter().any(|s| s.contains("has opening hours; name a queue")), "{all:?}");
}

#[test]
fn all_that_is_wrong_is_told_with_its_place() {
    let settings = Settings::with_environment(None, []).expect("good");
    let library = library();
    let builtin = Texts::builtin();
    let text = builtin.flows["health"]
        .replace("1 = \"illness\"", "1 = \"nowhere\"")
        .replace("then = \"reason\"", "then = \"gone\"");
    let world = World::new(&settings, &library, &builtin);
    let wrong = world.prove("health", &text).expect_err("refused");
    let places: Vec<_> = wrong.iter().map(|wrong| wrong.place.as_str()).collect();
    assert_eq!(places, ["steps.reason.key 1", "steps.welcome.then"]);
    let (_, proof) = world.prove("health", &builtin.flows["health"]).expect("sound");
    assert!(proof.branches.len() > 5 && proof.worst.as_secs() > 10);
    let other = world.prove("schemes", &builtin.flows["health"]).expect_err("another name");
    assert!(other[0].sentence.contains("is named `health`"), "{}", other[0].sentence);
}
