//! From an empty database to the deletion of a signed-in user, by pages alone.

use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, Site};

on_both_engines!(from_set_up_to_being_deleted_while_signed_in);

async fn from_set_up_to_being_deleted_while_signed_in(site: Site) {
    let token = site.flows.issue_first_user_token().await.unwrap().unwrap();
    let ada = site.browser();
    let fields = [("token", token.as_str()), ("email", "ada@example.com"), ("password", PASSWORD)];
    ada.post("/app/setup", &fields).await.leads_to("/app?done=welcome");
    let page = ada.post("/app/invites/new", &[("addresses", "grace@example.com"), ("role", "role_super_admin")]).await;
    let token = page.is(200).between("/app/invite?token=", "\"");

    let grace = site.browser();
    grace.get(&format!("/app/invite?token={token}")).await.is(200).shows("ada@example.com");
    let fields = [("token", token.as_str()), ("first_name", "Grace"), ("last_name", "Hopper"), ("password", PASSWORD)];
    grace.post("/app/invite", &fields).await.leads_to("/app?done=welcome");
    crate::matrix::enrol_factor(&site, "grace@example.com").await;
    grace.get("/app/users").await.is(303);
    let half = site.browser();
    half.post("/app/login", &[("email", "grace@example.com"), ("password", PASSWORD)]).await.is(303);

    let link = ada.get("/app/users?q=grace").await.between("href=\"/app/users/user_", "\"");
    let path = format!("/app/users/user_{link}/delete");
    ada.post(&path, &[("confirm", "grace@example.com")]).await.leads_to("/app/users?done=deleted");
    half.get("/app/login/factor").await.is(303);
    let gone = site.browser().post("/app/login", &[("email", "grace@example.com"), ("password", PASSWORD)]).await;
    gone.is(401);
}
