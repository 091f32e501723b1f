//! Examines the database of a Medusa 2.x: what an import would have to decide. Reads only.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use vestibule::auth::{PasswordConfig, Passwords};
use vestibule::core::{EmailAddress, Repeated, Value};
use vestibule::database::{Config, Database, Error, FromRow, Row, WALK, Walked};
use vestibule::flows::doctor::{Finding, FindingKind, sorted};

use super::super::Failure;

/// Identities of deleted users. A batch by the index of the key, as in all of these.
const WITHOUT_USER: &str = r#"WITH page AS MATERIALIZED (
         SELECT id, app_metadata ->> 'user_id' AS user_id FROM auth_identity
         WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2)
     SELECT id, false AS is_last FROM page WHERE user_id IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM "user" WHERE "user".id = page.user_id AND "user".deleted_at IS NULL)
     UNION ALL SELECT max(id), true FROM page"#;

/// Registrations that never became anyone.
const WITHOUT_OWNER: &str = "WITH page AS MATERIALIZED (
         SELECT id, app_metadata FROM auth_identity WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2)
     SELECT id, false AS is_last FROM page
     WHERE NOT EXISTS (SELECT 1 FROM jsonb_each_text(CASE jsonb_typeof(app_metadata) WHEN 'object' THEN app_metadata ELSE '{}' END) pair
                       WHERE pair.key LIKE '%\\_id' AND pair.value <> '')
     UNION ALL SELECT max(id), true FROM page";

/// The users whom a page of identities names; identities have no index of them.
const NAMED: &str = "SELECT id, app_metadata ->> 'user_id' AS text FROM auth_identity
     WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2";

const USERS: &str = r#"SELECT id, email AS text FROM "user" WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2"#;

const HASHES: &str = "SELECT id, provider_metadata ->> 'password' AS text FROM provider_identity
     WHERE id > $1 AND provider_metadata ->> 'password' IS NOT NULL AND deleted_at IS NULL ORDER BY id LIMIT $2";

struct Text {
    id: String,
    text: Option<String>,
}

impl FromRow for Text {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self { id: row.get("id")?, text: row.get_optional("text")? })
    }
}

/// Examines the database of this URL.
pub(super) async fn examine(url: &str) -> Result<Vec<Finding>, Failure> {
    // Without the URL, which may contain a password (security.md 39).
    let config = Config::from_url(url).map_err(|error| Failure::wrong(format!("--from medusa: {error}")))?;
    if !url.starts_with("postgres") {
        return Err(Failure::wrong("--from medusa: the database of a Medusa 2.x is a PostgreSQL: postgres://…"));
    }
    let database = Database::open(&config).await.map_err(failed)?;
    let tables = r#"SELECT to_regclass('auth_identity') IS NOT NULL AND to_regclass('provider_identity') IS NOT NULL
                           AND to_regclass('"user"') IS NOT NULL"#;
    if !database.query_scalar::<bool>(tables, &[]).await.map_err(failed)? {
        return Err(Failure::wrong("--from medusa: this database has no tables of Medusa's User and Auth Modules"));
    }
    let examined = async {
        let mut findings = Vec::new();
        for (kind, text) in
            [(FindingKind::IdentityWithoutUser, WITHOUT_USER), (FindingKind::IdentityWithoutOwner, WITHOUT_OWNER)]
        {
            let mut finding = Finding::new(kind);
            walk(
                async |after| Walked::read(&database, text, &page(after)).await,
                |id: String| {
                    finding.add(id);
                },
            )
            .await?;
            findings.push(finding);
        }
        findings.extend(users(&database).await?);
        findings.push(hashes(&database).await?);
        Ok::<_, Error>(sorted(findings))
    };
    examined.await.map_err(failed)
}

/// Reads all batches of a walk, and passes each finding to `each`.
async fn walk<T>(batch: impl AsyncFn(&str) -> Result<Walked<T>, Error>, mut each: impl FnMut(T)) -> Result<(), Error> {
    let mut place = Some(String::new());
    while let Some(after) = place {
        let walked = batch(&after).await?;
        walked.found.into_iter().for_each(&mut each);
        place = walked.last;
    }
    Ok(())
}

fn failed(error: Error) -> Failure {
    Failure::failed(format!("the database of Medusa cannot be read: {}", error.causes()))
}

fn page(after: &str) -> [Value; 2] {
    [after.into(), WALK.into()]
}

async fn texts(database: &Database, text: &'static str, after: &str) -> Result<Walked<Text>, Error> {
    let found: Vec<Text> = database.scan(text, &page(after)).await?;
    Ok(Walked { last: found.last().map(|row| row.id.clone()), found })
}

/// Users without an identity, and addresses that are one or none here. Of each user eight bytes are remembered, and the ids of those
/// whose address another user may have, too.
async fn users(database: &Database) -> Result<[Finding; 3], Error> {
    let hasher = RandomState::new();
    let mut named: HashSet<u64> = HashSet::new();
    walk(
        async |after| texts(database, NAMED, after).await,
        |row: Text| {
            named.extend(row.text.map(|user| hasher.hash_one(user)));
        },
    )
    .await?;
    let [mut unnamed, mut invalid] = [FindingKind::UserWithoutSignIn, FindingKind::AddressInvalid].map(Finding::new);
    let mut repeated = Repeated::default();
    walk(
        async |after| texts(database, USERS, after).await,
        |row: Text| {
            if !named.contains(&hasher.hash_one(&row.id)) {
                unnamed.add(row.id.clone());
            }
            match EmailAddress::parse(row.text.as_deref().unwrap_or_default()) {
                Err(_) => invalid.add(row.id),
                Ok(address) => repeated.see(address.canonical()),
            }
        },
    )
    .await?;
    let mut of_address: HashMap<String, Vec<String>> = HashMap::new();
    if repeated.any() {
        walk(
            async |after| texts(database, USERS, after).await,
            |row: Text| {
                let address = EmailAddress::parse(row.text.as_deref().unwrap_or_default());
                if let Ok(address) = address
                    && repeated.may_be(address.canonical())
                {
                    of_address.entry(address.canonical().to_owned()).or_default().push(row.id);
                }
            },
        )
        .await?;
    }
    let mut ids: Vec<String> = of_address.into_values().filter(|ids| ids.len() > 1).flatten().collect();
    ids.sort();
    Ok([unnamed, invalid, Finding::new(FindingKind::AddressColliding).with(ids)])
}

/// Hashes that are not those of today. All of Medusa's are scrypt.
async fn hashes(database: &Database) -> Result<Finding, Error> {
    let passwords = Passwords::start(PasswordConfig::default()).map_err(|error| Error::Other(error.into()))?;
    let mut weak = Finding::new(FindingKind::HashWeak);
    walk(
        async |after| texts(database, HASHES, after).await,
        |row: Text| {
            if row.text.is_none_or(|hash| !passwords.is_current(&hash)) {
                weak.add(row.id);
            }
        },
    )
    .await?;
    Ok(weak)
}
