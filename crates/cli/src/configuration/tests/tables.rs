//! Lists of tables: `[[auth.oidc]]`.

use super::{Configuration, Place, TABLES};

const TWO: &str = "
[[auth.oidc]]
id = \"google\"
issuer = \"https://accounts.google.com\"
client_id = \"ours\"
client_secret = \"hunter2\"

[[auth.oidc]]
id = \"our-company\"
name = \"Our company\"
issuer = \"https://login.example/v2.0/\"
client_id = \"ours\"
scopes = [\"openid\"]
client_secret = \"hunter2\"
";

fn pair(value: &str, by: &str) -> (String, String) {
    (value.to_owned(), by.to_owned())
}

#[test]
fn tables_are_read_in_the_order_of_the_file_with_who_set_each_key() {
    assert!(Place::new().load().oidc.is_empty());
    let place = Place::new().file(TWO);
    let [google, company] = place.load().oidc.try_into().unwrap();
    assert_eq!((google.id.as_str(), google.display_name(), google.client_secret()), ("google", "google", "hunter2"));
    assert_eq!(google.scopes, ["openid", "email", "profile"]);
    assert_eq!((company.display_name(), company.issuer.as_str()), ("Our company", "https://login.example/v2.0/"));
    assert_eq!(company.scopes, ["openid"]);
    assert_eq!(place.effective("auth.oidc.google.id"), pair("google", "vestibule.toml:3"));
    assert_eq!(place.effective("auth.oidc.google.name"), pair("google", "default"));
    assert_eq!(place.effective("auth.oidc.google.scopes"), pair("openid,email,profile", "default"));
    assert_eq!(place.effective("auth.oidc.google.client_secret"), pair("set", "vestibule.toml:6"));
    assert_eq!(place.effective("auth.oidc.our-company.scopes"), pair("openid", "vestibule.toml:13"));
}

#[test]
fn variables_set_and_override_keys_of_the_table_with_their_id() {
    let place = Place::new()
        .file(TWO)
        .variable("VESTIBULE_AUTH_OIDC_OUR_COMPANY_CLIENT_SECRET", "another")
        .variable("VESTIBULE_AUTH_OIDC_GOOGLE_SCOPES", "openid, email")
        .variable("VESTIBULE_AUTH_OIDC_GOOGLE_NAME", "Google");
    let [google, company] = place.load().oidc.try_into().unwrap();
    assert_eq!((google.display_name(), google.client_secret()), ("Google", "hunter2"));
    assert_eq!((google.scopes.join(" "), company.client_secret()), ("openid email".to_owned(), "another"));
    let by = "VESTIBULE_AUTH_OIDC_OUR_COMPANY_CLIENT_SECRET";
    assert_eq!(place.effective("auth.oidc.our-company.client_secret"), pair("set", by));
    let (_, provenance) = Configuration::load(&place.sources).unwrap();
    assert_eq!(provenance.unknown_variables(), []);
}

#[test]
fn mistakes_are_one_line_with_the_place() {
    let at = |line: u32, text: &str| format!("vestibule.toml:{line}: {text}");
    for (from, to, message) in [
        ("name =", "nam =", at(10, "unknown key auth.oidc.nam: the nearest known one is auth.oidc.name")),
        (
            "id = \"our-company\"",
            "id = \"google\"",
            at(8, "auth.oidc.id: google is the id of the table at vestibule.toml:2, too: give each table its own"),
        ),
        (
            "issuer = \"https://login.example/v2.0/\"\n",
            "",
            at(8, "auth.oidc.our-company.issuer: not set, and there is no default: set it"),
        ),
        ("id = \"our-company\"\n", "", at(8, "auth.oidc.id: not set: give this table an id")),
        (
            "id = \"our-company\"",
            "id = \"Our company\"",
            at(9, "auth.oidc.id: not an id of 1 to 32 small letters, digits and hyphens between them, such as google"),
        ),
        (
            "https://login.example/v2.0/",
            "http://login.example",
            at(
                11,
                "auth.oidc.our-company.issuer: not an https URL such as https://accounts.example.com, without user, \
                 query and fragment",
            ),
        ),
        (
            "scopes = [\"openid\"]",
            "scopes = \"openid\"",
            at(
                13,
                "auth.oidc.our-company.scopes: the value has the wrong type: write a list of texts, such as \
                 [\"one\", \"two\"], or [] for none",
            ),
        ),
        (
            "[[auth.oidc]]\nid = \"our",
            "[[auth.odic]]\nid = \"our",
            at(8, "unknown key auth.odic: the nearest known one is auth.oidc"),
        ),
    ] {
        assert!(TWO.contains(from), "{from}");
        assert_eq!(Place::new().file(&TWO.replace(from, to)).error(), message);
    }
    for text in ["[auth.oidc]\nid = \"x\"\n", "auth.oidc = 1\n", "auth.oidc = [1]\n"] {
        assert_eq!(
            Place::new().file(text).error(),
            at(
                1,
                "auth.oidc is a list of tables: write [[auth.oidc]] on a line of its own for each, and its keys below"
            )
        );
    }
}

#[test]
fn a_variable_for_no_table_is_reported_with_the_nearest() {
    for (variable, nearest) in [
        ("VESTIBULE_AUTH_OIDC_GOGLE_CLIENT_SECRET", "VESTIBULE_AUTH_OIDC_GOOGLE_CLIENT_SECRET"),
        ("VESTIBULE_AUTH_OIDC_GOOGLE_CLIENT_SECRT_FILE", "VESTIBULE_AUTH_OIDC_GOOGLE_CLIENT_SECRET_FILE"),
        ("VESTIBULE_AUTH_OIDC_GOOGLE_CLIENT", "VESTIBULE_AUTH_OIDC_GOOGLE_CLIENT_ID"),
        ("VESTIBULE_AUTH_OIDC_GOGLE_SCOPES", "VESTIBULE_AUTH_OIDC_GOOGLE_SCOPES"),
    ] {
        let place = Place::new().file(TWO).variable(variable, "x");
        let (_, provenance) = Configuration::load(&place.sources).unwrap();
        let warnings: Vec<&str> =
            provenance.unknown_variables().iter().map(|unknown| unknown.nearest.as_str()).collect();
        assert_eq!(warnings, [nearest], "{variable}");
    }
}

#[test]
fn no_secret_of_a_table_is_shown_and_none_in_a_wrong_key_where_it_is_refused() {
    let place = Place::new().file(TWO);
    let (configuration, provenance) = Configuration::load(&place.sources).unwrap();
    let json = serde_json::to_string(&provenance).unwrap();
    let all = format!("{configuration:?} {provenance:?} {} {json}", provenance.to_text());
    assert!(!all.contains("hunter2"), "{all}");
    for setting in TABLES.iter().flat_map(|table| table.settings) {
        for value in ["https://ada:hunter2@example.com", "\"hunter2\"", "hunter2\u{7}x"] {
            let variable = format!("VESTIBULE_AUTH_OIDC_GOOGLE_{}", setting.name().to_uppercase());
            match Configuration::load(&Place::new().file(TWO).variable(&variable, value).sources) {
                Ok((configuration, provenance)) => {
                    let all = format!("{configuration:?} {}", provenance.to_text());
                    assert!(!all.contains("hunter2"), "{variable} {value}: {all}");
                }
                Err(error) => assert!(!format!("{error} {error:?}").contains("hunter2"), "{variable}: {error}"),
            }
        }
    }
}

#[test]
fn tables_are_documented() {
    let document = super::markdown();
    assert!(document.contains("\n## [[auth.oidc]]\n"));
    assert!(
        document.contains("| `client_secret` | `VESTIBULE_AUTH_OIDC_<ID>_CLIENT_SECRET`, also with `_FILE` | none |")
    );
    for setting in TABLES.iter().flat_map(|table| table.settings) {
        assert!(document.contains(&format!("| `{}` | ", setting.name())), "{}", setting.key);
        assert!(!setting.description.contains('|') && setting.description.ends_with('.'), "{}", setting.key);
    }
}
