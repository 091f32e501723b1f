//! TLS, with the meaning that PostgreSQL's own clients give to `sslmode`
//! (<https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS>).

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use vestibule_database::{Config, Database, Error};
use vestibule_testing::postgres::PrivateCluster;

use crate::support::{is_unavailable, soon};

/// The test's certificate files.
fn certificate(name: &str) -> String {
    format!("{}/tests/it/postgres/certificates/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Puts a file into the server's folder, as its own.
fn give(data: &Path, from: &str, to: &str) {
    let (folder, file) = (std::fs::metadata(data).unwrap(), data.join(to));
    std::fs::copy(certificate(from), &file).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    chown(&file, Some(folder.uid()), Some(folder.gid())).unwrap();
}

/// Whether a connection by this URL is encrypted.
async fn is_encrypted(url: &str) -> Result<bool, Error> {
    let database = Database::open(&Config::from_url(url).unwrap()).await?;
    let text = "SELECT 1 FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";
    soon(database.query::<()>(text, &[])).await.map(|rows| !rows.is_empty())
}

#[tokio::test]
async fn the_server_is_verified_as_sslmode_requires() {
    let cluster = PrivateCluster::start().await;
    let by_number = cluster.url();
    let by_name = by_number.replace("127.0.0.1", "localhost");
    let with = |url: &str, mode: &str, authority: &str| match authority {
        "" => format!("{url}?sslmode={mode}"),
        authority => format!("{url}?sslmode={mode}&sslrootcert={}", certificate(authority)),
    };

    // A server without TLS.
    assert!(!is_encrypted(&by_number).await.unwrap(), "prefer takes what there is");
    assert!(!is_encrypted(&with(&by_number, "disable", "")).await.unwrap());
    for mode in ["require", "verify-ca", "verify-full"] {
        assert!(is_unavailable(&is_encrypted(&with(&by_name, mode, "authority.pem")).await), "{mode}");
    }

    give(&cluster.data(), "server.pem", "server.crt");
    give(&cluster.data(), "server.key", "server.key");
    let administrator = Database::open(&Config::from_url(&by_number).unwrap()).await.unwrap();
    administrator.query::<()>("ALTER SYSTEM SET ssl = on", &[]).await.unwrap();
    administrator.query::<()>("SELECT pg_reload_conf()", &[]).await.unwrap();
    soon(async {
        while !is_encrypted(&by_number).await.unwrap() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;

    // The mode, the authority, and whether a server of the right name and one of another is connected to.
    for (mode, authority, right_name, other_name) in [
        ("prefer", "", true, true),
        ("require", "", true, true),
        ("verify-ca", "authority.pem", true, true),
        ("verify-ca", "stranger.pem", false, false),
        ("verify-ca", "", false, false),
        ("verify-full", "authority.pem", true, false),
        ("verify-full", "stranger.pem", false, false),
        ("verify-full", "", false, false),
    ] {
        for (url, expected) in [(&by_name, right_name), (&by_number, other_name)] {
            let url = with(url, mode, authority);
            match is_encrypted(&url).await {
                Ok(encrypted) => assert!(encrypted && expected, "{mode} {authority} {encrypted}"),
                Err(error) => {
                    assert!(!expected && matches!(error, Error::Unavailable(_)), "{mode} {authority}: {error:?}");
                }
            }
        }
    }
    assert!(!is_encrypted(&with(&by_number, "disable", "")).await.unwrap());
}

#[tokio::test]
async fn an_authority_that_cannot_be_read_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let rubbish = folder.path().join("rubbish.pem");
    std::fs::write(&rubbish, "-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n").unwrap();
    let missing = folder.path().join("missing.pem");
    for path in [rubbish, missing] {
        let url = format!("postgres://ada@localhost/name?sslmode=verify-full&sslrootcert={}", path.display());
        let error = Database::open(&Config::from_url(&url).unwrap()).await.unwrap_err();
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert!(matches!(error, Error::Other(_)) && cause.contains(path.to_str().unwrap()), "{cause}");
    }
}

/// A path with a space and a plus in it, as libpq reads it.
#[tokio::test]
async fn the_path_of_an_authority_is_decoded() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("my authorities")).unwrap();
    std::fs::copy(certificate("authority.pem"), folder.path().join("my authorities/a+é.pem")).unwrap();
    let url = format!(
        "postgres://ada@localhost/name?sslmode=verify-full&sslrootcert={}/my%20authorities/a%2B%C3%A9.pem",
        folder.path().display()
    );
    Database::open(&Config::from_url(&url).unwrap()).await.unwrap();
    let error = Database::open(&Config::from_url(&url.replace("%20", "%2520")).unwrap()).await.unwrap_err();
    assert!(error.causes().contains("my%20authorities"), "{}", error.causes());
}
