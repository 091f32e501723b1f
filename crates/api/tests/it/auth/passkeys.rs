//! Passkeys, by an authenticator in memory: `/auth/user/passkey`, second factors, proofs and invites.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::authenticator::{ALGORITHMS, Algorithm, Authenticator};
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::passkeys::{
    ADA, BEGIN, CALLBACK, SITE, accept_with_passkey, add, begin, finish, not_allowed, open, refused, sign_in,
    with_passkey,
};
use crate::support::{PASSWORD, TestApp, forge, together};

on_both_engines!(
    a_passkey_signs_in_without_a_name_and_is_two_factors,
    passkeys_of_every_algorithm_sign_in,
    a_password_then_asks_for_the_passkey,
    what_is_not_of_this_site_is_refused,
    without_verification_of_the_user_nothing_is_accepted,
    a_challenge_works_once_and_for_five_minutes,
    a_challenge_belongs_to_its_browser,
    unknown_and_removed_passkeys_are_refused,
    a_counter_that_goes_back_is_refused_and_recorded,
    of_64_answers_to_one_challenge_one_counts,
    a_passkey_proves_the_identity_again,
    an_invite_is_accepted_with_a_passkey,
    the_last_sign_in_method_stays,
    passkeys_are_named_and_shown,
    a_role_that_requires_a_second_factor_is_content,
    without_passkeys_there_are_no_routes,
);

async fn a_passkey_signs_in_without_a_name_and_is_two_factors(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, mut device) = with_passkey(&app).await;
    let begun = begin(&app.anonymous()).await;
    let options = &begun["options"];
    assert_eq!((&options["rpId"], &options["userVerification"]), (&json!("localhost"), &json!("required")));
    assert!(options["allowCredentials"].as_array().is_none_or(Vec::is_empty), "{options}");
    let handle = device.passkeys[0].user.clone();
    assert!(handle.len() == 32 && !handle.windows(4).any(|part| ada.id.as_bytes().windows(4).any(|id| id == part)));
    let signed_in = finish(&app.anonymous(), &begun, device.get(options)).await.ok();
    let token = signed_in["token"].as_str().unwrap();
    assert_eq!(signed_in.as_object().unwrap().len(), 1, "no second factor is asked for");
    assert_eq!(forge::claims(token)["auth_provider"], json!("passkey"));
    let me = app.bearer(token).get("/admin/users/me").await.ok();
    assert_eq!(me["user"]["id"], json!(ada.id));
    let methods = app.bearer(token).get("/auth/identities").await.ok();
    let methods: Vec<&str> =
        methods["identities"].as_array().unwrap().iter().map(|one| one["provider"].as_str().unwrap()).collect();
    assert_eq!(methods, ["emailpass", "passkey"]);
    // Clients of the reference would make a button of it.
    let listed = app.anonymous().get("/auth/user/providers").await.ok();
    assert!(listed["providers"].as_array().unwrap().iter().all(|one| one["id"] != "passkey"));
}

async fn passkeys_of_every_algorithm_sign_in(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let ada = app.user(ADA).await;
    for algorithm in ALGORITHMS {
        let mut device = Authenticator { algorithm, backup: (true, true), step: 0, ..Authenticator::new(SITE) };
        add(&ada, &mut device, &format!("{algorithm:?}")).await;
        // Synchronised passkeys have no counter.
        for _ in 0..2 {
            sign_in(&app, &mut device).await.ok();
        }
    }
}

/// security.md 18
async fn a_password_then_asks_for_the_passkey(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (_, mut device) = with_passkey(&app).await;
    let pending = app.pending_sign_in(ADA).await;
    assert_eq!(pending.challenge["methods"], json!(["passkey"]));
    let options = &pending.challenge["ceremonies"]["passkey"];
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(options["userVerification"], json!("required"));
    let answer = device.get(options);
    // One of another challenge, of the same account.
    let begun = begin(&app.anonymous()).await;
    let other = device.get(&begun["options"]);
    let send = |answer: &Json| pending.client.post(&pending.path(), json!({ "method": "passkey", "answer": answer }));
    not_allowed(&send(&other).await, "wrong_answer");
    let signed_in = send(&answer).await.ok();
    app.bearer(signed_in["token"].as_str().unwrap()).get("/admin/users/me").await.ok();
    assert_eq!(send(&answer).await.json()["message"], "MFA challenge has already been completed");
    // Neither a code nor both.
    let path = pending.path();
    let neither = pending.client.post(&path, json!({ "method": "passkey" })).await;
    neither.is_invalid("Field 'code' is required");
    let both = pending.client.post(&path, json!({ "method": "passkey", "code": "1", "answer": {} })).await;
    assert_eq!(both.status, 400);
    let audited = app.audited("sign_in.failed").await;
    assert!(audited.iter().any(|entry| entry["after"]["reason"] == "wrong_answer"), "{audited:?}");
}

/// security.md 43
async fn what_is_not_of_this_site_is_refused(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, device) = with_passkey(&app).await;
    let liars = [
        Authenticator { origin: "https://localhost:9000".into(), ..device.clone() },
        Authenticator { origin: "http://localhost:9001".into(), ..device.clone() },
        Authenticator { origin: "http://evil.localhost:9000".into(), ..device.clone() },
        Authenticator { rp_id: Some("example.com".into()), ..device.clone() },
        Authenticator { challenge: Some("AAAAAAAAAAAAAAAAAAAAAA".into()), ..device.clone() },
        Authenticator { has_user: false, ..device.clone() },
    ];
    for mut liar in liars {
        refused(&sign_in(&app, &mut liar).await, "passkey_refused");
        let pending = app.pending_sign_in(ADA).await;
        let answer = liar.get(&pending.challenge["ceremonies"]["passkey"]);
        let answer = pending.client.post(&pending.path(), json!({ "method": "passkey", "answer": answer })).await;
        not_allowed(&answer, "wrong_answer");
        let started = ada.post("/auth/mfa/factors", json!({ "provider": "passkey", "name": "Another" })).await.ok();
        let path = format!("/auth/mfa/factors/{}/verify", started["mfa_factor"]["id"].as_str().unwrap());
        let created = liar.create(&started["options"]);
        not_allowed(&ada.post(&path, json!({ "answer": created })).await, "wrong_answer");
        app.clock.advance(Duration::from_secs(60));
    }
}

/// security.md 43
async fn without_verification_of_the_user_nothing_is_accepted(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, device) = with_passkey(&app).await;
    let mut device = Authenticator { verifies_user: false, ..device };
    refused(&sign_in(&app, &mut device).await, "passkey_refused");
    let started = ada.post("/auth/mfa/factors", json!({ "provider": "passkey", "name": "Key" })).await.ok();
    assert_eq!(started["options"]["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(started["options"]["authenticatorSelection"]["residentKey"], "required");
    assert!(started["options"]["attestation"].as_str().is_none_or(|attestation| attestation == "none"));
    let path = format!("/auth/mfa/factors/{}/verify", started["mfa_factor"]["id"].as_str().unwrap());
    let created = device.create(&started["options"]);
    not_allowed(&ada.post(&path, json!({ "answer": created })).await, "wrong_answer");
    device.passkeys.pop();
    device.verifies_user = true;
    sign_in(&app, &mut device).await.ok();
}

/// security.md 43
async fn a_challenge_works_once_and_for_five_minutes(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (_, mut device) = with_passkey(&app).await;
    let client = app.anonymous();
    let begun = begin(&client).await;
    let answer = device.get(&begun["options"]);
    // Of another challenge, whose state is not used up by that of the first.
    let other = begin(&client).await;
    refused(&finish(&client, &other, answer.clone()).await, "passkey_refused");
    finish(&client, &begun, answer.clone()).await.ok();
    refused(&finish(&client, &begun, answer).await, "passkey_refused");
    // A wrong answer uses the challenge up.
    let begun = begin(&client).await;
    refused(&finish(&client, &begun, json!({})).await, "passkey_refused");
    refused(&finish(&client, &begun, device.get(&begun["options"])).await, "passkey_refused");
    for (seconds, status) in [(299, 200), (300, 401)] {
        let begun = begin(&client).await;
        let answer = device.get(&begun["options"]);
        app.clock.advance(Duration::from_secs(seconds));
        assert_eq!(finish(&client, &begun, answer).await.status, status);
    }
    // The enrolment as well.
    let ada = app.bearer(sign_in(&app, &mut device).await.ok()["token"].as_str().unwrap());
    for (seconds, status) in [(300, 400), (299, 200)] {
        let mut device = Authenticator::new(SITE);
        let started = ada.post("/auth/mfa/factors", json!({ "provider": "passkey", "name": "Phone" })).await.ok();
        let path = format!("/auth/mfa/factors/{}/verify", started["mfa_factor"]["id"].as_str().unwrap());
        let answer = json!({ "answer": device.create(&started["options"]) });
        app.clock.advance(Duration::from_secs(seconds));
        assert_eq!(ada.post(&path, answer.clone()).await.status, status);
        assert_eq!(ada.post(&path, answer).await.status, 400, "once");
    }
}

async fn a_challenge_belongs_to_its_browser(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (_, mut device) = with_passkey(&app).await;
    let browser = app.anonymous().0.with_header("sec-fetch-site", "same-origin");
    let begun = browser.post_nothing(BEGIN).await;
    let cookie = begun.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let begun = begun.ok()["ceremony"].clone();
    let answer = device.get(&begun["options"]);
    refused(&finish(&browser, &begun, answer.clone()).await, "passkey_refused");
    refused(&finish(&app.anonymous(), &begun, answer.clone()).await, "passkey_refused");
    finish(&browser.with_header("cookie", &cookie), &begun, answer).await.ok();
}

async fn unknown_and_removed_passkeys_are_refused(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, mut device) = with_passkey(&app).await;
    let bob = app.user("bob@example.com").await;
    let mut other = Authenticator::new(SITE);
    add(&bob, &mut other, "Laptop").await;
    // Bob's passkey in Ada's name.
    let mut forged = other.clone();
    forged.passkeys[0].user.clone_from(&device.passkeys[0].user);
    refused(&sign_in(&app, &mut forged).await, "passkey_unknown");
    // Ada's challenge, answered with Bob's.
    let pending = app.pending_sign_in(ADA).await;
    let answer = other.answer(&pending.challenge["ceremonies"]["passkey"], 0);
    let answer = pending.client.post(&pending.path(), json!({ "method": "passkey", "answer": answer })).await;
    not_allowed(&answer, "wrong_answer");
    // One that was started and not finished.
    let started = ada.post("/auth/mfa/factors", json!({ "provider": "passkey", "name": "Pending" })).await.ok();
    let mut pending = Authenticator::new(SITE);
    pending.create(&started["options"]);
    refused(&sign_in(&app, &mut pending).await, "passkey_unknown");
    let listed = ada.get("/auth/mfa/factors").await.ok();
    for factor in listed["mfa_factors"].as_array().unwrap() {
        ada.delete(&format!("/auth/mfa/factors/{}", factor["id"].as_str().unwrap())).await.ok();
    }
    refused(&sign_in(&app, &mut device).await, "passkey_unknown");
    app.anonymous().sign_in_as_user(ADA, PASSWORD).await;
    sign_in(&app, &mut other).await.ok();
}

/// security.md 43
async fn a_counter_that_goes_back_is_refused_and_recorded(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, mut device) = with_passkey(&app).await;
    let copy = device.clone();
    for _ in 0..3 {
        sign_in(&app, &mut device).await.ok();
    }
    let mut copy = Authenticator { step: 1, ..copy };
    refused(&sign_in(&app, &mut copy).await, "passkey_counter");
    let audited = app.audited("sign_in.failed").await;
    let entry = audited.iter().find(|entry| entry["after"]["reason"] == "passkey_counter").unwrap();
    assert_eq!(entry["target_id"], json!(ada.id), "{entry}");
    let pending = app.pending_sign_in(ADA).await;
    let answer = copy.get(&pending.challenge["ceremonies"]["passkey"]);
    let answer = pending.client.post(&pending.path(), json!({ "method": "passkey", "answer": answer })).await;
    not_allowed(&answer, "passkey_counter");
    // The one that has gone on still works.
    sign_in(&app, &mut device).await.ok();
}

/// security.md 2 and 43
async fn of_64_answers_to_one_challenge_one_counts(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (_, mut device) = with_passkey(&app).await;
    let begun = begin(&app.anonymous()).await;
    let body = json!({ "state": begun["state"], "answer": device.get(&begun["options"]) });
    let answers = together(64, |_| {
        let (client, body) = (app.anonymous(), body.clone());
        async move { client.post(CALLBACK, body).await.status }
    });
    let answers = answers.await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [200, 401].contains(status)), "{answers:?}");
    // And of two challenges answered with the same use of the passkey's counter.
    let (one, other) = (begin(&app.anonymous()).await, begin(&app.anonymous()).await);
    let mut twin = device.clone();
    let bodies = [
        json!({ "state": one["state"], "answer": device.get(&one["options"]) }),
        json!({ "state": other["state"], "answer": twin.get(&other["options"]) }),
    ];
    let answers = together(2, |number| {
        let (client, body) = (app.anonymous(), bodies[number].clone());
        async move { client.post(CALLBACK, body).await.status }
    });
    let answers = answers.await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
}

/// security.md 20 and 43
async fn a_passkey_proves_the_identity_again(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, mut device) = with_passkey(&app).await;
    let other = app.bearer(sign_in(&app, &mut device).await.ok()["token"].as_str().unwrap());
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    let start = json!({ "provider": "totp" });
    assert_eq!(ada.post("/auth/mfa/factors", start.clone()).await.json()["code"], "fresh_proof_required");
    let begun = ada.post_nothing("/auth/proof/challenge").await.ok()["mfa_challenge"].clone();
    let answer = device.get(&begun["ceremonies"]["passkey"]);
    let body = json!({ "challenge_id": begun["id"], "method": "passkey", "answer": answer });
    // Not in another session, and not as a sign-in.
    let elsewhere = other.post("/auth/proof", body.clone()).await;
    assert_eq!(elsewhere.status, 404, "{}", elsewhere.text());
    let path = format!("/auth/mfa/challenges/{}/verify", begun["id"].as_str().unwrap());
    let as_sign_in = ada.post(&path, json!({ "method": "passkey", "answer": body["answer"] })).await;
    assert_eq!(as_sign_in.status, 404, "{}", as_sign_in.text());
    ada.post("/auth/proof", body.clone()).await.ok();
    ada.post("/auth/mfa/factors", start).await.ok();
    assert_eq!(ada.post("/auth/proof", body).await.json()["message"], "MFA challenge has already been completed");
    // The password alone proves nothing any more.
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    let by_password = ada.post("/auth/proof", json!({ "password": PASSWORD })).await;
    assert_eq!(by_password.json()["code"], "fresh_proof_required");
    let half = ada.post("/auth/proof", json!({ "answer": {} })).await;
    assert_eq!(half.status, 400);
    // Without a second factor there is nothing to answer.
    let bob = app.user("bob@example.com").await;
    let message = "This account has no second factor. Confirm with your password: POST /auth/proof.";
    bob.post_nothing("/auth/proof/challenge").await.is_error(400, "not_allowed", message);
}

async fn an_invite_is_accepted_with_a_passkey(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let admin = app.admin().await;
    let (invite, other) = (admin.invite(ADA).await, admin.invite("bob@example.com").await);
    let client = app.anonymous();
    let begin = |token: &str| client.post("/auth/invites/passkey", json!({ "token": token }));
    let begun = begin(&invite.token).await.ok()["ceremony"].clone();
    assert_eq!(begun["options"]["user"]["name"], json!(ADA));
    let mut device = Authenticator::new(SITE);
    let answer = device.create(&begun["options"]);
    let accept = |token: &str, begun: &Json, answer: &Json| {
        let body = json!({
            "token": token, "state": begun["state"], "answer": answer, "passkey_name": "Phone", "first_name": "Ada",
        });
        client.post("/auth/invites/accept", body)
    };
    // It belongs to its invite, and a refused answer leaves the invite as it is.
    not_allowed(&accept(&other.token, &begun, &answer).await, "wrong_answer");
    let accepted = accept(&invite.token, &begun, &answer).await.ok();
    assert_eq!((&accepted["user"]["email"], &accepted["user"]["first_name"]), (&json!(ADA), &json!("Ada")));
    let ada = app.bearer(accepted["token"].as_str().unwrap());
    let listed = ada.get("/auth/mfa/factors").await.ok();
    assert_eq!(
        (&listed["mfa_factors"][0]["name"], &listed["mfa_factors"][0]["status"]),
        (&json!("Phone"), &json!("enabled"))
    );
    let methods = ada.get("/auth/identities").await.ok();
    assert_eq!(methods["identities"].as_array().unwrap().len(), 1);
    sign_in(&app, &mut device).await.ok();
    assert_eq!(client.sign_in(ADA, PASSWORD).await.status, 401, "there is no password");
    let again = accept(&invite.token, &begun, &answer).await;
    assert_eq!(again.json()["code"], "invite_already_accepted", "{}", again.text());
    // Both, half of it, or nothing.
    for (body, reason) in [
        (json!({ "token": other.token }), "Field 'password' is required"),
        (
            json!({ "token": other.token, "state": "x" }),
            "Send one of 'password', 'state' and 'answer' of a passkey, and 'without_password' (true)",
        ),
        (
            json!({ "token": other.token, "password": PASSWORD, "state": "x", "answer": {} }),
            "Send one of 'password', 'state' and 'answer' of a passkey, and 'without_password' (true)",
        ),
    ] {
        client.post("/auth/invites/accept", body).await.is_invalid(reason);
    }
    assert_eq!(begin("nonsense").await.status, 401);
    // A second passkey of the same user has the same handle.
    let mut tablet = Authenticator::new(SITE);
    add(&ada, &mut tablet, "Tablet").await;
    assert_eq!(tablet.passkeys[0].user, device.passkeys[0].user);
}

/// security.md 44
async fn the_last_sign_in_method_stays(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let invite = app.admin().await.invite(ADA).await;
    let client = app.anonymous();
    let mut device = Authenticator::new(SITE);
    let accepted = accept_with_passkey(&client, &invite.token, &mut device).await;
    let ada = app.bearer(accepted["token"].as_str().unwrap());
    let mut tablet = Authenticator::new(SITE);
    let second = add(&ada, &mut tablet, "Tablet").await;
    let listed = ada.get("/auth/mfa/factors").await.ok();
    let ids: Vec<&str> =
        listed["mfa_factors"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    // Two at once: one of them stays.
    let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
    let removed = together(2, |number| {
        let (ada, path) = (ada.clone(), format!("/auth/mfa/factors/{}", ids[number]));
        async move { ada.delete(&path).await }
    });
    let removed = removed.await;
    let mut statuses: Vec<u16> = removed.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    let refused = removed.iter().find(|answer| answer.status == 400).unwrap();
    refused.is_coded(
        400,
        "not_allowed",
        "last_sign_in_method",
        "This is the only sign-in method of the account. Add another one first.",
    );
    let unlink = ada.delete("/auth/identities/passkey").await;
    assert_eq!(unlink.json()["code"], "remove_passkeys", "{}", unlink.text());
    assert_eq!(second["status"], "enabled");
    // Where there is a password, the last passkey can go.
    let (bob, _) = (app.user("bob@example.com").await, ());
    let mut key = Authenticator::new(SITE);
    let factor = add(&bob, &mut key, "Key").await;
    bob.delete(&format!("/auth/mfa/factors/{}", factor["id"].as_str().unwrap())).await.ok();
}

async fn passkeys_are_named_and_shown(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, device) = with_passkey(&app).await;
    let mut phone = Authenticator { backup: (true, false), algorithm: Algorithm::EdDsa, ..Authenticator::new(SITE) };
    let started = ada.post("/auth/mfa/factors", json!({ "provider": "passkey", "name": "Phone" })).await.ok();
    let excluded = started["options"]["excludeCredentials"].as_array().unwrap();
    assert_eq!(excluded.len(), 1, "the authenticator that has one creates no second");
    assert_eq!(started["options"]["user"]["name"], json!(ADA));
    assert!(started["mfa_factor"].get("details").is_none());
    // Started again, as after a prompt that was closed: the name is free.
    let factor = add(&ada, &mut phone, "Phone").await;
    let details = &factor["details"];
    assert_eq!((&details["device_bound"], &details["backed_up"]), (&json!(false), &json!(false)));
    assert_eq!(phone.passkeys[0].user, device.passkeys[0].user);
    phone.backup = (true, true);
    sign_in(&app, &mut phone).await.ok();
    let path = format!("/auth/mfa/factors/{}", factor["id"].as_str().unwrap());
    let renamed = ada.post(&path, json!({ "name": "Old phone" })).await.ok();
    assert_eq!(renamed["mfa_factor"]["details"]["backed_up"], json!(true), "{renamed}");
    assert_eq!(ada.post(&path, json!({ "name": "Laptop" })).await.json()["code"], "factor_name_taken");
    let listed = ada.get("/auth/mfa/factors").await.ok();
    let names: Vec<&str> =
        listed["mfa_factors"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Laptop", "Old phone"]);
    assert_eq!(listed["mfa_factors"][0]["details"]["device_bound"], json!(true));
    assert!(listed["mfa_factors"][0].get("secret").is_none());
}

async fn a_role_that_requires_a_second_factor_is_content(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, mut device) = with_passkey(&app).await;
    ada.post("/admin/rbac/roles/role_super_admin", json!({ "requires_mfa": true })).await.ok();
    let token = sign_in(&app, &mut device).await.ok();
    app.bearer(token["token"].as_str().unwrap()).get("/admin/users").await.ok();
}

async fn without_passkeys_there_are_no_routes(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).open().await;
    let admin = app.admin().await;
    assert_eq!(app.anonymous().post_nothing(BEGIN).await.status, 400);
    let invite = admin.invite(ADA).await;
    assert_eq!(app.anonymous().post("/auth/invites/passkey", json!({ "token": invite.token })).await.status, 400);
    let start = admin.post("/auth/mfa/factors", json!({ "provider": "passkey", "name": "Key" })).await;
    assert_eq!(start.status, 400);
}
