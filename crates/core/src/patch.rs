//! What an update does to a field that may be empty.

/// Keep it, empty it, or set it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Keeps the value.
    #[default]
    Keep,
    /// Clears the value.
    Clear,
    /// Sets the value.
    Set(T),
}

impl<T> Patch<T> {
    /// Returns the field's value after the update.
    pub fn apply(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// Converts the new value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(change(value)),
        }
    }
}
