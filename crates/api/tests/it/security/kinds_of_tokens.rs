//! 4: every kind of token is assert_refused where another is required.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{Answer, Ask, TestApp, forge};

on_both_engines!(each_place_accepts_its_own_kind_of_token_only);

/// One token of each kind.
struct Kinds {
    user: String,
    registration: String,
    customer: String,
    invite: String,
    cookie: String,
    other_purpose: String,
    half: String,
    reset: String,
    api_key: String,
}

impl Kinds {
    async fn of(app: &TestApp) -> Self {
        let admin = app.admin().await;
        let registered = app.registered("ada@example.com").await;
        let body = json!({ "email": "ada@example.com", "password": crate::support::PASSWORD });
        let customer = app.anonymous().post("/auth/customer/emailpass", body).await.ok();
        let mut claims = forge::claims(&admin.token);
        claims["purpose"] = "mfa".into();
        let careful = app.user("careful@example.com").await;
        app.enrol(&careful).await;
        let half = app.anonymous().sign_in("careful@example.com", crate::support::PASSWORD).await.ok();
        let reset = admin.post_nothing(&format!("/admin/users/{}/reset-password", careful.id)).await.ok();
        Self {
            user: admin.token.clone(),
            registration: registered.token.clone(),
            customer: customer["token"].as_str().unwrap().to_owned(),
            invite: admin.invite("ada@example.com").await.token,
            cookie: admin.cookie().await.split_once('=').unwrap().1.to_owned(),
            half: half["token"].as_str().unwrap().to_owned(),
            reset: reset["token"].as_str().unwrap().to_owned(),
            api_key: admin.api_key("CI", None).await.token,
            other_purpose: forge::token(&json!({ "alg": "HS256", "typ": "JWT" }), &claims),
        }
    }

    fn all(&self) -> [(&'static str, &str); 11] {
        [
            ("user", &self.user),
            ("registration", &self.registration),
            ("customer", &self.customer),
            ("invite", &self.invite),
            ("cookie", &self.cookie),
            ("other purpose", &self.other_purpose),
            ("half", &self.half),
            ("reset", &self.reset),
            ("api key", &self.api_key),
            ("rubbish", "rubbish"),
            ("a.b.c", "a.b.c"),
        ]
    }
}

/// A place that takes a token, and the kinds that it accepts.
type Place = (&'static str, fn(&TestApp, &Kinds, &str) -> Ask, &'static [&'static str]);

const PLACES: &[Place] = &[
    ("as a bearer on a guarded route", |app, _, token| app.bearer(token).get("/admin/users/me"), &["user"]),
    (
        "as a bearer for a cookie",
        |app, _, token| app.bearer(token).post_nothing("/auth/session"),
        &["user", "registration", "customer", "half"],
    ),
    (
        "as a bearer for a new token",
        |app, _, token| app.bearer(token).post_nothing("/auth/token/refresh"),
        &["user", "registration", "customer", "half"],
    ),
    (
        "as a bearer for second factors",
        |app, _, token| app.bearer(token).get("/auth/mfa/factors"),
        &["user", "registration", "customer"],
    ),
    ("as a cookie", |app, _, token| app.cookie(&format!("connect.sid={token}")).get("/admin/users/me"), &["cookie"]),
    (
        "as a cookie of the https name",
        |app, _, token| app.cookie(&format!("__Host-connect.sid={token}")).get("/admin/users/me"),
        &[],
    ),
    ("as the query's token", |app, _, token| app.anonymous().get(&format!("/admin/users/me?token={token}")), &[]),
    (
        "as the query's access_token",
        |app, _, token| app.anonymous().get(&format!("/admin/users?access_token={token}")),
        &[],
    ),
    (
        "as basic credentials",
        |app, _, token| app.anonymous().get("/admin/users/me").header("authorization", &format!("Basic {token}")),
        &[],
    ),
    (
        "as a bearer where a policy is required",
        |app, _, token| app.bearer(token).get("/admin/users"),
        &["user", "api key"],
    ),
    (
        "as basic credentials where a policy is required",
        |app, _, token| app.basic(token).get("/admin/users"),
        &["api key"],
    ),
    // The password is assert_refused, so that the token is not used.
    (
        "as a bearer for a new password",
        |app, _, token| app.bearer(token).post("/auth/user/emailpass/update", json!({ "password": "password" })),
        &["reset"],
    ),
    (
        "as the code of a verification",
        |app, _, token| app.anonymous().post("/auth/verification/confirm", json!({ "code": token })),
        &[],
    ),
    (
        "for a preview",
        |app, _, token| app.anonymous().post("/auth/invites/preview", json!({ "token": token })),
        &["invite"],
    ),
    // This one uses the token.
    ("as the invite of a registration", |app, kinds, token| app.bearer(&kinds.registration).accept(token), &["invite"]),
];

async fn each_place_accepts_its_own_kind_of_token_only(app: TestApp) {
    let kinds = Kinds::of(&app).await;
    for (place, ask, takes) in PLACES {
        for (kind, token) in kinds.all() {
            let answer = ask(&app, &kinds, token).await;
            match takes.contains(&kind) {
                true if kind == "reset" => assert_eq!(answer.json()["code"], "weak_password", "{}", answer.text()),
                true => assert_eq!(answer.status, 200, "a {kind} token {place}: {}", answer.text()),
                false => assert_refused(&answer, &format!("a {kind} token {place}")),
            }
        }
    }
    // The registration belongs to a user now: its earlier tokens change no second factor.
    for (kind, token) in kinds.all() {
        if kind != "user" {
            let answer = app.bearer(token).post("/auth/mfa/factors", json!({ "provider": "totp" })).await;
            assert_refused(&answer, &format!("a {kind} token that starts a second factor of a user"));
        }
    }
    // The invite is used. A new one, for the requests that would use it.
    let app_admin = app.admin().await;
    let invite = app_admin.invite("bob@example.com").await;
    for (kind, token) in kinds.all() {
        if kind != "registration" {
            let answer = app.bearer(token).accept(&invite.token).await;
            match kind {
                "user" => assert_eq!(answer.status, 400),
                _ => assert_refused(&answer, &format!("a {kind} token as the bearer who accepts")),
            }
        }
        let answer = app.anonymous().accept_with_password(token, "Other-harbour-77x").await;
        assert_refused(&answer, &format!("a {kind} token as the invite, in one step"));
    }
    let answer = app.anonymous().accept_with_password(&invite.token, "Other-harbour-77x").await;
    answer.ok();
}

/// 401, with the general message or with the code of a reason.
#[track_caller]
fn assert_refused(answer: &Answer, what: &str) {
    let body = answer.json();
    let code = body["code"].as_str().unwrap_or_default();
    let message = body["message"].as_str().unwrap_or_default();
    if message == "Verification code is invalid or already used" {
        return assert_eq!(answer.status, 400, "{what}: {body}");
    }
    assert_eq!(answer.status, 401, "{what}: {body}");
    let known = ["Unauthorized", "Invalid token", "MFA verification is required to complete this request"];
    assert!(known.contains(&message) || code.starts_with("invite_"), "{what}: {body}");
}
