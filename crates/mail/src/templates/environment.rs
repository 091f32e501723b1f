//! How templates are parsed and printed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};

use vestibule_core::Timestamp;
use vestibule_language::long_date;

/// Returns an environment without templates. `names` are those that it will contain: a mail that extends `layout.html`
/// gets its own language's layout if there is one, else the common one.
pub(super) fn environment(names: BTreeSet<String>) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    // Errors then quote the part of the template that caused them.
    environment.set_debug(true);
    environment.set_formatter(print);
    environment.add_filter("date", date_filter);
    environment.set_path_join_callback(move |name, parent| {
        let own = parent.split_once('/').map(|(language, _)| format!("{language}/{name}"));
        match own.filter(|own| own != parent && names.contains(own)) {
            Some(own) => Cow::Owned(own),
            None => Cow::Borrowed(name),
        }
    });
    Ok(environment)
}

/// Prints absent facts as nothing. HTML is escaped as usual, except for the slash, which needs no escape, and without
/// which link scanners would miss links.
fn print(output: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Ok(());
    }
    match value.as_str() {
        Some(text) if matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe() => {
            output.write_str(&escape(text)).map_err(|_| Error::from(ErrorKind::WriteFailure))
        }
        _ => minijinja::escape_formatter(output, state, value),
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// The filter of `{{ expires_at|date }}`.
fn date_filter(state: &State<'_, '_>, moment: &Value) -> Result<Value, Error> {
    if moment.is_none() {
        return Ok(Value::from(()));
    }
    let language = state.lookup("language");
    let language = language.as_ref().and_then(Value::as_str).unwrap_or_default();
    let moment: Option<Timestamp> = moment.as_str().and_then(|moment| moment.parse().ok());
    moment.map(|moment| Value::from(long_date(moment, language))).ok_or_else(|| {
        Error::new(ErrorKind::InvalidOperation, "date is for expires_at and happened_at, not for other values")
    })
}
