//! Requires the content type JSON (security.md 24).
//!
//! Browsers let any page send a form or plain text to any server with the user's cookie, but not JSON. The reference also
//! reads forms, and treats a body of any other type as empty.

use super::InvalidRequest;
use super::report::shortened;

/// Checks the content type of a body that has content.
///
/// # Errors
///
/// [`InvalidRequest`] for anything but `application/json` and `application/…+json` in UTF-8, and if it is missing.
pub fn check(content_type: Option<&str>) -> Result<(), InvalidRequest> {
    const WANTED: &str = "The body must be JSON, sent with the content type application/json";
    let sent = content_type.unwrap_or_default().trim();
    let mut parts = sent.split(';').map(|part| part.trim().to_ascii_lowercase());
    let essence = parts.next().unwrap_or_default();
    if essence.is_empty() {
        return Err(InvalidRequest::new(format!("{WANTED}; none was sent")));
    }
    let subtype = essence.strip_prefix("application/").unwrap_or_default();
    if subtype != "json" && !subtype.ends_with("+json") {
        return Err(InvalidRequest::new(format!("{WANTED}; '{}' was sent", shortened(sent, 100))));
    }
    let charset = parts.find_map(|part| Some(part.strip_prefix("charset=")?.trim_matches('"').to_owned()));
    match charset.as_deref() {
        None | Some("utf-8" | "utf8") => Ok(()),
        Some(charset) => {
            let charset = shortened(charset, 100);
            Err(InvalidRequest::new(format!("The body must be JSON in UTF-8; the charset '{charset}' was sent")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_accepted_and_nothing_else() {
        for content_type in [
            "application/json",
            "APPLICATION/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
            "application/vnd.api+json",
            " application/json ",
        ] {
            assert_eq!(check(Some(content_type)), Ok(()), "{content_type}");
        }
        for (content_type, end) in [
            (None, "none was sent"),
            (Some(""), "none was sent"),
            (Some(";"), "none was sent"),
            (Some("text/plain"), "'text/plain' was sent"),
            (Some("text/json"), "'text/json' was sent"),
            (Some("application/x-www-form-urlencoded"), "'application/x-www-form-urlencoded' was sent"),
            (Some("multipart/form-data; boundary=x"), "'multipart/form-data; boundary=x' was sent"),
            (Some("application/jsonp"), "'application/jsonp' was sent"),
            (Some("application/json; charset=latin1"), "the charset 'latin1' was sent"),
            (Some("application/json;charset=UTF-16"), "the charset 'utf-16' was sent"),
        ] {
            let message = check(content_type).unwrap_err().to_string();
            assert!(message.ends_with(end), "{content_type:?}: {message}");
        }
    }
}
