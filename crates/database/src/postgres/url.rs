//! Parses a PostgreSQL URL as libpq does
//! (<https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS>).
//!
//! No message repeats a part of the URL: a misplaced part may belong to a password.

use percent_encoding::percent_decode_str;
use vestibule_core::unexpanded;

/// How to handle a character that ends a part of the URL.
const ENCODE: &str = "write those that belong to the user name, the password or the database's name by their codes: \
                      %40 for @, %2F for /, %3A for :, %3F for ?, %23 for #";

/// The parts of a URL, decoded.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) user: Option<String>,
    pub(super) password: Option<Vec<u8>>,
    /// Names or addresses, each with its port if there is one.
    pub(super) hosts: Vec<(String, Option<String>)>,
    pub(super) database: Option<String>,
    pub(super) parameters: Vec<(String, String)>,
}

pub(super) fn parse(url: &str) -> Result<Parts, String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut parts = Parts::default();
    let address = match address.split_once('@') {
        Some((_, address)) if address.contains('@') => return Err(format!("it has more than one @: {ENCODE}")),
        Some((credentials, address)) => {
            parts.read_credentials(credentials)?;
            address
        }
        None => address,
    };
    let (hosts, database) = address.split_once('/').unwrap_or((address, ""));
    parts.hosts = read_hosts(hosts)?;
    parts.database = not_empty(decode(database, "the database's name")?);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) =
            pair.split_once('=').ok_or_else(|| format!("a parameter after the ? has no =: {ENCODE}"))?;
        // What follows a ? in a password is no parameter, and must not be mistaken for the name of one.
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
        if !is_name || (!super::parameters::is_known(name) && query.contains('@')) {
            return Err(format!("what follows the ? is not a list of parameters: {ENCODE}"));
        }
        parts.parameters.push((name.to_owned(), decode(value, name)?));
    }
    Ok(parts)
}

impl Parts {
    fn read_credentials(&mut self, text: &str) -> Result<(), String> {
        let (user, password) = text.split_once(':').map_or((text, None), |(user, password)| (user, Some(password)));
        self.user = not_empty(decode(user, "the user's name")?);
        self.password = match password.filter(|password| !password.is_empty()) {
            Some(password) => Some(decode_password(password)?),
            None => None,
        };
        Ok(())
    }
}

/// A password may be any bytes but NUL, which the protocol cannot carry.
fn decode_password(text: &str) -> Result<Vec<u8>, String> {
    if unexpanded::is_variable(text) {
        return Err("the password is the name of a variable, which is not replaced here: write the password \
                    itself, and a $ at its beginning as %24"
            .to_owned());
    }
    let password: Vec<u8> = percent_decode_str(text).collect();
    if password.contains(&0) { Err("the password has a NUL (%00)".to_owned()) } else { Ok(password) }
}

fn read_hosts(text: &str) -> Result<Vec<(String, Option<String>)>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',').map(read_host).collect()
}

fn read_host(text: &str) -> Result<(String, Option<String>), String> {
    const BRACKETS: &str = "an IPv6 address stands in brackets, such as [::1]:5432";
    let (host, port) = match text.strip_prefix('[') {
        Some(inner) => {
            let (host, port) = inner.split_once(']').ok_or(BRACKETS)?;
            let port = if port.is_empty() { None } else { Some(port.strip_prefix(':').ok_or(BRACKETS)?) };
            (host, port)
        }
        None if text.matches(':').count() > 1 => return Err(BRACKETS.to_owned()),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map(|port| decode(port, "the port")).transpose()?;
    Ok((decode(host, "the host")?, port.and_then(not_empty)))
}

/// Decodes a part of the URL; `what` names it in the message.
fn decode(text: &str, what: &str) -> Result<String, String> {
    if unexpanded::has_variable(text) {
        return Err(format!(
            "{what} has the name of a variable, which is not replaced here: write what it stands for, and a $ that is \
             meant as %24"
        ));
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| format!("{what} is not UTF-8 text"))?;
    if decoded.contains(char::is_control) {
        return Err(format!("{what} has a control character"));
    }
    Ok(decoded.into_owned())
}

fn not_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
