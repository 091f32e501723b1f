//! `vestibule doctor`

mod medusa;

use clap::Args;
use serde_json::{Value as Json, json};
use vestibule::flows::Context;
use vestibule::flows::doctor::Finding;
use vestibule::notify::Doctor as Examiner;

use super::setup::Setup;
use super::{Failure, output};

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Repair what needs no decision.
    #[arg(long)]
    fix: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Examine the database of another product instead, without changing it: `--from medusa postgres://…`.
    #[arg(long, num_args = 2, value_names = ["PRODUCT", "URL"], conflicts_with = "fix")]
    from: Option<Vec<String>>,
}

impl Doctor {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        match self.from.as_deref() {
            None => self.examine(setup).await,
            Some([product, url]) if product == "medusa" => {
                let findings = medusa::examine(url).await?;
                self.report(&findings, &[], Remedies::None)
            }
            Some(_) => Err(Failure::wrong("--from: the product that can be examined is medusa")),
        }
    }

    async fn examine(&self, setup: &Setup) -> Result<(), Failure> {
        let vestibule = setup.open_existing().await?;
        let doctor = Examiner::new(vestibule.flows().clone()).with_mailer(setup.mailer()?);
        let failed = |error| super::exit::of(&error);
        let repaired = match self.fix {
            true => doctor.repair(&Context::operator()).await.map_err(failed)?,
            false => Vec::new(),
        };
        let left = doctor.examine().await.map_err(failed)?;
        self.report(&left, &repaired, if self.fix { Remedies::Decisions } else { Remedies::All })
    }

    /// Prints what was repaired and what is left, and fails if something is.
    fn report(&self, left: &[Finding], repaired: &[Finding], remedies: Remedies) -> Result<(), Failure> {
        match self.json {
            true => {
                let left: Vec<Json> = left.iter().map(|finding| as_json(finding, remedies)).collect();
                let repaired: Vec<Json> = repaired.iter().map(|finding| as_json(finding, Remedies::None)).collect();
                output::json(&json!({ "findings": left, "repaired": repaired }))?;
            }
            false => print(left, repaired, remedies)?,
        }
        let by_fix = left.iter().filter(|finding| finding.kind.is_repaired() && remedies == Remedies::All).count();
        match (left.len(), by_fix) {
            (0, _) => Ok(()),
            (1, 0) => Err(Failure::failed("1 finding is left")),
            (number, 0) => Err(Failure::failed(format!("{number} findings are left"))),
            (number, some) => {
                Err(Failure::failed(format!("{number} findings, {some} of which `vestibule doctor --fix` repairs")))
            }
        }
    }
}

/// Which remedies are reported.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Remedies {
    /// What `--fix` does, and what you can do.
    All,
    /// What is left after `--fix`.
    Decisions,
    /// None: it is another product's database.
    None,
}

fn as_json(finding: &Finding, remedies: Remedies) -> Json {
    let (fix, advice) = match (remedies, finding.kind.is_repaired()) {
        (Remedies::None, _) => (None, None),
        (_, true) => (Some(finding.kind.remedy()), None),
        (_, false) => (None, Some(finding.kind.remedy())),
    };
    json!({
        "kind": finding.kind,
        "title": finding.kind.title(),
        "number": finding.number,
        "concerns": finding.concerns,
        "fix": fix,
        "advice": advice,
    })
}

fn print(left: &[Finding], repaired: &[Finding], remedies: Remedies) -> Result<(), Failure> {
    for finding in repaired {
        output::line(&format!("Repaired: {} ({})", finding.kind.title(), finding.number))?;
        output::line(&format!("  {}", concerned(finding)))?;
    }
    for finding in left {
        output::line(&format!("{} ({})", finding.kind.title(), finding.number))?;
        output::line(&format!("  {}", concerned(finding)))?;
        let label = if finding.kind.is_repaired() { "--fix: " } else { "" };
        if remedies != Remedies::None {
            output::line(&format!("  {label}{}", finding.kind.remedy()))?;
        }
    }
    if left.is_empty() { output::line("Nothing was found.") } else { Ok(()) }
}

/// Whom a finding concerns, on one line.
fn concerned(finding: &Finding) -> String {
    let named = u64::try_from(finding.concerns.len()).unwrap_or(u64::MAX);
    let more = finding.number.saturating_sub(named);
    let names = output::harmless(&finding.concerns.join(", "));
    match (named, more) {
        (0, more) => format!("{more} of them"),
        (_, 0) => names,
        (_, more) => format!("{names}, and {more} more"),
    }
}
