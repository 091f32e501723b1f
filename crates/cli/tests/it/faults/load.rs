//! Writers that never pause, and record what is acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use http::Method;
use serde_json::{Value as Json, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::ledger::{Habit, Ledger, Progress};
use crate::support::{Client, PASSWORD, Server};

/// Writers, at work until they are stopped or the server is gone.
pub(super) struct Load {
    ledger: Arc<Ledger>,
    stop: Arc<AtomicBool>,
    writers: JoinSet<()>,
}

/// Why a write was not acknowledged. It may have been done anyway.
enum NotAcknowledged {
    /// The server is gone.
    Lost,
    /// 503 with a time to try again.
    Unavailable,
}

/// Accepting costs a password hash each, so only one writer does it.
const WRITERS: [Habit; 6] =
    [Habit::Invite, Habit::AcceptInvite, Habit::AcceptInvite, Habit::UpdateUser, Habit::DeleteUser, Habit::DeleteUser];

impl Load {
    /// Starts the writers. `name` is part of all their addresses.
    pub(super) fn start(server: &Server, token: &str, name: &str, ledger: &Arc<Ledger>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut writers = JoinSet::new();
        for (number, habit) in WRITERS.into_iter().enumerate() {
            let mut writer = Writer {
                habit,
                admin: server.client().with_token(token),
                stranger: server.client(),
                ledger: Arc::clone(ledger),
                name: format!("{name}-{number}"),
                count: 0,
                user: None,
            };
            let stop = Arc::clone(&stop);
            writers.spawn(async move {
                while !stop.load(SeqCst) {
                    match writer.go_on().await {
                        Ok(()) => {}
                        Err(NotAcknowledged::Lost) => return,
                        // Shorter than requested, for many attempts during an outage.
                        Err(NotAcknowledged::Unavailable) => sleep(Duration::from_millis(20)).await,
                    }
                }
            });
        }
        Self { ledger: Arc::clone(ledger), stop, writers }
    }

    /// Waits until the load has reached a point. A writer that fails ends the test at once.
    pub(super) async fn reaches(&mut self, what: &str, reached: impl FnMut(&Progress) -> bool) {
        tokio::select! {
            () = self.ledger.reaches(what, reached) => {}
            Some(ended) = self.writers.join_next() => panic!("a writer has ended before {what}: {ended:?}"),
        }
    }

    /// Waits for the writers of a server that is gone.
    pub(super) async fn end(self) {
        self.writers.join_all().await;
    }

    /// Stops the writers, each after its current write.
    pub(super) async fn stop(self) {
        self.stop.store(true, SeqCst);
        self.end().await;
    }
}

struct Writer {
    habit: Habit,
    admin: Client,
    stranger: Client,
    ledger: Arc<Ledger>,
    name: String,
    count: u64,
    user: Option<(String, u64)>,
}

impl Writer {
    async fn go_on(&mut self) -> Result<(), NotAcknowledged> {
        match self.habit {
            Habit::Invite => self.invite().await.map(drop),
            Habit::AcceptInvite => self.accept().await.map(drop),
            Habit::UpdateUser => self.update().await,
            Habit::DeleteUser => self.delete().await,
        }
    }

    /// Returns an unused address.
    fn email(&mut self) -> String {
        self.count += 1;
        format!("{}-{}@example.com", self.name, self.count)
    }

    async fn invite(&mut self) -> Result<Json, NotAcknowledged> {
        let email = self.email();
        let answer = self.write(Method::POST, "/admin/invites", json!({ "email": email })).await?;
        let invite = answer["invite"].clone();
        self.ledger.entries().invites.insert(text(&invite["id"]), email);
        Ok(invite)
    }

    async fn accept(&mut self) -> Result<String, NotAcknowledged> {
        let invite = self.invite().await?;
        let body = json!({ "token": invite["token"], "password": PASSWORD, "first_name": "Ada" });
        self.ledger.sent(self.habit);
        let answer = self.stranger.try_ask(Method::POST, "/auth/invites/accept", Some(body)).await;
        let answer = self.judge(answer)?;
        let user = text(&answer["user"]["id"]);
        let mut entries = self.ledger.entries();
        entries.accepted.insert(text(&invite["id"]), user.clone());
        entries.people.push((text(&invite["email"]), user.clone()));
        Ok(user)
    }

    /// Counts up in the metadata of a user, and changes to a new user after a number whose fate is unknown.
    async fn update(&mut self) -> Result<(), NotAcknowledged> {
        let (id, number) = match self.user.take() {
            Some(user) => user,
            None => (self.create().await?, 0),
        };
        let number = number + 1;
        self.ledger.entries().users.insert(id.clone(), (number - 1, number));
        let path = format!("/admin/users/{id}");
        self.write(Method::POST, &path, json!({ "metadata": { "n": number } })).await?;
        self.ledger.entries().users.insert(id.clone(), (number, number));
        self.user = Some((id, number));
        Ok(())
    }

    /// Deletes, in turn, a user who can sign in and one who cannot.
    async fn delete(&mut self) -> Result<(), NotAcknowledged> {
        let id = if self.count % 4 == 3 { self.accept().await? } else { self.create().await? };
        self.ledger.entries().deleting.push(id.clone());
        self.write(Method::DELETE, &format!("/admin/users/{id}"), Json::Null).await?;
        self.ledger.entries().deleted.push(id);
        Ok(())
    }

    async fn create(&mut self) -> Result<String, NotAcknowledged> {
        let email = self.email();
        let answer = self.write(Method::POST, "/admin/users", json!({ "email": email })).await?;
        let id = text(&answer["user"]["id"]);
        self.ledger.entries().users.insert(id.clone(), (0, 0));
        Ok(id)
    }

    async fn write(&mut self, method: Method, path: &str, body: Json) -> Result<Json, NotAcknowledged> {
        self.ledger.sent(self.habit);
        let body = (!body.is_null()).then_some(body);
        let answer = self.admin.try_ask(method, path, body).await;
        self.judge(answer)
    }

    /// Accepts only 200, 503 with a time to try again, or no response.
    fn judge(
        &self,
        answer: Result<crate::support::Answer, crate::support::client::Lost>,
    ) -> Result<Json, NotAcknowledged> {
        let answer = answer.map_err(|_| NotAcknowledged::Lost)?;
        if answer.status == 503 {
            assert!(answer.retry_after().is_some_and(|seconds| seconds > 0), "{answer:?}");
            assert_eq!(answer.json()["type"], "unavailable");
            self.ledger.refused(answer.took);
            return Err(NotAcknowledged::Unavailable);
        }
        let body = answer.ok();
        self.ledger.acknowledged(self.habit);
        Ok(body)
    }
}

fn text(json: &Json) -> String {
    json.as_str().unwrap_or_else(|| panic!("no text: {json}")).to_owned()
}
