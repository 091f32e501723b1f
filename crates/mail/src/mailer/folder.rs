//! Mails as files in a folder, for trying things without a mail server.

use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::{fs, io};

use super::{Reason, SendError};

/// Writes `{id}.eml`, replacing a file of the same id. Other users of the machine cannot read it: it contains links
/// that sign in.
pub(super) async fn write(folder: &Path, id: &str, bytes: Vec<u8>) -> Result<(), SendError> {
    let (folder, id) = (folder.to_owned(), id.to_owned());
    blocking(folder.display().to_string(), move || {
        make(&folder)?;
        let unfinished = folder.join(format!(".{id}.eml.new"));
        // Left by an interrupted attempt, perhaps with other permissions.
        let _ = fs::remove_file(&unfinished);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        io::Write::write_all(&mut file, &bytes)?;
        fs::rename(&unfinished, folder.join(format!("{id}.eml")))
    })
    .await
}

/// Checks that mails can be written there.
pub(super) async fn check(folder: &Path) -> Result<(), SendError> {
    let folder = folder.to_owned();
    blocking(folder.display().to_string(), move || {
        make(&folder)?;
        let trial = folder.join(".check");
        let _ = fs::remove_file(&trial);
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&trial)?;
        fs::remove_file(&trial)
    })
    .await
}

fn make(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

async fn blocking(folder: String, work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<(), SendError> {
    let error = match tokio::task::spawn_blocking(work).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "writing was cut short".to_owned(),
    };
    Err(SendError::of_server(Reason::Folder { folder, error }))
}
