//! An HTTP client that answers from memory. Each answer can be replaced by the test, and each request is kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use http::{HeaderMap, Method, Request, Response};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use url::form_urlencoded;
use vestibule_auth::providers::{HttpClient, HttpError, HttpErrorKind};

/// What a URL answers.
#[derive(Clone)]
pub(crate) enum Answer {
    Response { status: u16, content_type: &'static str, body: Vec<u8> },
    Failure(HttpErrorKind),
}

impl Answer {
    pub(crate) fn json(body: &Json) -> Self {
        Self::status(200, body)
    }

    pub(crate) fn status(status: u16, body: &Json) -> Self {
        Self::Response { status, content_type: "application/json", body: body.to_string().into_bytes() }
    }
}

/// A request that the client was asked to send.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Sent {
    /// The fields of its form.
    pub(crate) fn form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }
}

/// Tokens that a code stands for, and what the exchange must prove.
struct Issued {
    challenge: Option<String>,
    redirect_uri: String,
    tokens: Json,
}

#[derive(Default)]
struct Inner {
    answers: BTreeMap<String, Answer>,
    codes: BTreeMap<String, Issued>,
    sent: Vec<Sent>,
}

/// The client. Clones share everything.
#[derive(Clone, Default)]
pub(crate) struct FakeHttp(Arc<Mutex<Inner>>);

impl FakeHttp {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what a URL answers; a token endpoint without an answer exchanges codes.
    pub(crate) fn answer(&self, url: &str, answer: Answer) {
        self.inner().answers.insert(url.to_owned(), answer);
    }

    /// Issues a code, which can be exchanged once, with the verifier of the challenge.
    pub(crate) fn issue(&self, code: &str, challenge: Option<&str>, redirect_uri: &str, tokens: Json) {
        let challenge = challenge.map(str::to_owned);
        let issued = Issued { challenge, redirect_uri: redirect_uri.to_owned(), tokens };
        self.inner().codes.insert(code.to_owned(), issued);
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.inner().sent.clone()
    }

    /// How often a URL was requested.
    pub(crate) fn count(&self, url: &str) -> usize {
        self.inner().sent.iter().filter(|sent| sent.url == url).count()
    }
}

fn exchange(inner: &mut Inner, sent: &Sent) -> Answer {
    let form = sent.form();
    let issued = form.get("code").and_then(|code| inner.codes.remove(code));
    let challenge = form.get("code_verifier").map(|verifier| BASE64.encode(Sha256::digest(verifier.as_bytes())));
    match issued {
        Some(issued)
            if issued.challenge == challenge
                && form.get("redirect_uri") == Some(&issued.redirect_uri)
                && form.get("grant_type").is_some_and(|grant| grant == "authorization_code") =>
        {
            Answer::json(&issued.tokens)
        }
        _ => Answer::status(400, &json!({ "error": "invalid_grant" })),
    }
}

#[async_trait]
impl HttpClient for FakeHttp {
    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError> {
        let (parts, body) = request.into_parts();
        let body = String::from_utf8(body).unwrap();
        let sent = Sent { method: parts.method, url: parts.uri.to_string(), headers: parts.headers, body };
        let mut inner = self.inner();
        inner.sent.push(sent.clone());
        let answer = match inner.answers.get(&sent.url) {
            Some(answer) => answer.clone(),
            None if sent.method == Method::POST => exchange(&mut inner, &sent),
            None => Answer::status(404, &json!({})),
        };
        match answer {
            Answer::Response { status, content_type, body } => {
                let response = Response::builder().status(status).header("content-type", content_type);
                Ok(response.header("location", "https://elsewhere.example/").body(body).unwrap())
            }
            Answer::Failure(kind) => {
                let source = format!("connecting to {} (10.1.2.3): refused", sent.url).into();
                Err(HttpError { kind, source })
            }
        }
    }
}
