//! A file that holds one value alone: how Docker, Kubernetes and systemd hand over secrets.
//!
//! Its permissions are not checked, because Docker and Kubernetes let every user of a container read such a file. No
//! message repeats the path: it may be the secret itself, set where its file was meant.

use std::fs::File;
use std::io::{self, Read};

use super::kinds::{Problem, path};
use super::sources::Sources;

/// The most bytes of such a file.
const LONGEST: u64 = 64 * 1024;

/// The text in the file, without the line feed at its end that editors and `echo` write.
pub(super) fn read(name: &str, sources: &Sources) -> Result<String, Problem> {
    let name = path::expand(name, sources.home.as_deref())?;
    if name.is_empty() {
        return Err(problem("it is empty: write the path of a file that holds the value"));
    }
    let text = read_text(&sources.directory.join(name));
    let text = text.map_err(|error| {
        problem(&format!(
            "the file cannot be read ({error}): write the path of a text file of at most {LONGEST} bytes that holds the \
             value and that this user may read"
        ))
    })?;
    let text = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    if text.trim().is_empty() {
        Err(problem("the file is empty: write the value into it"))
    } else {
        Ok(text.to_owned())
    }
}

fn read_text(path: &std::path::Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(text) }
}

fn problem(text: &str) -> Problem {
    Problem::Value(text.to_owned())
}
