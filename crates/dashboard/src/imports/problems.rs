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

/// Says why a row was left out, or a part of it.
pub(super) fn reasons(reasons: &[Reason], t: &Imports) -> String {
    let name = |reason: &Reason| match reason {
        Reason::Role { role } => Some(role.clone()),
        _ => None,
    };
    let roles: Vec<String> = reasons.iter().filter_map(name).collect();
    let others = reasons.iter().filter(|reason| name(reason).is_none());
    let texts = others.map(|reason| text_of(reason, t).map_or_else(|| reason.to_string(), str::to_owned));
    let texts = texts.chain((!roles.is_empty()).then(|| t.reason_role(&roles.join(", "))));
    texts.collect::<Vec<_>>().join(" ")
}

/// The reasons that there are for rows of a table.
const fn text_of(reason: &Reason, t: &Imports) -> Option<&'static str> {
    Some(match reason {
        Reason::NoAddress => t.reason_no_address,
        Reason::AddressTwice | Reason::UserTwice => t.reason_twice,
        Reason::AddressRefused { .. } => t.reason_refused,
        Reason::FactorLost => t.reason_factor,
        Reason::Reserved => t.reason_reserved,
        Reason::NotTaken { .. } => t.reason_database,
        Reason::OtherSpelling => t.reason_spelling,
        Reason::Password => t.reason_password,
        Reason::Shortened { .. } => t.reason_shortened,
        Reason::Metadata { .. } => t.reason_metadata,
        Reason::Method { .. } => t.reason_method,
        Reason::MethodName => t.reason_method_name,
        Reason::Factors => t.reason_factors,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use vestibule_language::Language;

    use super::*;

    #[test]
    fn reasons_are_said_in_each_language() {
        let role = |role: &str| Reason::Role { role: role.to_owned() };
        let said = Language::ALL.iter().map(|&language| {
            let t = crate::texts::imports(language);
            reasons(&[role("a"), Reason::Password, role("b, c")], t)
        });
        let said: Vec<String> = said.collect();
        assert!(said.iter().all(|text| text.contains("a, b, c") && text.ends_with('.')), "{said:?}");
        assert!(said.iter().all(|text| said.iter().filter(|other| *other == text).count() == 1), "{said:?}");
    }
}
