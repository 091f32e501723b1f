//! Every message in full: one line with the location and the remedy, without secrets.

use super::*;

#[test]
fn unknown_keys_name_the_nearest() {
    let file = |text: &str| Place::new().file(text).error();
    assert_eq!(
        file("[server]\nlisten = \"127.0.0.1:1\"\nlisen = \"x\"\n"),
        "vestibule.toml:3: unknown key server.lisen: the nearest known one is server.listen"
    );
    assert_eq!(file("\n[sever]\n"), "vestibule.toml:2: unknown key sever: the nearest known one is server");
    assert_eq!(
        file("\"a\\nb\" = 1"),
        format!("vestibule.toml:1: unknown key a\\nb: the nearest known one is {}", nearest::nearest_key("a\nb"))
    );
}

#[test]
fn unknown_variables_are_reported_but_not_refused() {
    let place = Place::new().variable("VESTIBULE_LISTEN", "x").variable("VESTIBULE_TEST_POSTGRES", "x");
    let (_, provenance) = Configuration::load(&place.sources).unwrap();
    let warnings: Vec<String> = provenance.unknown_variables().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        ["VESTIBULE_LISTEN: unknown variable, without effect: the nearest known one is VESTIBULE_SERVER_LISTEN; \
          rename it or unset it"]
    );
}

#[test]
fn the_file_must_be_readable_toml() {
    let mut place = Place::new();
    place.sources.file = Some("other.toml".into());
    assert_eq!(place.error(), "--config: there is no file \"other.toml\": correct the path, or leave it out");
    assert_eq!(
        Place::new().variable("VESTIBULE_CONFIG", "other.toml").error(),
        "VESTIBULE_CONFIG: there is no file \"other.toml\": correct the path, or leave it out"
    );
    assert_eq!(
        Place::new().variable("VESTIBULE_CONFIG", "").error(),
        "VESTIBULE_CONFIG: there is no file \"\": correct the path, or leave it out"
    );
    let place = Place::new();
    std::fs::create_dir(place.path().join("vestibule.toml")).unwrap();
    assert_eq!(
        place.error(),
        "vestibule.toml: cannot be read (Is a directory (os error 21)): it must be a text file that this user may read"
    );
    for (text, problem) in [
        ("[server]\nlisten = 127.0.0.1\n", "invalid float, expected nothing"),
        ("a = 1\na = 2\n", "duplicate key"),
        ("[auth]\njwt_secret = hunter2\n", "string values must be quoted, expected literal string"),
    ] {
        assert_eq!(
            Place::new().file(text).error(),
            format!(
                "vestibule.toml:2: not valid TOML ({problem}): correct this line; text needs quotes, and each key may \
                 occur only once"
            )
        );
    }
    assert_eq!(
        Place::new().file("server = \"x\"").error(),
        "vestibule.toml:1: server is a section, not a value: write [server] on a line of its own and its keys below"
    );
}

#[test]
fn wrong_types_in_the_file_are_refused() {
    for (text, message) in [
        (
            "database.max_connections = \"10\"",
            "database.max_connections: the value has the wrong type: write a whole number without quotes",
        ),
        ("invites.lifetime = 86400", "invites.lifetime: the value has the wrong type: write text in quotes"),
        ("[server.listen]", "server.listen: the value has the wrong type: write text in quotes"),
        (
            "server.cors_origins = \"https://a.example\"",
            "server.cors_origins: the value has the wrong type: write a list of texts, such as [\"one\", \"two\"], or [] for none",
        ),
        (
            "server.cors_origins = [1]",
            "server.cors_origins: the value has the wrong type: write a list of texts, such as [\"one\", \"two\"], or [] for none",
        ),
        (
            "database.max_connections = 99999999999999999999",
            "database.max_connections: not a whole number from 1 to 1000",
        ),
        ("log.format = \"xml\"", "log.format: not text or json"),
    ] {
        assert_eq!(Place::new().file(text).error(), format!("vestibule.toml:1: {message}"));
    }
}

#[test]
fn invalid_values_are_refused() {
    for (name, value, message) in [
        (
            "VESTIBULE_SERVER_LISTEN",
            "localhost",
            "not an IP address and port such as 127.0.0.1:9000, or 0.0.0.0:9000 for all of this machine's",
        ),
        (
            "VESTIBULE_SERVER_LISTEN",
            "",
            "it is empty: write an IP address and port such as 127.0.0.1:9000, or 0.0.0.0:9000 for all of this machine's",
        ),
        ("PORT", "http", "not a port: write a number from 0 to 65535, or unset it"),
        (
            "VESTIBULE_SERVER_PUBLIC_URL",
            "example.com",
            "not a URL such as https://accounts.example.com, without user, query and fragment; a path in it has only \
             letters, digits, -, _ and ., and does not begin like one of the API",
        ),
        (
            "VESTIBULE_SERVER_CORS_ORIGINS",
            "https://a.example,*",
            "item 2 is not a web origin: scheme, host and port alone, such as https://admin.example.com, and never *",
        ),
        (
            "VESTIBULE_SERVER_CORS_ORIGINS",
            "https://a.example/",
            "not a web origin: scheme, host and port alone, such as https://admin.example.com, and never *",
        ),
        (
            "DATABASE_URL",
            "mysql://ada:hunter2@db",
            "not the URL of a database: write sqlite://path/to/file.db or postgres://user:password@host/database",
        ),
        ("VESTIBULE_DATABASE_MAX_CONNECTIONS", "0", "not a whole number from 1 to 1000"),
        ("VESTIBULE_DATABASE_STATEMENT_TIMEOUT", "10", "not a duration from 1ms to 1h, such as 90s, 15m, 12h or 30d"),
        ("VESTIBULE_AUTH_TOKEN_LIFETIME", "1w\n", "not a duration from 1s to 3650d, such as 90s, 15m, 12h or 30d"),
        ("VESTIBULE_AUTH_HASHING_MEMORY_KIB", "1024", "not a whole number from 19456 to 4194304"),
        ("VESTIBULE_AUTH_HASHING_PASSES", "1", "not a whole number from 2 to 64"),
        (
            "VESTIBULE_RBAC_DEFAULT_ROLES",
            "role_a,,role_b",
            "item 2 is empty: write a name of letters, digits and _-.: such as role_editor",
        ),
        (
            "VESTIBULE_SERVER_TRUSTED_PROXIES",
            "10.0.0.7,proxy.internal",
            "item 2 is not an address such as 10.0.0.7 or a network such as 10.0.0.0/8, and not the whole internet",
        ),
        (
            "VESTIBULE_SERVER_TRUSTED_PROXIES",
            "0.0.0.0/0",
            "not an address such as 10.0.0.7 or a network such as 10.0.0.0/8, and not the whole internet",
        ),
        ("VESTIBULE_LIMITS_PER_ACCOUNT", "-1", "not a whole number from 0 to 10000"),
        ("VESTIBULE_LIMITS_PER_ADDRESS", "off", "not a whole number from 0 to 1000000"),
        ("VESTIBULE_LIMITS_PER_ACCOUNT_WINDOW", "0s", "not a duration from 1s to 30d, such as 90s, 15m, 12h or 30d"),
        ("VESTIBULE_AUTH_PASSWORD_MIN_LENGTH", "7", "not a whole number from 8 to 64"),
        ("VESTIBULE_AUTH_PASSWORD_MIN_SCORE", "5", "not a whole number from 0 to 4"),
        (
            "VESTIBULE_AUTH_VERIFICATION_REQUIRED",
            "user,customer:",
            "item 2 is not an actor type such as user, or with what to verify, such as customer:phone",
        ),
        ("VESTIBULE_AUTH_MFA_ISSUER", "My:Shop", "not a name of 1 to 64 characters on one line, without a colon"),
        (
            "VESTIBULE_AUTH_MFA_ISSUER",
            " ",
            "it is empty: write a name of 1 to 64 characters on one line, without a colon",
        ),
        (
            "VESTIBULE_LOG_LEVEL",
            "inof",
            "not off, error, warn, info, debug or trace, or pairs such as info,vestibule=debug",
        ),
        ("VESTIBULE_LOG_FORMAT", "xml", "not text or json"),
    ] {
        assert_eq!(Place::new().variable(name, value).error(), format!("{name}: {message}"));
    }
}

#[test]
fn weak_and_missing_secrets_are_refused() {
    let mend = "make one with: openssl rand -base64 48";
    for (secret, weakness) in [
        ("supersecret", "is made of well-known words"),
        ("kJ8s0Vq2mXz7Lw4T", "has 16 bytes and needs 32"),
        ("0123012301230123012301230123012301230123", "only repeats itself"),
    ] {
        let message = Place::new().variable("JWT_SECRET", secret).error();
        assert_eq!(message, format!("JWT_SECRET: the secret {weakness}: {mend}"), "with the default database too");
    }
    assert_eq!(
        Place::new().variable("AUTH_MFA_ENCRYPTION_KEY", "kJ8s0Vq2mXz7Lw4T").error(),
        format!("AUTH_MFA_ENCRYPTION_KEY: the secret has 16 bytes and needs 32: {mend}")
    );
    assert_eq!(
        Place::new().file("[auth]\njwt_secret = \"changeme\"").error(),
        format!("vestibule.toml:2: auth.jwt_secret: the secret is made of well-known words: {mend}")
    );
    let configuration = Place::new().variable("DATABASE_URL", "postgres://db/app").load();
    let missing = format!("auth.jwt_secret: not set, but required with a configured database: set JWT_SECRET; {mend}");
    assert_eq!(configuration.check_secret().unwrap_err().to_string(), missing);
    assert_eq!(configuration.jwt_secret(&vestibule::core::random::SystemRandom).unwrap_err().to_string(), missing);
}

#[test]
fn no_message_contains_a_secret() {
    let place = Place::new().variable("JWT_SECRET", "hunter2hunter2").variable("DATABASE_URL", "pg://ada:hunter2@db");
    let error = Configuration::load(&place.sources).unwrap_err();
    assert!(!format!("{error} {error:?} {:?}", place.sources).contains("hunter2"));
    let error = Configuration::load(&Place::new().variable("JWT_SECRET", "hunter2").sources).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}
