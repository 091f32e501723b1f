//! Many requests at once, to two servers on one database: no important state lives in a process (architecture.md,
//! security.md 2 and 21).

use std::collections::BTreeMap;

use http::header::SET_COOKIE;
use serde_json::{Value as Json, json};
use tokio::task::JoinSet;
use vestibule_testing::on_both_engines;

use crate::support::rows::number;
use crate::support::{Answer, Client, PASSWORD, Place, Server};

on_both_engines!(
    4 threads: each_server_reads_what_the_other_writes, deleting_on_one_server_signs_out_on_the_other,
    signing_out_on_one_server_signs_out_on_the_other, of_many_acceptances_of_an_invite_one_succeeds,
    of_many_registrations_one_is_kept, of_many_invites_of_an_address_one_is_created, many_share_a_few_connections,
);

/// How many requests are sent at once.
const MANY: usize = 64;

/// The reference deadlocks here: each of its requests holds a connection while it waits for a second.
async fn many_share_a_few_connections(place: Place) {
    let server = place.serve_with(&["--database-max-connections", "4"]).await;
    place.create_user("admin@example.com").await;
    let token = server.token_of("admin@example.com").await;
    let mut asking = JoinSet::new();
    for number in 0..MANY {
        let mut admin = server.client().with_token(&token);
        let body = json!({ "email": format!("{number}@example.com") });
        asking.spawn(async move { admin.post("/admin/invites", body).await.ok() });
    }
    assert_eq!(asking.join_all().await.len(), MANY);
    let invites = number(&place.open().await, "SELECT count(*) AS value FROM invites", &[]).await;
    assert_eq!(invites, MANY as i64);
}

struct Two {
    place: Place,
    servers: [Server; 2],
    token: String,
}

impl Two {
    async fn start(place: Place) -> Self {
        let servers = [place.serve().await, place.serve().await];
        place.create_user("admin@example.com").await;
        let token = servers[0].token_of("admin@example.com").await;
        Self { place, servers, token }
    }

    fn admin(&self, server: usize) -> Client {
        self.servers[server].client().with_token(&self.token)
    }

    async fn count(&self, table: &str) -> i64 {
        number(&self.place.open().await, &format!("SELECT count(*) AS value FROM {table}"), &[]).await
    }

    /// Sends the same to both servers, half of [`MANY`] to each, all at once; returns how many got which response.
    async fn all_at_once(&self, path: &str, body: Json, admin: bool) -> BTreeMap<(u16, String), usize> {
        let mut asking = JoinSet::new();
        for number in 0..MANY {
            let server = number % 2;
            let mut client = if admin { self.admin(server) } else { self.servers[server].client() };
            let (path, body) = (path.to_owned(), body.clone());
            asking.spawn(async move { client.post(&path, body).await });
        }
        let mut counts = BTreeMap::new();
        for answer in asking.join_all().await {
            *counts.entry(answer.refusal()).or_default() += 1;
        }
        counts
    }
}

fn cookie(answer: &Answer) -> String {
    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn each_server_reads_what_the_other_writes(place: Place) {
    let two = Two::start(place).await;
    let (mut here, mut there) = (two.admin(0), two.admin(1));
    for number in 0..20 {
        let email = format!("{number}@example.com");
        let created = here.post("/admin/users", json!({ "email": email })).await.ok();
        let path = format!("/admin/users/{}", created["user"]["id"].as_str().unwrap());
        assert_eq!(there.get(&path).await.ok(), created);
        let updated = there.post(&path, json!({ "first_name": "Ada", "metadata": { "n": number } })).await.ok();
        assert_eq!(here.get(&path).await.ok(), updated);
        let invite = there.post("/admin/invites", json!({ "email": format!("i{email}") })).await.ok();
        // The same secret makes the same token.
        let path = format!("/admin/invites/{}", invite["invite"]["id"].as_str().unwrap());
        assert_eq!(here.get(&path).await.ok(), invite);
        std::mem::swap(&mut here, &mut there);
    }
}

async fn deleting_on_one_server_signs_out_on_the_other(place: Place) {
    let two = Two::start(place).await;
    for (here, there) in [(0, 1), (1, 0)] {
        two.place.create_user("ada@example.com").await;
        let token = two.servers[there].token_of("ada@example.com").await;
        let mut ada = two.servers[there].client().with_token(&token);
        let id = ada.get("/admin/users/me").await.ok()["user"]["id"].as_str().unwrap().to_owned();
        let session = ada.post("/auth/session", json!({})).await;
        session.ok();
        let mut by_cookie = two.servers[there].client().with_header("cookie", &cookie(&session));
        by_cookie.get("/admin/users/me").await.ok();
        two.admin(here).delete(&format!("/admin/users/{id}")).await.ok();
        for client in [&mut ada, &mut by_cookie] {
            assert_eq!(client.get("/admin/users/me").await.status, 401);
            assert_eq!(client.post("/auth/token/refresh", json!({})).await.status, 401);
        }
        let sign_in = json!({ "email": "ada@example.com", "password": PASSWORD });
        assert_eq!(two.servers[there].client().post("/auth/user/emailpass", sign_in).await.status, 401);
    }
}

async fn signing_out_on_one_server_signs_out_on_the_other(place: Place) {
    let two = Two::start(place).await;
    for (here, there) in [(0, 1), (1, 0)] {
        let token = two.servers[here].token_of("admin@example.com").await;
        let mut by_token = two.servers[there].client().with_token(&token);
        let session = by_token.post("/auth/session", json!({})).await;
        session.ok();
        let mut by_cookie = two.servers[there].client().with_header("cookie", &cookie(&session));
        by_cookie.get("/admin/users/me").await.ok();
        let elsewhere = two.servers[here].client().with_header("cookie", &cookie(&session));
        elsewhere.with_header("sec-fetch-site", "same-origin").delete("/auth/session").await.ok();
        assert_eq!(by_cookie.get("/admin/users/me").await.status, 401);
        assert_eq!(by_token.get("/admin/users/me").await.status, 401);
        // Other sessions of the user continue.
        two.admin(there).get("/admin/users/me").await.ok();
    }
}

async fn of_many_acceptances_of_an_invite_one_succeeds(place: Place) {
    let two = Two::start(place).await;
    let invite = two.admin(0).post("/admin/invites", json!({ "email": "ada@example.com" })).await.ok();
    let accept = json!({ "token": invite["invite"]["token"], "password": PASSWORD });
    let answers = two.all_at_once("/auth/invites/accept", accept, false).await;
    let refused = (401, "invite_already_accepted".to_owned());
    assert_eq!(answers, BTreeMap::from([((200, String::new()), 1), (refused, MANY - 1)]));
    assert_eq!((two.count("users").await, two.count("provider_identities").await), (2, 2));
    two.servers[1].sign_in("ada@example.com").await.get("/admin/users/me").await.ok();
}

/// Registering twice is registering once: all requests succeed, with one identity.
async fn of_many_registrations_one_is_kept(place: Place) {
    let two = Two::start(place).await;
    let credentials = json!({ "email": "ada@example.com", "password": PASSWORD });
    let answers = two.all_at_once("/auth/user/emailpass/register", credentials, false).await;
    assert_eq!(answers, BTreeMap::from([((200, String::new()), MANY)]));
    assert_eq!((two.count("auth_identities").await, two.count("provider_identities").await), (2, 2));
}

async fn of_many_invites_of_an_address_one_is_created(place: Place) {
    let two = Two::start(place).await;
    let answers = two.all_at_once("/admin/invites", json!({ "email": "ada@example.com" }), true).await;
    let refused = (400, "invite_exists".to_owned());
    assert_eq!(answers, BTreeMap::from([((200, String::new()), 1), (refused, MANY - 1)]));
    assert_eq!(two.count("invites").await, 1);
}
