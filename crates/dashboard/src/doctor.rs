//! `/app/doctor`: what years have left behind. It reads every table, so it is examined on request, by one caller at a time.

use askama::Template;
use tokio::sync::Mutex;
use vestibule_flows::doctor::Finding;

use crate::format;
use crate::layout::Frame;
use crate::request::{Answer, SharedRequest};
use crate::texts;

/// The policies of the page: to read everything. A finding names users, invites, keys and deliveries.
pub(crate) const READS: &[&str] = &[
    "user:read",
    "invite:read",
    "rbac_role:read",
    "rbac_policy:read",
    "api_key:read",
    "audit:read",
    "session:read",
    "webhook:read",
    "delivery:read",
    "event:read",
];

/// A second caller waits until the first has the result: the database is examined once at a time.
static EXAMINING: Mutex<()> = Mutex::const_new(());

#[derive(Template)]
#[template(path = "doctor/show.html")]
struct DoctorPage {
    frame: Frame,
    /// What was found; `None` before it was examined.
    findings: Option<Vec<Finding>>,
}

impl DoctorPage {
    fn title(&self, finding: &Finding) -> &'static str {
        texts::finding(finding.kind, self.frame.language).0
    }

    fn remedy(&self, finding: &Finding) -> &'static str {
        texts::finding(finding.kind, self.frame.language).1
    }

    fn number(&self, finding: &Finding) -> String {
        format::number(finding.number, self.frame.language)
    }

    /// How many are not named.
    fn more(&self, finding: &Finding) -> u64 {
        finding.number.saturating_sub(u64::try_from(finding.concerns.len()).unwrap_or(u64::MAX))
    }

    /// The page of a user.
    fn path(&self, concerned: &str) -> Option<String> {
        (concerned.starts_with("user_") && self.frame.may("user:read")).then(|| format!("/app/users/{concerned}"))
    }
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    request.page(&DoctorPage { frame: request.frame(), findings: None })
}

/// Examines the database, and shows what was found.
pub(crate) async fn examine(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let _turn = EXAMINING.lock().await;
    let findings = request.dashboard.web.doctor.examine().await?;
    request.page(&DoctorPage { frame: request.frame(), findings: Some(findings) })
}

#[cfg(test)]
mod tests {
    use vestibule_rbac::builtin;
    use vestibule_web::access::Access;

    use super::*;
    use crate::pages::PAGES;

    #[test]
    fn the_page_asks_for_every_policy_of_reading() {
        let mut reads: Vec<String> = builtin::keys().into_iter().filter(|key| key.ends_with(":read")).collect();
        let mut known: Vec<String> = READS.iter().map(|policy| (*policy).to_owned()).collect();
        reads.sort();
        known.sort();
        assert_eq!(known, reads);
        let pages = PAGES.iter().filter(|page| page.path == "/app/doctor");
        assert!(pages.clone().count() == 2 && pages.into_iter().all(|page| page.access == Access::Policies(READS)));
    }
}
