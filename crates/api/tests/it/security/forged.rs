//! 22: only our own tokens, by the one algorithm, in their time.

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, TestApp, forge};

on_both_engines!(
    forged_tokens_are_refused,
    changed_claims_grant_no_further_access,
    forged_invites_are_refused,
    the_scheme_is_bearer_in_any_case,
);

fn plain() -> Json {
    json!({ "alg": "HS256", "typ": "JWT" })
}

/// Every forgery of a token with these claims.
fn forgeries(claims: &Json) -> Vec<(String, String)> {
    let mut forged = Vec::new();
    for header in [
        json!({ "alg": "none", "typ": "JWT" }),
        json!({ "alg": "None" }),
        json!({ "alg": "HS384", "typ": "JWT" }),
        json!({ "alg": "HS512", "typ": "JWT" }),
        json!({ "alg": "hs256", "typ": "JWT" }),
        json!({ "alg": "RS256", "typ": "JWT" }),
        json!({ "typ": "JWT" }),
        json!({ "alg": "HS256", "typ": "at+jwt" }),
        json!({ "alg": "HS256", "typ": "JWT", "kid": "../../../../dev/null" }),
        json!({ "alg": "HS256", "typ": "JWT", "kid": "1" }),
        json!({ "alg": "HS256", "typ": "JWT", "jku": "https://evil.example/keys" }),
        json!({ "alg": "HS256", "typ": "JWT", "jwk": { "kty": "oct", "k": "" } }),
        json!({ "alg": "HS256", "typ": "JWT", "x5u": "https://evil.example/key" }),
        json!({ "alg": "HS256", "typ": "JWT", "crit": ["exp"] }),
        json!({ "alg": "HS256", "typ": "JWT", "zip": "DEF" }),
    ] {
        forged.push((header.to_string(), forge::token(&header, claims)));
    }
    let good = forge::token(&plain(), claims);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    for (what, token) in [
        ("another key", forge::signed_with(b"another secret of thirty-two bytes", &plain(), &claims.to_string())),
        ("an empty key", forge::signed_with(b"", &plain(), &claims.to_string())),
        ("no signature", format!("{signed}.")),
        ("two parts", signed.to_owned()),
        ("four parts", format!("{good}.x")),
        ("a padded signature", format!("{good}=")),
        ("a short signature", format!("{signed}.{}", signature.chars().take(20).collect::<String>())),
        ("the signature of nothing", forge::signed_with(forge::SECRET, &plain(), "")),
        ("a list of claims", forge::signed_with(forge::SECRET, &plain(), &json!([claims]).to_string())),
        ("no JSON", forge::signed_with(forge::SECRET, &plain(), "claims")),
        (
            "claims twice",
            forge::signed_with(forge::SECRET, &plain(), &claims.to_string().replacen('{', r#"{"exp":1,"jti":"1","#, 1)),
        ),
        ("too long", forge::token(&plain(), &with(claims, "padding", json!("x".repeat(9_000))))),
    ] {
        forged.push((what.to_owned(), token));
    }
    forged
}

fn with(claims: &Json, name: &str, value: Json) -> Json {
    let mut changed = claims.clone();
    changed[name] = value;
    changed
}

fn without(claims: &Json, name: &str) -> Json {
    let mut changed = claims.clone();
    changed.as_object_mut().unwrap().remove(name);
    changed
}

async fn forged_tokens_are_refused(app: TestApp) {
    let admin = app.admin().await;
    let claims = forge::claims(&admin.token);
    let now = app.clock_seconds();
    let mut tokens = forgeries(&claims);
    for (name, values) in [
        (
            "exp",
            vec![
                json!(now),
                json!(now - 1),
                json!(0),
                json!(-1),
                json!((now + 60).to_string()),
                json!(now as f64 + 60.5),
                json!(now as f64 + 60.0),
                json!(1e300),
                json!(u64::MAX),
                json!(null),
                json!(true),
                json!([now + 60]),
                json!({}),
            ],
        ),
        ("nbf", vec![json!(now + 1), json!(i64::MAX), json!("0"), json!(1.5), json!(true)]),
        ("purpose", vec![json!("invite"), json!("Session"), json!(""), json!(null), json!(["session"])]),
        (
            "sid",
            vec![
                json!(""),
                json!("sess_nosuch"),
                json!("sess_01M81MKHG2T3KQDSQCVSAJ1ZPK"),
                json!(admin.id),
                json!(null),
                json!(1),
            ],
        ),
        ("actor_id", vec![json!(null), json!(1), json!([admin.id]), json!("user_01M81MKHG2T3KQDSQCVSAJ1ZPK")]),
    ] {
        for value in values {
            tokens.push((format!("{name} is {value}"), forge::token(&plain(), &with(&claims, name, value))));
        }
        if name != "nbf" {
            tokens.push((format!("without {name}"), forge::token(&plain(), &without(&claims, name))));
        }
    }
    for (what, token) in tokens {
        for path in ["/admin/users/me", "/admin/users"] {
            let answer = app.bearer(&token).get(path).await;
            assert_eq!((answer.status, answer.json()), (401, json!({ "message": "Unauthorized" })), "{what}");
        }
        for path in ["/auth/token/refresh", "/auth/session"] {
            let answer = app.bearer(&token).post_nothing(path).await;
            assert_eq!((answer.status, answer.json()), (401, json!({ "message": "Unauthorized" })), "{what}");
        }
    }
    // Claims that a service sharing the secret may leave out or write in another order.
    for (what, header, claims) in [
        ("no typ", json!({ "alg": "HS256" }), claims.clone()),
        ("typ in lower case", json!({ "typ": "jwt", "alg": "HS256" }), claims.clone()),
        ("nbf in the past", plain(), with(&claims, "nbf", json!(now))),
        ("further claims", plain(), with(&claims, "aud", json!("x"))),
        ("without the reference's", plain(), without(&without(&claims, "app_metadata"), "auth_provider")),
    ] {
        let answer = app.bearer(&forge::token(&header, &claims)).get("/admin/users/me").await;
        assert_eq!(answer.status, 200, "{what}");
    }
}

/// Signed with the true secret, as by a service that shares it: the database decides.
async fn changed_claims_grant_no_further_access(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let registered = app.registered("eve@example.com").await;
    let claims = forge::claims(&ada.token);
    let me = |claims: &Json| app.bearer(&forge::token(&plain(), claims)).get("/admin/users/me");
    me(&with(&claims, "actor_id", json!(admin.id))).await.is_unauthorized();
    me(&with(&claims, "actor_id", json!(""))).await.is_unauthorized();
    let unclaimed = forge::claims(&registered.token);
    me(&with(&unclaimed, "actor_id", json!(admin.id))).await.is_unauthorized();
    // For these the database has the values.
    for (name, value) in [
        ("app_metadata", json!({ "user_id": admin.id, "roles": ["role_super_admin"] })),
        ("auth_identity_id", json!("authid_nosuch")),
        ("actor_type", json!("customer")),
    ] {
        let changed = with(&claims, name, value);
        assert_eq!(me(&changed).await.ok()["user"]["id"], ada.id, "{name}");
        let refreshed = app.bearer(&forge::token(&plain(), &changed)).post_nothing("/auth/token/refresh").await.ok();
        let metadata = &forge::claims(refreshed["token"].as_str().unwrap())["app_metadata"];
        assert_eq!(*metadata, json!({ "user_id": ada.id, "roles": ["role_super_admin"] }), "the user's own role");
    }
    // A later expiry in the token does not prolong the session.
    let longer = with(&claims, "exp", json!(i64::MAX));
    me(&longer).await.ok();
    app.clock.advance(Duration::from_secs(30 * 24 * 60 * 60));
    me(&longer).await.is_unauthorized();
}

async fn forged_invites_are_refused(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    let other = admin.invite("bob@example.com").await;
    let registered = app.registered("ada@example.com").await;
    let claims = forge::claims(&invite.token);
    let mut tokens = forgeries(&claims);
    for (name, values) in [
        ("purpose", vec![json!("session"), json!(""), json!(null), json!(1)]),
        ("id", vec![json!("invite_nosuch"), json!("invite_01M81MKHG2T3KQDSQCVSAJ1ZPK"), json!(admin.id), json!(null)]),
        ("jti", vec![json!(null), json!(1)]),
        ("exp", vec![json!("tomorrow"), json!(1.5), json!(u64::MAX)]),
    ] {
        for value in values {
            tokens.push((format!("{name} is {value}"), forge::token(&plain(), &with(&claims, name, value))));
        }
        tokens.push((format!("without {name}"), forge::token(&plain(), &without(&claims, name))));
    }
    let message =
        "This is not a valid invite link. Open the link exactly as it stands in the mail, or ask for a new one.";
    let invalid = json!({ "type": "unauthorized", "code": "invite_token_invalid", "message": message });
    for (what, token) in tokens {
        let mut answers = vec![registered.accept(&token).await];
        if token.len() <= 4_096 {
            answers.push(app.anonymous().accept_with_password(&token, PASSWORD).await);
            answers.push(app.anonymous().post("/auth/invites/preview", json!({ "token": token })).await);
        }
        for answer in answers {
            assert_eq!((answer.status, answer.json()), (401, invalid.clone()), "{what}");
        }
    }
    // With the other invite's number it is an older token of neither.
    let mixed = with(&claims, "jti", forge::claims(&other.token)["jti"].clone());
    let answer = registered.accept(&forge::token(&plain(), &mixed)).await;
    assert_eq!(answer.json()["code"], "invite_token_replaced");
    registered.accept(&invite.token).await.ok();
}

/// notes E5
async fn the_scheme_is_bearer_in_any_case(app: TestApp) {
    let admin = app.admin().await;
    let token = &admin.token;
    let me = |header: &str| app.anonymous().get("/admin/users/me").header("authorization", header);
    for header in [
        format!("Bearer {token}"),
        format!("bearer {token}"),
        format!("BEARER {token}"),
        format!("Bearer  {token}"),
        format!(" Bearer {token}"),
        format!("Bearer\t{token}"),
        format!("Bearer {token} "),
    ] {
        assert_eq!(me(&header).await.status, 200, "{header:.10}");
    }
    for header in [
        token.clone(),
        "Bearer".into(),
        "Bearer ".into(),
        format!("Token {token}"),
        format!("Bearer{token}"),
        format!("Bearer {token},x"),
        // The reference ignores what follows.
        format!("Bearer {token} x"),
        format!("Basic {token}"),
        "Basic YWRtaW5AZXhhbXBsZS5jb206c3VwZXJzZWNyZXQ=".into(),
        String::new(),
    ] {
        me(&header).await.is_unauthorized();
    }
}

/// A list would be read as the fields of a header or of claims, one after another.
#[tokio::test]
async fn lists_are_refused_as_header_and_claims() {
    let app = TestApp::sqlite().await;
    let admin = app.admin().await;
    let claims = forge::claims(&admin.token);
    let list = json!([claims["sid"], claims["actor_id"], claims["purpose"], claims["exp"], null]);
    for token in [forge::token(&json!(["HS256"]), &claims), forge::token(&plain(), &list)] {
        app.bearer(&token).get("/admin/users/me").await.is_unauthorized();
    }
}
