//! The log's levels and format.

use tracing_subscriber::filter::{LevelFilter, Targets};

use super::{Form, Kind, Problem, Raw, no};

/// Levels, for everything or per target.
#[derive(Debug)]
pub(in super::super) struct Levels;

impl Form for Levels {
    fn form(&self) -> String {
        "level, or target=level pairs".to_owned()
    }
}

impl Kind for Levels {
    type Value = Targets;

    fn read(&self, raw: &Raw) -> Result<Targets, Problem> {
        let text = raw.text();
        let targets = text.split(',').map(str::trim).try_fold(Targets::new(), |targets, part| {
            Some(match part.split_once('=') {
                Some((target, name)) if !target.is_empty() => targets.with_target(target, level(name)?),
                Some(_) => return None,
                None => targets.with_default(level(part)?),
            })
        });
        targets
            .ok_or_else(|| no(&text, "off, error, warn, info, debug or trace, or pairs such as info,vestibule=debug"))
    }
}

/// `tracing_subscriber` parses a mistyped level as a target, and then logs almost nothing.
fn level(name: &str) -> Option<LevelFilter> {
    let names = ["off", "error", "warn", "info", "debug", "trace"];
    names.iter().any(|known| name.eq_ignore_ascii_case(known)).then(|| name.parse().ok()).flatten()
}

/// The format of the log's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// One JSON object per line, for programs.
    Json,
}

/// The name of a [`LogFormat`].
#[derive(Debug)]
pub(in super::super) struct Format;

impl Form for Format {
    fn form(&self) -> String {
        "text or json".to_owned()
    }
}

impl Kind for Format {
    type Value = LogFormat;

    fn read(&self, raw: &Raw) -> Result<LogFormat, Problem> {
        match raw.text().as_str() {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            other => Err(no(other, "text or json")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_levels_are_refused() {
        use tracing::Level;
        let read = |text: &str| Levels.read(&Raw::Text(text.to_owned()));
        let targets = read("info, vestibule=debug,hyper=off").unwrap();
        assert!(targets.would_enable("vestibule::serve", &Level::DEBUG) && targets.would_enable("other", &Level::INFO));
        assert!(!targets.would_enable("other", &Level::DEBUG) && !targets.would_enable("hyper", &Level::ERROR));
        for text in ["", "inof", "3", "vestibule", "info,", "=info", "vestibule=", "vestibule=loud", "a=info=debug"] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }
}
