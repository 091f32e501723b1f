//! 4: every kind of token in every place where another is due is refused.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{Answer, Ask, TestApp, forge};

on_both_engines!(each_place_takes_its_own_kind_of_token_and_no_other);

/// What somebody may come with.
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

/// A place where a token is due, and the kinds that it takes.
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
        "as a bearer where a policy is asked for",
        |app, _, token| app.bearer(token).get("/admin/users"),
        &["user", "api key"],
    ),
    (
        "as basic credentials where a policy is asked for",
        |app, _, token| app.basic(token).get("/admin/users"),
        &["api key"],
    ),
    // The password is refused, so that the token is not used up.
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
    // Here it is used up.
    (
        "as the invite of somebody registered",
        |app, kinds, token| app.bearer(&kinds.registration).accept(token),
        &["invite"],
    ),
];

async fn each_place_takes_its_own_kind_of_token_and_no_other(app: TestApp) {
    let kinds = Kinds::of(&app).await;
    for (place, ask, takes) in PLACES {
        for (kind, token) in kinds.all() {
            let answer = ask(&app, &kinds, token).await;
            match takes.contains(&kind) {
                true if kind == "reset" => assert_eq!(answer.json()["code"], "weak_password", "{}", answer.text()),
                true => assert_eq!(answer.status, 200, "a {kind} token {place}: {}", answer.text()),
                false => refused(&answer, &format!("a {kind} token {place}")),
            }
        }
    }
    // The registration is a user's now: its tokens of before change no second factor.
    for (kind, token) in kinds.all() {
        if kind != "user" {
            let answer = app.bearer(token).post("/auth/mfa/factors", json!({ "provider": "totp" })).await;
            refused(&answer, &format!("a {kind} token that starts a second factor of a user"));
        }
    }
    // The invite is used up now. Anew, for the places where something is done with it.
    let app_admin = app.admin().await;
    let invite = app_admin.invite("bob@example.com").await;
    for (kind, token) in kinds.all() {
        if kind != "registration" {
            let answer = app.bearer(token).accept(&invite.token).await;
            match kind {
                "user" => assert_eq!(answer.status, 400),
                _ => refused(&answer, &format!("a {kind} token as the bearer who accepts")),
            }
        }
        let answer = app.anonymous().accept_with_password(token, "Other-harbour-77x").await;
        refused(&answer, &format!("a {kind} token as the invite, in one step"));
    }
    let answer = app.anonymous().accept_with_password(&invite.token, "Other-harbour-77x").await;
    answer.ok();
}

/// 401, by the one word or by a reason that is told by name.
#[track_caller]
fn refused(answer: &Answer, what: &str) {
    let body = answer.json();
    let code = body["code"].as_str().unwrap_or_default();
    let message = body["message"].as_str().unwrap_or_default();
    if message == "Verification code is invalid or already used" {
        return assert_eq!(answer.status, 400, "{what}: {body}");
    }
    assert_eq!(answer.status, 401, "{what}: {body}");
    let is_told = ["Unauthorized", "Invalid token", "MFA verification is required to complete this request"];
    assert!(is_told.contains(&message) || code.starts_with("invite_"), "{what}: {body}");
}
