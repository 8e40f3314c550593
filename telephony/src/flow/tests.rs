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

fn prove(
    flow: &Flow,
    queues: &[QueueId],
    library: &AudioLibrary,
) -> Result<FlowProof, Vec<FlowError>> {
    flow.prove(FlowWorld { queues, always_open: &queues[..1], library })
}

fn sentences(flow: &Flow, queues: &[QueueId], library: &AudioLibrary) -> String {
    let wrong = prove(flow, queues, library).expect_err("refused");
    wrong.iter().map(FlowError::sentence).collect::<Vec<_>>().join("\n")
}

fn refused_by(flow: &Flow, queues: &[QueueId], library: &AudioLibrary) -> String {
    sentences(flow, queues, library).lines().next().unwrap_or_default().to_owned()
}

fn queues() -> Vec<QueueId> {
    ["health", "schemes"].into_iter().map(|q| q.parse().expect("a name")).collect()
}

#[test]
fn the_worst_branch_is_measured() {
    let flow = Flow::parse(SMALL).expect("sound");
    let report = prove(&flow, &queues(), &library()).expect("valid");
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
    let error = refused_by(&flow, &queues()[1..], &library());
    assert_eq!(error, "greeting `small`, step `queue`: there is no queue `health`");
    let empty = AudioLibrary::new(flow.default_language());
    let error = refused_by(&flow, &queues(), &empty);
    assert_eq!(error, "greeting `small`: prompt `agent_lost` is missing in language `hi`");
    assert_eq!(empty.missing(&flow).len(), 2 * (3 + 33), "each name in each language");
}

#[test]
fn a_greeting_that_talks_too_long_is_refused() {
    let flow = Flow::parse(SMALL).expect("sound");
    let long = |name: &str, seconds: usize| {
        let mut library = library();
        let prompt = Prompt::from_samples(&vec![100; 8000 * seconds]);
        library.insert(flow.default_language(), PromptName(name.to_owned()), prompt);
        sentences(&flow, &queues(), &library)
    };
    assert!(long("reason", 46).contains("step `reason`: talks for 47 s"), "{}", long("reason", 46));
    assert!(long("reason", 40).contains("longest branch takes"), "{}", long("reason", 40));
}

#[test]
fn the_built_in_greetings_are_valid_with_the_built_in_prompts() {
    let library = AudioLibrary::builtin("hi".parse().expect("a language")).expect("good files");
    for (name, _) in BUILTIN_FLOWS {
        let flow = builtin_flow(name).expect("it is there").expect("sound");
        assert_eq!(flow.name(), name);
        let report = prove(&flow, &queues(), &library).expect("valid");
        assert!(report.worst < Duration::from_secs(75), "{name}: {:?}", report.worst);
    }
    assert!(builtin_flow("unknown").is_none());
}

const CLOSING: &str = r#"
name = "closing"
languages = ["en"]
first = "hours"
known = "hours"

[steps.hours]
kind = "hours"
open = "menu"
closed = "closed"
holiday = "closed"

[steps.closed]
kind = "say"
prompts = ["reason"]
says_opening = true
then = "on_duty"

[steps.on_duty]
kind = "to_queue"
queue = "health"

[steps.menu]
kind = "choose"
prompts = ["reason"]
keys = { 1 = "second" }
otherwise = "schemes"

[steps.second]
kind = "choose"
prompts = ["reason"]
keys = { 1 = "schemes" }
otherwise = "schemes"

[steps.schemes]
kind = "to_queue"
queue = "schemes"
"#;

/// As [`library`], with all that an opening needs.
fn library_with_openings() -> AudioLibrary {
    let mut library = library();
    for name in OPENING_PROMPTS {
        for language in ["hi", "en"] {
            let prompt = Prompt::from_samples(&[100; 8000]);
            let language = language.parse().expect("a language");
            library.insert(language, PromptName(name.to_owned()), prompt);
        }
    }
    library
}

#[test]
fn each_branch_says_where_it_ends_and_how_long_it_takes() {
    let flow = Flow::parse(CLOSING).expect("sound");
    assert!(flow.asks_for_hours());
    let proof = prove(&flow, &queues(), &library_with_openings()).expect("valid");
    let lines: Vec<_> = proof
        .branches
        .iter()
        .map(|b| {
            let ends: Vec<_> = b.ends_at.iter().map(QueueId::as_str).collect();
            format!("{} {}: {} s, {}", b.step, b.branch, b.worst.as_secs(), ends.join(" "))
        })
        .collect();
    // A menu: 1 s said and 5 s of silence, twice. The closed message: 1 s and three prompts.
    assert_eq!(
        lines,
        [
            "closed then: 4 s, health",
            "hours open: 24 s, schemes",
            "hours closed: 4 s, health",
            "hours holiday: 4 s, health",
            "menu key 1: 24 s, schemes",
            "menu otherwise: 12 s, schemes",
            "second key 1: 24 s, schemes",
            "second otherwise: 24 s, schemes",
        ]
    );
    assert_eq!(proof.worst, Duration::from_secs(24));
}

#[test]
fn a_closed_line_must_lead_to_an_open_queue() {
    let text = CLOSING.replace("queue = \"health\"", "queue = \"schemes\"");
    let flow = Flow::parse(&text).expect("the shape is sound");
    let sentences = sentences(&flow, &queues(), &library_with_openings());
    assert_eq!(
        sentences,
        "greeting `closing`, step `on_duty`: callers of a closed line get here, but queue `schemes` \
         has opening hours; name a queue that is always open"
    );
    let told = sentences_of_missing(&Flow::parse(CLOSING).expect("sound"));
    assert!(told.contains("prompt `clock_1` is missing in language `en`"), "{told}");
}

fn sentences_of_missing(flow: &Flow) -> String {
    sentences(flow, &queues(), &library())
}

#[test]
fn menus_are_flat() {
    let third = "kind = \"choose\"\nprompts = [\"reason\"]\nkeys = { 1 = \"schemes\" }\n\
                 otherwise = \"schemes\"\n";
    let text = CLOSING.replacen("1 = \"schemes\"", "1 = \"third\"", 1)
        + &format!("\n[steps.third]\n{third}");
    let error = Flow::parse(&text).expect_err("too deep").to_string();
    assert_eq!(
        error,
        "greeting `closing`, step `third`: is the 3. menu on the way here, at most 2 are allowed"
    );
    let five = "1 = \"second\", 2 = \"schemes\", 3 = \"schemes\", 4 = \"schemes\", 5 = \"schemes\"";
    let error = Flow::parse(&CLOSING.replacen("1 = \"second\"", five, 1)).expect_err("too many");
    assert_eq!(
        error.to_string(),
        "greeting `closing`, step `menu`: 5 options, at most 4 are allowed"
    );
}

#[test]
fn all_broken_branches_are_told_at_once() {
    let text = CLOSING
        .replace("open = \"menu\"", "open = \"men\"")
        .replace("then = \"on_duty\"", "then = \"off_duty\"")
        .replace("1 = \"second\"", "1 = \"nowhere\"");
    let wrong = Flow::read(&text).expect_err("refused");
    let branches: Vec<_> =
        wrong.iter().map(|error| (error.step(), error.branch().unwrap_or_default())).collect();
    assert_eq!(
        branches,
        [(Some("closed"), "then"), (Some("hours"), "open"), (Some("menu"), "key 1")]
    );
}

fn rehearsal(flow: &Flow, hours: Hours, keys: &str) -> Rehearsal {
    let keys = keys.chars().map(Digit::new).collect();
    let start = RehearsalStart {
        queue: "health".parse().expect("a name"),
        hours,
        class: Class::Standard,
        remembered_language: None,
        keys,
    };
    rehearse(std::sync::Arc::new(flow.clone()), &library_with_openings(), start)
}

fn heard(rehearsal: &Rehearsal) -> Vec<String> {
    let one = |heard: &Heard| {
        let prompts: Vec<_> = heard.prompts.iter().map(|(_, name)| name.0.as_str()).collect();
        format!("{} {}", heard.at.as_secs(), prompts.join(" "))
    };
    rehearsal.heard.iter().map(one).collect()
}

#[test]
fn a_rehearsal_walks_as_a_caller_would() {
    let flow = Flow::parse(CLOSING).expect("sound");
    let silent = rehearsal(&flow, Hours::Open, "");
    assert_eq!(heard(&silent), ["0 reason", "6 reason", "12 please_wait queue_safety"]);
    assert_eq!((silent.queue.as_str(), silent.took.as_secs()), ("schemes", 12));

    let opening = Opening { day: OpeningDay::Tomorrow, hour: 9, half: false };
    let closed = rehearsal(&flow, Hours::Closed(Some(opening)), "");
    assert_eq!(
        heard(&closed),
        [
            "0 reason opens_tomorrow part_morning clock_9",
            "4 please_wait queue_safety callback_offer"
        ]
    );
    assert_eq!(closed.queue.as_str(), "health");

    // Silence, a key, and what `9` means everywhere.
    let pressed = rehearsal(&flow, Hours::Open, ".1");
    assert_eq!(pressed.heard[0].key, None);
    let urgent = rehearsal(&flow, Hours::Holiday(None), "9");
    assert_eq!((urgent.class, urgent.took.as_secs()), (Class::Emergency, 0));
    assert_eq!(heard(&urgent), ["0 reason", "0 emergency"]);
}
