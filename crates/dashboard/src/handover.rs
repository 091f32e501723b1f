//! What a form leaves for the page after it: a secret that is shown once, or what was typed when the session had ended.
//!
//! A form redirects, so that loading its result again repeats nothing. What the result must show waits in the database, sealed,
//! because the next request may reach another process.

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_auth::HandoverId;
use vestibule_user::UserId;

use crate::failure::Failure;
use crate::form::Fields;
use crate::request::{Answer, PageRequest};

/// The fields of an address that name what was handed over. No link and no cached page has them.
pub(crate) const NAMES: [&str; 2] = [ONCE, DRAFT];

const ONCE: &str = "once";
const DRAFT: &str = "draft";

/// How often it is shown: once, again when the page is loaded again, and once more when the user goes back to it.
const READS: u32 = 3;

/// How long a secret waits for its page.
const SECRET_KEPT: Duration = Duration::from_secs(10 * 60);

/// How long a form waits for its user to sign in.
const FORM_KEPT: Duration = Duration::from_secs(60 * 60);

/// The longest form that is kept, in bytes.
const LONGEST: usize = 64 * 1024;

/// Fields with secrets, which are never kept.
const SECRETS: [&str; 13] = [
    "form_token",
    "password",
    "current_password",
    "new_password",
    "code",
    "secret",
    "token",
    "state",
    "answer",
    "proof_code",
    "proof_password",
    "proof_challenge",
    "proof_answer",
];

/// A form as it was typed.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// The form's path.
    pub(crate) action: String,
    pub(crate) fields: Fields,
}

impl PageRequest {
    /// Redirects to a page of this session that shows `what`, a few times and to no one else.
    pub(crate) async fn show_once(&self, path: &str, what: Json) -> Answer {
        self.go(&self.hand_over(path, what).await?)
    }

    /// Keeps what a page of this session shows, and returns its address.
    async fn hand_over(&self, path: &str, what: Json) -> Result<String, Failure> {
        let session = self.caller()?.session_id.to_string();
        let content = json!({ "path": path, "what": what }).to_string();
        let id = self.flows().auth().hand_over(&session, content.as_bytes(), READS, SECRET_KEPT).await?;
        Ok(format!("{path}?{ONCE}={id}"))
    }

    /// Redirects to such a page, which also reports what was done.
    pub(crate) async fn done_with(&self, path: &str, done: &str, what: Json) -> Answer {
        self.done(&self.hand_over(path, what).await?, done)
    }

    /// Returns what a form has left for this page.
    pub(crate) async fn shown_once(&self) -> Result<Option<Json>, Failure> {
        let Ok(id) = self.query.get(ONCE).parse::<HandoverId>() else { return Ok(None) };
        let session = self.caller()?.session_id.to_string();
        let content = self.flows().auth().take_over(id, &session).await?;
        let kept: Option<Json> = content.and_then(|content| serde_json::from_slice(&content).ok());
        let kept = kept.filter(|kept| kept.get("path").and_then(Json::as_str) == Some(self.path()));
        Ok(kept.and_then(|kept| kept.get("what").cloned()))
    }

    /// Returns one text of what a form has left for this page.
    pub(crate) async fn text_shown_once(&self, name: &str) -> Result<Option<String>, Failure> {
        let what = self.shown_once().await?;
        Ok(what.as_ref().and_then(|what| what.get(name)?.as_str()).map(str::to_owned))
    }

    /// Keeps the form of this request for a user, and returns the field of the address that leads to it.
    pub(crate) async fn keep_form(&self, user: UserId) -> Result<Option<(&'static str, String)>, Failure> {
        let is_kept = |(name, _): &(&str, &str)| !SECRETS.contains(name);
        let fields: Vec<[&str; 2]> = self.form.iter().filter(is_kept).map(|(name, value)| [name, value]).collect();
        let content = json!({ "action": self.path(), "fields": fields }).to_string();
        if fields.is_empty() || content.len() > LONGEST {
            return Ok(None);
        }
        let id = self.flows().auth().hand_over(&user.to_string(), content.as_bytes(), READS, FORM_KEPT).await?;
        Ok(Some((DRAFT, id.to_string())))
    }

    /// Returns the form that the user typed before they signed in again, if this page's address names one.
    pub(crate) async fn kept_form(&self) -> Result<Option<Draft>, Failure> {
        let Ok(id) = self.query.get(DRAFT).parse::<HandoverId>() else { return Ok(None) };
        let Some(user) = self.caller.as_ref().and_then(|caller| caller.user.as_ref()) else { return Ok(None) };
        let content = self.flows().auth().take_over(id, &user.id.to_string()).await?;
        Ok(content.and_then(|content| read_draft(&content)))
    }
}

fn read_draft(content: &[u8]) -> Option<Draft> {
    let kept: Json = serde_json::from_slice(content).ok()?;
    let fields: Vec<(String, String)> = serde_json::from_value(kept.get("fields")?.clone()).ok()?;
    Some(Draft { action: kept.get("action")?.as_str()?.to_owned(), fields: fields.into_iter().collect() })
}
