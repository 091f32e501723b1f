//! How the templates are read and printed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};

use vestibule_core::Timestamp;
use vestibule_language::long_date;

/// An environment without templates. `names` are those that it will have: a mail that extends `layout.html` gets the
/// one of its own language where there is one, else that of all languages.
pub(super) fn environment(names: BTreeSet<String>) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    // An error then knows the piece of the template that is to blame.
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

/// What is absent prints as nothing. Text in HTML is escaped as everywhere, but for the slash, which needs none and
/// without which a link reads like one to the programs that look for links in mails.
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

/// `{{ expires_at|date }}`
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
