//! A database with so many users, and the server on it.

use std::path::Path;

use tempfile::TempDir;
use vestibule_testing::postgres::{SERVER_VARIABLE, TestDatabase, database};

use crate::fill::bulk::Bulk;
use crate::fill::fill;
use crate::options::{Engine, Options};
use crate::support::client::cookie;
use crate::support::load::{Load, Request};
use crate::support::process::Process;
use crate::support::runtime;
use crate::support::site::{Site, get, token};

/// A database and its server.
pub(crate) struct Place {
    pub(crate) people: u64,
    pub(crate) engine: Engine,
    pub(crate) bulk: Bulk,
    pub(crate) site: Site,
    /// The id of the role that everyone has.
    pub(crate) role: String,
    running: Option<Running>,
    /// What is deleted with the place.
    _temporary: Temporary,
}

/// A server, with the token and the cookie of the first user.
struct Running {
    server: Process,
    token: String,
    cookie: String,
}

enum Temporary {
    Nothing,
    Folder { _it: TempDir },
    Database { _it: TestDatabase },
}

impl Place {
    /// Fills the database, or uses the one that an earlier run kept.
    pub(crate) fn open(engine: Engine, people: u64, options: &Options) -> Self {
        let kept = options.keep.as_ref().map(|folder| folder.join(format!("{}-{people}", engine.key())));
        let marker = kept.as_ref().map(|kept| kept.with_extension("filled"));
        let is_filled = marker.as_ref().is_some_and(|marker| marker.exists());
        let (url, bulk, temporary) = match engine {
            Engine::Sqlite => sqlite(kept.as_deref()),
            Engine::Postgres => postgres(kept.as_deref(), people, is_filled),
        };
        let site = Site::at(&url);
        if !is_filled {
            let seconds = fill(&site, &bulk, people);
            println!("{} with {people} users was filled in {seconds:.0} s", engine.name());
        }
        if let Some(marker) = marker {
            std::fs::write(marker, "").expect("a file");
        }
        // A newer build may have more to create.
        site.migrate();
        let role = bulk.texts("SELECT id FROM rbac_roles WHERE name = 'Everyone'").concat();
        Self { people, engine, bulk, site, role, running: None, _temporary: temporary }
    }

    /// Starts the server.
    pub(crate) fn start(&mut self) {
        let server = self.site.serve();
        let token = token(&server);
        let cookie = cookie(server.address, &token);
        self.running = Some(Running { server, token, cookie });
    }

    pub(crate) fn stop(&mut self) {
        self.running = None;
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("the server runs")
    }

    pub(crate) fn server(&self) -> &Process {
        &self.running().server
    }

    /// The first user's token.
    pub(crate) fn token(&self) -> &str {
        &self.running().token
    }

    /// The cookie of its session.
    pub(crate) fn cookie(&self) -> &str {
        &self.running().cookie
    }

    /// A load of one client.
    pub(crate) fn load(&self, request: Request) -> Load {
        Load { address: self.server().address, clients: 1, request }
    }

    /// A load of one client that reads this path again and again.
    pub(crate) fn reads(&self, path: &str) -> Load {
        self.load(Request::same(get(path, self.token())))
    }
}

fn sqlite(kept: Option<&Path>) -> (String, Bulk, Temporary) {
    let (file, temporary) = match kept {
        Some(kept) => (kept.with_extension("db"), Temporary::Nothing),
        None => {
            let folder = TempDir::with_prefix_in("scale-", env!("CARGO_TARGET_TMPDIR")).expect("a folder");
            (folder.path().join("vestibule.db"), Temporary::Folder { _it: folder })
        }
    };
    (format!("sqlite://{}", file.display()), Bulk::Sqlite(file), temporary)
}

fn postgres(kept: Option<&Path>, people: u64, is_filled: bool) -> (String, Bulk, Temporary) {
    if kept.is_none() {
        let database = runtime().block_on(database());
        let url = database.url().to_owned();
        return (url.clone(), Bulk::Postgres(url), Temporary::Database { _it: database });
    }
    let server = std::env::var(SERVER_VARIABLE).expect("the URL of a PostgreSQL server");
    let name = format!("vestibule_scale_{people}");
    if !is_filled {
        let bulk = Bulk::Postgres(server.clone());
        bulk.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        bulk.run(&format!("CREATE DATABASE {name} TEMPLATE template0"));
    }
    let (address, _) = server.rsplit_once('/').expect("the URL names a database");
    let url = format!("{address}/{name}");
    (url.clone(), Bulk::Postgres(url), Temporary::Nothing)
}
