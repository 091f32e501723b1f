//! The generated secret of the embedded database, stored beside it (security.md 14).
//!
//! It is written and synced under another name, then linked to its own: linking to an existing name fails, so of
//! several processes that start at the same time one wins, and all read its secret. Only the owner gets access. A file
//! that all users can access is refused, not repaired: the secret may be known already. Group access is accepted,
//! because Kubernetes grants it for every file of a volume (`fsGroup`).

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use vestibule::core::Random;

use super::clean;
use super::error::ConfigurationError;
use super::kinds::Problem;
use super::secret::StrongSecret;

/// The most that is read, whatever the file is.
const LONGEST: u64 = 4_096;

/// The permissions of all other users.
const OTHERS: u32 = 0o007;

/// Returns the secret in the file, which is generated if it is missing.
pub(super) fn read_or_make(path: &Path, random: &dyn Random) -> Result<StrongSecret, ConfigurationError> {
    if let Some(secret) = read(path)? {
        return Ok(secret);
    }
    make(path, random).map_err(|error| failed(path, "made", error))?;
    read(path)?.ok_or_else(|| failed(path, "read", io::ErrorKind::NotFound.into()))
}

/// Returns the secret in the file, if it exists.
pub(super) fn read(path: &Path) -> Result<Option<StrongSecret>, ConfigurationError> {
    let (mode, text) = match open_and_read(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, "read", error)),
    };
    if mode & OTHERS != 0 {
        return Err(ConfigurationError::ExposedSecretFile { path: path.to_owned(), mode });
    }
    let text = clean::text(&text).map_err(|problem| match problem {
        Problem::Value(problem) => ConfigurationError::UnclearSecretFile { path: path.to_owned(), problem },
        Problem::Secret(weakness) => ConfigurationError::WeakSecretFile { path: path.to_owned(), weakness },
    })?;
    let secret = StrongSecret::new(text);
    secret.map(Some).map_err(|weakness| ConfigurationError::WeakSecretFile { path: path.to_owned(), weakness })
}

fn open_and_read(path: &Path) -> io::Result<(u32, String)> {
    let file = File::open(path)?;
    let mode = file.metadata()?.permissions().mode() & 0o7777;
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok((mode, text))
}

/// Stores a new secret at `path`, unless there is one by then.
fn make(path: &Path, random: &dyn Random) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let draft = directory.join(format!(".jwt_secret.{}", hexadecimal::<8>(random)));
    let linked = write(&draft, &hexadecimal::<32>(random)).and_then(|()| match std::fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    let removed = std::fs::remove_file(&draft);
    linked.and(removed)?;
    File::open(directory)?.sync_all()
}

fn write(path: &Path, secret: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{secret}")?;
    file.sync_all()
}

fn hexadecimal<const N: usize>(random: &dyn Random) -> String {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn failed(path: &Path, action: &'static str, error: io::Error) -> ConfigurationError {
    ConfigurationError::SecretFile { path: path.to_owned(), action, error }
}
