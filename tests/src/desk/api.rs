//! The helpline's HTTP API as a console uses it: the session's cookie and its CSRF token. Does I/O.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// Where the API begins.
const PREFIX: &str = "/api/v1";
/// An answer that takes longer is none.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// How a request shows who sends it.
#[derive(Clone)]
enum Identity {
    /// A person's session.
    Session { cookie: String, csrf: String, user: String },
    /// A machine's token.
    Machine { token: String },
}

/// The API, for one person or machine.
#[derive(Clone)]
pub struct Api {
    http: SocketAddr,
    identity: Identity,
}

impl Api {
    /// Signs a person in.
    ///
    /// # Errors
    /// The helpline refused.
    pub async fn sign_in(http: SocketAddr, username: &str, password: &str) -> Result<Self> {
        let request = client()
            .post(format!("http://{http}{PREFIX}/session"))
            .json(&json!({ "username": username, "password": password }));
        let answer = request.send().await.context("signing in")?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let session: Value = answer.json().await.context("the answer to a sign-in")?;
        ensure!(status.is_success(), "signing in as {username}: {status} {session}");
        let cookie = headers.get(SET_COOKIE).context("no cookie was set")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let text = |value: &Value| value.as_str().map(str::to_owned).context("no such field");
        let (csrf, user) = (text(&session["csrf_token"])?, text(&session["user"]["id"])?);
        Ok(Self { http, identity: Identity::Session { cookie, csrf, user } })
    }

    /// For a machine with this token.
    #[must_use]
    pub fn machine(http: SocketAddr, token: &str) -> Self {
        Self { http, identity: Identity::Machine { token: token.to_owned() } }
    }

    /// Where the helpline is.
    #[must_use]
    pub const fn http(&self) -> SocketAddr {
        self.http
    }

    /// The session's cookie, for the event stream; `None` for a machine.
    #[must_use]
    pub fn cookie(&self) -> Option<&str> {
        match &self.identity {
            Identity::Session { cookie, .. } => Some(cookie),
            Identity::Machine { .. } => None,
        }
    }

    /// The id of the person who signed in; `None` for a machine.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        match &self.identity {
            Identity::Session { user, .. } => Some(user),
            Identity::Machine { .. } => None,
        }
    }

    /// Reads.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn get(&self, path: &str) -> Result<Value> {
        good(path, self.ask(Method::GET, path, None).await?)
    }

    /// Creates, or does.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn post(&self, path: &str, body: Option<&Value>) -> Result<Value> {
        good(path, self.ask(Method::POST, path, body).await?)
    }

    /// Sets.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn put(&self, path: &str, body: &Value) -> Result<Value> {
        good(path, self.ask(Method::PUT, path, Some(body)).await?)
    }

    /// Asks, whatever the answer: its status and JSON (null if there is none).
    ///
    /// # Errors
    /// No answer.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(StatusCode, Value)> {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.with_context(|| format!("asking {path}"))?;
        let status = answer.status();
        let text = answer.text().await.with_context(|| format!("the answer of {path}"))?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// A request with whoever this is in its headers.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = client().request(method, format!("http://{}{PREFIX}{path}", self.http));
        match &self.identity {
            Identity::Session { cookie, csrf, .. } => {
                request.header(COOKIE, cookie).header("x-csrf-token", csrf)
            }
            Identity::Machine { token } => request.bearer_auth(token),
        }
    }
}

fn good(path: &str, (status, body): (StatusCode, Value)) -> Result<Value> {
    ensure!(status.is_success(), "{path}: {status} {body}");
    Ok(body)
}

/// One client for all: its connections are kept open and used again.
fn client() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        // The client wants to know its TLS even if it only speaks HTTP to this machine.
        let _already = rustls::crypto::ring::default_provider().install_default();
        let built = Client::builder().timeout(ANSWER_LIMIT).no_proxy().build();
        built.expect("a client without special settings can be built")
    })
}
