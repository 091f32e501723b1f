//! Invites: the tabs, inviting one or several users, and the actions on an invite.

use std::time::Duration;

use vestibule_core::{Filter, FindConfig};
use vestibule_flows::{Context, NewInvite};
use vestibule_testing::on_both_engines;
use vestibule_user::{Invite, InviteState};

use crate::support::Site;

on_both_engines!(
    tabs_show_the_count_of_each_state,
    invalid_addresses_do_not_block_the_others,
    pasted_addresses_are_separated_by_anything_and_count_once,
    inviting_with_missing_permissions_is_refused,
    an_invite_is_resent_and_revoked,
    several_invites_are_resent_and_revoked_at_once,
    link_of_an_invite_is_hidden_from_callers_who_could_not_grant_it,
);

impl Site {
    async fn invites(&self) -> Vec<Invite> {
        self.flows.users().list_invites(&Filter::everything(), &FindConfig::default()).await.unwrap()
    }

    async fn invite(&self, email: &str) -> Invite {
        self.flows.invite(&NewInvite::new(email.parse().unwrap()), &Context::operator()).await.unwrap()
    }
}

async fn tabs_show_the_count_of_each_state(site: Site) {
    let browser = site.admin().await;
    browser.get("/app/invites").await.is(200).shows("No pending invites.");
    site.invite("old@example.com").await;
    site.clock.advance(Duration::from_secs(86_400));
    site.invite("new@example.com").await;
    let gone = site.invite("gone@example.com").await;
    site.flows.revoke_invite(gone.id, &Context::operator()).await.unwrap();
    let browser = site.signed_in("ada@example.com").await;
    let page = browser.get("/app/invites").await;
    page.shows("Pending <span class=\"count\">1<").shows("Expired <span class=\"count\">1<");
    page.shows("Accepted <span class=\"count\">0<").shows("Revoked <span class=\"count\">1<");
    page.shows("new@example.com").hides("old@example.com").shows("in 1 day");
    browser.get("/app/invites?state=expired").await.shows("old@example.com").hides("new@example.com");
    browser.get("/app/invites?state=revoked").await.shows("gone@example.com").hides("/resend");
    browser.get("/app/invites?q=nothing").await.shows("Nothing matches.").shows("count\">0<");
    browser.get("/app/invites?state=nonsense").await.is(200).shows("new@example.com");
}

async fn invalid_addresses_do_not_block_the_others(site: Site) {
    let browser = site.admin().await;
    browser.get("/app/invites/new").await.is(200).shows("value=\"role_viewer\" checked");
    for empty in ["", " \n, ;"] {
        browser.post("/app/invites/new", &[("addresses", empty)]).await.is(400).shows("at least one address");
    }
    let addresses = "a@example.com\nnonsense, ada@example.com; b@example.com\r\na@example.com\n<b>@example.com";
    let page = browser.post("/app/invites/new", &[("addresses", addresses), ("role", "role_super_admin")]).await;
    page.is(200).shows("2 of 5 invited").hides("<b>@");
    page.shows("has the form name@example.com").shows("already exist");
    let left = page.between("<textarea", "</textarea>");
    assert!(left.contains("nonsense\nada@example.com") && !left.contains("b@example.com\n"), "{left}");
    let mut invited: Vec<String> = site.invites().await.iter().map(|invite| invite.email.to_string()).collect();
    invited.sort();
    assert_eq!(invited, ["a@example.com", "b@example.com"]);
    let many: String = (0..201).map(|number| format!("p{number}@example.com\n")).collect();
    browser
        .post("/app/invites/new", &[("addresses", &many)])
        .await
        .is(400)
        .shows("Two hundred")
        .shows("p200@example.com");
    assert_eq!(site.invites().await.len(), 2);
}

async fn pasted_addresses_are_separated_by_anything_and_count_once(site: Site) {
    let browser = site.admin().await;
    let pasted = "a@example.com\tb@example.com c@example.com;A@Example.COM\r\nDora <d@my--site.example>, b@example.com";
    let page = browser.post("/app/invites/new", &[("addresses", pasted), ("role", "role_super_admin")]).await;
    page.is(200).shows("4 of 4 invited");
    let mut invited: Vec<String> = site.invites().await.iter().map(|invite| invite.email.to_string()).collect();
    invited.sort();
    assert_eq!(invited, ["a@example.com", "b@example.com", "c@example.com", "d@my--site.example"]);
    let repeated = "e@example.com\n".repeat(201);
    browser.post("/app/invites/new", &[("addresses", &repeated)]).await.is(200).shows("1 of 1 invited");
    let page = browser.post("/app/invites/new", &[("addresses", "f..g@docomo.example john.@docomo.example")]).await;
    page.is(422).shows("0 of 2 invited").shows("two in a row").hides("has the form");
}

/// security.md 5
async fn inviting_with_missing_permissions_is_refused(site: Site) {
    let browser = site.limited(&["invite:create", "invite:read", "rbac_role:read"]).await;
    browser.get("/app/invites/new").await.is(200).shows("Limited").hides("role_super_admin");
    let fields = [("addresses", "a@example.com"), ("role", "role_super_admin")];
    browser.post("/app/invites/new", &fields).await.is(422).shows("do not have permission");
    assert!(site.invites().await.is_empty());
    browser.post("/app/invites/new", &[("addresses", "a@example.com")]).await.is(200).shows("1 of 1 invited");
    assert_eq!(site.invites().await.len(), 1);
}

async fn an_invite_is_resent_and_revoked(site: Site) {
    let invite = site.invite("a@example.com").await;
    let browser = site.admin().await;
    browser.get("/app/invites").await.shows(&format!("token={}", invite.token.clone().unwrap()));
    browser.post(&format!("/app/invites/{}/resend", invite.id), &[]).await.leads_to("/app/invites?done=resent");
    assert_ne!(site.invites().await[0].token, invite.token);
    let path = format!("/app/invites/{}/revoke", invite.id);
    browser.get(&path).await.is(200).shows("a@example.com");
    browser.post(&path, &[]).await.leads_to("/app/invites?state=revoked&done=revoked");
    assert_eq!(site.invites().await[0].state, InviteState::Revoked);
    browser.get("/app/invites/invite_01ARZ3NDEKTSV4RRFFQ69G5FAV/revoke").await.is(404);
}

/// security.md 37 and 38
async fn link_of_an_invite_is_hidden_from_callers_who_could_not_grant_it(site: Site) {
    let invite = site.invite("big@example.com").await;
    let browser =
        site.limited(&["invite:read", "invite:create", "invite:update", "invite:delete", "rbac_role:read"]).await;
    browser.post("/app/invites/new", &[("addresses", "small@example.com")]).await.is(200);
    let small = site.invites().await.into_iter().find(|invite| invite.email.as_str() == "small@example.com").unwrap();
    let page = browser.get("/app/invites").await;
    page.shows("big@example.com").shows("Link hidden").hides(&invite.token.clone().unwrap());
    page.shows(&small.token.unwrap());
    assert_eq!(page.text.matches(" data-copy ").count(), 1);
    for path in [format!("/app/invites/{}/resend", invite.id), format!("/app/invites/{}/revoke", invite.id)] {
        browser.post(&path, &[]).await.is(403).shows("you lack *:*");
    }
    let again = site.invites().await.into_iter().find(|found| found.id == invite.id).unwrap();
    assert_eq!((again.token, again.state), (invite.token, InviteState::Pending));
}

async fn several_invites_are_resent_and_revoked_at_once(site: Site) {
    let browser = site.admin().await;
    let [one, two, three] = [
        site.invite("one@example.com").await,
        site.invite("two@example.com").await,
        site.invite("three@example.com").await,
    ]
    .map(|invite| invite.id.to_string());
    let page = browser.get("/app/invites").await;
    page.shows(&format!("name=\"invite\" value=\"{two}\"")).shows("formaction=\"/app/invites/revoke\"");
    let chosen = [("invite", one.as_str()), ("invite", &two)];
    browser.post("/app/invites/resend", &chosen).await.leads_to("/app/invites?done=resent-many");
    let mut sent: Vec<(String, i64)> =
        site.invites().await.iter().map(|invite| (invite.email.to_string(), invite.times_sent)).collect();
    sent.sort();
    assert_eq!(
        sent,
        [("one@example.com", 2), ("three@example.com", 1), ("two@example.com", 2)].map(|(a, n)| (a.to_owned(), n))
    );
    browser.post("/app/invites/revoke", &chosen).await.leads_to("/app/invites?state=revoked&done=revoked-many");
    // One that is refused does not stop the others.
    let page = browser.post("/app/invites/resend", &[("invite", &one), ("invite", &three)]).await;
    page.is(400).shows("The other invites are changed. Not changed: one@example.com:");
    assert_eq!(site.invites().await.iter().find(|invite| invite.id.to_string() == three).unwrap().times_sent, 2);
    browser.post("/app/invites/revoke", &[]).await.is(400).shows("No invite is selected.");
    browser.get("/app/invites?state=revoked").await.hides("name=\"invite\"");
    let reader = site.limited(&["invite:read", "invite:update"]).await;
    reader.get("/app/invites").await.shows("name=\"invite\"").hides("/app/invites/revoke");
    // The invite grants more than the caller has.
    reader.post("/app/invites/resend", &[("invite", &three)]).await.is(400).shows("three@example.com: ");
    reader.post("/app/invites/revoke", &[("invite", &three)]).await.is(403);
}
