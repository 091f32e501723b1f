//! The workspace's sources, for tests of what may be written where.

#![expect(clippy::expect_used, reason = "a test that cannot read the sources has failed")]

use std::path::{Path, PathBuf};

/// The folder of the crates.
pub fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the crates").to_owned()
}

/// Every source file of the crates, as path below [`crates`] and text without the lines of comments.
pub fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let below = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path()).collect()
    };
    let mut folders: Vec<PathBuf> = below(&crates()).into_iter().map(|path| path.join("src")).collect();
    while let Some(folder) = folders.pop() {
        for path in below(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
                let path = path.strip_prefix(crates()).expect("a path below the crates");
                found.push((path.display().to_string(), code.join("\n")));
            }
        }
    }
    assert!(found.len() > 50, "the sources are not where they were");
    found
}
