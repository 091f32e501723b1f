//! A change of several users or invites: those that are refused are reported, and do not stop the others.

use std::fmt::Display;

use crate::failure::Failure;
use crate::request::{Answer, PageRequest};

/// Those that were refused, each with the reason.
#[derive(Default)]
pub(crate) struct Refused(Vec<String>);

impl Refused {
    /// Notes one that was refused; the failure itself, if it is not about the input.
    pub(crate) fn add(&mut self, request: &PageRequest, name: impl Display, failure: Failure) -> Result<(), Failure> {
        let (_, problem) = failure.problem(request.language)?;
        self.0.push(format!("{name}{} {problem}", request.texts().colon));
        Ok(())
    }

    /// Leads to the list; or reports those that were refused in this sentence.
    pub(crate) fn answer(
        &self,
        request: &PageRequest,
        (path, done): (&str, &str),
        sentence: impl FnOnce(&str) -> String,
    ) -> Answer {
        if self.0.is_empty() { request.done(path, done) } else { Err(Failure::wrong(sentence(&self.0.join(" ")))) }
    }
}
