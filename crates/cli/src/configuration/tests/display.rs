//! The content of `config show` and of the documentation.

use std::time::Duration;

use serde_json::json;
use vestibule::server::TrustedProxies;

use super::*;

const OTHER_SECRET: &str = "Zt5vRq8nYw2kHs7mLc4xBj9pDf6gTa3e";

fn configured() -> Place {
    Place::new()
        .file("[log]\nformat = \"json\"\n[server]\npublic_url = \"https://a.example\"\n")
        .variable("JWT_SECRET", SECRET)
        .variable("AUTH_MFA_ENCRYPTION_KEY", OTHER_SECRET)
        .variable("DATABASE_URL", "postgres://ada:hunter2@db/app")
        .flag("server.cors_origins", "https://B.example,http://localhost:5173")
        .flag("auth.hashing.threads", "3")
}

#[test]
fn text_is_aligned_and_names_the_source() {
    let place = configured();
    let (_, provenance) = Configuration::load(&place.sources).unwrap();
    let text = place.relative(&provenance.to_text());
    for line in [
        "server.listen                   127.0.0.1:9000                           default",
        "server.public_url               https://a.example                        vestibule.toml:4",
        "server.cors_origins             https://B.example,http://localhost:5173  --cors-origins",
        "database.url                    postgres://ada:***@db/app                DATABASE_URL",
        "auth.jwt_secret                 set                                      JWT_SECRET",
        "auth.mfa_encryption_key         set                                      AUTH_MFA_ENCRYPTION_KEY",
        "auth.hashing.threads            3                                        --auth-hashing-threads",
        "rbac.default_roles              role_super_admin                         default",
        "log.format                      json                                     vestibule.toml:2",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
    assert_eq!(text.lines().count(), SETTINGS.len());
    assert_eq!(place.load().server.cors_origins, ["https://b.example", "http://localhost:5173"]);
}

#[test]
fn json_has_numbers_and_lists() {
    let place = configured().variable("VESTIBULE_RBAC_DEFAULT_ROLES", "");
    let (_, provenance) = Configuration::load(&place.sources).unwrap();
    let list = serde_json::to_value(&provenance).unwrap();
    let find = |key: &str| list.as_array().unwrap().iter().find(|entry| entry["key"] == key).unwrap().clone();
    assert_eq!(
        find("auth.hashing.threads"),
        json!({ "key": "auth.hashing.threads", "value": 3, "source": "flag", "at": "--auth-hashing-threads" })
    );
    assert_eq!(
        find("rbac.default_roles"),
        json!({ "key": "rbac.default_roles", "value": [], "source": "variable", "at": "VESTIBULE_RBAC_DEFAULT_ROLES" })
    );
    assert_eq!(
        find("database.acquire_timeout"),
        json!({ "key": "database.acquire_timeout", "value": "5s", "source": "default", "at": null })
    );
}

#[test]
fn derived_values_are_displayed() {
    let place = Place::new();
    assert_eq!(place.effective("server.public_url").0, "http://localhost:9000");
    assert_eq!(place.effective("auth.hashing.threads").0, place.load().hashing.threads().to_string());
    assert_eq!(place.effective("auth.jwt_secret").0, "kept in data/jwt_secret");
    assert_eq!(place.effective("auth.mfa_encryption_key").0, "derived from auth.jwt_secret");
    assert_eq!(place.variable("DATABASE_URL", "postgres://db/app").effective("auth.jwt_secret").0, "missing");
}

#[test]
fn no_output_contains_a_secret() {
    let place = configured();
    let (configuration, provenance) = Configuration::load(&place.sources).unwrap();
    let json = serde_json::to_string(&provenance).unwrap();
    let all = format!("{configuration:?} {provenance:?} {} {json} {:?}", provenance.to_text(), place.sources);
    assert!(!all.contains(SECRET) && !all.contains(OTHER_SECRET) && !all.contains("hunter2"), "{all}");
    assert_eq!(configuration.database.url.reveal(), "postgres://ada:hunter2@db/app");
}

#[test]
fn the_document_contains_every_setting() {
    let document = markdown();
    for setting in SETTINGS {
        assert!(document.contains(&format!("| `{}` | `{}`", setting.key, setting.variable())), "{}", setting.key);
        assert!(!setting.description.contains('|') && setting.description.ends_with('.'), "{}", setting.key);
    }
    assert!(
        document
            .lines()
            .filter(|line| line.starts_with('|'))
            .all(|line| line.matches(" | ").count() == 5 || line.starts_with("|---"))
    );
    assert!(document.contains("`VESTIBULE_DATABASE_URL`, `DATABASE_URL`, also with `_FILE` | `--database-url`"));
}

#[test]
fn every_default_is_valid() {
    let configuration = Place::new().load();
    assert_eq!(configuration.database.max_connections, 10);
    assert_eq!((configuration.hashing.memory_kib, configuration.hashing.passes), (19_456, 2));
    assert_eq!(configuration.log.format, LogFormat::Text);
    assert!(configuration.server.cors_origins.is_empty());
    assert_eq!(configuration.server.trusted_proxies, TrustedProxies::default());
    assert_eq!((configuration.limits.per_account, configuration.limits.per_address), (10, 300));
    assert_eq!(configuration.limits.per_account_window, Duration::from_mins(15));
    assert_eq!((configuration.limits.per_address_hour, configuration.limits.stranger_mails), (2_000, 30));
    assert_eq!(configuration.hello().to_string(), "[127.0.0.1]");
    let auth = configuration.auth;
    assert_eq!(auth.session_idle_lifetime, Duration::from_hours(7 * 24));
    assert_eq!((auth.reset_lifetime, auth.password_min_length), (Duration::from_mins(15), 8));
    assert_eq!((auth.password_min_score, auth.mfa_issuer.as_deref()), (3, None));
    assert!(auth.mfa_encryption_key().is_none() && auth.verification_required.is_empty());
}

#[test]
fn ehlo_uses_the_public_host_unless_configured() {
    let hello = |file: &str| Place::new().file(file).load().hello().to_string();
    assert_eq!(hello("[server]\npublic_url = \"https://people.example.com:8443/app\"\n"), "people.example.com");
    assert_eq!(hello("[server]\npublic_url = \"http://192.0.2.7\"\n"), "[192.0.2.7]");
    assert_eq!(hello("[server]\npublic_url = \"http://[2001:db8::1]:9000\"\n"), "[IPv6:2001:db8::1]");
    assert_eq!(hello("[mail]\nsender = \"no-reply@example.org\"\n"), "example.org");
    assert_eq!(hello("[mail.smtp]\nhello = \"mx.example.net\"\n"), "mx.example.net");
}
