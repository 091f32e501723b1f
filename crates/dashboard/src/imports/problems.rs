//! What is wrong with an upload, in the language of the page.

use http::StatusCode;
use vestibule_core::ErrorKind;
use vestibule_transfer::{MOST_BYTES, Reason, TableError, TableProblem, UploadError};
use vestibule_web::Problem;

use crate::failure::Failure;
use crate::format;
use crate::request::PageRequest;
use crate::texts::Imports;

/// The most megabytes of a table.
pub(super) const MEGABYTES: u64 = (MOST_BYTES / 1024 / 1024) as u64;

impl PageRequest {
    pub(super) fn imports(&self) -> &'static Imports {
        crate::texts::imports(self.language)
    }

    /// Returns the failure of a step as a page shows it.
    pub(super) fn upload_failure(&self, error: UploadError) -> Failure {
        match error {
            UploadError::NotFound => Failure::NotFound,
            UploadError::TooLarge => Failure::wrong(self.imports().too_large(MEGABYTES)),
            UploadError::Table(error) => Failure::wrong(self.table_problem(&error)),
            UploadError::Busy => Failure::wrong(self.imports().busy),
            UploadError::Sealed => Failure::wrong(self.imports().stopped_sealed),
            UploadError::Database(error) => error.into(),
            error => {
                tracing::error!(%error, "the tables of imports cannot be created");
                Failure::Flow(Problem::new(ErrorKind::Internal, "the tables of imports cannot be created"))
            }
        }
    }

    /// Says what is wrong with a table, and where.
    fn table_problem(&self, error: &TableError) -> String {
        let (t, number) = (self.imports(), |number: u64| format::number(number, self.language));
        let size = |number: usize| number_of(number, self);
        let what = match &error.problem {
            TableProblem::Empty => t.wrong_empty.to_owned(),
            TableProblem::OpenQuote => t.wrong_quote.to_owned(),
            TableProblem::Cells { found, expected } => t.wrong_cells(&number(*found), &number(*expected)),
            TableProblem::Columns { found, most } => t.wrong_columns(&size(*found), &size(*most)),
            TableProblem::Nul => t.wrong_nul.to_owned(),
            TableProblem::NotUtf8 => t.wrong_utf8.to_owned(),
            TableProblem::LongRow => t.wrong_row.to_owned(),
            TableProblem::Rows { most } => t.wrong_rows(&number(*most)),
            _ => t.wrong_other.to_owned(),
        };
        t.wrong_at(&number(error.line), &number(error.column), &what)
    }
}

fn number_of(number: usize, request: &PageRequest) -> String {
    format::number(u64::try_from(number).unwrap_or(u64::MAX), request.language)
}

/// The status and the text to show with a form again; the failure itself, if it is not about the input.
pub(super) fn shown(request: &PageRequest, failure: Failure) -> Result<(StatusCode, String), Failure> {
    failure.problem(request.language)
}

/// Says why a row was left out, or a part of it; what the report says where that is not known.
pub(super) fn reasons(detail: &str, t: &Imports) -> String {
    let text = |reason| match reason {
        Reason::Role => Some(t.reason_role(&roles_of(detail))),
        reason => text_of(reason, t).map(str::to_owned),
    };
    let texts: Vec<String> = Reason::of(detail).into_iter().filter_map(text).collect();
    if texts.is_empty() { detail.to_owned() } else { texts.join(" ") }
}

/// The names of the roles that a row names and that are not there.
fn roles_of(detail: &str) -> String {
    let names = detail.split("the role \"").skip(1).filter_map(|rest| rest.split_once("\" was left out"));
    names.map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

fn text_of(reason: Reason, t: &Imports) -> Option<&'static str> {
    Some(match reason {
        Reason::NoAddress => t.reason_no_address,
        Reason::AddressTwice | Reason::UserTwice => t.reason_twice,
        Reason::AddressRefused => t.reason_refused,
        Reason::FactorLost => t.reason_factor,
        Reason::Reserved => t.reason_reserved,
        Reason::NotTaken => t.reason_database,
        Reason::OtherSpelling => t.reason_spelling,
        Reason::Password => t.reason_password,
        Reason::Shortened => t.reason_shortened,
        Reason::Method => t.reason_method,
        Reason::Factors => t.reason_factors,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use vestibule_language::Language;

    use super::*;

    #[test]
    fn every_reason_has_a_text() {
        for &language in Language::ALL {
            let t = crate::texts::imports(language);
            let known = |reason: &&Reason| text_of(**reason, t).is_some_and(|text| text.ends_with('.'));
            assert_eq!(Reason::ALL.iter().filter(known).count() + 1, Reason::ALL.len(), "all but the one of roles");
            let roles = reasons("the role \"a\" was left out: …; the role \"b, c\" was left out: …", t);
            assert!(roles.contains("a, b, c") && roles.ends_with('.'), "{roles}");
            assert_eq!(reasons("the source has this user twice", t), t.reason_twice);
            assert_eq!(reasons("something new", t), "something new");
        }
    }
}
