//! Invalid command lines: one line that names the mistake, and exit code 2.

use crate::support::Place;

#[tokio::test]
async fn mistakes_are_reported_in_one_line() {
    let place = Place::sqlite();
    for (arguments, message) in [
        ("frobnicate", "unrecognized subcommand 'frobnicate'; see --help"),
        ("usr", "unrecognized subcommand 'usr'; tip: a similar subcommand exists: 'user'; see --help"),
        ("user create", "the following required arguments were not provided: --email <EMAIL>; see --help"),
        (
            "user create --email ada",
            "invalid value 'ada' for '--email <EMAIL>': an e-mail address has the form name@example.com; see --help",
        ),
        (
            "user create --email a@example.com --password secret-secret --password-stdin",
            "the argument '--password <PASSWORD>' cannot be used with '--password-stdin'; see --help",
        ),
        (
            "user create --email a@example.com --email b@example.com",
            "the argument '--email <EMAIL>' cannot be used multiple times; see --help",
        ),
        ("user list --limit x", "invalid value 'x' for '--limit <LIMIT>': invalid digit found in string; see --help"),
        (
            "user list --jsno",
            "unexpected argument '--jsno' found; tip: a similar argument exists: '--json'; see --help",
        ),
        ("user show", "the following required arguments were not provided: <USER>; see --help"),
        (
            "invite revoke user_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "invalid value 'user_00000000000000000000000000' for '<ID>': \"user_00000000000000000000000000\" is not an id \
             of the form invite_ followed by 26 characters; see --help",
        ),
        (
            "invite list --state open",
            "invalid value 'open' for '--state <STATE>': the states of an invite are pending, expired, accepted and \
             revoked; see --help",
        ),
        (
            "serve --listen here",
            "--listen: not an IP address and port such as 127.0.0.1:9000, or 0.0.0.0:9000 for all of this \
             machine's",
        ),
        (
            "serve --database-url mysql://db/x",
            "--database-url: not the URL of a database: write sqlite://path/to/file.db or \
             postgres://user:password@host/database",
        ),
        (
            "migrate --database-url postgres://u:hunter2@h:port/x",
            "--database-url: the PostgreSQL URL is not valid: a port is a number from 1 to 65535",
        ),
        (
            "migrate --database-url sqlite://:memory:",
            "--database-url: sqlite:// needs the path of a file, such as sqlite://data/vestibule.db (a database in memory \
             would lose its data)",
        ),
        ("serve --config no.toml", "--config: there is no file \"no.toml\": correct the path, or leave it out"),
    ] {
        assert_eq!(place.run(arguments).await.failed(2), message, "{arguments}");
    }
    assert_eq!(place.files(""), [""; 0], "a command that was not understood did something");
}

#[tokio::test]
async fn help_and_version_succeed() {
    let place = Place::sqlite();
    assert_eq!(place.ok("--version").await, format!("vestibule {}\n", env!("CARGO_PKG_VERSION")));
    let help = place.ok("--help").await;
    for command in ["serve", "migrate", "user", "invite", "passwords", "openapi", "config"] {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
        let of_it = place.ok(&format!("{command} --help")).await;
        assert!(of_it.contains(&format!("Usage: vestibule {command}")), "{of_it}");
    }
    assert!(help.contains("Without a command, `serve` runs."), "{help}");
    for (group, commands) in [
        ("user", &["create", "list", "show", "delete"][..]),
        ("invite", &["create", "list", "resend", "revoke"]),
        ("config", &["show", "check"]),
    ] {
        // A group without a command only prints its commands.
        let ran = place.run(group).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran:?}");
        for command in commands {
            assert!(ran.err.contains(&format!("\n  {command} ")), "{}", ran.err);
            place.ok(&format!("{group} {command} -h")).await;
        }
    }
    assert_eq!(place.files(""), [""; 0]);
}
