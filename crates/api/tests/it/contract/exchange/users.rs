//! Users: retrieved, updated, deleted, listed.

use serde_json::json;

use super::{Exchange, PASSWORD, mail};

const UNKNOWN: &str = "/admin/users/user_nosuch";

impl Exchange {
    pub(in crate::contract) async fn users_crud(&mut self) {
        let (admin, user, id) = self.invite_and_accept(&mail("ada"), "Lovelace").await;
        let at = format!("/admin/users/{id}");
        self.step("retrieve", admin.get(&at)).await;
        self.step("retrieve unknown", admin.get(UNKNOWN)).await;
        let change = json!({ "first_name": "Augusta", "metadata": { "a": 1, "b": { "c": [1, 2] } } });
        self.step("update", admin.post(&at, change)).await;
        let change = json!({ "avatar_url": "https://example.com/a.png", "last_name": null });
        self.step("update avatar, clear last name", admin.post(&at, change)).await;
        self.step("update unknown", admin.post(UNKNOWN, json!({ "first_name": "X" }))).await;
        self.step("update with a wrong type", admin.post(&at, json!({ "first_name": 5 }))).await;
        self.step("update with an unknown key", admin.post(&at, json!({ "nosuch": 5 }))).await;
        self.step("auth providers of a user", admin.get(&format!("{at}/auth-providers"))).await;
        self.step("delete oneself", user.delete(&at)).await;
        self.step("delete", admin.delete(&at)).await;
        self.step("delete again", admin.delete(&at)).await;
        self.step("retrieve after delete", admin.get(&at)).await;
        self.step("the deleted user's token on me", user.get("/admin/users/me")).await;
        let sign_in = self.anonymous.sign_in(&mail("ada"), PASSWORD);
        self.step("login as the deleted user", sign_in).await;
        let invite = admin.post("/admin/invites", json!({ "email": mail("ada") }));
        self.step("invite the email anew", invite).await;
    }

    pub(in crate::contract) async fn users_list(&mut self) {
        let mut last = None;
        for name in ["list.a", "list.b", "list.c"] {
            last = Some(self.invite_and_accept(&mail(name), "LRUN").await);
        }
        let (admin, _, id) = last.unwrap();
        let by_email = format!("email={}", mail("list.a"));
        let by_ids = format!("id[]={id}&id[]=user_nosuch");
        for (label, query) in [
            ("search", "q=LRUN&order=email"),
            ("search, newest first, one at a time", "q=LRUN&order=-email&limit=1&offset=1"),
            ("only some fields", "q=LRUN&order=email&fields=id,email"),
            ("less a field", "q=LRUN&order=email&limit=1&fields=-metadata"),
            ("by email", by_email.as_str()),
            ("by id list", by_ids.as_str()),
            ("created before 2020", "created_at[$lt]=2020-01-01T00:00:00.000Z"),
            ("limit not a number", "limit=abc"),
            ("negative limit", "limit=-1"),
            ("unknown parameter", "nosuch=1"),
            ("no match", "q=zzRUNzz"),
        ] {
            self.step(label, admin.get(&format!("/admin/users?{query}"))).await;
        }
    }
}
