//! What is measured: the arguments.

use std::path::PathBuf;

use vestibule_testing::postgres::SERVER_VARIABLE;

/// A database engine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The name of the argument, and of the files that are kept.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// The arguments.
pub(crate) struct Options {
    /// The numbers of users, the one that the others are compared with first.
    pub(crate) people: Vec<u64>,
    pub(crate) engines: Vec<Engine>,
    /// A folder for databases that later runs use again. Without it, they are deleted.
    pub(crate) keep: Option<PathBuf>,
    /// The sections to run; all, if there are none.
    pub(crate) sections: Vec<String>,
}

impl Options {
    /// Reads the arguments.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Self {
        let mut options =
            Self { people: vec![10_000, 1_000_000], engines: vec![Engine::Sqlite], keep: None, sections: Vec::new() };
        if std::env::var(SERVER_VARIABLE).is_ok() {
            options.engines.push(Engine::Postgres);
        }
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().expect("the argument has a value");
            match argument.as_str() {
                "--people" => {
                    options.people = value().split(',').map(|number| number.parse().expect("a number")).collect();
                }
                "--engine" => options.engines = value().split(',').map(engine).collect(),
                "--keep" => options.keep = Some(value().into()),
                _ => options.sections.push(argument),
            }
        }
        options
    }

    /// Whether a section is wanted.
    pub(crate) fn wants(&self, section: &str) -> bool {
        self.sections.is_empty() || self.sections.iter().any(|wanted| wanted == section)
    }
}

fn engine(name: &str) -> Engine {
    [Engine::Sqlite, Engine::Postgres].into_iter().find(|engine| engine.key() == name).expect("sqlite or postgres")
}
