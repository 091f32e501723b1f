//! The previews. `VESTIBULE_MAIL_PREVIEW` names a folder that keeps them.

use std::path::PathBuf;

use vestibule_mail::{Kind, Templates, preview};

#[test]
fn the_index_links_every_mail() {
    let folder = tempfile::TempDir::new().unwrap();
    let out = std::env::var_os("VESTIBULE_MAIL_PREVIEW").map_or(folder.path().join("previews"), PathBuf::from);
    let templates = Templates::load(None).unwrap();
    let files = preview(&templates, &out).unwrap();
    assert_eq!(files.len(), 1 + Kind::ALL.len() * templates.languages().count() * 3);
    let index = std::fs::read_to_string(&files[0]).unwrap();
    for file in &files[1..] {
        assert!(file.exists());
        assert!(index.contains(&format!("href=\"{}\"", file.file_name().unwrap().display())), "{}", file.display());
    }
}
