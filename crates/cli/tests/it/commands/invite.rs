//! `vestibule invite`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, Place, link_token};

on_both_engines!(
    invites_are_created_listed_resent_and_revoked,
    json_output_of_every_invite_command,
    invites_are_listed_by_state,
    impossible_invite_commands_fail_in_one_line,
);

async fn invites_are_created_listed_resent_and_revoked(place: Place) {
    place.ok("migrate").await;
    place.run("invite list").await.prints(
        r"
            [exit 0]
            No invites found.
            ",
    );
    let created = place.run("invite create --email Ada@Example.com --role role_super_admin").await;
    created.prints(
        r"
            [exit 0]
            http://localhost:9000/app/invite?token=TOKEN
            --- stderr
            Invited Ada@Example.com until 0000-00-00T00:00:00.000Z (invite_00000000000000000000000000):
            ",
    );
    place.run("invite list").await.prints(
        r"
            [exit 0]
            ID                                 EMAIL            STATE    EXPIRES                   SENT
            invite_00000000000000000000000000  Ada@Example.com  pending  0000-00-00T00:00:00.000Z  1
            ",
    );
    let id = created.err.split_once('(').unwrap().1.split_once(')').unwrap().0;
    let resent = place.run(&format!("invite resend {id}")).await;
    assert_eq!(resent.seen(), created.seen());
    assert_ne!(resent.out, created.out, "the link is a new one");
    // The first link no longer works, the second does.
    let server = place.serve().await;
    let accept = async |link: &str| {
        let body = json!({ "token": link_token(link), "password": PASSWORD });
        server.client().post("/auth/invites/accept", body).await
    };
    assert_eq!(accept(&created.out).await.refusal(), (401, "invite_token_replaced".to_owned()));

    let revoked = place.run(&format!("invite revoke {id}")).await;
    revoked.prints(
        r"
            [exit 0]
            Revoked the invite of Ada@Example.com (invite_00000000000000000000000000).
            ",
    );
    assert_eq!(accept(&resent.out).await.refusal(), (401, "invite_revoked".to_owned()));
    // A revoked invite does not prevent a new one.
    let again = place.run("invite create --email ada@example.com").await;
    accept(&again.out).await.ok();
    server.token_of("ada@example.com").await;
}

async fn json_output_of_every_invite_command(place: Place) {
    place.ok("migrate").await;
    let made = place.run("invite create --email ada@example.com --json").await;
    made.prints(
        r#"
            [exit 0]
            {
              "invite": {
                "id": "invite_00000000000000000000000000",
                "email": "ada@example.com",
                "accepted": false,
                "token": "TOKEN",
                "state": "pending",
                "expires_at": "0000-00-00T00:00:00.000Z",
                "metadata": null,
                "user_id": null,
                "invited_by": null,
                "accepted_by": null,
                "accepted_at": null,
                "revoked_at": null,
                "replaced_by": null,
                "times_sent": 1,
                "sent_at": "0000-00-00T00:00:00.000Z",
                "created_at": "0000-00-00T00:00:00.000Z",
                "updated_at": "0000-00-00T00:00:00.000Z",
                "deleted_at": null
              },
              "link": "http://localhost:9000/app/invite?token=TOKEN"
            }
            "#,
    );
    let made = made.json();
    let (invite, id) = (&made["invite"], made["invite"]["id"].as_str().unwrap());
    assert_eq!(link_token(made["link"].as_str().unwrap()), invite["token"]);
    let listed = place.run("invite list --limit 7 --json").await.json();
    assert_eq!(listed, json!({ "invites": [invite], "count": 1, "offset": 0, "limit": 7 }));
    let resent = place.run(&format!("invite resend {id} --json")).await.json();
    assert_eq!((&resent["invite"]["id"], &resent["invite"]["times_sent"]), (&json!(id), &json!(2)));
    let revoked = place.run(&format!("invite revoke {id} --json")).await.json();
    assert_eq!(revoked, json!({ "id": id, "object": "invite", "deleted": true }));
}

async fn invites_are_listed_by_state(place: Place) {
    place.ok("migrate").await;
    let place = place.with("VESTIBULE_INVITES_LIFETIME", "1s");
    let expiring = place.run("invite create --email expired@example.com --json").await.json();
    let place = place.without("VESTIBULE_INVITES_LIFETIME");
    let accepted = place.ok("invite create --email accepted@example.com").await;
    let revoked = place.run("invite create --email revoked@example.com --json").await.json();
    place.ok("invite create --email pending@example.com").await;
    place.ok(&format!("invite revoke {}", revoked["invite"]["id"].as_str().unwrap())).await;
    let server = place.serve().await;
    let accept = json!({ "token": link_token(&accepted), "password": PASSWORD });
    server.client().post("/auth/invites/accept", accept).await.ok();
    // It expires by time alone.
    crate::support::until("the invite expires", async || {
        let body = json!({ "token": expiring["invite"]["token"], "password": PASSWORD });
        let refusal = server.client().post("/auth/invites/preview", json!({ "token": body["token"] })).await;
        (refusal.status == 401).then(|| assert_eq!(refusal.refusal().1, "invite_expired"))
    })
    .await;

    let listed = async |arguments: &str| {
        let table = place.ok(&format!("invite list {arguments}")).await;
        let states = table.lines().skip(1).map(|line| {
            let columns: Vec<_> = line.split_whitespace().collect();
            assert_eq!(columns[1].split_once('@').unwrap().0, columns[2]);
            columns[2].to_owned()
        });
        states.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(listed("").await, "expired accepted revoked pending");
    for state in ["pending", "expired", "accepted", "revoked"] {
        assert_eq!(listed(&format!("--state {state}")).await, state);
    }
    assert_eq!(listed("--state revoked --state pending").await, "revoked pending");
    assert_eq!(listed("--offset 1 --limit 2").await, "accepted revoked");
    // An expired invite can be sent again.
    let id = expiring["invite"]["id"].as_str().unwrap();
    let link = place.ok(&format!("invite resend {id}")).await;
    server.client().post("/auth/invites/preview", json!({ "token": link_token(&link) })).await.ok();
}

async fn impossible_invite_commands_fail_in_one_line(place: Place) {
    place.create_user("user@example.com").await;
    let used = place.run("invite create --email used@example.com --json").await.json();
    let used = used["invite"]["id"].as_str().unwrap();
    place.ok(&format!("invite revoke {used}")).await;
    place.ok("invite create --email invited@example.com").await;
    let unknown = "invite_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    for (arguments, code, message) in [
        ("create --email User@example.com", 1, "User account for following email(s) already exist: user@example.com"),
        ("create --email Invited@example.com", 1, "Invite with email: Invited@example.com, already exists."),
        (
            "create --email new@example.com --role editor",
            2,
            "\"editor\" is no id that begins with role_; `vestibule role list` lists the roles",
        ),
        (&format!("resend {unknown}"), 1, "Invite with id: invite_00000000000000000000000000 was not found"),
        (&format!("revoke {unknown}"), 1, "Invite with id: invite_00000000000000000000000000 was not found"),
        (&format!("resend {used}"), 1, "the invite of used@example.com is revoked already"),
        (&format!("revoke {used}"), 1, "the invite of used@example.com is revoked already"),
    ] {
        assert_eq!(place.run(&format!("invite {arguments}")).await.failed(code), message, "{arguments}");
    }
    assert_eq!(place.run("invite list --json").await.json()["count"], json!(2), "a refused command did something");
}
