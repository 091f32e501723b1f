//! Lists are the same on both engines, and follow the filter.

mod like;
mod limits;
mod order;
mod property;
mod things;
