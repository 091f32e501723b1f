//! Changing one's password.

use vestibule_flows::FreshProof;

use super::show::{Problems, page};
use crate::failure::Failure;
use crate::request::{Answer, Asked};

pub(crate) async fn change(visit: Asked) -> Answer {
    visit.form.only(&["current", "password"])?;
    let (current, password) = (visit.form.get("current"), visit.form.get("password"));
    match visit.flows().change_password(visit.caller()?, current, password, &FreshProof::default(), &visit.by()).await {
        Ok(known) => {
            let mut response = visit.done("/app/profile", "password-changed")?;
            visit.remember(&mut response, &known);
            Ok(response)
        }
        Err(error) => {
            let failure = Failure::from(error);
            let is_password = failure.is_weak_password();
            let (status, problem) = failure.problem(visit.language)?;
            let problem = Some(problem);
            let problems = match is_password {
                true => Problems { password: problem, ..Problems::default() },
                false => Problems { current: problem, ..Problems::default() },
            };
            page(&visit, status, problems).await
        }
    }
}
