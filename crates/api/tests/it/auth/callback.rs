//! `GET|POST /auth/{actor_type}/{provider}/callback`

use std::sync::Arc;

use serde_json::json;
use vestibule_testing::{TestDatabase, on_both_engines};

use super::Elsewhere;
use crate::support::{TestApp, forge};

on_both_engines!(callback_of_emailpass_returns_an_error, callback_of_a_provider_signs_in);

/// notes E1
async fn callback_of_emailpass_returns_an_error(app: TestApp) {
    let path = "/auth/user/emailpass/callback";
    let body = json!({ "email": "ada@example.com", "password": "Lantern-trombone-42" });
    for answer in [app.anonymous().get(path).await, app.anonymous().post(path, body).await] {
        answer.is_error(401, "unauthorized", "Callback authentication not implemented for provider emailpass");
    }
    let refused = app.anonymous().get("/auth/user/nosuch/callback").await;
    refused.is_error(400, "not_allowed", "The actor type user is not allowed to use the auth provider nosuch");
}

async fn callback_of_a_provider_signs_in(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).open_with_provider(Elsewhere).await;
    let path = "/auth/user/elsewhere/callback";
    let answer = app.anonymous().get(&format!("{path}?code=right&name=ada%20b")).await.ok();
    let token = answer["token"].as_str().unwrap();
    let claims = forge::claims(token);
    assert_eq!((&claims["auth_provider"], &claims["actor_id"]), (&json!("elsewhere"), &json!("")));
    let again = app.anonymous().post(path, json!({ "code": "right", "name": "ada b" })).await.ok();
    let identity = forge::claims(again["token"].as_str().unwrap())["auth_identity_id"].clone();
    assert_eq!(claims["auth_identity_id"], identity);
    for ask in [app.anonymous().get(&format!("{path}?code=wrong&name=ada")), app.anonymous().post(path, json!({}))] {
        ask.await.is_error(401, "unauthorized", "Elsewhere does not know you");
    }
    // A name that is not an address proves nothing about one; that the invite reached the address is proof enough.
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    app.bearer(token).accept(&invite.token).await.ok();
    let refreshed = app.bearer(token).post_nothing("/auth/token/refresh").await.ok();
    let ada = app.bearer(refreshed["token"].as_str().unwrap()).get("/admin/users/me").await.ok();
    let providers = admin.get(&format!("/admin/users/{}/auth-providers", ada["user"]["id"].as_str().unwrap())).await;
    providers.is(200, &json!({ "providers": ["elsewhere"] }));
}
