//! The program under test, and the people who use it, told apart by what they may do.

use std::net::SocketAddr;

use ids::UserId;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use store::account::{self, NewAccount, Role, machine, setup};
use uuid::Uuid;
use web::boot::{self, Running};
use web::config::Settings;

use crate::told;

/// The password of everybody in these tests.
pub(crate) const PASSWORD: &str = "umbra-kestrel-rhubarb-41";

/// A helpline of one test.
pub(crate) struct TestApp {
    pub(crate) running: Running,
    pub(crate) address: SocketAddr,
    _folder: tempfile::TempDir,
}

/// Somebody who sends requests.
#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) client: Client,
    pub(crate) user: Option<UserId>,
    pub(crate) csrf: Option<String>,
    pub(crate) bearer: Option<String>,
    base: String,
}

impl TestApp {
    /// With the defaults, on free ports.
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With some settings of its own.
    pub(crate) async fn with(own: &[(&str, &str)]) -> Self {
        Self::with_file("", own).await
    }

    /// With a settings file of its own, for what the environment cannot tell.
    pub(crate) async fn with_file(file: &str, own: &[(&str, &str)]) -> Self {
        // A second test finds it installed; that is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        told::keep();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().display().to_string();
        let path = folder.path().join("settings.toml");
        std::fs::write(&path, file).expect("written");
        let mut environment = vec![
            ("HELPLINE__HTTP__LISTEN", "127.0.0.1:0"),
            ("HELPLINE__SIP__LISTEN", "127.0.0.1:0"),
            ("HELPLINE__WEBRTC__LISTEN", "127.0.0.1:0"),
            ("HELPLINE__RTP__PORTS", "20000-20199"),
            ("HELPLINE__STOP__DRAIN_S", "2"),
            ("HELPLINE__HTTP__SIGN_INS_PER_MINUTE_BY_ADDRESS", "1000"),
            ("HELPLINE__HTTP__SIGN_INS_PER_MINUTE_BY_USERNAME", "1000"),
            ("HELPLINE__DATA__FOLDER", data.as_str()),
        ];
        environment.extend_from_slice(own);
        let environment =
            environment.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned()));
        let settings = Settings::with_environment(Some(&path), environment).expect("good settings");
        let running = boot::start(settings).await.expect("the program starts");
        let address = running.addresses().http;
        Self { running, address, _folder: folder }
    }

    /// Nobody.
    pub(crate) fn anonymous(&self) -> Actor {
        let client = Client::builder().cookie_store(true).build().expect("a client");
        let base = format!("http://{}", self.address);
        Actor { client, user: None, csrf: None, bearer: None, base }
    }

    pub(crate) async fn operator(&self) -> Actor {
        self.person("operator1", Role::Operator).await
    }

    pub(crate) async fn supervisor(&self) -> Actor {
        self.person("supervisor1", Role::Supervisor).await
    }

    pub(crate) async fn admin(&self) -> Actor {
        self.person("admin", Role::Admin).await
    }

    pub(crate) async fn auditor(&self) -> Actor {
        self.person("auditor1", Role::Auditor).await
    }

    /// A person with an account and a password, signed in.
    pub(crate) async fn person(&self, username: &str, role: Role) -> Actor {
        self.account(username, role).await;
        self.signed_in(username).await
    }

    /// An account with the password of these tests.
    pub(crate) async fn account(&self, username: &str, role: Role) -> UserId {
        let store = self.running.app().store();
        let now = web::clock::now();
        let new = &NewAccount {
            id: UserId::from_uuid(web::clock::fresh_id()),
            username: username.to_owned(),
            name: format!("Test {username}"),
            role,
            languages: vec!["hi".parse().expect("tag"), "en".parse().expect("tag")],
            skills: Vec::new(),
            queues: vec!["health".parse().expect("queue")],
        };
        let make = |txn| async move { anyhow::Ok(account::create(&txn, new, now).await?.id) };
        let id = store.write_txn(make).await.expect("an account");
        setup::set_password(store, id, PASSWORD).await.expect("a password");
        id
    }

    pub(crate) async fn signed_in(&self, username: &str) -> Actor {
        let mut actor = self.anonymous();
        let body = json!({"username": username, "password": PASSWORD});
        let response = actor.post("/api/v1/session", &body).await;
        assert_eq!(response.status(), StatusCode::OK, "{username} signs in");
        let session: Value = response.json().await.expect("a session");
        actor.csrf = session["csrf_token"].as_str().map(str::to_owned);
        actor.user = session["user"]["id"].as_str().and_then(|id| id.parse().ok());
        actor
    }

    /// A machine with these scopes.
    pub(crate) async fn machine(&self, name: &str, scopes: &[&str]) -> Actor {
        let now = web::clock::now();
        let id = Uuid::from_u128(u128::from(name.len() as u64) + 7_000);
        let make = |txn| async move {
            anyhow::Ok(machine::create(&txn, id, name, scopes, None, now).await?)
        };
        let token = self.running.app().store().write_txn(make).await.expect("a machine");
        Actor { bearer: Some(token), ..self.anonymous() }
    }

    /// Stops it. Fails if it has logged or counted anything personal.
    pub(crate) async fn stop(self) {
        let metrics = self.running.app().metrics().clone();
        self.running.stop().await;
        told::nothing_personal(&metrics.render());
    }
}

impl Actor {
    /// A request with everything that this actor has to show.
    pub(crate) fn request(&self, method: impl Into<Method>, path: &str) -> RequestBuilder {
        let method = method.into();
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        if let Some(token) = &self.bearer {
            request = request.bearer_auth(token);
        }
        if let Some(csrf) = self.csrf.as_ref().filter(|_| method != Method::GET) {
            request = request.header("x-csrf-token", csrf);
        }
        request
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.expect("an answer")
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.request(Method::POST, path).json(body).send().await.expect("an answer")
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Response {
        self.request(Method::PUT, path).json(body).send().await.expect("an answer")
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.request(Method::DELETE, path).send().await.expect("an answer")
    }

    /// A write on a version.
    pub(crate) async fn patch(&self, path: &str, version: i64, body: &Value) -> Response {
        let request = self.request(Method::PATCH, path).json(body);
        request.header("if-match", format!("\"{version}\"")).send().await.expect("an answer")
    }

    /// The cookie of the session, for a WebSocket.
    pub(crate) async fn cookie(app: &TestApp, username: &str) -> String {
        let body = json!({"username": username, "password": PASSWORD});
        let response = app.anonymous().post("/api/v1/session", &body).await;
        let header = response.headers()["set-cookie"].to_str().expect("a cookie");
        header.split(';').next().expect("a value").to_owned()
    }
}

/// The JSON of an answer, whose status is checked.
pub(crate) async fn json_of(response: Response, status: StatusCode) -> Value {
    let found = response.status();
    let text = response.text().await.expect("a body");
    assert_eq!(found, status, "{text}");
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

/// Checks that an answer is a problem of this kind, and returns it.
pub(crate) async fn problem_of(response: Response, status: StatusCode, kind: &str) -> Value {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem = json_of(response, status).await;
    assert_eq!(problem["type"], kind, "{problem}");
    assert_eq!(problem["status"], status.as_u16(), "{problem}");
    assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
    assert!(problem["instance"].is_string(), "{problem}");
    problem
}
