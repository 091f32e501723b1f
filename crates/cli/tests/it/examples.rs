//! Every library, and every public module of one, shows how it is used: an example in its documentation, which the doctests
//! run, and which asserts what it shows.

use std::path::{Path, PathBuf};

/// The program, and what only the workspace's own code uses.
const LEFT_OUT: [&str; 3] = ["cli", "macros", "testing"];

fn crates() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut crates: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    crates.retain(|path| path.join("Cargo.toml").is_file());
    crates.sort();
    crates
}

/// Whether the documentation at the top of a file has an example that runs and asserts.
fn has_example(text: &str) -> bool {
    let (mut runs, mut inside) = (false, false);
    for line in text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim) {
        if let Some(language) = line.strip_prefix("```") {
            inside = !inside;
            runs = inside && matches!(language, "" | "rust");
        } else if runs && line.contains("assert") {
            return true;
        }
    }
    false
}

/// The names of the public modules that a file declares, without those that are hidden from the documentation.
fn public_modules(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_hidden = false;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("pub mod ").filter(|_| !is_hidden) {
            names.push(name.trim_end_matches(['{', ';', ' ']));
        }
        is_hidden = line.starts_with("#[doc(hidden)]") || is_hidden && line.starts_with("#[");
    }
    names
}

/// Adds the file of a module, and those of its public modules, that have no example.
fn without_example(file: &Path, folder: &Path, lacking: &mut Vec<String>) {
    let text = std::fs::read_to_string(file).unwrap();
    if !has_example(&text) {
        lacking.push(file.display().to_string());
    }
    for name in public_modules(&text) {
        let files = [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")];
        match files.iter().find(|file| file.is_file()) {
            Some(file) => without_example(file, &folder.join(name), lacking),
            None => lacking.push(format!("{}: module {name} has no file of its own", file.display())),
        }
    }
}

#[test]
fn an_example_runs_and_asserts() {
    assert!(has_example("//! Text.\n//!\n//! ```\n//! assert!(true);\n//! ```\n\nmod inner;"));
    for text in [
        "//! Text. assert!(true);",
        "//! ```\n//! let nothing = 1;\n//! ```\n//! assert!(true);",
        "//! ```ignore\n//! assert!(true);\n//! ```",
        "//! ```no_run\n//! assert!(true);\n//! ```",
        "//! ```text\n//! assert!(true);\n//! ```",
        "mod inner;\n//! ```\n//! assert!(true);\n//! ```",
    ] {
        assert!(!has_example(text), "{text}");
    }
    let text = "mod one;\npub mod two;\n#[doc(hidden)]\npub mod three;\npub mod four {\n    pub mod five;\n}";
    assert_eq!(public_modules(text), ["two", "four"]);
}

#[test]
fn every_public_module_has_an_example() {
    let mut lacking = Vec::new();
    for folder in crates() {
        if !LEFT_OUT.iter().any(|name| folder.ends_with(name)) {
            let sources = folder.join("src");
            without_example(&sources.join("lib.rs"), &sources, &mut lacking);
        }
    }
    assert!(
        lacking.is_empty(),
        "{} files have no example that runs and asserts. Add one to the documentation at the top of the file, or make the \
         module private:\n{}",
        lacking.len(),
        lacking.join("\n")
    );
}

#[test]
fn every_crate_has_a_readme() {
    let folders = crates();
    assert!(folders.len() > 15, "{folders:?}");
    let lacking: Vec<_> = folders.iter().filter(|folder| !folder.join("README.md").is_file()).collect();
    assert!(lacking.is_empty(), "These crates have no README.md. Add one: {lacking:?}");
}
