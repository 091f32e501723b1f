//! Passwords of other programs (security.md 46).

use vestibule_testing::on_both_engines;
use vestibule_transfer::{FirebaseParameters, Kind, Map, SourceOptions};

use crate::support::{Site, fixture};

on_both_engines!(
    hashes_of_a_table_sign_in_once_and_are_ours_afterwards,
    users_of_wordpress_sign_in_with_hashes_of_either_kind,
    users_of_firebase_sign_in_with_the_parameters_of_their_project,
    two_spellings_of_an_address_keep_two_users_apart,
);

async fn hashes_of_a_table_sign_in_once_and_are_ours_afterwards(site: Site) {
    let source = SourceOptions::new(Kind::Csv, fixture("hashes.csv"));
    let summary = site.import(&source).await;
    assert_eq!(summary.count("user", "created"), 23);
    let mut table = csv::Reader::from_path(fixture("hashes.csv")).unwrap();
    for row in table.records() {
        let row = row.unwrap();
        let (email, kind, hash, password) = (&row[0], &row[1], &row[2], &row[3]);
        assert_eq!(site.hash(email).await, hash, "{kind}: as it was until the first sign-in");
        assert!(!site.signs_in(email, &format!("x{password}")).await, "{kind}");
        assert!(site.signs_in(email, password).await, "{kind}");
        assert!(site.hash(email).await.starts_with("$argon2id$v=19$m="), "{kind}");
        assert_ne!(site.hash(email).await, hash, "{kind}");
        assert!(site.signs_in(email, password).await, "{kind}: by our own hash");
        assert!(!site.signs_in(email, &format!("x{password}")).await, "{kind}");
    }
}

async fn users_of_wordpress_sign_in_with_hashes_of_either_kind(site: Site) {
    let mut source = site.csv(
        "ID,user_email,user_pass,display_name\n1,old@example.com,$P$BsSBWbpy3JtmEYcDmeyYh0vzM4nEC70,Ada\n\
         2,new@example.com,$wp$2y$10$LSCpgngGPh1HuK.AVxmcPuPrS7Omiisl3lMcq2mSeak7j//.1GM7G,Bob\n",
    );
    source.map = Map::read(r#"{"columns": {"email": "user_email", "password_hash": "user_pass"}}"#).unwrap();
    assert_eq!(site.import_fully(&source).await.0.count("user", "created"), 2);
    site.adopts("old@example.com", "Quarry-lantern-1815").await;
    site.adopts("new@example.com", "Lantern-quarry-77").await;
}

async fn users_of_firebase_sign_in_with_the_parameters_of_their_project(site: Site) {
    let mut source = SourceOptions::new(Kind::Firebase, fixture("firebase.json"));
    let refused = site.try_import(&source, Default::default()).await.unwrap_err();
    assert!(refused.is_usage() && refused.to_string().contains("--signer-key"), "{refused}");
    source.firebase = FirebaseParameters {
        signer_key: Some(
            "fVtfKbttwmXjl6CTzfTXylb9d/7OZLu4xH8k5CmiuncbG1T0yMX0kXj8xOD7oZTPuZ33nX2Mf8CuaA7qLha2rA==".to_owned(),
        ),
        salt_separator: Some("Bw==".to_owned()),
        rounds: Some(8),
        mem_cost: Some(14),
    };
    assert_eq!(site.import(&source).await.count("user", "created"), 10);
    assert!(site.signs_in("zoe+shop@example.com", "pässwörd-mit-ümlaut").await);
    assert!(!site.signs_in("nova@example.com", "🔐🔑 keys ").await);
    assert!(site.signs_in("nova@example.com", "🔐🔑 keys").await);
    assert!(!site.signs_in("disabled@example.com", "Granite-cinder-44").await, "locked");
    let user = site.user("lukasz@example.net").await.unwrap();
    assert_eq!((user.first_name.as_deref(), user.last_name.as_deref()), (Some("Łukasz"), Some("Żółć")));
    let metadata = user.metadata.unwrap();
    assert_eq!(metadata.as_object()["firebase_id"], "wZ_x3U3N0siLrPyxuy7kcvkj5yzP");
    assert_eq!(user.created_at.as_milliseconds(), 1_690_259_200_000);
}

async fn two_spellings_of_an_address_keep_two_users_apart(site: Site) {
    // Salted SHA-256, as directories have it.
    let hash = |salt: &str, password: &str| {
        use base64::Engine;
        use sha2::Digest;
        let digest = sha2::Sha256::digest(format!("{password}{salt}"));
        let encoded = base64::prelude::BASE64_STANDARD.encode([digest.as_slice(), salt.as_bytes()].concat());
        format!("{{SSHA256}}{encoded}")
    };
    let table = format!(
        "email,hash,created_at\nTwin@example.com,{},2026-01-02\ntwin@example.com,{},2026-01-01\nno-at,{},2026-01-03\n",
        hash("a", "one"),
        hash("b", "two"),
        hash("c", "three")
    );
    let summary = site.import(&site.csv(table)).await;
    assert_eq!(summary.count("user", "created"), 3);
    assert_eq!(summary.addresses.len(), 2, "{:?}", summary.addresses);
    for (email, password) in [("Twin@example.com", "one"), ("twin@example.com", "two"), ("no-at", "three")] {
        assert!(!site.signs_in(email, "four").await, "{email}");
        assert!(site.signs_in(email, password).await, "{email}");
    }
    assert!(site.signs_in("TWIN@example.com", "two").await, "any other spelling is the first user's");
    assert!(!site.signs_in("TWIN@example.com", "one").await);
    let user = site.user("twin@example.com").await.unwrap();
    assert_eq!(user.email.as_str(), "twin@example.com");
}
