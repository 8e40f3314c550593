//! Greetings that are refused, and what is said of the built-in ones.

use std::error::Error;

use super::*;
use crate::media::{AudioLibrary, Prompt};

const SMALL: &str = r#"
name = "small"
languages = ["hi", "en"]
first = "language"
known = "reason"

[steps.language]
kind = "choose"
prompts = ["choose_language"]
every_language = true
keys = { 1 = "hindi", 2 = "english" }
timeout_s = 4
tries = 2
otherwise = "reason"

[steps.hindi]
kind = "set_language"
language = "hi"
then = "reason"

[steps.english]
kind = "set_language"
language = "en"
then = "reason"

[steps.reason]
kind = "choose"
prompts = ["reason"]
again = ["sorry"]
keys = { 1 = "clinical" }
timeout_s = 5
tries = 3
otherwise = "queue"

[steps.clinical]
kind = "set_class"
class = "clinical"
then = "queue"

[steps.queue]
kind = "to_queue"
queue = "health"
"#;

fn refused(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from:?} is in the text");
    let error = Flow::parse(&SMALL.replacen(from, to, 1)).expect_err("refused");
    let cause = error.source().map_or(String::new(), |cause| format!(": {cause}"));
    format!("{error}{cause}")
}

/// Each prompt of `SMALL` and of the machine in both languages, a second each.
fn library() -> AudioLibrary {
    let language = |l: &str| l.parse::<Language>().expect("a language");
    let mut library = AudioLibrary::new(language("hi"));
    let names = ["choose_language", "reason", "sorry"];
    for name in names.into_iter().chain(crate::call::MACHINE_PROMPTS) {
        for l in ["hi", "en"] {
            let prompt = Prompt::from_samples(&[100; 8000]);
            library.insert(language(l), PromptName(name.to_owned()), prompt);
        }
    }
    library
}

fn queues() -> Vec<QueueId> {
    ["health", "schemes"].into_iter().map(|q| q.parse().expect("a name")).collect()
}

#[test]
fn the_worst_branch_is_measured() {
    let flow = Flow::parse(SMALL).expect("sound");
    let report = flow.validate(&queues(), &library()).expect("valid");
    // The choice of language twice: 2 × (2 s said + 4 s of silence). The reason three times: 1 s
    // and 5 s, then twice 2 s and 5 s.
    assert_eq!(report.worst, Duration::from_secs(12 + 20));
    assert_eq!(report.steps, 5, "language, hindi, reason, clinical, queue");
}

#[test]
fn a_loop_is_refused_by_step_and_branch() {
    let text = refused("then = \"queue\"", "then = \"reason\"");
    assert_eq!(
        text,
        "greeting `small`, step `clinical`, branch `then`: leads back to where it came from"
    );
    let text = refused("otherwise = \"queue\"", "otherwise = \"reason\"");
    assert!(text.contains("step `reason`, branch `otherwise`"), "{text}");
}

#[test]
fn a_branch_to_nowhere_and_a_step_without_a_way_to_it_are_refused() {
    assert_eq!(
        refused("1 = \"clinical\"", "1 = \"clincal\""),
        "greeting `small`, step `reason`, branch `key 1`: there is no step `clincal`"
    );
    assert_eq!(
        refused("first = \"language\"", "first = \"nowhere\""),
        "greeting `small`, step ``, branch `first`: there is no step `nowhere`"
    );
    assert_eq!(
        refused("1 = \"clinical\"", "1 = \"queue\""),
        "greeting `small`, step `clinical`: no branch leads to it"
    );
}

#[test]
fn the_keys_of_everywhere_cannot_be_a_steps_own() {
    for key in ["9", "0", "\"*\"", "A", "11"] {
        let text = refused("{ 1 = \"clinical\" }", &format!("{{ {key} = \"clinical\" }}"));
        assert!(text.contains("cannot be a key here"), "{text}");
    }
}

#[test]
fn the_language_comes_first_and_in_every_language() {
    for (from, to) in
        [("every_language = true", "every_language = false"), ("2 = \"english\"", "2 = \"hindi\"")]
    {
        let text = refused(from, to);
        let unreachable = text.contains("no branch leads to it");
        assert!(unreachable || text.contains("the first step must be a choice"), "{text}");
    }
    assert!(refused("language = \"en\"", "language = \"pa\"").contains("`pa` is not in"));
    assert!(refused("[\"hi\", \"en\"]", "[\"hi\", \"hi\"]").contains("1 to 8 different"));
}

#[test]
fn numbers_out_of_range_and_unknown_settings_are_refused() {
    assert!(refused("timeout_s = 5", "timeout_s = 0").contains("timeout_s must be 1 to 15"));
    assert!(refused("tries = 3", "tries = 4").contains("tries must be 1 to 3"));
    assert!(refused("[\"reason\"]", "[]").contains("prompts must be 1 to 8 names"));
    assert!(refused("tries = 3", "trys = 3").contains("trys"));
    assert!(refused("\"clinical\"\nthen", "\"worst\"\nthen").contains("worst"));
}

#[test]
fn missing_queues_and_prompts_are_named() {
    let flow = Flow::parse(SMALL).expect("sound");
    let error = flow.validate(&queues()[1..], &library()).expect_err("refused").to_string();
    assert_eq!(error, "greeting `small`, step `queue`: there is no queue `health`");
    let empty = AudioLibrary::new(flow.default_language());
    let error = flow.validate(&queues(), &empty).expect_err("refused").to_string();
    assert_eq!(error, "greeting `small`: prompt `agent_lost` is missing in language `hi`");
    assert_eq!(empty.missing(&flow).len(), 2 * (3 + 6), "each name in each language");
}

#[test]
fn a_greeting_that_talks_too_long_is_refused() {
    let flow = Flow::parse(SMALL).expect("sound");
    let long = |name: &str, seconds: usize| {
        let mut library = library();
        let prompt = Prompt::from_samples(&vec![100; 8000 * seconds]);
        library.insert(flow.default_language(), PromptName(name.to_owned()), prompt);
        flow.validate(&queues(), &library).expect_err("refused").to_string()
    };
    assert!(long("reason", 46).contains("step `reason`: talks for 46 s"), "{}", long("reason", 46));
    assert!(long("reason", 40).contains("longest branch takes"), "{}", long("reason", 40));
}

#[test]
fn the_built_in_greetings_are_valid_with_the_built_in_prompts() {
    let library = AudioLibrary::builtin("hi".parse().expect("a language")).expect("good files");
    for (name, _) in BUILTIN_FLOWS {
        let flow = builtin_flow(name).expect("it is there").expect("sound");
        assert_eq!(flow.name(), name);
        let report = flow.validate(&queues(), &library).expect("valid");
        assert!(report.worst < Duration::from_secs(75), "{name}: {:?}", report.worst);
    }
    assert!(builtin_flow("unknown").is_none());
}
