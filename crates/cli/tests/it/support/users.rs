//! Users who sign in.

use serde_json::json;

use super::{Client, Place, Server};

/// The password of every user.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

impl Place {
    /// Creates a user who can sign in.
    pub(crate) async fn create_user(&self, email: &str) {
        let arguments = ["user", "create", "--email", email, "--password-stdin"];
        self.run_with(&arguments, Some(PASSWORD.as_bytes())).await.ok();
    }

    /// Starts a server, and signs in `admin@example.com`.
    pub(crate) async fn serve_admin(&self) -> (Server, Client) {
        let server = self.serve().await;
        self.create_user("admin@example.com").await;
        let admin = server.sign_in("admin@example.com").await;
        (server, admin)
    }
}

impl Server {
    /// Signs a user in, and returns the token.
    pub(crate) async fn token_of(&self, email: &str) -> String {
        let credentials = json!({ "email": email, "password": PASSWORD });
        let answer = self.client().post("/auth/user/emailpass", credentials).await.ok();
        answer["token"].as_str().unwrap().to_owned()
    }

    /// Signs a user in.
    pub(crate) async fn sign_in(&self, email: &str) -> Client {
        self.client().with_token(&self.token_of(email).await)
    }
}

/// Returns the token in a link to `/app/invite`.
pub(crate) fn link_token(text: &str) -> &str {
    let (_, token) = text.split_once("/app/invite?token=").unwrap_or_else(|| panic!("no link: {text}"));
    token.split_whitespace().next().unwrap()
}
