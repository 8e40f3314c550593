//! Who may call what: every operation of the description, tried by everybody. An operation that is not
//! in the table fails the test, so none can be forgotten.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::account::Role;

use crate::app::{Actor, TestApp};

/// Everybody who tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Anonymous,
    Operator,
    Doctor,
    Supervisor,
    Admin,
    Auditor,
    /// A machine whose token holds every scope.
    Machine,
    /// A machine whose token holds none.
    MachineWithoutScope,
}

const ALL: &[Who] = &[
    Who::Anonymous,
    Who::Operator,
    Who::Doctor,
    Who::Supervisor,
    Who::Admin,
    Who::Auditor,
    Who::Machine,
    Who::MachineWithoutScope,
];

/// Whoever is on the wire.
const OPEN: &[Who] = ALL;
/// Whoever has signed in as a person.
const SIGNED_IN: &[Who] = &[Who::Operator, Who::Doctor, Who::Supervisor, Who::Admin, Who::Auditor];
/// Those who take calls.
const AGENTS: &[Who] = &[Who::Operator, Who::Doctor];
/// Those who see calls.
const CALLS: &[Who] = &[Who::Operator, Who::Doctor, Who::Supervisor];
/// Those who decide how long recordings are kept.
const SUPERVISORS: &[Who] = &[Who::Supervisor];
/// Those who see the floor.
const FLOOR: &[Who] = &[Who::Operator, Who::Doctor, Who::Supervisor, Who::Admin, Who::Machine];
/// Those who watch the whole floor.
const WATCHERS: &[Who] = &[Who::Supervisor, Who::Admin, Who::Machine];
/// Those who direct it.
const DIRECTORS: &[Who] = &[Who::Supervisor, Who::Admin];
/// Those who open the event stream.
const STREAM: &[Who] = &[Who::Operator, Who::Doctor, Who::Supervisor, Who::Admin];
/// Those who work with citizens' records.
const RECORDS: &[Who] = &[Who::Operator, Who::Doctor, Who::Supervisor, Who::Machine];
/// Those who keep accounts.
const ACCOUNTS: &[Who] = &[Who::Admin, Who::Machine];
/// Those who read how the queues did.
const METRICS: &[Who] = &[Who::Supervisor, Who::Admin, Who::Auditor, Who::Machine];
/// Those who read the audit.
const AUDIT: &[Who] = &[Who::Auditor, Who::Machine];

/// Those who write greetings and calendars.
const GREETINGS: &[Who] = &[Who::Supervisor, Who::Admin, Who::Machine];

const TABLE: &[(&str, &[Who])] = &[
    ("healthz", OPEN),
    ("readyz", OPEN),
    ("metrics", OPEN),
    ("sign_in", OPEN),
    ("set_up_password", OPEN),
    ("get_session", SIGNED_IN),
    ("sign_out", SIGNED_IN),
    ("get_me", SIGNED_IN),
    ("get_own_ice_servers", AGENTS),
    ("list_users", ACCOUNTS),
    ("create_user", ACCOUNTS),
    ("reset_user", ACCOUNTS),
    ("unlock_user", ACCOUNTS),
    ("set_user_skills", ACCOUNTS),
    ("list_audit", AUDIT),
    ("list_flows", GREETINGS),
    ("get_flow", GREETINGS),
    ("list_flow_versions", GREETINGS),
    ("add_flow_version", GREETINGS),
    ("publish_flow", GREETINGS),
    ("roll_back_flow", GREETINGS),
    ("simulate_flow", GREETINGS),
    ("list_calendars", GREETINGS),
    ("get_calendar", GREETINGS),
    ("list_calendar_versions", GREETINGS),
    ("add_calendar_version", GREETINGS),
    ("publish_calendar", GREETINGS),
    ("roll_back_calendar", GREETINGS),
    ("get_own_agent", AGENTS),
    ("set_own_state", AGENTS),
    ("connect_own_media", AGENTS),
    ("set_own_station", AGENTS),
    ("finish_own_wrap_up", AGENTS),
    ("force_agent_state", DIRECTORS),
    ("move_call", DIRECTORS),
    ("reclass_call", DIRECTORS),
    ("get_floor", FLOOR),
    ("list_alerts", WATCHERS),
    ("acknowledge_alert", DIRECTORS),
    ("list_queues", FLOOR),
    ("list_trunks", WATCHERS),
    ("get_queue_metrics", METRICS),
    ("get_roster_week", STREAM),
    ("get_roster_now", DIRECTORS),
    ("add_roster_entry", DIRECTORS),
    ("change_roster_entry", DIRECTORS),
    ("remove_roster_entry", DIRECTORS),
    ("restore_roster_entry", DIRECTORS),
    ("copy_roster_week", DIRECTORS),
    ("set_roster_need", DIRECTORS),
    ("accept_reservation", AGENTS),
    ("reject_reservation", AGENTS),
    ("get_call", CALLS),
    ("hold_call", AGENTS),
    ("resume_call", AGENTS),
    ("hang_up_call", AGENTS),
    ("send_digits", AGENTS),
    ("set_call_contact", AGENTS),
    ("pause_recording", AGENTS),
    ("resume_recording", AGENTS),
    ("stop_recording", AGENTS),
    ("begin_web_call", OPEN),
    ("get_web_call_ice_servers", OPEN),
    ("reconnect_web_call_media", OPEN),
    ("get_web_call", OPEN),
    ("end_web_call", OPEN),
    ("press_web_call_digits", OPEN),
    ("open_events", STREAM),
    ("find_contacts_by_phone", RECORDS),
    ("create_contact", RECORDS),
    ("get_contact", RECORDS),
    ("update_contact", RECORDS),
    ("create_household", RECORDS),
    ("join_household", RECORDS),
    ("find_interactions_by_phone", RECORDS),
    ("enter_paper_call", RECORDS),
    ("get_interaction", RECORDS),
    ("list_recordings", RECORDS),
    ("get_recording_audio", CALLS),
    ("set_legal_hold", SUPERVISORS),
    ("delete_recording", SUPERVISORS),
    ("list_callbacks", RECORDS),
    ("count_callbacks", FLOOR),
    ("set_callback_state", CALLS),
    ("open_case", RECORDS),
    ("list_cases", RECORDS),
    ("get_case", RECORDS),
    ("update_case", RECORDS),
    ("save_draft", RECORDS),
    ("file_report", RECORDS),
    ("list_reports", RECORDS),
    ("close_case", RECORDS),
    ("reopen_case", RECORDS),
    ("get_timeline", RECORDS),
    ("search", RECORDS),
    ("get_vocabulary", RECORDS),
];

struct Operation {
    name: String,
    method: Method,
    path: String,
    has_body: bool,
}

fn operations() -> Vec<Operation> {
    let description: Value = serde_json::from_str(&web::openapi::text()).expect("json");
    let mut operations = Vec::new();
    for (path, item) in description["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            operations.push(Operation {
                name: operation["operationId"].as_str().expect("a name").to_owned(),
                method: method.to_uppercase().parse().expect("a method"),
                path: filled(path),
                has_body: operation.get("requestBody").is_some(),
            });
        }
    }
    // Signing out comes last, because nothing can be tried after it.
    operations.sort_by_key(|operation| operation.name == "sign_out");
    operations
}

/// A path with its parameters filled: a reservation has a number, all others are UUIDs.
fn filled(path: &str) -> String {
    let id = if path.contains("/reservations/") {
        "999999"
    } else {
        "0192f0c1-2f1e-7c55-9c8e-0242ac120002"
    };
    let path =
        path.replace("{name}", "health").replace("{queue}", "health").replace("{version}", "1");
    path.replace("{id}", id).replace("{token}", "no-such-token")
}

#[test]
fn the_table_lists_every_operation_and_no_other() {
    let listed: BTreeMap<_, _> = TABLE.iter().copied().collect();
    let mut missing = Vec::new();
    let operations = operations();
    for operation in &operations {
        if !listed.contains_key(operation.name.as_str()) {
            missing.push(operation.name.clone());
        }
    }
    assert!(missing.is_empty(), "not in the table: {missing:?}");
    assert_eq!(operations.len(), TABLE.len(), "the table lists operations that are gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let app = TestApp::start().await;
    let operations = operations();
    let mut wrong = Vec::new();
    for who in ALL {
        let actor = actor(&app, *who).await;
        for operation in &operations {
            let (_, allowed) =
                TABLE.iter().find(|(name, _)| *name == operation.name).expect("in the table");
            let status = tried(&actor, operation).await;
            let expected_refusal = match who {
                Who::Anonymous => StatusCode::UNAUTHORIZED,
                Who::Operator
                | Who::Doctor
                | Who::Supervisor
                | Who::Admin
                | Who::Auditor
                | Who::Machine
                | Who::MachineWithoutScope => StatusCode::FORBIDDEN,
            };
            let refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
            let right = if allowed.contains(who) { !refused } else { status == expected_refusal };
            if !right {
                wrong.push(format!("{who:?} {} -> {status}", operation.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    app.stop().await;
}

async fn actor(app: &TestApp, who: Who) -> Actor {
    match who {
        Who::Anonymous => app.anonymous(),
        Who::Operator => app.operator().await,
        Who::Doctor => app.person("doctor1", Role::Doctor).await,
        Who::Supervisor => app.supervisor().await,
        Who::Admin => app.admin().await,
        Who::Auditor => app.auditor().await,
        Who::Machine => app.machine("all", &web::auth::access::scopes()).await,
        Who::MachineWithoutScope => app.machine("nothing", &[]).await,
    }
}

async fn tried(actor: &Actor, operation: &Operation) -> StatusCode {
    let mut request = actor.request(operation.method.clone(), &operation.path);
    if operation.has_body {
        // Readable and never enough: who may call is decided before what was sent.
        request = request.json(&json!({}));
    }
    request.send().await.expect("an answer").status()
}
