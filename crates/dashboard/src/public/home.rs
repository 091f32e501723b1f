//! `/app`: redirects to the first page that the user may see.

use crate::failure::Failure;
use crate::request::{Answer, SharedRequest};
use vestibule_web::access::Refusal;

pub(crate) async fn home(request: SharedRequest) -> Answer {
    use vestibule_flows::Stage;
    let Some(caller) = &request.caller else { return request.go("/app/login") };
    match (caller.stage, &caller.user) {
        (Stage::Half, _) => request.go("/app/login/factor"),
        (Stage::Enrolment, _) => request.go("/app/profile/second-factor"),
        (Stage::Unverified, _) => request.go("/app/verify"),
        (Stage::Full, None) => Err(Failure::Refused(Refusal::Unauthenticated)),
        (Stage::Full, Some(_)) => {
            let done = request.query.get("done");
            let path = request.frame().places().first().map_or("/app/profile", |place| place.path);
            if done.is_empty() { request.go(path) } else { request.done(path, done) }
        }
    }
}
