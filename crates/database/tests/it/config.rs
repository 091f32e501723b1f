//! Which URLs are accepted, and that none is repeated.

use vestibule_database::{Config, InvalidUrl};

#[test]
fn what_is_no_usable_address_is_refused() {
    for url in ["", "vestibule.db", "/data/vestibule.db", "mysql://host/name", "SQLITE://x", "sqlite:/x", "file:x"] {
        assert_eq!(Config::from_url(url).unwrap_err(), InvalidUrl::Scheme, "{url:?}");
    }
    for url in ["sqlite://", "sqlite://?mode=ro", "sqlite://:memory:", "sqlite://a\0b"] {
        assert_eq!(Config::from_url(url).unwrap_err(), InvalidUrl::Path, "{url:?}");
    }
    for url in ["postgres://", "postgres://host:port/name", "postgres://host/name?sslmode=maybe", "postgres:///name"] {
        assert!(matches!(Config::from_url(url), Err(InvalidUrl::Postgres(_))), "{url:?}");
    }
}

/// security.md 31
#[test]
fn a_password_is_never_printed() {
    let config = Config::from_url("postgres://ada:hunter2@db.example/name?sslmode=verify-full").unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    for url in ["postgres://ada:hunter2@db:port/n", "postgres://ada:hunter2@db/n?nosuch=1", "post://ada:hunter2@db/n"] {
        let error = Config::from_url(url).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}
