//! Flag over variable over file over default.

use std::time::Duration;

use clap::{Args, Command, FromArgMatches};

use vestibule::server::TrustedProxies;

use super::{Configuration, Flags, Place, RequiredVerification, SETTINGS};

fn pair(value: &str, by: &str) -> (String, String) {
    (value.to_owned(), by.to_owned())
}

#[test]
fn sources_of_a_scalar() {
    let key = "server.listen";
    let place = Place::new();
    assert_eq!(place.effective(key), pair("127.0.0.1:9000", "default"));
    let place = place.file("[server]\nlisten = \"127.0.0.1:1\"\n");
    assert_eq!(place.effective(key), pair("127.0.0.1:1", "vestibule.toml:2"));
    let place = place.variable("VESTIBULE_SERVER_LISTEN", "127.0.0.1:2");
    assert_eq!(place.effective(key), pair("127.0.0.1:2", "VESTIBULE_SERVER_LISTEN"));
    let place = place.flag(key, "127.0.0.1:3");
    assert_eq!(place.effective(key), pair("127.0.0.1:3", "--listen"));
    assert_eq!(place.load().server.listen.port(), 3);
}

#[test]
fn sources_of_a_list() {
    let key = "rbac.default_roles";
    let place = Place::new();
    assert_eq!(place.effective(key), pair("role_super_admin", "default"));
    let place = place.file("rbac.default_roles = [\"role_a\", \"role_b\"]\n");
    assert_eq!(place.load().rbac.default_roles, ["role_a", "role_b"]);
    assert_eq!(place.effective(key), pair("role_a,role_b", "vestibule.toml:1"));
    let place = place.variable("VESTIBULE_RBAC_DEFAULT_ROLES", "");
    assert!(place.load().rbac.default_roles.is_empty());
    assert_eq!(place.effective(key), pair("", "VESTIBULE_RBAC_DEFAULT_ROLES"));
    let place = place.flag(key, "role_c, role_d");
    assert_eq!(place.load().rbac.default_roles, ["role_c", "role_d"]);
    assert_eq!(place.flag(key, "").load().rbac.default_roles, Vec::<String>::new());
}

#[test]
fn sources_of_proxies() {
    let key = "server.trusted_proxies";
    let proxies = |networks: &[&str]| TrustedProxies::new(networks).unwrap();
    let place = Place::new();
    assert_eq!(place.effective(key), pair("", "default"));
    let place = place.file("server.trusted_proxies = [\"10.0.0.0/8\", \"fd00::7\"]\n");
    assert_eq!(place.load().server.trusted_proxies, proxies(&["10.0.0.0/8", "fd00::7"]));
    assert_eq!(place.effective(key), pair("10.0.0.0/8,fd00::7", "vestibule.toml:1"));
    let place = place.variable("VESTIBULE_SERVER_TRUSTED_PROXIES", "192.0.2.1, 192.0.2.2");
    assert_eq!(place.load().server.trusted_proxies, proxies(&["192.0.2.1", "192.0.2.2"]));
    let place = place.flag(key, "");
    assert_eq!(place.load().server.trusted_proxies, proxies(&[]));
    assert_eq!(place.effective(key), pair("", "--trusted-proxies"));
}

#[test]
fn sources_of_limits() {
    let key = "limits.per_address";
    let place = Place::new().file("[limits]\nper_account = 0\nper_address = 1000\n");
    assert_eq!(place.load().limits.per_account, 0);
    assert_eq!(place.effective(key), pair("1000", "vestibule.toml:3"));
    let place = place.variable("VESTIBULE_LIMITS_PER_ADDRESS", "20").variable("VESTIBULE_LIMITS_PER_ACCOUNT", "5");
    assert_eq!((place.load().limits.per_account, place.load().limits.per_address), (5, 20));
    let place = place.flag(key, "0");
    assert_eq!(place.load().limits.per_address, 0);
    assert_eq!(place.effective(key), pair("0", "--limits-per-address"));
}

#[test]
fn sources_of_verifications() {
    let key = "auth.verification_required";
    let required = |actor_type: &str, entity_type: &str| RequiredVerification {
        actor_type: actor_type.to_owned(),
        entity_type: entity_type.to_owned(),
    };
    let place = Place::new().file("auth.verification_required = [\"user\", \"customer:phone\"]\n");
    assert_eq!(place.load().auth.verification_required, [required("user", "email"), required("customer", "phone")]);
    assert_eq!(place.effective(key), pair("user,customer:phone", "vestibule.toml:1"));
    let place = place.variable("VESTIBULE_AUTH_VERIFICATION_REQUIRED", "customer");
    assert_eq!(place.load().auth.verification_required, [required("customer", "email")]);
    assert!(place.flag(key, "").load().auth.verification_required.is_empty());
}

#[test]
fn sources_of_a_duration() {
    let key = "invites.lifetime";
    let place = Place::new();
    assert_eq!(place.load().invites.lifetime, Duration::from_hours(24));
    let place = place.file("[invites]\n\n# a comment\nlifetime = \"90s\"\n");
    assert_eq!(place.load().invites.lifetime, Duration::from_secs(90));
    assert_eq!(place.effective(key), pair("90s", "vestibule.toml:4"));
    let place = place.variable("VESTIBULE_INVITES_LIFETIME", "15m");
    assert_eq!(place.load().invites.lifetime, Duration::from_mins(15));
    assert_eq!(place.effective(key), pair("15m", "VESTIBULE_INVITES_LIFETIME"));
    let place = place.flag(key, "7d");
    assert_eq!(place.load().invites.lifetime, Duration::from_hours(7 * 24));
    assert_eq!(place.effective(key), pair("7d", "--invites-lifetime"));
}

#[test]
fn common_variables_come_after_prefixed_ones_and_before_the_file() {
    let place =
        Place::new().file("[database]\nurl = \"sqlite://file.db\"\n").variable("DATABASE_URL", "postgres://a/b");
    assert_eq!(place.effective("database.url"), pair("postgres://a/b", "DATABASE_URL"));
    let place = place.variable("VESTIBULE_DATABASE_URL", "postgres://c/d");
    assert_eq!(place.effective("database.url"), pair("postgres://c/d", "VESTIBULE_DATABASE_URL"));

    let place = Place::new().variable("JWT_SECRET", super::SECRET);
    assert_eq!(place.effective("auth.jwt_secret"), pair("set", "JWT_SECRET"));

    let place = Place::new().variable("AUTH_MFA_ENCRYPTION_KEY", super::SECRET);
    assert_eq!(place.effective("auth.mfa_encryption_key"), pair("set", "AUTH_MFA_ENCRYPTION_KEY"));
    let place = place.variable("VESTIBULE_AUTH_MFA_ENCRYPTION_KEY", super::SECRET);
    assert_eq!(place.effective("auth.mfa_encryption_key"), pair("set", "VESTIBULE_AUTH_MFA_ENCRYPTION_KEY"));
}

#[test]
fn the_common_port_replaces_only_the_port_of_file_or_default() {
    let listen = |place: &Place| place.effective("server.listen");
    let place = Place::new().variable("PORT", "8080");
    assert_eq!(listen(&place), pair("127.0.0.1:8080", "PORT"));
    assert_eq!(place.effective("server.public_url"), pair("http://localhost:8080", "default"));
    let place = place.file("[server]\nlisten = \"[::]:9000\"\n");
    assert_eq!(listen(&place), pair("[::]:8080", "PORT"));
    let place = place.variable("VESTIBULE_SERVER_LISTEN", "10.0.0.1:7");
    assert_eq!(listen(&place), pair("10.0.0.1:7", "VESTIBULE_SERVER_LISTEN"));
    assert_eq!(listen(&place.flag("server.listen", "10.0.0.1:8")), pair("10.0.0.1:8", "--listen"));
}

#[test]
fn flag_variable_or_default_names_the_file() {
    let write = |place: &Place, name: &str, level: &str| {
        std::fs::write(place.path().join(name), format!("log.level = \"{level}\"")).unwrap();
    };
    let mut place = Place::new().file("log.level = \"warn\"");
    write(&place, "variable.toml", "debug");
    write(&place, "flag.toml", "trace");
    assert_eq!(place.effective("log.level"), pair("warn", "vestibule.toml:1"));
    place = place.variable("VESTIBULE_CONFIG", "variable.toml");
    assert_eq!(place.effective("log.level"), pair("debug", "variable.toml:1"));
    place.sources.file = Some("flag.toml".into());
    assert_eq!(place.effective("log.level"), pair("trace", "flag.toml:1"));
}

#[test]
fn an_empty_file_and_an_empty_section_change_nothing() {
    assert_eq!(Place::new().file("").load().hashing.queue, 128);
    assert_eq!(Place::new().file("[auth]\n[auth.hashing]\nqueue = 0x10\n").load().hashing.queue, 16);
}

#[test]
fn the_public_url_follows_the_port_that_was_bound() {
    let server = Place::new().flag("server.listen", "127.0.0.1:0").load().server;
    assert_eq!(server.public_url("127.0.0.1:4321".parse().unwrap()).to_string(), "http://localhost:4321");
    let server = Place::new().flag("server.public_url", "https://a.example/").load().server;
    assert_eq!(server.public_url(server.listen).to_string(), "https://a.example");
}

#[test]
fn the_command_line_takes_every_flag_before_and_after_a_subcommand() {
    let command = || Flags::augment_args(Command::new("vestibule")).subcommand(Command::new("serve"));
    let line = ["vestibule", "--listen", "127.0.0.1:1", "serve", "--rbac-default-roles=", "--config", "x.toml"];
    let flags = Flags::from_arg_matches(&command().get_matches_from(line)).unwrap();
    assert_eq!(
        flags.values.iter().collect::<Vec<_>>(),
        [(&"rbac.default_roles", &String::new()), (&"server.listen", &"127.0.0.1:1".to_owned())]
    );
    assert_eq!(flags.config, Some("x.toml".into()));
    command().debug_assert();
    let help = command().render_long_help().to_string();
    for setting in SETTINGS {
        let flag = format!("--{} <", setting.key.trim_start_matches("server.").replace(['.', '_'], "-"));
        assert_eq!(help.contains(&flag), !setting.is_secret(), "{flag}");
    }
}

#[test]
fn unrelated_variables_are_ignored() {
    let place = Place::new()
        .variable("PATH", "/bin")
        .variable("VESTIBULE_SERVICE_HOST", "10.0.0.7")
        .variable("VESTIBULE_PORT", "tcp://10.0.0.7:9000");
    assert!(Configuration::load(&place.sources).is_ok());
}
