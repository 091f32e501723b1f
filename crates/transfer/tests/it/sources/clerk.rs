//! Clerk: the table of its dashboard.

use totp_rs::Secret;
use vestibule_testing::on_both_engines;
use vestibule_transfer::{Kind, SourceOptions};

use crate::support::{Site, fixture};

on_both_engines!(users_sign_in_with_their_passwords_and_codes);

async fn users_sign_in_with_their_passwords_and_codes(site: Site) {
    let source = SourceOptions::new(Kind::Clerk, fixture("clerk.csv"));
    let (done, lines) = site.import_fully(&source).await;
    assert_eq!((done.count("user", "created"), done.count("user", "left_out")), (3, 1), "{done:?}");
    assert!(lines.iter().any(|line| line[2] == "user_2ddd" && line[5].contains("no e-mail address")), "{lines:?}");
    site.adopts("zoe@example.com", "Lantern-quarry-77").await;
    let code = site.code(Secret::try_from_base32("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").unwrap());
    assert_eq!(site.passes("totp@example.com", "pässwörd mit Ümlaut", "totp", "000000").await, Some(false));
    assert_eq!(site.passes("totp@example.com", "pässwörd mit Ümlaut", "totp", &code).await, Some(true));
    assert!(site.hash("totp@example.com").await.starts_with("$argon2id$"));

    let zoe = site.user("zoe@example.com").await.unwrap();
    assert_eq!((zoe.first_name.as_deref(), zoe.last_name.as_deref()), (Some("Zoë"), Some("O'Brien")));
    assert_eq!(zoe.phone.as_deref(), Some("+442079460000"));
    assert_eq!(zoe.metadata.unwrap().as_object()["clerk_id"], "user_2aaa");
    let text = "SELECT entity_id FROM auth_verifications WHERE verified_at IS NOT NULL ORDER BY entity_id";
    let verified: Vec<String> = site.database.query_scalars(text, &[]).await.unwrap();
    assert_eq!(verified, ["totp@example.com", "zoe@example.com"]);
}
