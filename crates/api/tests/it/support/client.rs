//! Clients: the type of a client decides what it can request without further setup.

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::ops::Deref;
use std::pin::Pin;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Method, Request};
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

use super::answer::Asked;
use super::{Answer, PASSWORD};

/// A client of the app, with the headers that it sends with every request.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    router: Router,
    headers: Vec<(String, String)>,
    peer: Option<SocketAddr>,
}

impl Client {
    pub(super) fn new(router: &Router) -> Self {
        // Every client of the tests uses the same host, as the `same_origin` tests need it.
        Self { router: router.clone(), headers: vec![("host".into(), "localhost:9000".into())], peer: None }
    }

    /// Adds a header to every request.
    #[must_use]
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the client's address.
    #[must_use]
    pub(crate) fn at_address(mut self, address: &str) -> Self {
        self.peer = Some(SocketAddr::new(address.parse().unwrap(), 50_000));
        self
    }

    /// Any request.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask {
        let method = method.parse().unwrap();
        Ask { client: self.clone(), method, path: path.to_owned(), body: Vec::new() }
    }

    pub(crate) fn get(&self, path: &str) -> Ask {
        self.ask("GET", path)
    }

    /// `POST` with a JSON body.
    pub(crate) fn post(&self, path: &str, body: Json) -> Ask {
        self.ask("POST", path).json(&body)
    }

    /// `POST` without a body.
    pub(crate) fn post_nothing(&self, path: &str) -> Ask {
        self.ask("POST", path)
    }

    pub(crate) fn delete(&self, path: &str) -> Ask {
        self.ask("DELETE", path)
    }

    /// Attempts to sign in.
    pub(crate) fn sign_in(&self, email: &str, password: &str) -> Ask {
        self.post("/auth/user/emailpass", json!({ "email": email, "password": password }))
    }

    /// Accepts an invite as in the reference: with a registration.
    pub(crate) fn accept(&self, token: &str) -> Ask {
        self.post(&format!("/admin/invites/accept?token={token}"), json!({}))
    }

    /// Accepts an invite in one request.
    pub(crate) fn accept_with_password(&self, token: &str, password: &str) -> Ask {
        self.post("/auth/invites/accept", json!({ "token": token, "password": password }))
    }

    /// Creates a cookie of the session, as `name=value`.
    pub(crate) async fn cookie(&self) -> String {
        let answer = self.post_nothing("/auth/session").await;
        answer.ok();
        answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
    }

    fn with_token(&self, answer: &Answer) -> (Self, String) {
        let token = answer.ok()["token"].as_str().unwrap().to_owned();
        (self.clone().with_header("authorization", &format!("Bearer {token}")), token)
    }
}

/// A request that is not sent yet: await it.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    client: Client,
    method: Method,
    path: String,
    body: Vec<u8>,
}

impl Ask {
    /// Adds a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.client.headers.push((name.into(), value.into()));
        self
    }

    /// Sets this JSON as the body.
    pub(crate) fn json(self, body: &Json) -> Self {
        self.raw("application/json", body.to_string())
    }

    /// Sets these bytes as the body; without a content type where that is empty.
    pub(crate) fn raw(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        if content_type.is_empty() { self } else { self.header("content-type", content_type) }
    }

    /// Method, path and body, in the form of the contract's recordings.
    pub(crate) fn recorded(&self) -> Json {
        let mut parts = vec![Json::from(self.method.as_str()), Json::from(self.path.as_str())];
        if !self.body.is_empty() {
            let text = || Json::from(String::from_utf8_lossy(&self.body));
            parts.push(serde_json::from_slice(&self.body).unwrap_or_else(|_| text()));
        }
        parts.into()
    }

    /// Sends the request, and checks only what holds of every response.
    async fn send(self) -> Answer {
        let asked = format!("{} {}", self.method, self.path);
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in &self.client.headers {
            request = request.header(name, value.as_bytes());
        }
        if let Some(peer) = self.client.peer {
            request = request.extension(ConnectInfo(peer));
        }
        let body = if self.body.is_empty() { Body::empty() } else { Body::from(self.body) };
        let response = self.client.router.oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, body, asked: Asked(asked) };
        answer.check();
        answer
    }
}

impl IntoFuture for Ask {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// A client without credentials.
#[derive(Debug, Clone)]
pub(crate) struct Anonymous(pub(crate) Client);

impl Anonymous {
    /// Registers an address.
    pub(crate) async fn register(&self, email: &str, password: &str) -> Registered {
        let body = json!({ "email": email, "password": password });
        let (client, token) = self.0.with_token(&self.0.post("/auth/user/emailpass/register", body).await);
        Registered { client, token }
    }

    /// Signs in as a user.
    pub(crate) async fn sign_in_as_user(&self, email: &str, password: &str) -> User {
        let (client, token) = self.0.with_token(&self.0.sign_in(email, password).await);
        let me = client.get("/admin/users/me").await.ok();
        User { client, token, id: me["user"]["id"].as_str().unwrap().to_owned() }
    }
}

/// A client that has registered and has no user yet, by bearer token.
#[derive(Debug, Clone)]
pub(crate) struct Registered {
    client: Client,
    pub(crate) token: String,
}

/// A signed-in user, by bearer token.
#[derive(Debug, Clone)]
pub(crate) struct User {
    client: Client,
    pub(crate) token: String,
    pub(crate) id: String,
}

/// A pending invite.
#[derive(Debug, Clone)]
pub(crate) struct Invited {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl User {
    /// Sends requests from this address, by a browser.
    pub(crate) fn by_browser(mut self, address: &str) -> Self {
        self.client = self.client.at_address(address).with_header("user-agent", "Browser/1.0");
        self
    }

    /// Proves the identity again, by [`PASSWORD`].
    pub(crate) async fn prove(&self) {
        self.post("/auth/proof", json!({ "password": PASSWORD })).await.ok();
    }

    /// Invites an address.
    pub(crate) async fn invite(&self, email: &str) -> Invited {
        Invited::of(&self.post("/admin/invites", json!({ "email": email })).await.ok()["invite"])
    }

    /// Invites an address, registers and accepts, and signs in.
    pub(crate) async fn invite_and_accept(&self, email: &str) -> User {
        let invite = self.invite(email).await;
        let anonymous = Anonymous(Client::new(&self.client.router));
        anonymous.register(email, PASSWORD).await.accept(&invite.token).await.ok();
        anonymous.sign_in_as_user(email, PASSWORD).await
    }
}

impl Invited {
    /// The invite of a response.
    pub(crate) fn of(invite: &Json) -> Self {
        let text = |name: &str| invite[name].as_str().unwrap().to_owned();
        Self { id: text("id"), token: text("token") }
    }
}

impl Deref for Anonymous {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.0
    }
}

impl Deref for Registered {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Deref for User {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}
