//! `vestibule config`, and the sources of settings.

use serde_json::json;
use vestibule_testing::{SetUp, TestDatabase};

use crate::support::place::SECRET;
use crate::support::{PASSWORD, Place};

#[tokio::test]
async fn show_lists_every_setting_with_its_source() {
    let place = Place::sqlite().with("VESTIBULE_AUTH_HASHING_THREADS", "3");
    place.write("vestibule.toml", "[server]\nlisten = \"127.0.0.1:9001\"\ncors_origins = [\"https://a.example\"]\n");
    place.run("config show --log-level debug --trusted-proxies 10.0.0.0/8,192.0.2.1").await.prints(
        r"
            [exit 0]
            server.listen                   127.0.0.1:9001                   vestibule.toml:2
            server.public_url               http://localhost:9001            default
            server.dashboard_path           /app                             default
            server.cors_origins             https://a.example                vestibule.toml:3
            server.trusted_proxies          10.0.0.0/8,192.0.2.1             --trusted-proxies
            server.keep_alive               150s                             default
            server.max_connections          10000                            default
            server.hsts_subdomains          false                            default
            database.url                    sqlite://data/vestibule.db       default
            database.direct_url             (none)                           default
            database.max_connections        10                               default
            database.acquire_timeout        5s                               default
            database.statement_timeout      10s                              default
            database.connect_timeout        5s                               default
            database.start_timeout          60s                              default
            auth.jwt_secret                 kept in data/jwt_secret          default
            auth.token_lifetime             1d                               default
            auth.session_lifetime           30d                              default
            auth.session_idle_lifetime      7d                               default
            auth.fresh_proof_lifetime       10m                              default
            auth.unclaimed_lifetime         24h                              default
            auth.reset_lifetime             15m                              default
            auth.password_policy            length                           default
            auth.password_min_length        8                                default
            auth.password_min_score         3                                default
            auth.forbidden_passwords_file   (none)                           default
            auth.verification_required      (none)                           default
            auth.emailcode                  false                            default
            auth.mfa_issuer                 (none)                           default
            auth.passkeys                   true                             default
            auth.mfa_encryption_key         derived from auth.jwt_secret     default
            auth.methods.user               emailpass,passkey                default
            auth.methods.customer           emailpass,passkey                default
            auth.sign_up.domains            (none)                           default
            auth.sign_up.roles              (none)                           default
            auth.hashing.threads            3                                VESTIBULE_AUTH_HASHING_THREADS
            auth.hashing.queue              128                              default
            auth.hashing.memory_kib         19456                            default
            auth.hashing.passes             2                                default
            limits.per_account              10                               default
            limits.per_account_window       15m                              default
            limits.per_address              300                              default
            limits.per_address_hour         2000                             default
            limits.stranger_mails           30                               default
            limits.connections_per_address  1000                             default
            invites.lifetime                1d                               default
            rbac.default_roles              role_super_admin                 default
            scim.sign_in                    provider                         default
            brand.name                      (none)                           default
            brand.logo                      (none)                           default
            brand.accent                    (none)                           default
            brand.support                   (none)                           default
            brand.terms                     (none)                           default
            brand.privacy                   (none)                           default
            mail.sender                     Vestibule <vestibule@localhost>  default
            mail.app_name                   (none)                           default
            mail.language                   en                               default
            mail.templates                  (none)                           default
            mail.directory                  data/mail                        default
            mail.per_address                20                               default
            mail.smtp.server                (none)                           default
            mail.smtp.hello                 [127.0.0.1]                      default
            mail.smtp.encryption            starttls                         default
            mail.smtp.username              (none)                           default
            mail.smtp.password              (none)                           default
            mail.smtp.ca_file               (none)                           default
            mail.smtp.timeout               10s                              default
            webhooks.allowed_networks       (none)                           default
            webhooks.timeout                15s                              default
            webhooks.ca_file                (none)                           default
            audit.keep                      (none)                           default
            events.worker                   true                             default
            events.keep                     30d                              default
            events.max_attempts             10                               default
            events.lease                    2m                               default
            compat.medusa_admin             false                            default
            log.level                       debug                            --log-level
            log.format                      text                             default
            ",
    );
    let shown = place.run("config show --json").await.json();
    assert_eq!(
        shown[0],
        json!({ "key": "server.listen", "value": "127.0.0.1:9001", "source": "file", "at": "vestibule.toml:2" })
    );
    let value =
        |key: &str| shown.as_array().unwrap().iter().find(|entry| entry["key"] == key).unwrap()["value"].clone();
    assert_eq!(value("server.cors_origins"), json!(["https://a.example"]));
    assert_eq!(value("database.max_connections"), json!(10));
    assert_eq!(place.files(""), ["vestibule.toml"], "showing changes nothing");
}

/// Flag over variable over the common variable over file over default.
#[tokio::test]
async fn precedence_of_the_database_url() {
    let place = Place::sqlite();
    let url = async |place: &Place, arguments: &str| {
        let shown = place.run(&format!("config show --json {arguments}")).await.json();
        let entry = shown.as_array().unwrap().iter().find(|entry| entry["key"] == "database.url").unwrap();
        format!("{} {}", entry["value"].as_str().unwrap(), entry["at"].as_str().unwrap_or("default"))
    };
    assert_eq!(url(&place, "").await, "sqlite://data/vestibule.db default");
    place.write("vestibule.toml", "database.url = \"sqlite://usual.db\"\n");
    assert_eq!(url(&place, "").await, "sqlite://usual.db vestibule.toml:1");
    place.write("other.toml", "\n[database]\nurl = \"sqlite://other.db\"\n");
    let place = place.with("VESTIBULE_CONFIG", "other.toml");
    assert_eq!(url(&place, "").await, "sqlite://other.db other.toml:3");
    assert_eq!(url(&place, "--config vestibule.toml").await, "sqlite://usual.db vestibule.toml:1");
    let place = place.with("DATABASE_URL", "sqlite://common.db");
    assert_eq!(url(&place, "").await, "sqlite://common.db DATABASE_URL");
    let place = place.with("VESTIBULE_DATABASE_URL", "sqlite://variable.db");
    assert_eq!(url(&place, "").await, "sqlite://variable.db VESTIBULE_DATABASE_URL");
    assert_eq!(url(&place, "--database-url sqlite://flag.db").await, "sqlite://flag.db --database-url");
    // The value is also used. A flag may precede the command.
    place.ok("migrate").await;
    place.ok("--database-url sqlite://flag.db migrate").await;
    assert_eq!(place.files(""), ["flag.db", "other.toml", "variable.db", "vestibule.toml"]);
}

#[tokio::test]
async fn secrets_are_never_displayed() {
    let place = Place::configured("postgres://ada:hunter2@db.example/app?sslpassword=hunter2");
    place.write("vestibule.toml", &format!("[auth]\njwt_secret = \"{SECRET}\"\n"));
    for place in [place.with("VESTIBULE_LOG_LEVEL", "trace"), Place::sqlite()] {
        for arguments in ["config show", "config show --json", "config check", "config show --log-level nonsense"] {
            let ran = place.run(arguments).await;
            let all = format!("{}{}", ran.out, ran.err);
            assert!(!all.contains("hunter2") && !all.contains(SECRET), "{all}");
        }
    }
    // The generated secret is not displayed either.
    let place = Place::sqlite();
    place.ok("invite create --email ada@example.com").await;
    let secret = std::fs::read_to_string(place.path().join("data/jwt_secret")).unwrap();
    assert!(!place.ok("config show").await.contains(secret.trim()));
}

#[tokio::test]
async fn check_finds_mistakes_without_starting_anything() {
    let place = Place::sqlite();
    assert_eq!(place.ok("config check").await, "The configuration is valid.\n");
    place.write("vestibule.toml", "[server]\nlisen = \"127.0.0.1:9000\"\n");
    let message = "vestibule.toml:2: unknown key server.lisen: the nearest known one is server.listen";
    for command in ["config check", "config show", "serve", "user list"] {
        assert_eq!(place.run(command).await.failed(2), message);
    }
    let missing = "auth.jwt_secret: not set, but required with a configured database: set JWT_SECRET; make one \
                   with: openssl rand -base64 48";
    let place = Place::configured("postgres://db.example/app").without("JWT_SECRET");
    for command in ["config check", "serve", "invite list", "user create --email ada@example.com"] {
        assert_eq!(place.run(command).await.failed(2), missing, "{command}");
    }
    let shown = place.ok("config show").await;
    let secret = shown.lines().find(|line| line.starts_with("auth.jwt_secret ")).unwrap();
    assert_eq!(secret.split_whitespace().nth(1), Some("missing"));
    let place = place.with("JWT_SECRET", "supersecret");
    let weak = "JWT_SECRET: the secret is made of well-known words: make one with: openssl rand -base64 48";
    assert_eq!(place.run("serve").await.failed(2), weak);
    assert_eq!(place.files(""), [""; 0]);
}

#[tokio::test]
async fn check_names_the_indexes_that_postgres_lacks() {
    let place = Place::set_up(TestDatabase::postgres().await.into()).await;
    let noted = async || {
        let ran = place.run("config check").await;
        assert_eq!((ran.code, ran.out.as_str()), (0, "The configuration is valid.\n"));
        ran.err
    };
    assert_eq!(noted().await, "", "before there are tables");
    place.ok("migrate").await;
    assert_eq!(noted().await, "");
    let database = place.open().await;
    let mut transaction = database.begin().await.unwrap();
    transaction.execute("DROP EXTENSION pg_trgm CASCADE", &[]).await.unwrap();
    transaction.commit().await.unwrap();
    let note = noted().await;
    let lacks = "vestibule: the database lacks the indexes users_trigrams, invites_trigrams: lists and searches read every row.";
    assert!(note.starts_with(lacks) && note.contains("CREATE EXTENSION pg_trgm"), "{note}");
    place.ok("migrate").await;
    assert_eq!(noted().await, "");
}

#[tokio::test]
async fn check_passes_without_the_database() {
    let place = Place::configured("postgres://ada:hunter2@127.0.0.1:1/app");
    let ran = place.run("config check").await;
    assert_eq!(ran.err, "vestibule: the database cannot be asked now, so it was not checked for missing indexes\n");
    assert_eq!(ran.ok(), "The configuration is valid.\n");
}

/// A list of tables, and a secret in a file of its own: shown, checked, and not printed.
#[tokio::test]
async fn a_table_is_shown_with_who_set_each_key() {
    let place = Place::sqlite().with("VESTIBULE_AUTH_OIDC_OUR_COMPANY_CLIENT_SECRET_FILE", "secret");
    let table = "[[auth.oidc]]\nid = \"our-company\"\nissuer = \"https://login.example\"\nclient_id = \"ours\"\n";
    place.write("vestibule.toml", table);
    place.write("secret", "hunter2\n");
    let shown = place.run("config show --json").await.json();
    let shown: Vec<_> = shown.as_array().unwrap().iter().filter(|entry| is_of_table(entry)).collect();
    let entry = |name: &str, value: serde_json::Value, source: &str, at: Option<&str>| json!({ "key": format!("auth.oidc.our-company.{name}"), "value": value, "source": source, "at": at });
    assert_eq!(
        json!(shown),
        json!([
            entry("id", json!("our-company"), "file", Some("vestibule.toml:2")),
            entry("name", json!("our-company"), "default", None),
            entry("issuer", json!("https://login.example"), "file", Some("vestibule.toml:3")),
            entry("client_id", json!("ours"), "file", Some("vestibule.toml:4")),
            entry(
                "client_secret",
                json!("set"),
                "variable",
                Some("VESTIBULE_AUTH_OIDC_OUR_COMPANY_CLIENT_SECRET_FILE")
            ),
            entry("scopes", json!(["openid", "email", "profile"]), "default", None),
            entry("trust_email", json!("verified"), "default", None),
            entry("pkce", json!(true), "default", None),
            entry("response_mode", json!("query"), "default", None),
            entry("claims", json!([]), "default", None),
            entry("second_factor", json!([]), "default", None),
            entry(
                "callback_url",
                json!("http://localhost:9000/auth/{actor_type}/our-company/callback"),
                "default",
                None
            ),
            entry("allowed_callback_urls", json!([]), "default", None),
            entry("allowed_networks", json!([]), "default", None),
        ])
    );
    assert!(!place.ok("config show").await.contains("hunter2"));
    place.write("vestibule.toml", &format!("{table}isuer = \"x\"\n"));
    let message = "vestibule.toml:5: unknown key auth.oidc.isuer: the nearest known one is auth.oidc.issuer";
    assert_eq!(place.run("config check").await.failed(2), message);
}

fn is_of_table(entry: &serde_json::Value) -> bool {
    entry["key"].as_str().unwrap().starts_with("auth.oidc.")
}

#[tokio::test]
async fn a_mistyped_variable_is_reported_but_does_not_prevent_the_start() {
    let place = Place::sqlite().with("VESTIBULE_LOG_LEVL", "debug");
    let ran = place.run("config check").await;
    assert_eq!(
        ran.err,
        "vestibule: VESTIBULE_LOG_LEVL: unknown variable, without effect: the nearest known one is \
         VESTIBULE_LOG_LEVEL; rename it or unset it\n"
    );
    assert_eq!(ran.ok(), "The configuration is valid.\n");
}

/// With a configured database, commands that sign nothing need no secret.
#[tokio::test]
async fn commands_that_sign_nothing_need_no_secret() {
    let place = Place::configured("sqlite://elsewhere.db");
    place.create_user("ada@example.com").await;
    let place = place.without("JWT_SECRET");
    for command in ["migrate", "migrate --status", "user list", "user show ada@example.com"] {
        place.ok(command).await;
    }
    place.create_user("grace@example.com").await;
    place.ok("user delete grace@example.com").await;
    assert!(place.files("").iter().all(|file| file.starts_with("elsewhere.db")), "{:?}", place.files(""));
    // The users created this way can sign in.
    // The directory is there as long as this.
    let place = place.with("JWT_SECRET", SECRET);
    let server = place.serve().await;
    server.token_of("ada@example.com").await;
}

/// The values are also used.
#[tokio::test]
async fn sign_in_follows_the_configuration() {
    let place = Place::sqlite().with("VESTIBULE_AUTH_PASSWORD_MIN_LENGTH", "24");
    let place = place.with("VESTIBULE_AUTH_VERIFICATION_REQUIRED", "user").with("VESTIBULE_LIMITS_PER_ACCOUNT", "2");
    place.create_user("ada@example.com").await;
    let server = place.serve().await;
    let ask = async |path: &str, password: &str| {
        let credentials = json!({ "email": "bob@example.com", "password": password });
        server.client().post(path, credentials).await
    };
    let short = ask("/auth/user/emailpass/register", "Lantern-trombone-42").await;
    assert!(short.status == 422 && short.body.contains("24 characters"), "{}", short.body);
    ask("/auth/user/emailpass/register", "Lantern-trombone-harbour-42").await.ok();
    let signed_in = ask("/auth/user/emailpass", "Lantern-trombone-harbour-42").await.ok();
    assert_eq!(signed_in["verification_required"], json!(true));
    // The operator vouches for the address.
    let credentials = json!({ "email": "ada@example.com", "password": PASSWORD });
    let signed_in = server.client().post("/auth/user/emailpass", credentials).await.ok();
    assert_eq!(signed_in.get("verification_required"), None);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(ask("/auth/user/emailpass", "wrong").await.status.as_u16());
    }
    assert_eq!(statuses, [401, 401, 429]);
}

/// With such paths it could not be seen whether a proxy has removed the one of the public URL.
#[tokio::test]
async fn a_public_path_that_begins_like_that_of_the_pages_is_refused() {
    let place = Place::sqlite().with("VESTIBULE_SERVER_PUBLIC_URL", "https://example.com/app/x");
    let message = "server.public_url: its path begins like server.dashboard_path. Change one of the two";
    for command in ["config check", "serve"] {
        assert_eq!(place.run(command).await.failed(2), message);
    }
    let place = place.with("VESTIBULE_SERVER_DASHBOARD_PATH", "/pages");
    place.ok("config check").await;
}
