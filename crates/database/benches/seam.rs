//! The overhead of the seam over the bare drivers, and what group commit gains over the disk.
//!
//! `cargo bench -p vestibule-database` prints a table in about twenty seconds. Ratios within one run hold elsewhere;
//! absolute figures do not. PostgreSQL is measured where `VESTIBULE_TEST_POSTGRES` names a server. Without `--bench`,
//! as `cargo test --benches` runs it, everything is done once and nothing is measured.

#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark that meets what it did not expect has failed"
)]

use std::fs::File;
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;
use vestibule_database::{
    Config, Database, Error, FromRow, Migration, Migrations, Row, Transaction, transaction, values,
};
use vestibule_testing::postgres;

const MIGRATIONS: Migrations = Migrations {
    module: "bench",
    steps: &[Migration {
        name: "V1__users",
        sql: "CREATE TABLE users (id text PRIMARY KEY, email text NOT NULL, name text, created_at timestamptz NOT NULL)",
    }],
};
const READ: &str = "SELECT id, email, name, created_at FROM users WHERE id = $1";
const WRITE: &str = "INSERT INTO users (id, email, name, created_at) VALUES ($1, $2, $3, $4)";
const ROWS: usize = 1_000;
const WRITERS: usize = 64;
/// Compared measurements alternate in short rounds, so that a machine that slows down for a while slows both. Medians
/// are printed: of the rates, and of the ratios within each round.
const ROUNDS: u32 = 15;

struct User {
    id: String,
    email: String,
    name: Option<String>,
    created_at: vestibule_core::Timestamp,
}

impl FromRow for User {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get("id")?,
            email: row.get("email")?,
            name: row.get_optional("name")?,
            created_at: row.get("created_at")?,
        })
    }
}

fn main() {
    // `cargo test --benches` may pass `--test`, or nothing.
    let is_measured = std::env::args().any(|argument| argument == "--bench");
    let round = Duration::from_millis(if is_measured { 80 } else { 0 });
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let disk = Disk::at(folder.path());
    let table = Table { is_measured };
    table.begin(folder.path(), disk.rate(round * ROUNDS));
    runtime.block_on(sqlite(&table, folder.path(), &disk, round));
    match std::env::var(postgres::SERVER_VARIABLE) {
        Ok(_) => runtime.block_on(postgresql(&table, &disk, round)),
        Err(_) => println!("PostgreSQL: not measured, {} is not set", postgres::SERVER_VARIABLE),
    }
}

/// The durable writes of the machine, measured beside each of the others.
struct Disk(File);

impl Disk {
    const BLOCK: [u8; 4096] = [7; 4096];
    const BLOCKS: u64 = 256;

    fn at(folder: &Path) -> Self {
        let file = File::create(folder.join("disk")).unwrap();
        for block in 0..Self::BLOCKS {
            file.write_all_at(&Self::BLOCK, block * 4096).unwrap();
        }
        file.sync_all().unwrap();
        Self(file)
    }

    fn rate(&self, duration: Duration) -> f64 {
        let mut block = 0;
        let (begun, mut count) = (Instant::now(), 0);
        while count == 0 || begun.elapsed() < duration {
            self.0.write_all_at(&Self::BLOCK, block * 4096).unwrap();
            self.0.sync_data().unwrap();
            block = (block + 1) % Self::BLOCKS;
            count += 1;
        }
        f64::from(count) / begun.elapsed().as_secs_f64()
    }
}

/// The table, if anything was measured.
struct Table {
    is_measured: bool,
}

impl Table {
    fn begin(&self, folder: &Path, disk: f64) {
        if self.is_measured {
            println!("The databases' file system ({}):", folder.display());
            println!("4 KiB written in place, each with fdatasync: {disk:.0}/s\n");
            println!("{:<42}{:>12}{:>12}{:>9}{:>16}", "", "seam/s", "driver/s", "ratio", "x fdatasync");
        } else {
            println!("everything is done once, and nothing measured: that is for `cargo bench`");
        }
    }

    /// One line. `None` if there is no driver, or no disk, to compare with.
    fn line(&self, what: &str, seam: &[f64], driver: Option<&[f64]>, disk: Option<&[f64]>) {
        if self.is_measured {
            let ratio = |other: Option<&[f64]>| {
                let ratios = other.map(|other| median(seam.iter().zip(other).map(|(seam, other)| seam / other)));
                ratios.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"))
            };
            let number = |rates: Option<&[f64]>| {
                rates.map_or_else(|| "-".to_owned(), |rates| format!("{:.0}", median(rates.iter().copied())))
            };
            let (seam, number, driver, disk) = (number(Some(seam)), number(driver), ratio(driver), ratio(disk));
            println!("{what:<42}{seam:>12}{number:>12}{driver:>9}{disk:>16}");
        }
    }
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// How often per second `step` can be done, one after another.
async fn rate(duration: Duration, mut step: impl AsyncFnMut(usize)) -> f64 {
    let (begun, mut count) = (Instant::now(), 0);
    while count == 0 || begun.elapsed() < duration {
        step(count).await;
        count += 1;
    }
    count as f64 / begun.elapsed().as_secs_f64()
}

/// Ids that no round has used before.
fn fresh_id() -> String {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    format!("user_{:026}", NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
}

async fn write(transaction: &mut Transaction, id: &str) -> Result<(), Error> {
    let created_at = vestibule_core::Timestamp::from_seconds(0);
    transaction.execute(WRITE, values![id, "ada@example.com", "Ada", created_at]).await.map(drop)
}

async fn write_durably(database: &Database) -> Result<(), Error> {
    let id = fresh_id();
    transaction!(database, |transaction| write(transaction, &id).await)
}

async fn with_rows(database: &Database) -> Vec<String> {
    database.migrate(&[MIGRATIONS]).await.unwrap();
    let ids: Vec<String> = (0..ROWS).map(|_| fresh_id()).collect();
    let mut transaction = database.begin().await.unwrap();
    for id in &ids {
        write(&mut transaction, id).await.unwrap();
    }
    transaction.commit().await.unwrap();
    ids
}

async fn read(database: &Database, id: &str) {
    let user: User = database.query_optional(READ, values![id]).await.unwrap().unwrap();
    black_box((user.id, user.email, user.name, user.created_at));
}

/// Sixty-four writers at once, each waiting for its own commit.
async fn writers(database: &Database, duration: Duration) -> f64 {
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        let database = database.clone();
        tasks.spawn(async move {
            let mut count = 0;
            while count == 0 || begun.elapsed() < duration {
                write_durably(&database).await.unwrap();
                count += 1;
            }
            count
        });
    }
    let count: usize = tasks.join_all().await.into_iter().sum();
    count as f64 / begun.elapsed().as_secs_f64()
}

async fn sqlite(table: &Table, folder: &Path, disk: &Disk, round: Duration) {
    let path = folder.join("bench.db");
    let database = Database::open(&Config::from_url(&format!("sqlite://{}", path.display())).unwrap()).await.unwrap();
    let ids = with_rows(&database).await;
    let bare = rusqlite::Connection::open(&path).unwrap();
    bare.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;").unwrap();

    let (mut seam, mut driver) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        seam.push(rate(round, async |count| read(&database, &ids[count % ROWS]).await).await);
        driver.push(
            rate(round, async |count| {
                let mut statement = bare.prepare_cached(READ).unwrap();
                let user = statement.query_row([&ids[count % ROWS]], |row| {
                    Ok((
                        row.get::<_, String>(0)?,
                        row.get::<_, String>(1)?,
                        row.get::<_, Option<String>>(2)?,
                        row.get::<_, i64>(3)?,
                    ))
                });
                black_box(user.unwrap());
            })
            .await,
        );
    }
    table.line("SQLite: read by id", &seam, Some(&driver), None);

    let (mut seam, mut driver, mut synced) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        synced.push(disk.rate(round));
        seam.push(rate(round, async |_| write_durably(&database).await.unwrap()).await);
        driver.push(
            rate(round, async |_| {
                let mut statement = bare.prepare_cached(WRITE).unwrap();
                statement.execute((fresh_id(), "ada@example.com", "Ada", 0)).unwrap();
            })
            .await,
        );
    }
    table.line("SQLite: durable insert, one writer", &seam, Some(&driver), Some(&synced));

    let (mut seam, mut synced) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        synced.push(disk.rate(round));
        seam.push(writers(&database, round).await);
    }
    table.line("SQLite: durable insert, 64 writers", &seam, None, Some(&synced));
}

async fn postgresql(table: &Table, disk: &Disk, round: Duration) {
    let place = postgres::database().await;
    let database = Database::open(&Config::from_url(place.url()).unwrap()).await.unwrap();
    let ids = with_rows(&database).await;
    let (bare, connection) = tokio_postgres::connect(place.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let fsync: String = bare.query_one("SELECT current_setting('fsync')", &[]).await.unwrap().get(0);

    let statement = bare.prepare(READ).await.unwrap();
    let (mut seam, mut driver) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        seam.push(rate(round, async |count| read(&database, &ids[count % ROWS]).await).await);
        driver.push(
            rate(round, async |count| {
                let row = bare.query_one(&statement, &[&ids[count % ROWS]]).await.unwrap();
                black_box((
                    row.get::<_, String>(0),
                    row.get::<_, String>(1),
                    row.get::<_, Option<String>>(2),
                    row.get::<_, std::time::SystemTime>(3),
                ));
            })
            .await,
        );
    }
    table.line("PostgreSQL: read by id", &seam, Some(&driver), None);

    // The driver does the same three steps: begin, insert, commit.
    let statement = bare.prepare(WRITE).await.unwrap();
    let (mut seam, mut driver, mut synced) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        synced.push(disk.rate(round));
        seam.push(rate(round, async |_| write_durably(&database).await.unwrap()).await);
        driver.push(
            rate(round, async |_| {
                bare.batch_execute("BEGIN").await.unwrap();
                let (email, name, created_at) = ("ada@example.com", "Ada", std::time::SystemTime::UNIX_EPOCH);
                bare.execute(&statement, &[&fresh_id(), &email, &name, &created_at]).await.unwrap();
                bare.batch_execute("COMMIT").await.unwrap();
            })
            .await,
        );
    }
    // Without fsync the server makes nothing durable, and the disk is no baseline.
    let is_durable = fsync == "on";
    table.line("PostgreSQL: insert, one writer", &seam, Some(&driver), is_durable.then_some(&synced[..]));

    let (mut seam, mut synced) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        synced.push(disk.rate(round));
        seam.push(writers(&database, round).await);
    }
    table.line("PostgreSQL: insert, 64 writers", &seam, None, is_durable.then_some(&synced[..]));
    if table.is_measured {
        println!("\nPostgreSQL's fsync is {fsync}; where its files are is the server's own affair");
    }
}
