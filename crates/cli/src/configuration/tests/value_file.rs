//! Secrets in files of their own.

use super::{Configuration, Place, SECRET, SETTINGS};

/// A value that each setting which takes a file accepts.
fn value(key: &str) -> &'static str {
    if key.starts_with("database.") { "postgres://ada:hunter2@db/app" } else { SECRET }
}

impl Place {
    fn beside(self, name: &str, text: &str) -> Self {
        std::fs::write(self.path().join(name), text).unwrap();
        self
    }

    /// The secrets that the program would use.
    fn secrets(&self) -> String {
        let configuration = self.load();
        let signing = configuration.auth.jwt_secret.as_ref().map(|secret| secret.reveal().to_vec());
        let sealing = configuration.auth.mfa_encryption_key().map(|secret| secret.reveal().to_vec());
        let (password, url) = (configuration.smtp.password(), configuration.database.url.reveal());
        let direct_url = configuration.database.direct_url.as_ref().map(|url| url.reveal());
        format!("{signing:?} {sealing:?} {password:?} {url} {direct_url:?}")
    }
}

#[test]
fn every_secret_can_stand_in_a_file_that_a_variable_or_a_key_names() {
    let settings: Vec<_> = SETTINGS.iter().filter(|setting| setting.takes_file()).collect();
    assert!(SETTINGS.iter().all(|setting| setting.takes_file() || !setting.is_secret()));
    assert!(settings.len() >= 4);
    for setting in settings {
        let value = value(setting.key);
        let direct = Place::new().variable(&setting.variable(), value).secrets();
        let names = [Some(setting.variable()), setting.alias.map(str::to_owned)].into_iter().flatten();
        for name in names.map(|name| format!("{name}_FILE")) {
            let place = Place::new().beside("secret", &format!("{value}\n")).variable(&name, "secret");
            assert_eq!(place.secrets(), direct);
            assert_eq!(place.effective(setting.key).1, name);
            let (_, provenance) = Configuration::load(&place.sources).unwrap();
            assert!(provenance.unknown_variables().is_empty() && provenance.trimmed_secrets().is_empty());
        }
        let (section, name) = setting.key.rsplit_once('.').unwrap();
        let place = Place::new().beside("secret", &format!("{value}\r\n"));
        let place = place.file(&format!("[{section}]\n{name}_file = \"secret\"\n"));
        assert_eq!(place.secrets(), direct);
        assert_eq!(place.effective(setting.key).1, "vestibule.toml:2");
        // A variable stands above the file, whichever of the two holds the value.
        let place = place.variable(&setting.variable(), value);
        assert_eq!(place.effective(setting.key).1, setting.variable());
    }
}

#[test]
fn a_table_takes_its_secret_from_a_file() {
    let table = "[[auth.oidc]]\nid = \"a-b\"\nissuer = \"https://a.example\"\nclient_id = \"c\"\n";
    let place = Place::new().beside("one", "first").beside("two", "second");
    let place = place.file(&format!("{table}client_secret_file = \"one\"\n"));
    assert_eq!(place.load().oidc[0].client_secret(), "first");
    let place = place.variable("VESTIBULE_AUTH_OIDC_A_B_CLIENT_SECRET_FILE", "two");
    assert_eq!(place.load().oidc[0].client_secret(), "second");
    let place = Place::new().file(&format!("{table}client_secret = \"x\"\nissuer_file = \"one\"\n"));
    let message = "unknown key auth.oidc.issuer_file: the nearest known one is auth.oidc.issuer";
    assert_eq!(place.error(), format!("vestibule.toml:6: {message}"));
}

#[test]
fn mistakes_are_one_line_and_repeat_neither_value_nor_path() {
    let place = || Place::new().beside("empty", "\n").beside("weak", "hunter2").beside("quoted", "\"hunter2\"");
    let cannot = |why: &str| {
        format!(
            "the file cannot be read ({why}): write the path of a text file of at most 65536 bytes that holds the value \
             and that this user may read"
        )
    };
    let large = place().beside("large", &"hunter2".repeat(20_000));
    assert_eq!(
        large.variable("JWT_SECRET_FILE", "large").error(),
        format!("JWT_SECRET_FILE: {}", cannot("file too large"))
    );
    for (path, problem) in [
        ("hunter2", cannot("No such file or directory (os error 2)")),
        (".", cannot("Is a directory (os error 21)")),
        ("", "it is empty: write the path of a file that holds the value".to_owned()),
        ("empty", "the file is empty: write the value into it".to_owned()),
        ("weak", "the secret is made of well-known words: make one with: openssl rand -base64 48".to_owned()),
    ] {
        let message = place().variable("JWT_SECRET_FILE", path).error();
        if path != "weak" {
            assert_eq!(message, format!("JWT_SECRET_FILE: {problem}"));
        }
        assert!(!message.contains("hunter2"), "{message}");
    }
    assert!(place().variable("JWT_SECRET_FILE", "quoted").error().contains("quotation marks"));
    let both = place().variable("JWT_SECRET_FILE", "weak").variable("JWT_SECRET", "x");
    assert_eq!(both.error(), "JWT_SECRET_FILE: JWT_SECRET sets the value, too: keep one of the two");
    let both = place().file("[auth]\njwt_secret = \"x\"\njwt_secret_file = \"weak\"\n");
    assert_eq!(
        both.error(),
        "vestibule.toml:3: auth.jwt_secret: vestibule.toml:2 sets the value, too: keep one of the two"
    );
    assert_eq!(
        Place::new().variable("VESTIBULE_SERVER_LISTEN_FILE", "x").effective("server.listen").1,
        "default",
        "what is no secret has no file"
    );
}
