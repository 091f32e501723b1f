//! Changes the user's password.

use vestibule_flows::FreshProof;

use super::show::{Problems, page};
use crate::failure::Failure;
use crate::form_problem::field_of;
use crate::request::{Answer, SharedRequest};

pub(crate) async fn change(request: SharedRequest) -> Answer {
    request.form.only(&["current", "password"])?;
    let (current, password) = (request.form.get("current"), request.form.get("password"));
    match request
        .flows()
        .change_password(request.caller()?, current, password, &FreshProof::default(), &request.context())
        .await
    {
        Ok(known) => {
            let mut response = request.done("/app/profile", "password-changed")?;
            request.remember(&mut response, &known);
            Ok(response)
        }
        Err(error) => {
            let failure = Failure::from(error);
            let is_password = field_of(&failure, &request.form) == Some("password");
            let (status, problem) = failure.problem(request.language)?;
            let problem = Some(problem);
            let problems = match is_password {
                true => Problems { password: problem, ..Problems::default() },
                false => Problems { current: problem, ..Problems::default() },
            };
            page(&request, status, problems).await
        }
    }
}
