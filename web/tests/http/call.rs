//! One whole call as a console has it: ringing with the screen pop, accept, hold, keys, the case, the
//! end, wrap-up that ends only when the form is saved. The caller is a real SIP call.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use store::account::Role;
use telephony::call::Digit;
use telephony::driver::dial::{DialEnded, DialReport, DialRequest, dial};
use tokio::task::JoinHandle;

use crate::app::{Actor, TestApp, json_of, problem_of};
use crate::browser::Browser;
use crate::events::{Socket, connect, frame_of};

/// An agent at work: signed in, stream open, audio connected, available.
struct Agent {
    actor: Actor,
    socket: Socket,
    browser: Browser,
}

impl Agent {
    async fn at_work(app: &TestApp, username: &str) -> Self {
        let actor = app.person(username, Role::Operator).await;
        let cookie = Actor::cookie(app, username).await;
        let mut socket = connect(app, &cookie, "", None).await.expect("open");
        let want = json!({"want": "available"});
        let early = actor.put("/api/v1/agents/me/state", &want).await;
        problem_of(early, StatusCode::CONFLICT, "wrong-state").await;
        let browser = Browser::offering().await;
        let answer = actor.post("/api/v1/agents/me/media", &json!({"sdp": browser.offer})).await;
        let answer = json_of(answer, StatusCode::OK).await;
        browser.take(answer["sdp"].as_str().expect("an answer")).await;
        until_agent(&mut socket, |agent| agent["media_connected"] == true).await;
        let state = actor.put("/api/v1/agents/me/state", &want).await;
        assert_eq!(json_of(state, StatusCode::OK).await["state"], "available");
        Self { actor, socket, browser }
    }

    async fn until(&mut self, is: impl Fn(&Value) -> bool) -> Value {
        until_agent(&mut self.socket, is).await
    }

    async fn post(&self, path: &str) -> StatusCode {
        self.actor.post(path, &json!({})).await.status()
    }
}

async fn until_agent(socket: &mut Socket, is: impl Fn(&Value) -> bool) -> Value {
    loop {
        let frame = frame_of(socket, "agent_state_changed").await;
        if is(&frame["agent"]) {
            return frame["agent"].clone();
        }
    }
}

/// A citizen who wants a person at once.
fn citizen(app: &TestApp, number: &str) -> JoinHandle<DialReport> {
    let to = format!("sip:104@{}", app.running.addresses().sip);
    let mut request = DialRequest::new(to, number);
    let person = Digit::new('0').expect("a key");
    request.presses = vec![(person, Duration::from_millis(500))];
    request.hang_up_after = Some(Duration::from_secs(60));
    tokio::spawn(async move { dial(request).await.expect("placed") })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_rings_is_taken_held_ended_and_wrapped_up() {
    let app = TestApp::start().await;
    let mut agent = Agent::at_work(&app, "operator1").await;
    let person = json!({"name": "Kamla Devi", "phones": [{"e164": "+919999000123"}]});
    let person = agent.actor.post("/api/v1/contacts", &person).await;
    let person = json_of(person, StatusCode::CREATED).await["id"].clone();
    app.account("supervisor1", Role::Supervisor).await;
    let watching = Actor::cookie(&app, "supervisor1").await;
    let mut watching = connect(&app, &watching, "", None).await.expect("open");

    let caller = citizen(&app, "+919999000123");
    let ringing = frame_of(&mut agent.socket, "reservation_ringing").await;
    let ringing = &ringing["reservation"];
    assert_eq!(ringing["call"]["number"], "+919999000123");
    assert_eq!(ringing["call"]["number_masked"], "+••••••••0123");
    assert_eq!(ringing["pick_list"][0]["name"], "Kamla Devi");
    assert_eq!(ringing["people_known"], 1);
    let said = ringing["explanation"]["sentence_en"].as_str().expect("a sentence");
    assert!(said.starts_with("You are the only"), "{said}");
    assert_eq!(ringing["explanation"]["candidates"][0]["name"], "Test operator1");

    let other = app.person("operator2", Role::Operator).await;
    let accept = format!("/api/v1/reservations/{}/accept", ringing["reservation_id"]);
    let taken = other.post(&accept, &json!({})).await;
    assert_eq!(taken.status(), StatusCode::CONFLICT, "it rings elsewhere");
    assert_eq!(agent.post(&accept).await, StatusCode::NO_CONTENT);
    let stopped = frame_of(&mut agent.socket, "reservation_stopped").await;
    assert_eq!(stopped["cause"], "accepted");
    agent.until(|agent| agent["state"] == "talking").await;
    let again = agent.actor.post(&accept, &json!({})).await;
    problem_of(again, StatusCode::CONFLICT, "reservation-over").await;

    let id = ringing["call"]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/calls/{id}");
    seen_by_others_without_the_number(&mut watching, &other, &path).await;
    about(&agent, &path, &person).await;
    hold_and_keys(&mut agent, &path).await;
    let case = case_of(&agent, &path, ringing).await;
    assert_eq!(agent.post(&format!("{path}/hang-up")).await, StatusCode::NO_CONTENT);
    let ended = frame_of(&mut agent.socket, "call_ended").await;
    assert_eq!((&ended["call_id"], &ended["cause"]), (&json!(id), &json!("agent_hung_up")));
    assert_eq!(caller.await.expect("no panic").ended, DialEnded::ByOther);
    wrap_up(&mut agent, &case, "available").await;
    agent.browser.close().await;
    app.stop().await;
}

async fn seen_by_others_without_the_number(watching: &mut Socket, other: &Actor, path: &str) {
    let seen = loop {
        let frame = frame_of(watching, "call_changed").await;
        if frame["call"]["state"] == "talking" {
            break frame["call"].clone();
        }
    };
    assert!(seen.get("number").is_none(), "a supervisor sees it masked");
    assert_eq!(seen["number_masked"], "+••••••••0123");
    problem_of(other.get(path).await, StatusCode::NOT_FOUND, "not-found").await;
    let held = other.post(&format!("{path}/hold"), &json!({})).await;
    problem_of(held, StatusCode::CONFLICT, "wrong-state").await;
}

async fn about(agent: &Agent, path: &str, person: &Value) {
    let unknown = json!({"contact_id": "0192f0c1-2f1e-7c55-9c8e-0242ac120002"});
    let unknown = agent.actor.put(&format!("{path}/contact"), &unknown).await;
    problem_of(unknown, StatusCode::NOT_FOUND, "not-found").await;
    let about = agent.actor.put(&format!("{path}/contact"), &json!({"contact_id": person})).await;
    assert_eq!(about.status(), StatusCode::NO_CONTENT);
    let call = json_of(agent.actor.get(path).await, StatusCode::OK).await;
    assert_eq!(&call["contact_id"], person);
    assert_eq!(call["number"], "+919999000123");
}

async fn hold_and_keys(agent: &mut Agent, path: &str) {
    assert_eq!(agent.post(&format!("{path}/hold")).await, StatusCode::NO_CONTENT);
    agent.until(|agent| agent["state"] == "on_hold").await;
    assert_eq!(agent.post(&format!("{path}/resume")).await, StatusCode::NO_CONTENT);
    agent.until(|agent| agent["state"] == "talking").await;
    let keys = agent.actor.post(&format!("{path}/digits"), &json!({"digits": "12#"})).await;
    assert_eq!(keys.status(), StatusCode::NO_CONTENT);
}

/// The case of the call, which the call then shows.
async fn case_of(agent: &Agent, path: &str, ringing: &Value) -> String {
    let new = json!({"interaction_id": ringing["call"]["interaction_id"]});
    let case = json_of(agent.actor.post("/api/v1/cases", &new).await, StatusCode::CREATED).await;
    let again = json_of(agent.actor.post("/api/v1/cases", &new).await, StatusCode::CREATED).await;
    assert_eq!(case["number"], again["number"], "a call has one case");
    let call = json_of(agent.actor.get(path).await, StatusCode::OK).await;
    assert_eq!(call["case_id"], case["id"]);
    assert_eq!(case["contact_id"], call["contact_id"]);
    format!("/api/v1/cases/{}", case["id"].as_str().expect("an id"))
}

/// Files the report and ends wrap-up, long before its time is over.
async fn wrap_up(agent: &mut Agent, case: &str, then: &str) {
    agent.until(|agent| agent["state"] == "wrap_up").await;
    let finish = "/api/v1/agents/me/wrap-up/finish";
    let early = agent.actor.post(finish, &json!({})).await;
    problem_of(early, StatusCode::CONFLICT, "form-unsaved").await;
    let words = json_of(agent.actor.get("/api/v1/vocabulary").await, StatusCode::OK).await;
    let how = &words["dispositions"][0]["key"];
    let report = json!({"text": "Advised rest.", "disposition": how});
    let filed = agent.actor.post(&format!("{case}/report"), &report).await;
    assert_eq!(filed.status(), StatusCode::CREATED);
    assert_eq!(agent.post(finish).await, StatusCode::NO_CONTENT);
    let ended = agent.until(|agent| agent["state"] != "wrap_up").await;
    assert_eq!(ended["state"], then, "{ended}");
}

/// The browser of these tests never sends a packet: the worst that can happen to a talk.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whom_nobody_hears_is_told_and_the_case_keeps_it() {
    let app = TestApp::start().await;
    let mut agent = Agent::at_work(&app, "operator1").await;
    app.account("operator2", Role::Operator).await;
    let other = Actor::cookie(&app, "operator2").await;
    let mut other = connect(&app, &other, "", None).await.expect("open");
    let caller = citizen(&app, "+919999000124");
    let ringing = frame_of(&mut agent.socket, "reservation_ringing").await;
    let ringing = &ringing["reservation"];
    let accept = format!("/api/v1/reservations/{}/accept", ringing["reservation_id"]);
    assert_eq!(agent.post(&accept).await, StatusCode::NO_CONTENT);
    let told = loop {
        let frame = frame_of(&mut agent.socket, "call_quality").await;
        if frame.get("verdict").is_some() {
            break frame;
        }
    };
    let id = ringing["call"]["id"].as_str().expect("an id");
    assert_eq!((&told["call_id"], &told["word"]), (&json!(id), &json!("poor")));
    assert_eq!(told["verdict"], "caller_cannot_hear_you");
    assert_eq!(told["operator"]["mos"], 1.0, "nothing comes from the agent: {told}");
    assert!(told["caller"]["mos"].as_f64().expect("a score") > 1.0, "the caller sends: {told}");
    assert!(told["caller"]["jitter_ms"].is_number() && told["caller"]["loss_percent"].is_number());

    let path = format!("/api/v1/calls/{id}");
    let case = case_of(&agent, &path, ringing).await;
    let rest = json!({"want": "break", "reason": "meal"});
    let wish = agent.actor.put("/api/v1/agents/me/state", &rest).await;
    assert_eq!(json_of(wish, StatusCode::OK).await["state"], "talking", "the talk goes on");
    assert_eq!(agent.post(&format!("{path}/hang-up")).await, StatusCode::NO_CONTENT);
    frame_of(&mut agent.socket, "call_ended").await;
    caller.await.expect("no panic");
    wrap_up(&mut agent, &case, "break").await;
    let kept = line_quality(&agent.actor, &format!("{case}/timeline")).await;
    assert_eq!(kept["word"], "poor");
    assert_eq!(kept["verdicts"][0]["verdict"], "caller_cannot_hear_you", "{kept}");
    assert!(kept["verdicts"][0]["seconds"].as_u64() <= kept["seconds"].as_u64(), "{kept}");
    let interaction = format!("/api/v1/interactions/{id}");
    let interaction = json_of(agent.actor.get(&interaction).await, StatusCode::OK).await;
    assert_eq!(interaction["line_quality"], kept);

    only_those_who_may(&app, &case, &mut other).await;
    agent.browser.close().await;
    app.stop().await;
}

/// The quality in the story of a case, once the end of the call is written.
async fn line_quality(actor: &Actor, path: &str) -> Value {
    for _ in 0..50 {
        let story = json_of(actor.get(path).await, StatusCode::OK).await;
        let entries = story.as_array().expect("a story").clone();
        let quality = entries.into_iter().find_map(|entry| entry.get("line_quality").cloned());
        if let Some(quality) = quality {
            return quality;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no quality in the story five seconds after the end");
}

async fn only_those_who_may(app: &TestApp, case: &str, other: &mut Socket) {
    let timeline = format!("{case}/timeline");
    let stranger = app.anonymous().get(&timeline).await;
    problem_of(stranger, StatusCode::UNAUTHORIZED, "not-signed-in").await;
    let auditor = app.auditor().await.get(&timeline).await;
    problem_of(auditor, StatusCode::FORBIDDEN, "forbidden").await;
    let heard = async { while crate::events::frame(other).await["type"] != "call_quality" {} };
    let heard = tokio::time::timeout(Duration::from_millis(500), heard).await;
    assert!(heard.is_err(), "another agent hears nothing of this talk");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_calls_from_the_browser_into_the_same_queue() {
    let app = TestApp::start().await;
    let citizen = app.anonymous();
    let browser = Browser::offering().await;
    let wish = json!({"sdp": browser.offer, "language": "hi"});
    let begun = citizen.post("/api/v1/web-calls", &wish).await;
    let begun = json_of(begun, StatusCode::CREATED).await;
    browser.take(begun["sdp"].as_str().expect("an answer")).await;
    let path = format!("/api/v1/web-calls/{}", begun["token"].as_str().expect("a token"));
    let view = json_of(citizen.get(&path).await, StatusCode::OK).await;
    assert_eq!(view["state"], "greeting");
    let bad = citizen.post(&format!("{path}/digits"), &json!({"digits": "x"})).await;
    problem_of(bad, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    let person = citizen.post(&format!("{path}/digits"), &json!({"digits": "0"})).await;
    assert_eq!(person.status(), StatusCode::NO_CONTENT);
    let mut view = Value::Null;
    for _ in 0..50 {
        view = json_of(citizen.get(&path).await, StatusCode::OK).await;
        if view["position"].is_number() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!((&view["state"], &view["position"]), (&json!("waiting"), &json!(0)));
    let supervisor = app.supervisor().await;
    let floor = json_of(supervisor.get("/api/v1/floor").await, StatusCode::OK).await;
    assert_eq!(floor["queues"][0]["waiting"], 1);
    assert_eq!(floor["calls"], 1);
    let again = Browser::offering().await;
    let wish = json!({"sdp": again.offer});
    let begun = json_of(citizen.post("/api/v1/web-calls", &wish).await, StatusCode::CREATED).await;
    again.take(begun["sdp"].as_str().expect("an answer")).await;
    ends(&citizen, &path).await;
    let path = format!("/api/v1/web-calls/{}", begun["token"].as_str().expect("a token"));
    assert_eq!(citizen.delete(&path).await.status(), StatusCode::NO_CONTENT);
    ends(&citizen, &path).await;
    for page in [browser, again] {
        page.close().await;
    }
    app.stop().await;
}

/// Waits until a web call is over: a browser has one at a time, and hanging up ends it.
async fn ends(citizen: &Actor, path: &str) {
    for _ in 0..50 {
        if citizen.get(path).await.status() == StatusCode::NOT_FOUND {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the call is still alive five seconds after its end");
}
