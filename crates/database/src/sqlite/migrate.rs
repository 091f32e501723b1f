//! Migrations of a SQLite file.

use super::{Sqlite, aside, connect, enable_wal, lock_folder};
use crate::{Engine, MigrationError, Migrations};

impl Sqlite {
    pub(crate) fn migrate(&self, modules: &[Migrations]) -> Result<usize, MigrationError> {
        let mut connection = connect(&self.path)?;
        aside(|| {
            let _lock = lock_folder(&self.path)?;
            enable_wal(&connection)?;
            modules.iter().try_fold(0, |done, module| {
                let runner = module.runner(Engine::Sqlite)?;
                let report = runner.run(&mut connection).map_err(|error| module.refused(error))?;
                Ok(done + module.report(&report))
            })
        })
    }
}
