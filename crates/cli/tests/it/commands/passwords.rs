//! `vestibule passwords`, and the settings of new passwords.

use crate::support::Place;

const BUILD: &str = "passwords build-filter list.txt --out forbidden.filter";
const CREATE: &str = "user create --email ada@example.com --password";

/// A place whose server has this list of forbidden passwords.
async fn forbidding(list: &str) -> Place {
    let place = Place::sqlite();
    place.write("list.txt", list);
    place.ok(BUILD).await;
    place.with("VESTIBULE_AUTH_FORBIDDEN_PASSWORDS_FILE", "forbidden.filter")
}

/// security.md 8
#[tokio::test]
async fn a_list_becomes_a_filter_that_the_program_uses() {
    let place = Place::sqlite();
    place.write("list.txt", "\u{feff}Lantern-trombone-42\r\n\r\nZitronenfa\u{308}lter-42\r\nlantern-TROMBONE-42");
    assert_eq!(
        place.ok(BUILD).await,
        "2 passwords are in forbidden.filter. Set auth.forbidden_passwords_file to it, and restart the server.\n"
    );
    assert_eq!(place.files(""), ["forbidden.filter", "list.txt"], "it needs no database and leaves nothing else");
    place.ok(&format!("{CREATE} Lantern-trombone-42")).await;
    let place = place.with("VESTIBULE_AUTH_FORBIDDEN_PASSWORDS_FILE", "forbidden.filter");
    let create = "user create --email bob@example.com --password";
    let message = "This password may not be used here: it is in the list of forbidden passwords. Choose another one.";
    for password in ["Lantern-trombone-42", "LANTERN-TROMBONE-42", "Zitronenfälter-42"] {
        assert_eq!(place.run(&format!("{create} {password}")).await.failed(2), message, "{password}");
    }
    place.ok(&format!("{create} Lantern-trombone-43")).await;
    assert_eq!(place.ok("config check").await, "The configuration is valid.\n");
    place.serve().await.stop().await;
}

#[tokio::test]
async fn a_list_that_is_none_is_refused_with_its_line_and_the_old_filter_stays() {
    let place = forbidding("Lantern-trombone-42\n").await;
    let before = std::fs::read(place.path().join("forbidden.filter")).unwrap();
    let long = "x".repeat(3_000_000);
    for (list, message) in [
        (&b""[..], "list.txt: the list has no passwords: write one password per line"),
        (b"\r\n\r\n", "list.txt: the list has no passwords: write one password per line"),
        (b"first\nsec\xffond\n", "list.txt: line 2 is not UTF-8: convert the file to UTF-8, or remove the line"),
        (
            long.as_bytes(),
            "list.txt: line 1 is longer than a password can be (1024 characters): write one password per line",
        ),
    ] {
        std::fs::write(place.path().join("list.txt"), list).unwrap();
        assert_eq!(place.run(BUILD).await.failed(1), message);
        assert_eq!(std::fs::read(place.path().join("forbidden.filter")).unwrap(), before);
        assert_eq!(place.files(""), ["forbidden.filter", "list.txt"]);
    }
    let message = place.run("passwords build-filter nosuch.txt --out forbidden.filter").await.failed(1);
    assert!(message.starts_with("nosuch.txt cannot be read: "), "{message}");
    place.write("list.txt", "Lantern-trombone-42\n");
    let message = place.run("passwords build-filter list.txt --out nosuch/forbidden.filter").await.failed(1);
    assert!(message.starts_with("nosuch/forbidden.filter cannot be written: "), "{message}");
    assert_eq!(std::fs::read(place.path().join("forbidden.filter")).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_filter_stops_the_start() {
    let place = forbidding("Lantern-trombone-42\nHarbour-quarry-77x\n").await;
    let whole = std::fs::read(place.path().join("forbidden.filter")).unwrap();
    let mut changed = whole.clone();
    changed[60] ^= 1;
    let mut newer = whole.clone();
    newer[30] = b'2';
    let again = "make it again with `vestibule passwords build-filter`";
    for (file, message) in [
        (changed, format!("it is damaged: copy it again, or {again}")),
        (whole[..whole.len() - 1].to_vec(), format!("it is damaged: copy it again, or {again}")),
        (newer, format!("another version of Vestibule wrote it: {again}")),
        (
            b"Lantern-trombone-42\n".to_vec(),
            "it is no filter: make one from a list of passwords with `vestibule passwords build-filter`".to_owned(),
        ),
    ] {
        std::fs::write(place.path().join("forbidden.filter"), file).unwrap();
        for command in ["serve --listen 127.0.0.1:0", "config check", &format!("{CREATE} Lantern-trombone-43")] {
            let failed = place.run(command).await.failed(2);
            assert_eq!(failed, format!("auth.forbidden_passwords_file: forbidden.filter: {message}"), "{command}");
        }
    }
    std::fs::remove_file(place.path().join("forbidden.filter")).unwrap();
    let missing = place.run("serve --listen 127.0.0.1:0").await.failed(2);
    assert!(missing.starts_with("auth.forbidden_passwords_file: forbidden.filter: it cannot be read: "), "{missing}");
}

/// security.md 8
#[tokio::test]
async fn the_policy_of_nist_is_a_setting() {
    let place = Place::sqlite().with("VESTIBULE_AUTH_PASSWORD_POLICY", "nist");
    place.ok("migrate").await;
    let short = place.run(&format!("{CREATE} Lanter-tromb42")).await.failed(2);
    assert_eq!(short, "The password is too short: 15 characters at least");
    place.ok(&format!("{CREATE} Lantern-tromb42")).await;
    let wrong = place.run("user list --auth-password-policy strict").await.failed(2);
    assert!(wrong.contains("--auth-password-policy") && wrong.contains("length or nist"), "{wrong}");
}
