//! A real mail server: accepted mails arrive with working links; if it accepts nothing, requests still succeed and an
//! administrator can see the reason.

use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use vestibule_testing::on_both_engines;

use super::mail_server::{MailServer, mailing};
use super::{invite, until_delivery, until_queued};
use crate::support::{Client, PASSWORD, Place, Server, free_port};

on_both_engines!(
    an_invite_can_be_accepted_from_its_mail,
    a_lost_password_can_be_reset_from_its_mail,
    an_unavailable_server_delays_no_response,
    a_silent_server_delays_no_response,
    refusals_of_the_server_are_reported,
    nothing_is_sent_to_a_server_with_another_certificate,
);

/// Opens the page that a mail links to on this server, and returns the link's token.
async fn follow(server: &Server, mail: &Json, page: &str) -> String {
    let text = mail["text"].as_str().unwrap();
    let start = format!("http://localhost:{}{page}?token=", server.address.port());
    let token = text.split_once(&start).unwrap_or_else(|| panic!("no link to {start}: {text}")).1;
    let token = token.split_whitespace().next().unwrap().to_owned();
    let html = mail["html"].as_str().unwrap();
    assert!(html.contains(&format!("{start}{token}")), "{html}");
    let shown = server.client().get(&format!("{page}?token={token}")).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    token
}

async fn an_invite_can_be_accepted_from_its_mail(place: Place) {
    let Some(mut mails) = MailServer::start(&[]).await else { return };
    let place = mailing(place, mails.port);
    let (server, mut admin) = place.serve_admin().await;
    let id = invite(&mut admin, "ada@example.com").await;
    let mail = mails.received().await;
    assert_eq!((&mail["from"], &mail["to"]), (&json!("vestibule@localhost"), &json!(["ada@example.com"])));
    let token = follow(&server, &mail, "/app/invite").await;
    let accept = json!({ "token": token, "password": PASSWORD });
    server.client().post("/auth/invites/accept", accept).await.ok();
    server.sign_in("ada@example.com").await.get("/admin/users/me").await.ok();
    let sent = until_delivery(&mut admin, &format!("subject={id}"), |delivery| delivery["state"] == "sent").await;
    assert_eq!((&sent["recipient"], &sent["attempts"]), (&json!("ada@example.com"), &json!(1)));
    assert_eq!(sent["reason"], Json::Null);
}

async fn a_lost_password_can_be_reset_from_its_mail(place: Place) {
    let Some(mut mails) = MailServer::start(&[]).await else { return };
    let place = mailing(place, mails.port);
    let (server, _admin) = place.serve_admin().await;
    let ask = json!({ "identifier": "admin@example.com" });
    assert_eq!(server.client().post("/auth/user/emailpass/reset-password", ask).await.status, 201);
    let mail = mails.received().await;
    assert_eq!(mail["to"], json!(["admin@example.com"]));
    let token = follow(&server, &mail, "/app/reset-password").await;
    let password = "another horse battery staple";
    let update = json!({ "password": password });
    server.client().with_token(&token).post("/auth/user/emailpass/update", update).await.ok();
    let sign_in = json!({ "email": "admin@example.com", "password": password });
    server.client().post("/auth/user/emailpass", sign_in).await.ok();
    // An unknown address gets the same response.
    let ask = json!({ "identifier": "unknown@example.com" });
    assert_eq!(server.client().post("/auth/user/emailpass/reset-password", ask).await.status, 201);
    server.stop().await;
    let rest = mails.end().await;
    assert!(rest.iter().all(|mail| !mail.contains("unknown@example.com")), "{rest:?}");
}

/// Retries the mail, like an administrator who knows that the server is available again.
async fn retry(admin: &mut Client, delivery: &Json) {
    admin.post(&format!("/admin/deliveries/{}/retry", delivery["id"].as_str().unwrap()), json!({})).await.ok();
}

async fn an_unavailable_server_delays_no_response(place: Place) {
    let port = free_port();
    let place = mailing(place, port);
    let (server, mut admin) = place.serve_admin().await;
    let id = invite(&mut admin, "ada@example.com").await;
    let (reason, delivery) = until_queued(&mut admin, &format!("subject={id}")).await;
    assert_eq!(reason, "localhost refuses connections: nothing listens on that port");
    // Requests succeed, and the other mails wait without an attempt.
    let other = invite(&mut admin, "grace@example.com").await;
    let Some(mut mails) = MailServer::start(&["--port", &port.to_string()]).await else { return };
    retry(&mut admin, &delivery).await;
    let mail = mails.received().await;
    assert_eq!(mail["to"], json!(["ada@example.com"]));
    follow(&server, &mail, "/app/invite").await;
    let sent = until_delivery(&mut admin, &format!("subject={id}"), |delivery| delivery["state"] == "sent").await;
    assert_eq!(sent["id"], delivery["id"]);
    // The mail is sent automatically, soon.
    assert_eq!(mails.received().await["to"], json!(["grace@example.com"]));
    until_delivery(&mut admin, &format!("subject={other}"), |delivery| delivery["state"] == "sent").await;
}

/// The server listens but accepts nothing, so waiting for it would take until the timeout.
async fn a_silent_server_delays_no_response(place: Place) {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = mailing(place, silent.local_addr().unwrap().port()).with("VESTIBULE_MAIL_SMTP_TIMEOUT", "1m");
    let (server, mut admin) = place.serve_admin().await;
    let id = invite(&mut admin, "ada@example.com").await;
    let ask = json!({ "identifier": "admin@example.com" });
    assert_eq!(server.client().post("/auth/user/emailpass/reset-password", ask).await.status, 201);
    // All requests were completed before it accepts anything: its one connection is accepted here, without a reply.
    let (_held, _) = silent.accept().await.unwrap();
    server.kill().await;

    let place = place.with("VESTIBULE_MAIL_SMTP_TIMEOUT", "300ms").with("VESTIBULE_EVENTS_LEASE", "1s");
    let worker = place.serve().await;
    // The mail of the first process waits for its lease; the other mail shows the same reason.
    let mut admin = worker.sign_in("admin@example.com").await;
    let next = invite(&mut admin, "grace@example.com").await;
    let (reason, _) = until_queued(&mut admin, &format!("subject={next}")).await;
    assert_eq!(reason, "localhost did not answer within 300 ms");
    assert_eq!(admin.get(&format!("/admin/invites/{id}")).await.ok()["invite"]["state"], "pending");
}

async fn refusals_of_the_server_are_reported(place: Place) {
    let mut place = place;
    for (reply, state, expected_reason) in [
        ("RCPT=451 try again later", "queued", "localhost answered 451: try again later"),
        ("DATA=452 the disk is full", "queued", "localhost answered 452: the disk is full"),
        ("RCPT=550 no such user", "failed", "localhost answered 550: no such user"),
    ] {
        let Some(mails) = MailServer::start(&["--reply", reply]).await else { return };
        place = mailing(place, mails.port);
        place.create_user(&format!("admin-{}@example.com", mails.port)).await;
        let server = place.serve().await;
        let mut admin = server.sign_in(&format!("admin-{}@example.com", mails.port)).await;
        let email = format!("ada-{}@example.com", mails.port);
        let id = invite(&mut admin, &email).await;
        let is_told = |delivery: &Json| delivery["reason"].is_string();
        let delivery = until_delivery(&mut admin, &format!("subject={id}"), is_told).await;
        let seen = (&delivery["state"], &delivery["reason"], &delivery["recipient"]);
        assert_eq!(seen, (&json!(state), &json!(expected_reason), &json!(email)), "{reply}");
        let listed = admin.get(&format!("/admin/deliveries?state={state}&subject={id}")).await.ok();
        assert_eq!(listed["count"], json!(1), "{reply}");
        server.stop().await;
        assert_eq!(mails.end().await, [""; 0], "{reply}");
    }
}

async fn nothing_is_sent_to_a_server_with_another_certificate(place: Place) {
    let mut place = place;
    place.create_user("admin@example.com").await;
    for (way, certificate, authority, expected_reason) in [
        ("starttls", "other", "ca", "the certificate of localhost is for another name"),
        (
            "starttls",
            "localhost",
            "stranger",
            "the certificate of localhost is not trusted: who issued it is not known here",
        ),
        ("tls", "other", "ca", "the certificate of localhost is for another name"),
    ] {
        let Some(mails) = MailServer::start(&["--tls", way, "--certificate", certificate]).await else { return };
        place = mailing(place, mails.port).with("VESTIBULE_MAIL_SMTP_ENCRYPTION", way);
        place = place.with("VESTIBULE_MAIL_SMTP_CA_FILE", &mails.authority(authority));
        let server = place.serve().await;
        let mut admin = server.sign_in("admin@example.com").await;
        let id = invite(&mut admin, &format!("ada-{}@example.com", mails.port)).await;
        let query = format!("subject={id}");
        let delivery = until_delivery(&mut admin, &query, |delivery| delivery["state"] == "queued").await;
        // The mail waits because of the server before. If an attempt is running already, it is refused.
        let path = format!("/admin/deliveries/{}/retry", delivery["id"].as_str().unwrap());
        admin.post(&path, json!({})).await;
        until_delivery(&mut admin, &query, |delivery| delivery["reason"] == expected_reason).await;
        server.stop().await;
        assert_eq!(mails.end().await, [""; 0], "{way} {certificate} {authority}");
    }
}
