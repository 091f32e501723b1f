//! Medusa 2.21.2: rows that it has made, some of each kind (`medusa.sql`).

use totp_rs::Secret;
use vestibule_core::{Field, FindConfig};
use vestibule_testing::{TestDatabase, on_both_engines};
use vestibule_transfer::{ImportOptions, Invites, Kind, SourceOptions};
use vestibule_user::{Invite, InviteField};

use crate::support::{Site, fixture, postgres_of};

on_both_engines!(
    users_of_postgres_sign_in_as_before,
    second_factors_of_postgres_count_as_before,
    keys_of_postgres_open_as_before,
    invites_of_postgres_have_new_links,
    invites_of_postgres_are_sent_again,
    the_key_of_a_postgres_source_is_needed_and_must_be_right,
);

const KEY: &str = "h8-mfa-key-0123456789abcdef0123456789";

/// Medusa hashes the bytes as they come: in the other form of Unicode, it is another password.
const NFD: &str = "pa\u{308}sswo\u{308}rd-mit-u\u{308}mlaut";

/// The database, and the site at a time at which its invites have not expired.
async fn medusa(site: &Site) -> (TestDatabase, SourceOptions) {
    site.clock.set("2026-11-29T09:30:00Z".parse().unwrap());
    let place = postgres_of(&std::fs::read_to_string(fixture("medusa.sql")).unwrap()).await;
    let mut source = SourceOptions::new(Kind::Medusa, place.url());
    source.mfa_key = Some(KEY.to_owned());
    (place, source)
}

async fn users_of_postgres_sign_in_as_before(site: Site) {
    let (_place, source) = medusa(&site).await;
    let (done, lines) = site.import_fully(&source).await;
    assert_eq!((done.count("user", "created"), done.count("user", "left_out")), (15, 0), "{done:?}");
    assert_eq!((done.count("identity", "created"), done.count("identity", "left_out")), (1, 2), "{lines:?}");
    for (email, password) in [
        ("owner@example.com", "Owner-lighthouse-2026"),
        ("Upper.Case@Example.COM", "Meadow-pasture-lantern-1273"),
        ("twin@example.com", "x"),
        ("Twin@example.com", "Meadow-velvet-copper-3961"),
        ("Cora.Inkwell85@Example.Com", "Tundra-cinder-pebble-8643"),
        ("LARKSPURR98@Example.Com", "Meadow-tundra-cinder-2216"),
    ] {
        site.adopts(email, password).await;
    }
    assert!(!site.signs_in("twin@example.com", "Meadow-velvet-copper-3961").await);
    assert!(!site.signs_in("Hedda.Marshlight9000@Example.Com", "Marble-quarry-harbour-8400").await, "deleted");
    assert!(!site.signs_in("ilka.fernhollow7000@example.net", "Orphan-walnut-0").await, "never joined");
    assert!(done.addresses.iter().any(|line| line.contains("twin@example.com")), "{:?}", done.addresses);

    let silvan = site.user("Upper.Case@Example.COM").await.unwrap();
    assert_eq!(silvan.id.to_string(), "user_01M8J1EN9W8H0N2CM6Q0BBSN4C");
    assert_eq!((silvan.first_name.as_deref(), silvan.last_name.as_deref()), (Some("Silvan"), Some("Cloudberry")));
    assert_eq!(silvan.avatar_url.as_deref(), Some("https://example.com/avatars/0.png"));
    assert_eq!(silvan.metadata.as_ref().unwrap().as_object()["employee"], 0);
    assert_eq!(silvan.created_at.to_string(), "2026-11-28T21:37:18.652Z");
    assert_eq!(silvan.updated_at.to_string(), "2026-11-28T21:37:18.696Z");
    for email in ["Cora.Inkwell85@Example.Com", "LARKSPURR98@Example.Com"] {
        let methods = site.methods_of(email).await;
        assert!(methods.len() == 2 && methods[1].starts_with("google "), "{methods:?}");
    }
    let deleted = "SELECT count(*) FROM users WHERE deleted_at IS NOT NULL AND id = 'user_01M8J1G3RX7WQ8PY3D7WHHT0D2'";
    assert_eq!(site.database.query_scalar::<i64>(deleted, &[]).await.unwrap(), 1);
    let verified = "SELECT entity_id FROM auth_verifications WHERE verified_at IS NOT NULL";
    let verified: Vec<String> = site.database.query_scalars(verified, &[]).await.unwrap();
    assert_eq!(verified, ["Hanno.Inkwell159@Example.Com"]);
    let customer = "SELECT actor_id FROM auth_identity_actors WHERE actor_type = 'customer'";
    let customer: Vec<String> = site.database.query_scalars(customer, &[]).await.unwrap();
    assert_eq!(customer, ["cus_01M8J1G5908FDKZXSC55AW3956"]);
}

async fn second_factors_of_postgres_count_as_before(site: Site) {
    let (_place, source) = medusa(&site).await;
    site.import(&source).await;
    let composed = "pässwörd-mit-ümlaut";
    assert_eq!(site.passes("under_score@example.com", composed, "totp", "000000").await, None, "another password");
    for (email, password, secret) in [
        ("dev+tag+two@example.org", "correct horse battery staple", "24ULLUS7KSMG7O2GVB2RBBCNAMRSE37I"),
        ("under_score@example.com", NFD, "QJEWSMKGHVY3SHOUFP52XDF66YDOS6XF"),
        ("brackets@[192.0.2.1]", "Compass-lantern-thicket-7773", "2BK3CQYZEVCCRG7QRCTIYUGQQ4RVGGDQ"),
    ] {
        let code = site.code(Secret::try_from_base32(secret).unwrap());
        assert_eq!(site.passes(email, password, "totp", "000000").await, Some(false), "{email}");
        assert_eq!(site.passes(email, password, "totp", &code).await, Some(true), "{email}");
        assert_eq!(site.passes(email, &format!("{password}x"), "totp", &code).await, None, "{email}");
        assert!(site.hash(email).await.starts_with("$argon2id$"), "{email}");
    }
    for (email, password, used, left) in [
        (
            "under_score@example.com",
            NFD,
            "e6e7-ec65-029a-0711-2b2a-e1dd-5de7-d1f8",
            "26ed-9e90-f20c-181e-02f9-b39e-8606-b2e4",
        ),
        (
            "brackets@[192.0.2.1]",
            "Compass-lantern-thicket-7773",
            "f94a-1356-1a19-2639-31b9-bd61-19b2-f1cc",
            "561d-2361-ca88-a839-7de0-097e-70e8-5fe9",
        ),
    ] {
        assert_eq!(site.passes(email, password, "recovery_code", used).await, Some(false), "{email}: used there");
        assert_eq!(site.passes(email, password, "recovery_code", left).await, Some(true), "{email}");
        assert_eq!(site.passes(email, password, "recovery_code", left).await, Some(false), "{email}: once");
    }
    // Neither a factor that was never proved nor one that was disabled is asked for.
    site.adopts("first.last@sub.example.co.uk", "Harbour-thicket-walnut-6738").await;
    site.adopts("malin_elderwood+shop34@example.org", "Meadow-pebble-tundra-7845").await;
}

async fn keys_of_postgres_open_as_before(site: Site) {
    let (_place, source) = medusa(&site).await;
    let (done, _) = site.import_fully(&source).await;
    assert_eq!(done.count("api_key", "created"), 6);
    for (key, id) in [
        ("sk_78838c7ed6ecba54b8e8fd28b9848e18096d10691dafade03612c65fe3ea8a0f", Some("apk_01M8J1G5FKQRZ2PMSYT22HQN23")),
        ("sk_1e2f3ba666c9ba4167ae466e8938a44fc746eee68dcc209c30d30cf10e115b38", Some("apk_01M8J1G5HB002QSQ7BQ720DS26")),
        // Revoked there; and one digit is another.
        ("sk_c7ad2239e877fe2ec695fe5296e7e47f993789739f43d4b1ed141a1968f748b2", None),
        ("sk_78838c7ed6ecba54b8e8fd28b9848e18096d10691dafade03612c65fe3ea8a00", None),
    ] {
        for _ in 0..2 {
            let found = site.flows.identify_api_key(key).await.unwrap();
            assert_eq!(found.map(|caller| caller.id.to_string()).as_deref(), id, "{key}");
        }
    }
}

async fn invite(site: &Site, address: &str) -> Invite {
    let find = FindConfig::default();
    site.flows.users().list_invites(&InviteField::Email.eq(address), &find).await.unwrap().remove(0)
}

async fn invites_of_postgres_have_new_links(site: Site) {
    let (_place, source) = medusa(&site).await;
    let (done, lines) = site.import_fully(&source).await;
    assert_eq!(done.count("invite", "created"), 4, "{lines:?}");
    let links: Vec<&Vec<String>> = lines.iter().filter(|line| line[4] == "link").collect();
    assert_eq!(links.len(), 3, "the withdrawn one has none: {links:?}");
    let of = |id: &str| &links.iter().find(|line| line[2] == id).unwrap()[5];
    assert_eq!(of("invite_01M8J1G4FTBVXTSN0A33NN4D33"), "it has expired: send it again");
    let token = of("invite_01M8J1G4FFM3Z6WHBHSE3Z7H0S").strip_prefix("https://example.com/invite?token=").unwrap();
    let shown = site.flows.preview_invite(token).await.unwrap();
    assert_eq!(shown.email.as_str(), "OAKENSHAW5000@mail.example.com");
    assert_eq!(shown.expires_at.to_string(), "2026-11-29T21:38:06.959Z");
    let invite = invite(&site, "OAKENSHAW5000@mail.example.com").await;
    assert_eq!(invite.metadata.unwrap().as_object()["by"], "fill");
    assert_eq!(events(&site).await, <[&str; 0]>::default(), "no mail is sent");
}

async fn events(site: &Site) -> Vec<String> {
    site.database.query_scalars("SELECT name FROM outbox_events ORDER BY id", &[]).await.unwrap()
}

async fn invites_of_postgres_are_sent_again(site: Site) {
    let (_place, source) = medusa(&site).await;
    let mut options = ImportOptions::default();
    options.invites = Invites::Resend;
    options.dry_run = true;
    site.import_reported(&source, options.clone()).await;
    assert_eq!(events(&site).await, <[&str; 0]>::default(), "a dry run sends nothing");
    options.dry_run = false;
    let (_, lines) = site.import_reported(&source, options.clone()).await;
    let links: Vec<&Vec<String>> = lines.iter().filter(|line| line[4] == "link").collect();
    assert_eq!(links.iter().filter(|line| line[5] == "sent again").count(), 2, "{links:?}");
    assert_eq!(events(&site).await, ["invite.resent", "invite.resent"]);
    for address in ["OAKENSHAW5000@mail.example.com", "fenja_elderwood+shop5002@mail.example.com"] {
        let invite = invite(&site, address).await;
        assert_eq!(invite.expires_at.to_string(), "2026-11-30T09:30:00.000Z", "as long as a new one");
        site.flows.preview_invite(invite.token.as_deref().unwrap()).await.unwrap();
    }
    site.import_reported(&source, options).await;
    assert_eq!(events(&site).await.len(), 2, "once");
}

async fn the_key_of_a_postgres_source_is_needed_and_must_be_right(site: Site) {
    let (_place, mut source) = medusa(&site).await;
    let nothing = site.rows().await;
    source.mfa_key = None;
    let refused = site.try_import(&source, Default::default()).await.unwrap_err();
    assert!(refused.is_usage() && refused.to_string().contains("AUTH_MFA_ENCRYPTION_KEY"), "{refused}");
    assert_eq!(site.rows().await, nothing);
    source.mfa_key = Some("another".to_owned());
    let done = site.import(&source).await;
    assert_eq!((done.count("user", "created"), done.count("user", "left_out")), (10, 5), "{done:?}");
    assert!(!site.signs_in("under_score@example.com", NFD).await);
    source.mfa_key = Some(KEY.to_owned());
    let done = site.import(&source).await;
    assert_eq!((done.count("user", "created"), done.count("user", "exists")), (5, 10), "{done:?}");
    assert!(site.user("under_score@example.com").await.is_some());
}
