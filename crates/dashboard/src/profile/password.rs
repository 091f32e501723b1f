//! Changing one's password.

use super::show::page;
use crate::failure::Failure;
use crate::visit::{Answer, Visit};

pub(crate) async fn change(visit: Visit) -> Answer {
    visit.form.only(&["current", "password"])?;
    let (current, password) = (visit.form.get("current"), visit.form.get("password"));
    match visit.flows().change_password(visit.caller()?, current, password, &visit.by()).await {
        Ok(()) => visit.done("/app/profile", "password-changed"),
        Err(error) => {
            let failure = Failure::from(error);
            match failure.is_about_input() {
                true => page(&visit, failure.status(), None, Some(failure.message(visit.texts()))).await,
                false => Err(failure),
            }
        }
    }
}
