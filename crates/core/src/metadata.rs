//! The free-form JSON object that users and invites carry for other programs.
//!
//! ```
//! use serde_json::json;
//! use vestibule_core::Metadata;
//!
//! let metadata = |value: serde_json::Value| Metadata::new(value.as_object().cloned().unwrap_or_default());
//! let stored = metadata(json!({ "team": "north", "desk": 4 }))?;
//! let merged = stored.merged_with(metadata(json!({ "team": "", "floor": 2 }))?)?;
//! assert_eq!(json!(merged), json!({ "desk": 4, "floor": 2 }));
//! assert!(metadata(json!({ "text": "\u{0}" })).is_err());
//! # Ok::<(), vestibule_core::InvalidMetadata>(())
//! ```

use serde_json::{Map, Value as Json};

/// The largest metadata accepted, in bytes of JSON.
pub const MAX_BYTES: usize = 64 * 1024;

/// The deepest nesting of objects and lists accepted.
pub const MAX_DEPTH: usize = 32;

/// A JSON object that both databases can store: no NUL in any text, at most [`MAX_DEPTH`] levels and [`MAX_BYTES`].
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Metadata(Map<String, Json>);

/// Why an object cannot be metadata.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMetadata {
    /// More than [`MAX_BYTES`].
    #[error("metadata is larger than 64 KiB")]
    TooLarge,
    /// Deeper than [`MAX_DEPTH`].
    #[error("metadata is nested more than 32 levels deep")]
    TooDeep,
    /// A key or a text has a NUL character.
    #[error("metadata has a NUL character")]
    Nul,
}

impl Metadata {
    /// Checks an object.
    ///
    /// # Errors
    ///
    /// [`InvalidMetadata`] with the reason.
    pub fn new(object: Map<String, Json>) -> Result<Self, InvalidMetadata> {
        object.iter().try_for_each(|(key, value)| check(key, value, 1))?;
        let metadata = Self(object);
        metadata.check_size()?;
        Ok(metadata)
    }

    /// Wraps an object from the database, which was checked when it was written.
    pub(crate) fn from_stored(object: Map<String, Json>) -> Self {
        Self(object)
    }

    fn check_size(&self) -> Result<(), InvalidMetadata> {
        if serde_json::to_string(&self.0).map_or(0, |text| text.len()) > MAX_BYTES {
            Err(InvalidMetadata::TooLarge)
        } else {
            Ok(())
        }
    }

    /// The object.
    pub fn as_object(&self) -> &Map<String, Json> {
        &self.0
    }

    /// Returns whether the object has at most this many bytes of JSON and levels, for limits lower than the general
    /// ones.
    pub fn is_within(&self, bytes: usize, depth: usize) -> bool {
        let size = serde_json::to_string(&self.0).map_or(usize::MAX, |text| text.len());
        size <= bytes && self.0.values().all(|value| depth_of(value) < depth)
    }

    /// Merges `other` into the object key by key; an empty text removes its key (as in the reference).
    ///
    /// # Errors
    ///
    /// [`InvalidMetadata::TooLarge`] if the result is too large.
    pub fn merged_with(mut self, other: Self) -> Result<Self, InvalidMetadata> {
        for (key, value) in other.0 {
            if value == "" {
                self.0.remove(&key);
            } else {
                self.0.insert(key, value);
            }
        }
        self.check_size()?;
        Ok(self)
    }
}

impl From<Metadata> for Map<String, Json> {
    fn from(metadata: Metadata) -> Self {
        metadata.0
    }
}

/// Returns the nesting depth of objects and lists.
fn depth_of(value: &Json) -> usize {
    match value {
        Json::Array(items) => 1 + items.iter().map(depth_of).max().unwrap_or(0),
        Json::Object(object) => 1 + object.values().map(depth_of).max().unwrap_or(0),
        _ => 0,
    }
}

fn check(key: &str, value: &Json, depth: usize) -> Result<(), InvalidMetadata> {
    if depth > MAX_DEPTH {
        return Err(InvalidMetadata::TooDeep);
    }
    if key.contains('\0') || value.as_str().is_some_and(|text| text.contains('\0')) {
        return Err(InvalidMetadata::Nul);
    }
    match value {
        Json::Array(items) => items.iter().try_for_each(|item| check("", item, depth + 1)),
        Json::Object(object) => object.iter().try_for_each(|(key, value)| check(key, value, depth + 1)),
        _ => Ok(()),
    }
}

/// What an update does to metadata.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum MetadataPatch {
    /// Keeps it.
    #[default]
    Keep,
    /// Removes it.
    Clear,
    /// Merges this, see [`Metadata::merged_with`].
    Merge(Metadata),
}

impl MetadataPatch {
    /// Returns the metadata after the update.
    ///
    /// # Errors
    ///
    /// [`InvalidMetadata::TooLarge`] if the result is too large.
    pub fn apply(self, present: Option<Metadata>) -> Result<Option<Metadata>, InvalidMetadata> {
        match self {
            Self::Keep => Ok(present),
            Self::Clear => Ok(None),
            Self::Merge(patch) => present.unwrap_or_default().merged_with(patch).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn metadata(value: Json) -> Result<Metadata, InvalidMetadata> {
        Metadata::new(value.as_object().unwrap().clone())
    }

    #[test]
    fn merging_removes_keys_with_an_empty_text() {
        let present = metadata(json!({"a": 1, "b": {"c": 1}, "d": 2})).unwrap();
        let patch = metadata(json!({"a": "", "b": {"e": 2}, "f": null})).unwrap();
        let merged = MetadataPatch::Merge(patch).apply(Some(present)).unwrap();
        assert_eq!(serde_json::to_value(merged).unwrap(), json!({"b": {"e": 2}, "d": 2, "f": null}));
        assert_eq!(MetadataPatch::Clear.apply(Some(Metadata::default())), Ok(None));
    }

    #[test]
    fn nul_depth_and_size_are_refused() {
        assert_eq!(metadata(json!({"a": "x\0y"})), Err(InvalidMetadata::Nul));
        assert_eq!(metadata(json!({"a": [{"\0": 1}]})), Err(InvalidMetadata::Nul));
        let mut deep = json!(1);
        for _ in 0..MAX_DEPTH {
            deep = json!([deep]);
        }
        assert_eq!(metadata(json!({"a": deep})), Err(InvalidMetadata::TooDeep));
        assert_eq!(metadata(json!({"a": "x".repeat(MAX_BYTES)})), Err(InvalidMetadata::TooLarge));
    }

    #[test]
    fn smaller_limits_count_bytes_and_levels() {
        let within = |value: Json| metadata(value).unwrap().is_within(16, 2);
        assert!(within(json!({})) && within(json!({"a": [1]})) && within(json!({"abc": "defghi"})));
        assert!(!within(json!({"a": [[1]]})) && !within(json!({"abc": "defghijkl"})));
    }
}
