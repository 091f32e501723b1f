//! Lists are the same on both engines, and as the filter says.

mod like;
mod limits;
mod order;
mod property;
mod things;
