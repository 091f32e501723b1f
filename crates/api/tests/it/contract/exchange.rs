//! The exchange: the requests that were sent to the reference, in the same order.

mod invites;
mod sign_in;
mod users;

use serde_json::{Value as Json, json};

use crate::support::{Anonymous, Answer, Ask, Client, TestApp, forge};

/// The administrator, and their password.
const ADMIN: &str = "admin@example.com";
pub(super) const ADMIN_PASSWORD: &str = "Harbour-quarry-77x";

/// The password of every other user.
const PASSWORD: &str = "Lantern-trombone-42";

/// The exchange so far.
pub(super) struct Exchange {
    app: TestApp,
    anonymous: Anonymous,
    /// Each step with its response, in which ids and times are replaced by their kind.
    pub(super) steps: Vec<Json>,
}

impl Exchange {
    pub(super) async fn begin(app: TestApp) -> Self {
        app.create_user(ADMIN, ADMIN_PASSWORD).await;
        Self { anonymous: app.anonymous(), app, steps: Vec::new() }
    }

    /// Sends a request and records the response.
    async fn step(&mut self, label: &str, ask: Ask) -> Answer {
        let request = normalised(&ask.recorded());
        let answer = ask.await;
        let cookies: Vec<String> =
            answer.headers.get_all("set-cookie").iter().map(|cookie| flags(cookie.to_str().unwrap())).collect();
        self.steps.push(json!({
            "label": label,
            "request": request,
            "status": answer.status,
            "content_type": answer.header("content-type"),
            "set_cookie": cookies,
            "body": normalised(&answer.json()),
        }));
        answer
    }

    /// Records the claims and the lifetime of a token.
    fn claims(&mut self, label: &str, token: &Json) {
        let mut claims = forge::claims(token.as_str().unwrap());
        let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        let fields = claims.as_object_mut().unwrap();
        for name in ["iat", "exp", "jti"] {
            fields.remove(name);
        }
        fields.insert("_lifetime_s".into(), lifetime.into());
        self.steps.push(json!({ "label": label, "claims": normalised(&claims) }));
    }

    /// The administrator.
    async fn admin(&self) -> Client {
        self.signed_in(ADMIN, ADMIN_PASSWORD).await
    }

    async fn signed_in(&self, email: &str, password: &str) -> Client {
        let token = self.anonymous.sign_in(email, password).await.ok();
        self.app.bearer(token["token"].as_str().unwrap())
    }

    /// Invites an address and accepts, without recording it.
    async fn invite_and_accept(&self, email: &str, last_name: &str) -> (Client, Client, String) {
        let admin = self.admin().await;
        let invite = admin.post("/admin/invites", json!({ "email": email })).await.ok();
        let registered = self.anonymous.register(email, PASSWORD).await;
        let names = json!({ "first_name": "Ada", "last_name": last_name });
        let accepted = registered.post(&accept(&invite), names).await.ok();
        let id = accepted["user"]["id"].as_str().unwrap().to_owned();
        (admin, self.signed_in(email, PASSWORD).await, id)
    }
}

/// Addresses contain a part that differed in each run.
fn mail(name: &str) -> String {
    format!("{name}.RUN@example.com")
}

/// The path that accepts an invite.
fn accept(answer: &Json) -> String {
    format!("/admin/invites/accept?token={}", answer["invite"]["token"].as_str().unwrap())
}

/// `connect.sid; expires; httponly; path=/`
fn flags(cookie: &str) -> String {
    let (name, rest) = cookie.split_once('=').unwrap();
    let mut flags: Vec<String> = rest
        .split(';')
        .skip(1)
        .map(|flag| flag.trim().to_lowercase())
        .map(|flag| flag.split_once("expires=").map_or(flag.clone(), |_| "expires".to_owned()))
        .collect();
    flags.sort();
    format!("{name}; {}", flags.join("; "))
}

/// The value with kinds in place of ids, times and tokens.
fn normalised(value: &Json) -> Json {
    match value {
        Json::String(text) => normalised_text(text).into(),
        Json::Array(items) => items.iter().map(normalised).collect(),
        Json::Object(fields) => fields
            .iter()
            .map(|(name, value)| {
                let is_epoch = name == "iat" || name == "exp";
                (name.clone(), if is_epoch { "<epoch>".into() } else { normalised(value) })
            })
            .collect(),
        other => other.clone(),
    }
}

fn normalised_text(text: &str) -> String {
    let text = text.replace(ADMIN, "ADMIN_EMAIL");
    let text = with_words(
        &text,
        |c| c.is_ascii_alphanumeric() || "_-.".contains(c),
        |word| (word.starts_with("eyJ") && word.matches('.').count() == 2).then(|| "<jwt>".to_owned()),
    );
    let text = with_words(
        &text,
        |c| c.is_ascii_alphanumeric() || c == '_',
        |word| {
            let (prefix, ulid) = word.split_at_checked(word.len().checked_sub(26)?)?;
            let is_ulid = ulid.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
            let is_prefix = prefix.is_empty() || prefix.ends_with('_');
            (is_ulid && is_prefix).then(|| format!("<{prefix}id>"))
        },
    );
    with_words(
        &text,
        |c| c.is_ascii_digit() || "-T:.Z".contains(c),
        |word| {
            let shape: String = word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
            (shape == "0000-00-00T00:00:00.000Z").then(|| "<time>".to_owned())
        },
    )
}

/// The text with some of its words replaced.
fn with_words(text: &str, is_part: impl Fn(char) -> bool, replace: impl Fn(&str) -> Option<String>) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match rest.find(|c| is_part(c) != is_part(first)) {
            Some(end) => end,
            None => rest.len(),
        };
        let (word, after) = rest.split_at(end);
        result.push_str(&replace(word).filter(|_| is_part(first)).unwrap_or_else(|| word.to_owned()));
        rest = after;
    }
    result
}

#[test]
fn ids_times_and_tokens_are_replaced_by_their_kind() {
    for (text, expected) in [
        ("User with id: user_01M81MKHG2T3KQDSQCVSAJ1ZPK was not found", "User with id: <user_id> was not found"),
        ("/x?token=eyJh.eyJp-_.s&fields=id", "/x?token=<jwt>&fields=id"),
        ("created_at[$lt]=2020-01-01T00:00:00.000Z", "created_at[$lt]=<time>"),
        ("admin@example.com", "ADMIN_EMAIL"),
        ("user_nosuch, 2020-01-01, eyJh", "user_nosuch, 2020-01-01, eyJh"),
    ] {
        assert_eq!(normalised_text(text), expected);
    }
}
