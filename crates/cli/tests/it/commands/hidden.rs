//! No command prints a part of a secret (security.md 39), whatever is wrong with it.

use vestibule_cli::configuration::SETTINGS;

use crate::support::Place;

const CANARY: &str = "hunter2";

async fn prints_nothing(place: &Place, arguments: &[&str]) {
    let ran = place.run_with(arguments, None).await;
    assert!(!ran.out.contains(CANARY) && !ran.err.contains(CANARY), "{ran:?}");
    assert!(ran.code != 0 || arguments[0] == "config", "{ran:?}");
}

#[tokio::test]
async fn a_database_url_is_never_repeated() {
    for url in [
        "postgres://ada:hun@hunter2/word@127.0.0.1:1/app",
        "postgres://ada:hunter2@127.0.0.1:1/app",
        "postgres://ada:a/hunter2@127.0.0.1:1/app",
        "postgres://ada:a?hunter2@127.0.0.1:1/app",
        "postgres://127.0.0.1:1/app?user=ada&password=hunter2",
        "host=127.0.0.1 port=1 user=ada password=hunter2",
        "'postgres://ada:hunter2@127.0.0.1:1/app'",
    ] {
        let place =
            Place::configured(url).with("VESTIBULE_LOG_LEVEL", "trace").with("VESTIBULE_DATABASE_START_TIMEOUT", "1ms");
        for command in ["config show", "config check", "serve", "worker", "migrate", "migrate --status", "user list"] {
            prints_nothing(&place, &command.split(' ').collect::<Vec<_>>()).await;
        }
    }
}

#[tokio::test]
async fn a_url_with_a_password_in_any_setting_is_not_repeated() {
    for setting in SETTINGS {
        let place = Place::sqlite().with(&setting.variable(), "smtp://ada:hunter2@smtp.example.com:587");
        prints_nothing(&place, &["config", "show"]).await;
        let place = Place::sqlite().with(&setting.variable(), "ada:hunter2@smtp.example.com");
        prints_nothing(&place, &["config", "check"]).await;
    }
}

#[tokio::test]
async fn a_password_with_a_space_is_not_repeated_as_a_stray_argument() {
    let place = Place::sqlite();
    for arguments in [
        &["user", "create", "--email", "ada@example.com", "--password", "correct", "hunter2"][..],
        &["user", "create", "--email", "ada@example.com", "--password-stdin=hunter2"],
        &["user", "create", "hunter2", "--email", "ada@example.com"],
        &["serve", "--jwt-secret=hunter2"],
        &["serve", "--auth-jwt-secret", "hunter2"],
        &["serve", "hunter2"],
    ] {
        prints_nothing(&place, arguments).await;
    }
    assert_eq!(place.files(""), [""; 0]);
}
