//! Loading a configuration, from given sources.

use std::path::Path;

use super::*;

mod cleaned;
mod display;
mod hidden;
mod messages;
mod precedence;
mod secret_file;
mod tables;
mod value_file;

const SECRET: &str = "kJ8s0Vq2mXz7Lw4TbN6yRfGhPdC3aE9u";

/// An empty working directory, and the sources to load in it.
struct Place {
    directory: tempfile::TempDir,
    sources: Sources,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let sources = Sources { directory: directory.path().to_owned(), ..Sources::default() };
        Self { directory, sources }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn file(self, text: &str) -> Self {
        std::fs::write(self.path().join("vestibule.toml"), text).unwrap();
        self
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.sources.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn flag(mut self, key: &'static str, value: &str) -> Self {
        self.sources.flags.insert(key, value.to_owned());
        self
    }

    fn load(&self) -> Configuration {
        Configuration::load(&self.sources).unwrap().0
    }

    /// Returns the message, without the directory.
    fn error(&self) -> String {
        let error = Configuration::load(&self.sources).unwrap_err();
        self.relative(&error.to_string())
    }

    fn relative(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.path().display()), "")
    }

    fn effective(&self, key: &str) -> (String, String) {
        let (_, provenance) = Configuration::load(&self.sources).unwrap();
        let shown = provenance.entries().iter().find(|shown| shown.key == key).unwrap();
        (self.relative(&shown.value), self.relative(&shown.set_by.to_string()))
    }
}
