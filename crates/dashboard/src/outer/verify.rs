//! Confirming an address by the code of a mail. Opening the link changes nothing: programs open links too.

use askama::Template;

use crate::failure::Failure;
use crate::frame::Frame;
use crate::visit::{Answer, Asked};

#[derive(Template)]
#[template(path = "outer/verify.html")]
struct VerifyPage {
    frame: Frame,
    code: String,
    problem: Option<String>,
}

pub(crate) async fn show(visit: Asked) -> Answer {
    let code = visit.query.get("code").to_owned();
    visit.page(&VerifyPage { frame: visit.frame(), code, problem: None })
}

pub(crate) async fn confirm(visit: Asked) -> Answer {
    visit.form.only(&["code"])?;
    let code = visit.form.get("code").trim().to_owned();
    match visit.flows().confirm_verification(&code, None, &visit.by()).await {
        // Where a session waits for it, it goes on.
        Ok(_) => match &visit.caller {
            Some(caller) => {
                visit.flows().refresh(caller).await?;
                visit.done("/app", "verified")
            }
            None => visit.go("/app/login?done=verified"),
        },
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(visit.texts())?;
            visit.page_with(status, &VerifyPage { frame: visit.frame(), code, problem: Some(problem) })
        }
    }
}
