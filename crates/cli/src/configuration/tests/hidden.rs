//! No output repeats a part of a secret, in any form or setting (security.md 39).

use super::{Configuration, Place, SETTINGS, SetBy};

/// A part of every secret here.
const CANARY: &str = "hunter2";

/// URLs with a password, valid and invalid.
const ADDRESSES: [&str; 14] = [
    "smtp://ada:hunter2@smtp.example.com:587",
    "smtps://ada:hunter2@smtp.example.com",
    "https://ada:hunter2@hooks.example.com/x",
    "http://ada:hunter2@10.0.0.7",
    "postgres://ada:hunter2@db:port/app",
    "postgres://ada:p@hunter2/word@db/app",
    "postgres://ada:p?hunter2@db/app",
    "postgres://ada:p#hunter2@db@x/app",
    "postgres:/ada:hunter2@db/app",
    "postgres//ada:hunter2@db/app",
    "postgress://ada:hunter2@db/app",
    "postgres://ada:hunter2@db/app?sslmode=none",
    "postgres://ada@db/app?passwort=hunter2",
    "mysql://ada:hunter2@db/app",
];

/// Secrets that are no URLs.
const TEXTS: [&str; 5] = [
    "host=db user=ada password=hunter2",
    "whsec_hunter2hunter2hunter2hunter2hunter2",
    "hunter2",
    "hunter2\u{7}hunter2",
    "\"hunter2hunter2hunter2hunter2hunter2\"",
];

/// Returns what is printed of a configuration: the error, or everything in `config show`.
fn printed(place: &Place) -> Result<String, String> {
    match Configuration::load(&place.sources) {
        Err(error) => Err(format!("{error} {error:?}")),
        Ok((configuration, provenance)) => {
            let json = serde_json::to_string(&provenance).unwrap();
            Ok(format!("{} {json} {configuration:?}", provenance.to_text()))
        }
    }
}

/// Sets the setting to this value, from each source.
fn places(key: &'static str, value: &str) -> Vec<Place> {
    let setting = super::Setting::find(key).unwrap();
    let (section, name) = key.rsplit_once('.').unwrap();
    let text = toml::Value::String(value.to_owned());
    let mut places = vec![
        Place::new().variable(&setting.variable(), value),
        Place::new().file(&format!("[{section}]\n{name} = {text}\n")),
        Place::new().file(&format!("[{section}]\n{name} = [{text}]\n")),
        Place::new().file(&format!("[{section}]\n{name} = {value}\n")),
        Place::new().flag(key, value),
    ];
    if let Some(alias) = setting.alias {
        places.push(Place::new().variable(alias, value));
    }
    places
}

#[test]
fn no_setting_repeats_a_url_with_a_password() {
    for setting in SETTINGS {
        for value in ADDRESSES {
            for place in places(setting.key, value) {
                let (Ok(text) | Err(text)) = printed(&place);
                assert!(!text.contains(CANARY), "{} {value}: {text}", setting.key);
            }
        }
    }
}

#[test]
fn a_secret_in_a_wrong_setting_is_not_repeated_where_it_is_refused() {
    for setting in SETTINGS {
        for value in TEXTS {
            for place in places(setting.key, value) {
                match printed(&place) {
                    Err(message) => assert!(!message.contains(CANARY), "{} {value}: {message}", setting.key),
                    // Names and paths may be displayed, secrets never.
                    Ok(text) => assert!(!setting.is_secret() || !text.contains(CANARY), "{} {value}", setting.key),
                }
            }
        }
    }
}

#[test]
fn passwords_of_valid_urls_are_not_displayed() {
    for url in [
        "postgres://ada:hunter2@db/app",
        "postgres://ada:hunter2@db",
        "postgres://ada:hunter2@a,b:5433/app?sslmode=require",
        "postgres://ada:x%40hunter2%2F@db/app",
        "postgres:///app?host=db&user=ada&password=hunter2",
        "postgres://:hunter2@db/app",
        "postgres://ada:/hunter2:x@db/app",
    ] {
        let place = Place::new().variable("DATABASE_URL", url);
        let text = printed(&place).unwrap();
        assert!(!text.contains(CANARY), "{url}: {text}");
        assert_eq!(place.effective("database.url").1, SetBy::Variable("DATABASE_URL".to_owned()).to_string());
    }
}
