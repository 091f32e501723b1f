//! An operator's overrides of the built-in templates.

use std::path::Path;

use tempfile::TempDir;
use vestibule_mail::{Facts, Kind, Rendered, Templates};

/// Creates a folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// Returns the error's message, with the folder named `mail`.
fn error(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let error = Templates::load(Some(folder.path())).unwrap_err();
    error.to_string().replace(&folder.path().display().to_string(), "mail")
}

fn render(files: &[(&str, &str)], kind: Kind, language: &str) -> Rendered {
    let folder = folder(files);
    Templates::load(Some(folder.path())).unwrap().render(kind, language, &Facts::sample(kind)).unwrap()
}

#[test]
fn a_single_file_can_be_overridden() {
    let files = [("de/invite.subject.txt", "Kommen Sie zu {{ app }},\n{{ address }}?\n"), (".hidden", "?")];
    let german = render(&files, Kind::Invite, "de");
    let built_in = Templates::load(None).unwrap().render(Kind::Invite, "de", &Facts::sample(Kind::Invite)).unwrap();
    assert_eq!(german.subject, "Kommen Sie zu Vestibule, ada@example.com?");
    assert_eq!(german.text, built_in.text);
    assert_eq!(render(&files, Kind::Invite, "en").subject, "Grace Hopper invites you to Vestibule");
}

#[test]
fn a_layout_applies_to_all_languages_or_to_one() {
    let files = [
        ("layout.txt", "all: {% block text %}{% endblock %}"),
        ("de/layout.txt", "de: {% block text %}{% endblock %}"),
    ];
    assert!(render(&files, Kind::Test, "en").text.starts_with("all: This is a test mail"));
    assert!(render(&files, Kind::Test, "de").text.starts_with("de: Dies ist eine Testmail"));
}

#[test]
fn a_region_inherits_from_its_language() {
    let files = [("de-AT/test.subject.txt", "Servus")];
    assert_eq!(render(&files, Kind::Test, "de-at").subject, "Servus");
    assert_eq!(render(&files, Kind::Test, "de").subject, "Testmail von Vestibule");
    assert!(render(&files, Kind::Test, "de-AT").text.contains("26. November 2026, 14:05 UTC"));
}

#[test]
fn a_new_language_must_be_complete() {
    insta::assert_snapshot!(error(&[("es/invite.subject.txt", "Hola")]), @"mail/es/invite.txt: is missing; a language that is not built in needs a subject, a text and an HTML file for every mail");
    let mut files = Vec::new();
    for kind in Kind::ALL {
        for ending in ["subject.txt", "txt", "html"] {
            files.push((format!("es/{}.{ending}", kind.name()), "Hola {{ happened_at|date }}"));
        }
    }
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    assert_eq!(render(&files, Kind::Test, "es-MX").subject, "Hola 26 de noviembre de 2026, 14:05 UTC");
}

#[test]
fn errors_name_file_and_line() {
    let html = "de/invite.html";
    let messages = [
        error(&[(html, "<p>\n\n{{ app|shout }}</p>")]),
        error(&[(html, "<p>\n{{ invitor }}</p>")]),
        error(&[(html, "{% if inviter %}\n<p>")]),
        error(&[(html, "{% extends 'frame.html' %}")]),
        error(&[(html, "\n{{ app|date }}")]),
        error(&[("layout.html", "<p>\n{{ unknown }}</p>")]),
        error(&[("en/test.subject.txt", "{{ app.name }}")]),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn files_without_effect_are_refused() {
    let messages = [
        error(&[("de/invit.html", "")]),
        error(&[("de/invite.htm", "")]),
        error(&[("invite.html", "")]),
        error(&[("german/invite.html", "")]),
        error(&[("de/more/invite.html", "")]),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_missing_folder_is_an_error() {
    let error = Templates::load(Some(Path::new("/nowhere/mail"))).unwrap_err().to_string();
    assert_eq!(error, "/nowhere/mail: cannot be read: No such file or directory (os error 2)");
}
