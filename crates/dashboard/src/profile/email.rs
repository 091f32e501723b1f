//! Requests another address for the user.

use vestibule_flows::FreshProof;

use super::show::{Problems, page};
use crate::failure::Failure;
use crate::request::{Answer, SharedRequest};

pub(crate) async fn change(request: SharedRequest) -> Answer {
    request.form.only(&["email"])?;
    let requested = async {
        let email = request.email("email")?;
        let (caller, proof) = (request.caller()?, FreshProof::default());
        request.flows().request_email_change(caller, &email, &proof, &request.context()).await?;
        Ok::<_, Failure>(())
    };
    match requested.await {
        Ok(()) => request.done("/app/profile", "email-requested"),
        Err(failure) => {
            let (status, problem) = failure.problem(request.language)?;
            page(&request, status, Problems { email: Some(problem), ..Problems::default() }).await
        }
    }
}
