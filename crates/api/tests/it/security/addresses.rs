//! 15 and 16: every route compares an address in its canonical form, and refuses what is not an address.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{Ask, Client, PASSWORD, TestApp};

on_both_engines!(
    spellings_of_one_mailbox_are_one_user_on_every_route,
    look_alikes_are_different_users_on_every_route,
    invalid_addresses_are_refused_on_every_route,
);

/// The requests by which an address is added.
const REQUESTS: &[fn(&Client, &str) -> Ask] = &[
    |admin, email| admin.post("/admin/users", json!({ "email": email })),
    |admin, email| admin.post("/admin/users", json!({ "email": email, "password": PASSWORD })),
    |admin, email| admin.post("/admin/users", json!({ "email": email, "invite": true })),
    |admin, email| admin.post("/admin/invites", json!({ "email": email })),
    |admin, email| {
        admin.post("/auth/user/emailpass/register", json!({ "email": email, "password": "Stranger-harbour-77x" }))
    },
];

/// security.md 15
async fn spellings_of_one_mailbox_are_one_user_on_every_route(app: TestApp) {
    let admin = app.admin().await;
    for (number, (written, spellings)) in [
        (
            "Ada@Example.COM",
            vec!["ada@example.com", "ADA@EXAMPLE.COM", " Ada@example.com ", "ａda@example.com", "ada@ｅxample.com"],
        ),
        ("Jose\u{301}@example.com", vec!["jos\u{e9}@example.com", "JOS\u{c9}@example.com", "jose\u{301}@EXAMPLE.com"]),
        (
            "bob@b\u{fc}cher.example",
            vec!["bob@xn--bcher-kva.example", "BOB@B\u{dc}CHER.example", "bob@bu\u{308}cher.example"],
        ),
        ("ﬁt@example.com", vec!["fit@example.com", "FIT@example.com"]),
    ]
    .into_iter()
    .enumerate()
    {
        let created = admin.post("/admin/users", json!({ "email": written, "password": PASSWORD })).await.ok();
        // Stored and returned as written.
        assert_eq!(created["user"]["email"], written.trim());
        for spelling in spellings {
            let id = app.anonymous().sign_in_as_user(spelling, PASSWORD).await.id;
            assert_eq!(created["user"]["id"], id, "{spelling}");
            for (request, ask) in REQUESTS.iter().enumerate() {
                let refused = ask(&admin, spelling).await;
                assert!(matches!(refused.status, 400 | 401), "{spelling} at request {request}: {}", refused.text());
                assert!(refused.json()["message"].as_str().unwrap().contains("exist"), "{}", refused.text());
            }
        }
        assert_eq!(admin.get("/admin/users").await.ok()["count"], number + 2);
    }
    assert_eq!(admin.get("/admin/invites?state=all").await.ok()["count"], 0);
}

/// security.md 15
async fn look_alikes_are_different_users_on_every_route(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    // Cyrillic а, Greek ο, dotless ı, a plus, a dot, another domain that looks the same.
    for (number, email) in [
        "аda@example.com",
        "ada@exampIe.com",
        "ada@examplе.com",
        "adа@example.com",
        "ada+x@example.com",
        "a.da@example.com",
    ]
    .into_iter()
    .enumerate()
    {
        app.anonymous().sign_in(email, PASSWORD).await.is_error(401, "unauthorized", "Invalid email or password");
        let registered = app.registered(email).await;
        registered.get("/admin/users/me").await.is_unauthorized();
        let invite = admin.invite(email).await;
        let accepted = registered.accept(&invite.token).await.ok();
        assert_ne!(accepted["user"]["id"], ada.id, "{email}");
        assert_eq!(admin.get("/admin/users").await.ok()["count"], number + 3);
    }
    assert_eq!(app.anonymous().sign_in_as_user("ada@example.com", PASSWORD).await.id, ada.id);
}

/// security.md 16
async fn invalid_addresses_are_refused_on_every_route(app: TestApp) {
    let admin = app.admin().await;
    let before = admin.get("/admin/users").await.ok();
    for email in [
        " ",
        "ada",
        "@",
        "@example.com",
        "ada@",
        "ada@example..com",
        "ada@-example.com",
        "ada@example.com.",
        "a..b@example.com",
        ".ada@example.com",
        "a@b@example.com",
        "ada@exa mple.com",
        "a b@example.com",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com\n",
        "ada\t@example.com",
        "ada@example.com,eve@example.com",
        "ada@example.com;eve@example.com",
        "Ada <ada@example.com>",
        "<script>@example.com",
        "\"a b\"@example.com",
        "ada\u{200b}@example.com",
        "ada\u{202e}@example.com",
        "ada\u{feff}@example.com",
        "ada@[127.0.0.1]",
        &format!("{}@example.com", "a".repeat(65)),
        &format!("ada@{}com", "example.".repeat(40)),
        &"a".repeat(100_000),
    ] {
        for (request, ask) in REQUESTS.iter().enumerate() {
            let refused = ask(&admin, email).await;
            assert_eq!(
                (refused.status, &refused.json()["type"]),
                (400, &json!("invalid_data")),
                "{email:.40} at request {request}"
            );
            assert!(refused.text().len() < 600);
        }
        app.anonymous().sign_in(email, PASSWORD).await.is_error(401, "unauthorized", "Invalid email or password");
    }
    assert_eq!(admin.get("/admin/users").await.ok(), before);
    assert_eq!(admin.get("/admin/invites?state=all").await.ok()["count"], 0);
}
