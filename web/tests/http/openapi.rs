//! The API's description is generated, checked in, and compared here.

use std::path::Path;

use serde_json::Value;

use crate::app::{TestApp, json_of};

/// Set this variable to write the file anew.
const UPDATE: &str = "UPDATE_OPENAPI";

#[test]
fn the_checked_in_description_is_that_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi.json");
    let generated = web::openapi::text();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &generated).expect("openapi.json can be written");
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(checked_in == generated, "openapi.json is stale: run this test with {UPDATE}=1");
}

#[test]
fn every_operation_has_a_name_a_tag_and_an_answer_and_every_refusal_is_a_problem() {
    let description: Value = serde_json::from_str(&web::openapi::text()).expect("json");
    assert!(description["openapi"].as_str().expect("version").starts_with("3.1"));
    let mut names = Vec::new();
    for (path, item) in description["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let at = format!("{method} {path}");
            names.push(operation["operationId"].as_str().expect(&at).to_owned());
            assert!(operation["tags"][0].is_string(), "{at} has a tag");
            assert!(operation["summary"].is_string(), "{at} has a summary");
            assert!(operation["security"].is_array(), "{at} says who may call it");
            let responses = operation["responses"].as_object().expect(&at);
            assert!(responses.keys().any(|status| status.starts_with(['1', '2'])), "{at}");
            for (status, response) in responses.iter().filter(|(s, _)| s.starts_with(['4', '5'])) {
                let problem = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(problem, "#/components/schemas/Problem", "{at} {status}");
            }
        }
    }
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "no name twice");
}

#[test]
fn nothing_of_a_person_stands_in_a_url() {
    const PERSONAL: &[&str] =
        &["phone", "number", "e164", "name", "text", "q", "query", "note", "email", "address"];
    let description: Value = serde_json::from_str(&web::openapi::text()).expect("json");
    for (path, item) in description["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let in_url = parameters.filter(|found| found["in"] == "query" || found["in"] == "path");
            for parameter in in_url {
                let name = parameter["name"].as_str().expect("a name");
                assert!(!PERSONAL.contains(&name), "{method} {path}: {name} belongs in a body");
            }
        }
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    let description: Value = serde_json::from_str(&web::openapi::text()).expect("json");
    let mut references = Vec::new();
    collect(&description, &mut references);
    assert!(references.len() > 50, "the description has references");
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("local");
        assert!(description.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(reference) if name == "$ref" => references.push(reference.to_owned()),
                    _ => collect(member, references),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_serves_its_description() {
    let app = TestApp::start().await;
    let response = app.anonymous().get("/openapi.json").await;
    let served = json_of(response, reqwest::StatusCode::OK).await;
    let text: Value = serde_json::from_str(&web::openapi::text()).expect("json");
    assert_eq!(served, text);
    app.stop().await;
}
