//! What a provider sends back with the browser.

use serde_json::{Map, Value as Json};
use vestibule_auth::providers::ProviderRefusal;
use vestibule_auth::{AuthInput, AuthenticateError, ProviderContext, ProviderState};

/// A code to exchange, and what was remembered of the sign-in.
pub(crate) struct Returned {
    pub(crate) code: String,
    pub(crate) state: ProviderState,
}

/// The words of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// Those of the reference's provider of the same name.
    Reference,
    /// Our own.
    Own,
}

/// The longest text of a provider that a message repeats, in characters.
const MAX_TEXT: usize = 200;

/// The refusal that a provider has sent in place of a code.
pub(crate) fn denied(name: &str, parameters: &Map<String, Json>, words: Words) -> Option<ProviderRefusal> {
    let short = |text: &str| text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect::<String>();
    let error = short(text(parameters, "error")?);
    let part = |field| text(parameters, field).map(short);
    let message = match (words, part("error_description")) {
        (Words::Reference, description) => {
            let undefined = || "undefined".to_owned();
            let description = description.unwrap_or_else(undefined);
            format!("{description}, read more at: {}", part("error_uri").unwrap_or_else(undefined))
        }
        (Words::Own, Some(description)) => format!("{name} did not complete the sign-in: {error} ({description})"),
        (Words::Own, None) => format!("{name} did not complete the sign-in: {error}"),
    };
    Some(ProviderRefusal::Denied { name: name.to_owned(), error, message })
}

/// Reads a callback and uses up its state: also where the provider has refused, so that the state cannot be used for another
/// try. `state` and `code` come by the query, `code` also by the body, and everything by the body from a provider that posts.
pub(crate) async fn read(
    name: &str,
    input: &AuthInput,
    context: &ProviderContext<'_>,
    words: Words,
) -> Result<Returned, AuthenticateError> {
    // The reference's providers read all but the code from the query.
    let is_posted = words == Words::Own;
    let parameter = |field| text(&input.query, field).or_else(|| text(&input.body, field).filter(|_| is_posted));
    let state = match parameter("state") {
        Some(state) => context.states().take(state).await?,
        None => None,
    };
    let refused = denied(name, &input.query, words).or_else(|| denied(name, &input.body, words).filter(|_| is_posted));
    if let Some(refusal) = refused {
        return Err(refusal.into());
    }
    let code = text(&input.query, "code").or_else(|| text(&input.body, "code"));
    let code = code.ok_or(ProviderRefusal::NoCode)?.to_owned();
    let state = state.ok_or(ProviderRefusal::UnknownState)?;
    Ok(Returned { code, state })
}

/// A parameter, if it is a text that is not empty.
pub(crate) fn text<'a>(parameters: &'a Map<String, Json>, field: &str) -> Option<&'a str> {
    parameters.get(field).and_then(Json::as_str).filter(|text| !text.is_empty())
}
