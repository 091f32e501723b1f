//! What happened reaches people and programs.
