//! The library: its methods are those of the reference's module interfaces.

mod modules;
