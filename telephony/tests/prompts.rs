//! The text catalogue, the files made from it and the list of what is built in agree.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ids::Language;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use telephony::call::{MACHINE_PROMPTS, PromptName};
use telephony::flow::{BUILTIN_FLOWS, Flow, OPENING_PROMPTS};
use telephony::media::level::level_dbfs;
use telephony::media::{AudioLibrary, g711};
use telephony::sdp::Codec;

#[derive(Deserialize)]
struct Catalogue {
    voices: BTreeMap<String, toml::Value>,
    prompts: BTreeMap<String, BTreeMap<String, String>>,
    any: BTreeMap<String, toml::Value>,
}

fn folder() -> PathBuf {
    // Read from the environment at run time: tests may run from a copy of the tree.
    let home = std::env::var("CARGO_MANIFEST_DIR").expect("tests are run by cargo");
    Path::new(&home).join("../prompts")
}

fn catalogue() -> Catalogue {
    let text = fs::read_to_string(folder().join("catalogue.toml")).expect("there is a catalogue");
    toml::from_str(&text).expect("the catalogue is readable")
}

fn language(text: &str) -> Language {
    text.parse().expect("a language")
}

/// (language, name) of every file that should be.
fn wanted() -> Vec<(String, String)> {
    let catalogue = catalogue();
    let mut wanted: Vec<_> = catalogue.any.keys().map(|n| ("any".to_owned(), n.clone())).collect();
    for (name, texts) in &catalogue.prompts {
        for language in catalogue.voices.keys() {
            assert!(texts.contains_key(language), "{name} has a text in {language}");
            wanted.push((language.clone(), name.clone()));
        }
    }
    wanted.sort();
    wanted
}

#[test]
fn every_text_has_a_file_and_every_file_a_text() {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder()).expect("the folder is there") {
        let path = entry.expect("readable").path();
        if !path.is_dir() {
            continue;
        }
        for file in fs::read_dir(&path).expect("readable") {
            let file = file.expect("readable").path();
            let part = |p: &Path| p.file_stem().expect("a name").to_string_lossy().into_owned();
            found.push((part(&path), part(&file)));
        }
    }
    found.sort();
    assert_eq!(found, wanted());
}

#[test]
fn every_file_is_the_one_noted_and_of_the_right_form() {
    let manifest = fs::read_to_string(folder().join("manifest.json")).expect("there is a manifest");
    let notes: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(&manifest).expect("the manifest is readable");
    let mut total = 0;
    for (folder_name, name) in wanted() {
        let path = folder().join(&folder_name).join(format!("{name}.wav"));
        let bytes = fs::read(&path).expect("readable");
        total += bytes.len();
        let hash: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        let noted = &notes[&format!("{folder_name}/{name}")]["wav_sha256"];
        assert_eq!(*noted, hash, "{folder_name}/{name}: run scripts/make-prompts");

        let mut library = AudioLibrary::new(language(&folder_name));
        let prompt_name = PromptName(name.clone());
        library
            .add_wav(language(&folder_name), prompt_name.clone(), &bytes)
            .expect("8 kHz, mono, 16 bit");
        let prompt = library.get(language(&folder_name), &prompt_name).expect("added");
        let seconds = prompt.duration().as_secs_f32();
        assert!((0.2..=30.0).contains(&seconds), "{folder_name}/{name}: {seconds} s");
        let level = level_dbfs(&g711::decoded(Codec::Pcma, prompt.bytes(Codec::Pcma)));
        let expected = if folder_name == "any" { -36.0..=-14.0 } else { -20.0..=-14.0 };
        assert!(expected.contains(&level), "{folder_name}/{name}: {level} dBFS");
    }
    // Two languages and a hundred sentences: the repository and the program grow by as much.
    assert!(total < 8_500_000, "{total} bytes of prompts in the repository");
}

#[test]
fn the_program_contains_them_all() {
    let library = AudioLibrary::builtin(language("hi")).expect("good files");
    assert_eq!(library.len(), wanted().len(), "run scripts/make-prompts");
    for (folder_name, name) in wanted() {
        assert!(library.has(language(&folder_name), &PromptName(name.clone())), "{name}");
    }
    for (name, text) in BUILTIN_FLOWS {
        let flow = Flow::parse(text).expect("sound");
        assert_eq!(library.missing(&flow), [], "{name}");
    }
}

#[test]
fn no_text_is_without_a_use() {
    let mut used: Vec<String> = MACHINE_PROMPTS.iter().map(|name| (*name).to_owned()).collect();
    for (_, text) in BUILTIN_FLOWS {
        let flow = Flow::parse(text).expect("sound");
        used.extend(flow.prompts().iter().map(|name| name.0.clone()));
    }
    used.extend(OPENING_PROMPTS.iter().map(|name| (*name).to_owned()));
    for name in catalogue().prompts.keys() {
        assert!(used.contains(name), "{name} is said nowhere");
    }
}

#[test]
fn hindi_is_written_in_devanagari() {
    for (name, texts) in &catalogue().prompts {
        let devanagari = |c: char| ('\u{900}'..='\u{97f}').contains(&c);
        let foreign = texts["hi"].chars().find(|c| c.is_alphabetic() && !devanagari(*c));
        assert_eq!(foreign, None, "{name}");
        assert!(texts["hi"].chars().any(devanagari), "{name}");
        assert!(texts["en"].is_ascii(), "{name}");
    }
}
