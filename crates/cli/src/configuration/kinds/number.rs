//! Whole numbers.

use std::marker::PhantomData;

use super::{Form, Kind, Problem, Raw, Shape, no};

/// A whole number from `least` to `most`, parsed as a `T`.
#[derive(Debug)]
pub(in super::super) struct Whole<T> {
    least: u32,
    most: u32,
    read_as: PhantomData<fn() -> T>,
}

impl<T> Whole<T> {
    pub(in super::super) const fn between(least: u32, most: u32) -> Self {
        Self { least, most, read_as: PhantomData }
    }
}

impl<T: std::fmt::Debug> Form for Whole<T> {
    fn form(&self) -> String {
        format!("whole number, {} to {}", self.least, self.most)
    }

    fn shape(&self) -> Shape {
        Shape::Number
    }
}

impl<T: std::fmt::Debug + TryFrom<u32>> Kind for Whole<T> {
    type Value = T;

    fn read(&self, raw: &Raw) -> Result<T, Problem> {
        let text = raw.text();
        let number = text.parse().ok().filter(|number| (self.least..=self.most).contains(number));
        number
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| no(&text, &format!("a whole number from {} to {}", self.least, self.most)))
    }
}
