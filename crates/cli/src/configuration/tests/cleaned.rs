//! Accidental parts of values: white space, byte order marks, quotation marks, shell syntax.

use std::path::Path;

use vestibule::core::random::SystemRandom;

use super::{Configuration, Place, SECRET, SETTINGS};

/// Returns a valid value of each setting, as in a variable.
fn valid(key: &str, default: &str) -> String {
    let value = match key {
        "auth.jwt_secret" | "auth.mfa_encryption_key" => SECRET,
        "server.public_url" => "https://a.example",
        "server.cors_origins" => "https://a.example",
        "server.trusted_proxies" | "webhooks.allowed_networks" => "10.0.0.7",
        "auth.verification_required" => "user",
        "auth.hashing.threads" => "2",
        "mail.templates" | "mail.smtp.ca_file" | "webhooks.ca_file" | "auth.forbidden_passwords_file" => "some/path",
        "mail.smtp.server" => "smtp.example.com",
        "mail.smtp.username" | "mail.smtp.password" => "some words",
        _ if default.is_empty() => return String::new(),
        _ => default,
    };
    value.to_owned()
}

fn each_setting() -> impl Iterator<Item = (&'static str, String, String)> {
    SETTINGS.iter().filter_map(|setting| {
        let default = match setting.default {
            super::Unset::Is(text) => text,
            super::Unset::Follows(_) | super::Unset::Required => "",
        };
        let value = valid(setting.key, default);
        (!value.is_empty()).then(|| (setting.key, setting.variable(), value))
    })
}

#[test]
fn white_space_at_the_ends_of_every_setting_is_removed() {
    for (key, variable, value) in each_setting() {
        let plain = Place::new().variable(&variable, &value).effective(key).0;
        for (before, after) in
            [("", "\r"), ("", "\n"), ("", "\r\n"), (" \t", "  "), ("\u{feff}", ""), ("\u{a0}", "\u{200b}")]
        {
            let place = Place::new().variable(&variable, &format!("{before}{value}{after}"));
            assert_eq!(place.effective(key).0, plain, "{key} {before:?} {after:?}");
        }
    }
    let place = Place::new().variable("JWT_SECRET", &format!("{SECRET}\r\n"));
    assert_eq!(place.load().jwt_secret(&SystemRandom).unwrap().reveal(), SECRET.as_bytes());
    let place = Place::new().flag("mail.app_name", " My  Shop ").variable("PORT", "8080\r");
    assert_eq!(place.load().app_name(), "My  Shop", "inner spaces stay");
    assert_eq!(place.load().server.listen.port(), 8080);
    let place = place.variable("VESTIBULE_MAIL_SMTP_PASSWORD", " two words \r");
    assert_eq!(place.load().smtp.password(), Some("two words"));
}

#[test]
fn removing_white_space_from_a_secret_is_reported() {
    let warnings = |place: &Place| {
        let (_, provenance) = Configuration::load(&place.sources).unwrap();
        provenance.trimmed_secrets().iter().map(|trimmed| place.relative(&trimmed.to_string())).collect::<Vec<_>>()
    };
    let rest =
        "white space at the ends of the secret was removed; a service that shares the secret must use it without, too";
    assert_eq!(warnings(&Place::new().variable("JWT_SECRET", &format!("{SECRET}\r"))), [format!("JWT_SECRET: {rest}")]);
    let place = Place::new().file(&format!("[auth]\njwt_secret = \"{SECRET}\\n\"\n"));
    assert_eq!(warnings(&place), [format!("vestibule.toml:2: auth.jwt_secret: {rest}")]);
    assert!(
        warnings(&Place::new().variable("JWT_SECRET", SECRET).variable("DATABASE_URL", "sqlite://v.db\r")).is_empty()
    );
}

#[test]
fn invisible_characters_are_refused_in_every_setting() {
    for (key, variable, value) in each_setting() {
        let (first, rest) = value.split_at(1);
        let rest = if rest.is_empty() { first } else { rest };
        for (c, name) in [("\r", "U+000D (carriage return)"), ("\0", "U+0000 (NUL)"), ("\u{202e}", "U+202E")] {
            let message = Place::new().variable(&variable, &format!("{first}{c}{rest}")).error();
            assert_eq!(message, format!("{variable}: it contains the invisible character {name}: remove it"), "{key}");
        }
    }
    let message = Place::new().file("[auth]\njwt_secret = \"kJ8s0Vq2mXz7Lw4T\\u0007bN6yRfGhPdC3aE9u\"").error();
    assert!(
        message.starts_with("vestibule.toml:2: auth.jwt_secret: it contains the invisible character U+0007"),
        "{message}"
    );
    let message = Place::new().file("rbac.default_roles = [\"role_a\", \"role\\t_b\"]").error();
    assert!(
        message.starts_with("vestibule.toml:1: rbac.default_roles: it contains the invisible character U+0009 (tab)"),
        "{message}"
    );
}

#[test]
fn quotation_marks_around_a_variable_are_refused() {
    for (_, variable, value) in each_setting() {
        for (open, close) in [("\"", "\""), ("'", "'"), ("“", "”")] {
            let message = Place::new().variable(&variable, &format!("{open}{value}{close}\r")).error();
            assert!(message.starts_with(&format!("{variable}: it is in quotation marks")), "{message}");
        }
    }
    // In the file, quotation marks within the text are intended.
    let place = Place::new().file("mail.smtp.password = '\"quoted\"'");
    assert_eq!(place.load().smtp.password(), Some("\"quoted\""));
}

#[test]
fn a_tilde_becomes_the_home_directory() {
    let at_home = || {
        let mut place = Place::new();
        place.sources.home = Some("/home/ada/".to_owned());
        place
    };
    let place = at_home()
        .variable("DATABASE_URL", "sqlite://~/v.db?x=1")
        .variable("VESTIBULE_MAIL_DIRECTORY", "~/mail")
        .flag("webhooks.ca_file", "~");
    let configuration = place.load();
    assert_eq!(configuration.database.url.reveal(), "sqlite:///home/ada/v.db?x=1");
    assert_eq!(configuration.mail.directory, Path::new("/home/ada/mail"));
    assert_eq!(configuration.webhooks.ca_file.as_deref(), Some(Path::new("/home/ada")));
    for url in ["sqlite://~ada/v.db", "sqlite:///~/v.db", "sqlite://data/~/v.db"] {
        let message = at_home().variable("DATABASE_URL", url).error();
        assert!(message.starts_with("DATABASE_URL: ~ stands for the home directory at the beginning"), "{message}");
    }
    let message = Place::new().variable("DATABASE_URL", "sqlite://~/v.db").error();
    assert!(message.contains("HOME is not set"), "{message}");
    let mut place = at_home();
    let home = place.path().join("home");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join("my.toml"), "\u{feff}log.level = \"warn\"\r\n").unwrap();
    place.sources.home = home.to_str().map(str::to_owned);
    let place = place.variable("VESTIBULE_CONFIG", "~/my.toml\r");
    assert_eq!(place.effective("log.level").0, "warn");
}

#[test]
fn variables_in_paths_and_urls_are_refused() {
    for (variable, value) in [
        ("DATABASE_URL", "sqlite://$HOME/v.db"),
        ("DATABASE_URL", "sqlite:///srv/${APP}/v.db"),
        ("DATABASE_URL", "postgres://ada:$PASSWORD@db/app"),
        ("DATABASE_URL", "postgres://ada@$PGHOST/app"),
        ("VESTIBULE_MAIL_DIRECTORY", "$HOME/mail"),
        ("VESTIBULE_MAIL_TEMPLATES", "/srv/$(id -u)"),
        ("VESTIBULE_CONFIG", "$HOME/my.toml"),
    ] {
        let message = Place::new().variable(variable, value).error();
        assert!(message.starts_with(&format!("{variable}: ")) && message.contains("not replaced here"), "{message}");
    }
}

#[test]
fn a_file_written_on_windows_is_read() {
    let place = Place::new().file("\u{feff}[log]\r\nlevel = \"warn\"\r\n\r\n[database]\r\nurl = \"sqlite://v.db\"\r\n");
    assert_eq!(place.effective("log.level"), ("warn".to_owned(), "vestibule.toml:2".to_owned()));
    assert_eq!(place.load().database.url.reveal(), "sqlite://v.db");
}

#[test]
fn the_file_of_the_secret_may_come_from_windows() {
    let place = Place::new();
    place.load().jwt_secret(&SystemRandom).unwrap();
    let file = place.path().join("data/jwt_secret");
    for text in [format!("\u{feff}{SECRET}\r\n"), format!(" {SECRET}\n\n"), SECRET.to_owned()] {
        std::fs::write(&file, &text).unwrap();
        assert_eq!(place.load().jwt_secret(&SystemRandom).unwrap().reveal(), SECRET.as_bytes(), "{text:?}");
    }
    for (text, problem) in
        [(format!("\"{SECRET}\"\n"), "it is in quotation marks"), (format!("{SECRET}\n{SECRET}"), "U+000A")]
    {
        std::fs::write(&file, &text).unwrap();
        let message = place.relative(&place.load().jwt_secret(&SystemRandom).unwrap_err().to_string());
        assert!(message.starts_with("data/jwt_secret: ") && message.contains(problem), "{message}");
        assert!(!message.contains(SECRET));
    }
}
