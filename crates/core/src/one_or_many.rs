//! Methods that take one item or several, and return as many.
//!
//! As in the reference, `create_users(one)` returns one user and `create_users(vec![…])` a list.

/// One `T`, or a list of them.
pub trait OneOrMany<T> {
    /// `U` for one, `Vec<U>` for a list.
    type Output<U>;

    /// Returns the items as a list.
    fn into_list(self) -> Vec<T>;

    /// Turns the results, one for each input and in the same order, into what the caller expects.
    ///
    /// `None` if one result is expected and the list is empty.
    fn from_list<U>(results: Vec<U>) -> Option<Self::Output<U>>;
}

impl<T> OneOrMany<T> for T {
    type Output<U> = U;

    fn into_list(self) -> Vec<T> {
        vec![self]
    }

    fn from_list<U>(results: Vec<U>) -> Option<U> {
        results.into_iter().next()
    }
}

impl<T> OneOrMany<T> for Vec<T> {
    type Output<U> = Vec<U>;

    fn into_list(self) -> Vec<T> {
        self
    }

    fn from_list<U>(results: Vec<U>) -> Option<Vec<U>> {
        Some(results)
    }
}

impl<T, const N: usize> OneOrMany<T> for [T; N] {
    type Output<U> = Vec<U>;

    fn into_list(self) -> Vec<T> {
        self.into()
    }

    fn from_list<U>(results: Vec<U>) -> Option<Vec<U>> {
        Some(results)
    }
}
