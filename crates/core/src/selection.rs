//! Which fields of a thing are shown: the `fields` parameter.
//!
//! `id,email` shows these and always the id; `+metadata` adds to what is shown by default, `-metadata` takes away.

use serde_json::{Map, Value as Json};

use crate::Field;

/// The fields that are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection<F> {
    /// All that are shown by default.
    Default,
    /// These and no others.
    Only(Vec<F>),
    /// The default, less these.
    Without(Vec<F>),
}

impl<F: Field> Selection<F> {
    /// Reads `id,email` or `+metadata,-last_name`; `*` is every field.
    ///
    /// A name without a sign makes the list exclusive; the signs then add to it and take from it. Names that are no
    /// fields show nothing and are no error: the reference's clients ask for relations that not every server has.
    pub fn parse(text: &str) -> Self {
        let (mut only, mut without, mut exclusive) = (Vec::new(), Vec::new(), text.trim().is_empty());
        for part in text.split(',').map(str::trim) {
            if part == "*" {
                exclusive = true;
                only.extend_from_slice(F::ALL);
            } else if let Some(name) = part.strip_prefix('-') {
                without.extend(F::find(name.trim()));
            } else if let Some(name) = part.strip_prefix('+') {
                only.extend(F::find(name.trim()));
            } else if !part.starts_with('*') {
                exclusive = true;
                only.extend(F::find(part));
            }
        }
        if exclusive {
            only.retain(|field| !without.contains(field));
            Self::Only(only)
        } else if without.is_empty() {
            Self::Default
        } else {
            Self::Without(without)
        }
    }

    /// Whether `field` is shown. The id always is.
    pub fn shows(&self, field: F) -> bool {
        match self {
            Self::Default => true,
            Self::Only(fields) => field.name() == "id" || fields.contains(&field),
            Self::Without(fields) => field.name() == "id" || !fields.contains(&field),
        }
    }

    /// Takes the fields that are not shown out of a thing's JSON form. What is no field stays.
    pub fn apply(&self, thing: &mut Map<String, Json>) {
        if *self != Self::Default {
            thing.retain(|name, _| F::find(name).is_none_or(|field| self.shows(field)));
        }
    }
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "fields! makes public enums, as its users outside need them")]
mod tests {
    use super::*;

    crate::fields!(
        /// Fields for these tests.
        Sample { Id: "id" as Text, Email: "email" as Email, Metadata: "metadata" as Json }
    );

    fn shown(text: &str) -> Vec<&'static str> {
        let selection = Selection::<Sample>::parse(text);
        Sample::ALL.iter().filter(|field| selection.shows(**field)).map(|field| field.name()).collect()
    }

    #[test]
    fn names_are_exclusive_and_signs_relative() {
        assert_eq!(shown(""), ["id"]);
        assert_eq!(shown("email"), ["id", "email"]);
        assert_eq!(shown("id, email"), ["id", "email"]);
        assert_eq!(shown("+metadata"), ["id", "email", "metadata"]);
        assert_eq!(shown("-metadata"), ["id", "email"]);
        assert_eq!(shown("email,+metadata"), ["id", "email", "metadata"]);
        assert_eq!(shown("*,-email"), ["id", "metadata"]);
    }

    #[test]
    fn unknown_names_and_relations_show_nothing() {
        assert_eq!(shown("nosuch"), ["id"]);
        assert_eq!(shown("email,nosuch,*roles"), ["id", "email"]);
        assert_eq!(shown("+nosuch,-other,*roles"), ["id", "email", "metadata"]);
    }
}
