//! A database that accepts no more connections, as before it is renamed or moved.

use std::time::Duration;

use vestibule::database::{Config, Database};

use crate::support::{Place, until, until_within};

/// security.md 34
#[tokio::test]
async fn a_database_that_allows_no_connections_gets_503_with_retry_after() {
    let place = Place::postgres().await.with("VESTIBULE_DATABASE_ACQUIRE_TIMEOUT", "2s");
    let (server, mut admin) = place.serve_admin().await;
    let url = place.database_url().to_owned();
    let (start, name) = url.rsplit_once('/').unwrap();
    let administrator = Database::open(&Config::from_url(&format!("{start}/postgres")).unwrap()).await.unwrap();
    let run = async |text: String| administrator.query::<()>(text, &[]).await.unwrap();
    run(format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")).await;
    // Chosen first, so that the function is not called for connections of other tests.
    run(format!(
        "WITH chosen AS MATERIALIZED (SELECT pid FROM pg_stat_activity WHERE datname = '{name}')
         SELECT pg_terminate_backend(pid) FROM chosen"
    ))
    .await;
    until("the server notices", async || (admin.get("/health/ready").await.status == 503).then_some(())).await;
    for path in ["/health/ready", "/admin/users/me", "/admin/users"] {
        let answer = admin.get(path).await;
        assert_eq!(answer.status, 503, "{path}: {}", answer.body);
        assert!(answer.retry_after().is_some_and(|seconds| seconds > 0), "{path}: {answer:?}");
    }
    let message = place.run("user list").await.failed(1);
    assert!(message.contains("is not currently accepting connections"), "{message}");
    run(format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")).await;
    let works = async || (admin.get("/admin/users/me").await.status == 200).then_some(());
    until_within("it works again", Duration::from_secs(10), works).await;
    assert!(!server.log().contains(" 500"), "{}", server.log());
}
