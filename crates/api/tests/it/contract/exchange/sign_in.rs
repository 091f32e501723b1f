//! Sign-ins, sessions, tokens, registrations.

use serde_json::json;

use super::{ADMIN, ADMIN_PASSWORD, Exchange, PASSWORD, mail};

const SIGN_IN: &str = "/auth/user/emailpass";
const REGISTER: &str = "/auth/user/emailpass/register";

impl Exchange {
    pub(in crate::contract) async fn login(&mut self) {
        let anyone = self.anonymous.clone();
        let right = json!({ "email": ADMIN, "password": ADMIN_PASSWORD });
        let answer = self.step("login", anyone.post(SIGN_IN, right.clone())).await.ok();
        self.claims("claims of a login token", &answer["token"]);
        for (label, body) in [
            ("wrong password", json!({ "email": ADMIN, "password": "wrong" })),
            ("unknown email", json!({ "email": mail("nobody"), "password": "wrong" })),
            ("no password", json!({ "email": ADMIN })),
            ("no email", json!({ "password": "x" })),
            ("empty body", json!({})),
            ("password not a string", json!({ "email": ADMIN, "password": 12_345_678 })),
        ] {
            self.step(label, anyone.post(SIGN_IN, body)).await;
        }
        self.step("malformed JSON", anyone.ask("POST", SIGN_IN).raw("application/json", r#"{"email": "#)).await;
        self.step("unknown provider", anyone.post("/auth/user/nosuch", right.clone())).await;
        self.step("providers", anyone.get("/auth/user/providers")).await;
        let answer =
            self.step("login as another actor type", anyone.post("/auth/customer/emailpass", right)).await.ok();
        self.claims("claims as another actor type", &answer["token"]);
        let admin = self.admin().await;
        self.step("who am I", admin.get("/admin/users/me")).await;
    }

    pub(in crate::contract) async fn session(&mut self) {
        let (anyone, admin) = (self.anonymous.clone(), self.admin().await);
        self.step("session without a token", anyone.post_nothing("/auth/session")).await;
        let answer = self.step("session from a token", admin.post_nothing("/auth/session")).await;
        let by_cookie = self.app.cookie(answer.header("set-cookie").unwrap().split(';').next().unwrap());
        self.step("who am I by cookie", by_cookie.get("/admin/users/me")).await;
        self.step("sign out", by_cookie.delete("/auth/session")).await;
        self.step("who am I after signing out", by_cookie.get("/admin/users/me")).await;
        self.step("sign out again", by_cookie.delete("/auth/session")).await;
    }

    pub(in crate::contract) async fn token(&mut self) {
        let (anyone, admin) = (self.anonymous.clone(), self.admin().await);
        let answer = self.step("refresh", admin.post_nothing("/auth/token/refresh")).await.ok();
        self.claims("claims of a refreshed token", &answer["token"]);
        self.step("refresh without a token", anyone.post_nothing("/auth/token/refresh")).await;
        let rubbish = self.app.bearer("rubbish");
        self.step("refresh with rubbish", rubbish.post_nothing("/auth/token/refresh")).await;
        self.step("admin route without a token", anyone.get("/admin/users")).await;
        let rubbish = self.app.bearer("a.b.c");
        self.step("admin route with rubbish", rubbish.get("/admin/users")).await;
    }

    pub(in crate::contract) async fn register(&mut self) {
        let anyone = self.anonymous.clone();
        let body = json!({ "email": mail("reg"), "password": PASSWORD });
        let other = json!({ "email": mail("reg"), "password": "Other-harbour-77x" });
        let answer = self.step("register", anyone.post(REGISTER, body.clone())).await.ok();
        self.claims("claims of a registration token", &answer["token"]);
        let registered = self.app.bearer(answer["token"].as_str().unwrap());
        self.step("same again, same password", anyone.post(REGISTER, body.clone())).await;
        self.step("same again, other password", anyone.post(REGISTER, other)).await;
        self.step("register without a password", anyone.post(REGISTER, json!({ "email": mail("reg2") }))).await;
        self.step("register without an email", anyone.post(REGISTER, json!({ "password": PASSWORD }))).await;
        self.step("registration token on an admin route", registered.get("/admin/users")).await;
        self.step("registration token on me", registered.get("/admin/users/me")).await;
        let answer = self.step("login before a user exists", anyone.post(SIGN_IN, body)).await.ok();
        let signed_in = self.app.bearer(answer["token"].as_str().unwrap());
        self.step("its token on an admin route", signed_in.get("/admin/users")).await;
    }
}
