//! How fast users are imported from a table, beside a bare bulk insert of the same rows in the same run, and how much memory that
//! takes. Results: `docs/performance.md`.
//!
//! ```sh
//! cargo bench -p vestibule-transfer --bench import -- --rows 100000,1000000
//! ```
//!
//! Each engine has a new database for each measurement, with every index and trigger. The bare insert writes what the import
//! writes to the same tables by the same seam, ten thousand users a transaction, and checks nothing. PostgreSQL is measured where
//! `VESTIBULE_TEST_POSTGRES` names a server.

#![expect(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and panics on unexpected results"
)]

use std::io::Write as _;
use std::path::Path;

use serde_json::json;
use tokio::time::Instant;
use vestibule_core::{Environment, SigningKey};
use vestibule_database::{Database, Error, transaction, values};
use vestibule_flows::Flows;
use vestibule_testing::TestDatabase;
use vestibule_transfer::{ImportOptions, Importer, Kind, Quiet, Report, SourceOptions};
use vestibule_user::UserId;

/// bcrypt of no one's password: an import stores hashes, and computes none.
const HASH: &str = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
/// How many users the bare insert writes in a transaction.
const AT_ONCE: usize = 10_000;

#[tokio::main]
async fn main() {
    // `cargo test --benches` runs this too, without the argument; then a few rows show that it works.
    let arguments: Vec<String> = std::env::args().collect();
    let is_measured = arguments.iter().any(|argument| argument == "--bench");
    let rows = arguments.iter().position(|argument| argument == "--rows").and_then(|at| arguments.get(at + 1));
    let rows = rows.map_or(if is_measured { "100000" } else { "100" }, String::as_str);
    println!("{:<10} {:>10} {:>14} {:>14} {:>7} {:>12}", "engine", "rows", "import", "bare insert", "ratio", "memory");
    for rows in rows.split(',').map(|rows| rows.parse().unwrap()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        write_table(&path, rows);
        measure("SQLite", (&TestDatabase::sqlite(), &TestDatabase::sqlite()), &path, rows).await;
        if std::env::var_os("VESTIBULE_TEST_POSTGRES").is_some() {
            measure("PostgreSQL", (&TestDatabase::postgres().await, &TestDatabase::postgres().await), &path, rows)
                .await;
        }
    }
}

async fn measure(engine: &str, (one, other): (&TestDatabase, &TestDatabase), path: &Path, rows: u64) {
    let flows = prepared(one).await;
    let before = resident("VmRSS");
    reset_peak();
    let source = SourceOptions::new(Kind::Csv, path.display().to_string());
    let began = Instant::now();
    let importer = Importer::new(flows, ImportOptions::default());
    let summary = importer.run(&source, &mut Report::none(), &mut Quiet).await.unwrap();
    let import = rows as f64 / began.elapsed().as_secs_f64();
    let memory = resident("VmHWM").saturating_sub(before);
    assert_eq!(summary.count("user", "created"), rows);

    let flows = prepared(other).await;
    let began = Instant::now();
    insert_bare(flows.database(), rows).await.unwrap();
    let bare = rows as f64 / began.elapsed().as_secs_f64();
    let ratio = import / bare;
    println!("{engine:<10} {rows:>10} {import:>9.0} r/s {bare:>10.0} r/s {ratio:>7.2} {:>8} MiB", memory >> 10);
}

async fn prepared(place: &TestDatabase) -> Flows {
    let (database, environment) = (place.open().await, Environment::system());
    vestibule_flows::set_up(&database, &environment).await.unwrap();
    database.build_indexes(&vestibule_flows::MIGRATIONS).await.unwrap();
    let key = SigningKey::new(b"a secret of at least 32 random bytes");
    let users = vestibule_user::UserModule::new(
        database.clone(),
        environment.clone(),
        vestibule_user::UserOptions::new(key.clone()),
    );
    let passwords = vestibule_auth::Passwords::start(vestibule_auth::PasswordConfig::fast_for_tests()).unwrap();
    let options = vestibule_auth::AuthOptions::new(key);
    let auth = vestibule_auth::AuthModule::new(database.clone(), environment.clone(), options, passwords);
    let flows = Flows::new(database, environment, users, auth);
    flows.fill_counts().await.unwrap();
    flows.fill_second_factors().await.unwrap();
    flows
}

fn write_table(path: &Path, rows: u64) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    writeln!(file, "email,first_name,last_name,password_hash").unwrap();
    for row in 0..rows {
        writeln!(file, "user.{row}@example.com,Given{},Family{},{HASH}", row % 4_999, row % 9_973).unwrap();
    }
    file.flush().unwrap();
}

/// The rows of one user in the tables that an import writes to.
const INSERTS: [&str; 4] = [
    "INSERT INTO users (id, email, email_canonical, first_name, last_name, search_text, created_at, updated_at, has_second_factor)
     VALUES ($1, $2, $2, $3, $4, $5, $6, $6, $7)",
    "INSERT INTO auth_identities (id, app_metadata, created_at, updated_at) VALUES ($1, $2, $3, $3)",
    "INSERT INTO auth_identity_actors (auth_identity_id, actor_type, actor_id) VALUES ($1, 'user', $2)",
    "INSERT INTO provider_identities (id, auth_identity_id, provider, entity_id, entity_canonical, registration_key, claimed,
         provider_metadata, created_at, updated_at)
     VALUES ($1, $2, 'emailpass', $3, $3, $1, $4, $5, $6, $6)",
];

async fn insert_bare(database: &Database, rows: u64) -> Result<(), Error> {
    let environment = Environment::system();
    let app_metadata = |user: &str| json!({ "user_id": user });
    for batch in (0..rows).step_by(AT_ONCE) {
        let done: Result<(), Error> = transaction!(database, |transaction| {
            for row in batch..(batch + AT_ONCE as u64).min(rows) {
                let id = environment.id::<UserId>().to_string();
                let (identity, part) = (id.replace("user_", "authid_"), id.replace("user_", ""));
                let (email, now) = (format!("user.{row}@example.com"), environment.now());
                let (first, last) = (format!("Given{}", row % 4_999), format!("Family{}", row % 9_973));
                let text = format!("{email}\n{first}\n{last}").to_lowercase();
                let [user, auth, actor, provider] = INSERTS;
                transaction.execute_pipelined(user, values![&id, &email, first, last, text, now, false]).await?;
                transaction.execute_pipelined(auth, values![&identity, app_metadata(&id), now]).await?;
                transaction.execute_pipelined(actor, values![&identity, &id]).await?;
                let hash = json!({ "password": HASH });
                transaction.execute_pipelined(provider, values![part, &identity, &email, true, hash, now]).await?;
            }
            Ok(())
        });
        done?;
    }
    Ok(())
}

/// A line of `/proc/self/status`, in KiB.
fn resident(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// The peak counts from here on.
fn reset_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap_or_default();
}
