//! The fields of a profile, on one's own page and on an administrator's.

use vestibule_core::Patch;
use vestibule_user::{UpdateUser, User, UserId};

use crate::request::PageRequest;
use crate::texts::Texts;

/// Name, kind of `input`, what browsers fill in of their owner, label.
type Field = (&'static str, &'static str, &'static str, fn(&Texts) -> &'static str);

const FIELDS: [Field; 4] = [
    ("first_name", "text", "given-name", |t| t.first_name),
    ("last_name", "text", "family-name", |t| t.last_name),
    ("avatar_url", "url", "photo", |t| t.avatar),
    ("phone", "tel", "tel", |t| t.phone),
];

/// A field with what it holds.
pub(crate) struct ProfileField {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    /// What browsers fill in; only where the page is about their owner.
    pub(crate) autocomplete: &'static str,
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) problem: Option<String>,
}

/// The problem of one field: its name, and what is wrong.
pub(crate) type FieldProblem = (&'static str, String);

/// The names of the fields in a form.
pub(crate) fn names() -> [&'static str; FIELDS.len()] {
    FIELDS.map(|(name, ..)| name)
}

/// The fields with what was typed, where a form is shown again, or with what is stored.
pub(crate) fn fields(
    request: &PageRequest,
    user: &User,
    is_own: bool,
    is_typed: bool,
    problem: Option<&FieldProblem>,
) -> Vec<ProfileField> {
    let texts = request.texts();
    let stored = |name| user.profile().into_iter().find_map(|(field, text)| text.filter(|_| field == name));
    let field = |(name, kind, autocomplete, label): Field| ProfileField {
        name,
        kind,
        autocomplete: if is_own { autocomplete } else { "off" },
        label: label(texts),
        problem: problem.filter(|(field, _)| *field == name).map(|(_, problem)| problem.clone()),
        value: if is_typed || problem.is_some() { request.form.get(name) } else { stored(name).unwrap_or_default() }
            .to_owned(),
    };
    FIELDS.into_iter().map(field).collect()
}

/// Returns the change that a form asks for. An empty field clears; one that the form does not have, because its page is of an
/// older version, stays as it was.
pub(crate) fn update(request: &PageRequest, id: UserId) -> UpdateUser {
    let patch = |name| match request.form.all(name).next() {
        None => Patch::Keep,
        Some(_) => request.form.text(name).map_or(Patch::Clear, Patch::Set),
    };
    UpdateUser {
        first_name: patch("first_name"),
        last_name: patch("last_name"),
        avatar_url: patch("avatar_url"),
        phone: patch("phone"),
        ..UpdateUser::new(id)
    }
}
