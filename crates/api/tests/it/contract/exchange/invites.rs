//! Invites: created, accepted, refused, resent, revoked.

use serde_json::json;

use super::{ADMIN, Exchange, PASSWORD, accept, mail};

const INVITES: &str = "/admin/invites";
const UNKNOWN: &str = "/admin/invites/invite_nosuch";

impl Exchange {
    pub(in crate::contract) async fn invite_accept(&mut self) {
        let (anyone, admin, email) = (self.anonymous.clone(), self.admin().await, mail("inv"));
        let invite = self.step("create an invite", admin.post(INVITES, json!({ "email": email }))).await.ok();
        let at = format!("{INVITES}/{}", invite["invite"]["id"].as_str().unwrap());
        self.claims("claims of an invite token", &invite["invite"]["token"]);
        self.step("retrieve it", admin.get(&at)).await;
        self.step("list by email", admin.get(&format!("{INVITES}?email={email}"))).await;
        let credentials = json!({ "email": email, "password": PASSWORD });
        let answer =
            self.step("register", anyone.post("/auth/user/emailpass/register", credentials.clone())).await.ok();
        let registered = self.app.bearer(answer["token"].as_str().unwrap());
        let names = json!({ "first_name": "Ada", "last_name": "Lovelace" });
        self.step("accept", registered.post(&accept(&invite), names.clone())).await;
        self.step("accept again", registered.post(&accept(&invite), names)).await;
        self.step("the invite after acceptance", admin.get(&at)).await;
        let answer = self.step("login as the new user", anyone.post("/auth/user/emailpass", credentials)).await.ok();
        self.claims("claims of the new user", &answer["token"]);
        let user = self.app.bearer(answer["token"].as_str().unwrap());
        self.step("me", user.get("/admin/users/me")).await;
    }

    pub(in crate::contract) async fn invite_errors(&mut self) {
        let (anyone, admin, email) = (self.anonymous.clone(), self.admin().await, mail("inv"));
        self.step("invite without a token", anyone.post(INVITES, json!({ "email": email }))).await;
        for (label, body) in [
            ("no email", json!({})),
            ("email not a string", json!({ "email": 5 })),
            ("unknown key", json!({ "email": email, "nosuch": 1 })),
            ("with metadata", json!({ "email": email, "metadata": { "team": "ops", "n": 1 } })),
            ("the same email again", json!({ "email": email })),
            ("email of an existing user", json!({ "email": ADMIN })),
        ] {
            self.step(label, admin.post(INVITES, body)).await;
        }
        self.step("retrieve an unknown invite", admin.get(UNKNOWN)).await;
        self.step("delete an unknown invite", admin.delete(UNKNOWN)).await;
        self.step("resend an unknown invite", admin.post_nothing(&format!("{UNKNOWN}/resend"))).await;
    }

    pub(in crate::contract) async fn invite_resend_delete(&mut self) {
        let (admin, email) = (self.admin().await, mail("inv"));
        let invite = self.step("create", admin.post(INVITES, json!({ "email": email }))).await.ok();
        let at = format!("{INVITES}/{}", invite["invite"]["id"].as_str().unwrap());
        let newer = self.step("resend", admin.post_nothing(&format!("{at}/resend"))).await.ok();
        let changed = invite["invite"]["token"] != newer["invite"]["token"];
        self.steps.push(json!({ "label": "the token has changed", "value": changed }));
        let registered = self.anonymous.register(&email, PASSWORD).await;
        let names = json!({ "first_name": "A", "last_name": "B" });
        let by_older = registered.post(&accept(&invite), names.clone());
        self.step("accept with the token before the resend", by_older).await;
        self.step("delete", admin.delete(&at)).await;
        self.step("retrieve after delete", admin.get(&at)).await;
        self.step("accept after delete", registered.post(&accept(&newer), names)).await;
        self.step("invite the same email anew", admin.post(INVITES, json!({ "email": email }))).await;
    }

    pub(in crate::contract) async fn accept_errors(&mut self) {
        let (anyone, admin, email) = (self.anonymous.clone(), self.admin().await, mail("inv"));
        let invite = admin.post(INVITES, json!({ "email": email })).await.ok();
        let (at, body) = (accept(&invite), json!({ "first_name": "A" }));
        let registered = anyone.register(&email, PASSWORD).await;
        self.step("no registration token", anyone.post(&at, body.clone())).await;
        self.step("no invite token", registered.post("/admin/invites/accept", body.clone())).await;
        let rubbish = "/admin/invites/accept?token=rubbish";
        self.step("rubbish invite token", registered.post(rubbish, body.clone())).await;
        self.step("unknown key", registered.post(&at, json!({ "first_name": "A", "nosuch": 1 }))).await;
        self.step("already signed in as a user", admin.post(&at, body)).await;
        let with_email = registered.post(&at, json!({ "email": email, "first_name": "A" }));
        self.step("with an explicit email", with_email).await;
    }
}
