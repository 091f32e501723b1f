//! Text that users choose is plain text in a mail.

use serde_json::json;
use vestibule_database::values;
use vestibule_flows::{Context, NewInvite};
use vestibule_mail::unlinked;
use vestibule_notify::Reason;
use vestibule_testing::on_both_engines;

use crate::scene::{ADA, BOB, Scene, email};

on_both_engines!(a_name_is_text, an_address_is_one_recipient, what_is_no_address_is_not_written_to);

const HEADERS: [&str; 9] = [
    "auto-submitted",
    "content-language",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "subject",
    "to",
];

/// security.md 16
async fn a_name_is_text(scene: Scene) {
    let grace = scene.user("grace@example.com").await;
    for (name, subject) in [
        ("Grace\r\nBcc: eve@example.com\r\n\r\nBuy!", "Grace Bcc: eve@example. com Buy! invites you to Vestibule"),
        ("Zoë 木村 🦉", "Zoë 木村 🦉 invites you to Vestibule"),
        ("<b>Grace</b> & \"Co\"", "<b>Grace</b> & \"Co\" invites you to Vestibule"),
        ("=?utf-8?q?Grace?= {{ link }}", "=?utf-8?q?Grace?= {{ link }} invites you to Vestibule"),
        ("Ève <b>Bold</b> {{ 7*7 }}", "Ève <b>Bold</b> {{ 7*7 }} invites you to Vestibule"),
    ] {
        // Also what was in the database before names were checked.
        let text = "UPDATE users SET first_name = $2, last_name = NULL WHERE id = $1";
        scene.execute(text, values![grace.id, name]).await;
        let invite = scene.invite_by(NewInvite::new(email(ADA)), &Context::user(grace.id)).await;
        let letter = scene.only_mail().await;
        assert_eq!(letter.to(), ADA);
        assert_eq!(letter.names(), HEADERS, "{name:?}");
        let spaces = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(spaces(letter.subject()), subject);
        assert!(!letter.html.contains("<b>") && !letter.text.contains("\nBcc:"), "{}", letter.html);
        assert!(spaces(&letter.text).contains(&unlinked(&spaces(name))), "{}", letter.text);
        assert_eq!(letter.html.contains("&lt;b&gt;"), name.contains("<b>"), "{}", letter.html);
        scene.flows.revoke_invite(invite.id, &Context::operator()).await.unwrap();
    }
    let text = "UPDATE users SET first_name = $2 WHERE id = $1";
    scene.execute(text, values![grace.id, "é🦉".repeat(5_000)]).await;
    scene.invite_by(NewInvite::new(email(ADA)), &Context::user(grace.id)).await;
    let letter = scene.only_mail().await;
    assert_eq!((letter.to(), letter.names().as_slice()), (ADA, HEADERS.as_slice()));
    assert!(letter.subject().chars().count() < 150, "{}", letter.subject());
    assert!(letter.text.chars().count() < 1_500, "it is cut");
}

/// security.md 15, 16
async fn an_address_is_one_recipient(scene: Scene) {
    for (written, to) in [
        ("o'neil+news@example.com", "o'neil+news@example.com"),
        ("\"; eve=&{{link}}@example.com".trim_start_matches(['"', ';', ' ']), "eve=&{{link}}@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("josé@example.com", "josé@example.com"),
        ("ａｄａ＠example.net", "ada@example.net"),
    ] {
        scene.invite(written).await;
        let letter = scene.only_mail().await;
        assert_eq!((letter.to(), letter.names().as_slice()), (to, HEADERS.as_slice()), "{written}");
        assert_eq!(scene.last_delivery().await.recipient.as_deref(), Some(written), "as it is stored");
    }
    let long = "a".repeat(10_000);
    for bad in ["ada@example.com\r\nBcc: eve@example.com", "ada@example.com, eve@example.com", "a\0@example.com", &long]
    {
        assert!(bad.parse::<vestibule_core::EmailAddress>().is_err(), "{bad}");
    }
}

/// security.md 16
async fn what_is_no_address_is_not_written_to(scene: Scene) {
    scene.user(BOB).await;
    let identity = scene.caller(BOB).await.auth_identity_id.to_string();
    let long = format!("{}@example.com", "a".repeat(10_000));
    for bad in ["bob@example.com\r\nBcc: eve@example.com", "bob@example.com,eve@example.com", "bob", long.as_str()] {
        // A notice goes to the user's address.
        let data = json!({ "auth_identity_id": identity, "entity_id": bad, "actor_type": "user" });
        scene.happen("auth.password_changed", &identity, data.clone()).await;
        let letter = scene.only_mail().await;
        assert_eq!((letter.to(), letter.names().as_slice()), (BOB, HEADERS.as_slice()));
        // A secret goes to no other address.
        scene.happen("auth.password_reset", &identity, data).await;
        assert!(scene.mail().await.is_empty());
        let delivery = scene.last_delivery().await;
        assert_eq!(
            (delivery.state.as_str(), delivery.reason, delivery.recipient),
            ("failed", Some(Reason::NoAddress), None)
        );
    }
}
