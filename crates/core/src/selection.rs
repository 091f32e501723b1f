//! Which fields are returned: the `fields` parameter.
//!
//! `id,email` selects these and always the id; `+metadata` adds to the default, `-metadata` removes from it.

use serde_json::{Map, Value as Json};

use crate::Field;

/// The selected fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection<F> {
    /// The default fields.
    Default,
    /// Only these.
    Only(Vec<F>),
    /// The default without these.
    Without(Vec<F>),
}

impl<F: Field> Selection<F> {
    /// Reads `id,email` or `+metadata,-last_name`; `*` is every field.
    ///
    /// A name without a sign makes the list exclusive; signs then add to it and remove from it. Unknown names are
    /// ignored: the reference's clients request relations that not every server has.
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

    /// Returns whether `field` is selected. The id always is.
    pub fn shows(&self, field: F) -> bool {
        match self {
            Self::Default => true,
            Self::Only(fields) => field.name() == "id" || fields.contains(&field),
            Self::Without(fields) => field.name() == "id" || !fields.contains(&field),
        }
    }

    /// Removes the fields that are not selected from JSON. Keys that are no fields stay.
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
    fn unknown_names_and_relations_are_ignored() {
        assert_eq!(shown("nosuch"), ["id"]);
        assert_eq!(shown("email,nosuch,*roles"), ["id", "email"]);
        assert_eq!(shown("+nosuch,-other,*roles"), ["id", "email", "metadata"]);
    }
}
