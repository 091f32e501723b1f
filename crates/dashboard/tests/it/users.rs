//! Users: the list, one user, and the actions on a user.

use vestibule_auth::ApiKeyField;
use vestibule_core::{Field as _, FindConfig, Patch};
use vestibule_flows::{Context, NewApiKey};
use vestibule_testing::on_both_engines;
use vestibule_user::{UpdateUser, User, UserId};

use crate::support::{PASSWORD, Site};

on_both_engines!(
    the_list_is_searched_filtered_and_sorted,
    a_page_of_fifty_rows_is_small,
    names_are_escaped,
    a_user_is_edited_and_invalid_values_stay_in_the_form,
    roles_are_assigned_and_removed,
    a_user_is_locked_and_unlocked,
    several_users_are_locked_at_once,
    all_users_that_match_are_changed_at_once,
    a_lock_can_be_undone,
    a_change_of_roles_can_be_undone,
    a_link_to_set_a_password_is_shown_once,
    a_link_to_set_a_password_is_mailed,
    sessions_are_ended,
    a_second_factor_is_reset,
    failed_attempts_are_cleared,
    a_deletion_names_the_user_first,
    users_cannot_delete_themselves,
    the_list_is_exported,
    actions_without_permission_are_hidden,
    a_user_with_more_permissions_is_read_only,
    api_keys_of_a_user_are_listed_and_revoked_with_the_lock,
    api_keys_of_a_deleted_user_are_listed_and_revoked_or_kept,
);

impl Site {
    async fn named(&self, email: &str, first: &str, last: &str) -> User {
        let id = self.create_user(email, Some(vec![])).await.id;
        let update = UpdateUser {
            first_name: Patch::Set(first.to_owned()),
            last_name: Patch::Set(last.to_owned()),
            ..UpdateUser::new(id)
        };
        self.flows.update_user_account(&update, &Context::operator()).await.unwrap()
    }

    async fn user(&self, id: UserId) -> User {
        self.flows.users().retrieve_user(id).await.unwrap()
    }
}

async fn the_list_is_searched_filtered_and_sorted(site: Site) {
    let browser = site.admin().await;
    browser.get("/app/users").await.is(200).shows("ada@example.com").hides("rel=\"next\"");
    let grace = site.named("grace@example.com", "Grace", "Hopper").await;
    site.named("under_score@example.com", "Percent", "%").await;
    site.flows.lock_user(grace.id, &Context::operator()).await.unwrap();
    let only = async |query: &str, shown: &[&str]| {
        let page = browser.get(&format!("/app/users?{query}")).await;
        for email in ["ada@example.com", "grace@example.com", "under_score@example.com"] {
            let is_shown = ["bdi class=\"main\"", "span class=\"quiet\""]
                .iter()
                .any(|start| page.text.contains(&format!("<{start}>{email}<")));
            assert_eq!(is_shown, shown.contains(&email), "{query} {email}");
        }
    };
    only("q=GRACE+hop", &["grace@example.com"]).await;
    only("q=ADA+hop", &[]).await;
    only("q=hopper", &["grace@example.com"]).await;
    only("q=%25", &["under_score@example.com"]).await;
    only("q=_", &["under_score@example.com"]).await;
    only("q=%5C", &[]).await;
    only("state=locked", &["grace@example.com"]).await;
    only("state=active", &["ada@example.com", "under_score@example.com"]).await;
    only("state=without&role=role_super_admin", &["ada@example.com"]).await;
    only(
        "state=nonsense&sort=nonsense&page=-1&rows=0",
        &["ada@example.com", "grace@example.com", "under_score@example.com"],
    )
    .await;
    browser.get("/app/users?q=unmatched").await.shows("Nothing matches.").shows("Show all");
    let names = ["name", "oldest", ""].map(|sort| format!("/app/users?sort={sort}"));
    let order = async |path: &str| {
        let text = browser.get(path).await.text;
        text.find(">grace@example.com<") < text.find(">under_score@example.com<")
    };
    assert_eq!([order(&names[0]).await, order(&names[1]).await], [true, true]);
}

async fn a_page_of_fifty_rows_is_small(site: Site) {
    let browser = site.admin().await;
    for number in 0..60 {
        site.named(&format!("person.number.{number}@example.com"), "Maximiliane-Josephine", "von und zu Hohenzollern")
            .await;
    }
    let page = browser.get("/app/users").await;
    assert_eq!(page.text.matches("<td class=\"tick\">").count(), 50);
    page.shows("1–50 of 61");
    assert!(page.text.len() < 60_000, "{} bytes", page.text.len());
}

/// security.md 29
async fn names_are_escaped(site: Site) {
    let browser = site.admin().await;
    let id = site.named("x@example.com", "<script>alert(1)</script>", "\"'&").await.id;
    for path in ["/app/users".to_owned(), format!("/app/users/{id}"), format!("/app/users/{id}/delete")] {
        browser.get(&path).await.is(200).hides("<script>alert").shows("&#60;script&#62;alert(1)");
    }
    browser.get("/app/users?q=%22%3E%3Cscript%3Ealert(1)").await.hides("<script>alert");
}

async fn a_user_is_edited_and_invalid_values_stay_in_the_form(site: Site) {
    let browser = site.admin().await;
    let id = site.named("grace@example.com", "Grace", "Hopper").await.id;
    let path = format!("/app/users/{id}");
    let fields = |first, avatar, n| {
        let names = [("first_name", first), ("last_name", ""), ("avatar_url", avatar), ("phone", "")];
        let team = [("meta_key_0", "team"), ("meta_kind_0", "text"), ("meta_value_0", "north")];
        let number = [("meta_key_1", "n"), ("meta_kind_1", "json"), ("meta_value_1", n)];
        [&names[..], &team, &number].concat()
    };
    let saved = format!("{path}?done=saved");
    browser.post(&path, &fields("  Grâce ", "", "[1, {\"a\": null}]")).await.leads_to(&saved);
    let user = site.user(id).await;
    assert_eq!((user.first_name.as_deref(), user.last_name), (Some("Grâce"), None));
    let metadata = async || serde_json::to_value(site.user(id).await.metadata).unwrap();
    assert_eq!(metadata().await, serde_json::json!({ "team": "north", "n": [1, { "a": null }] }));
    let page = browser.get(&path).await;
    page.shows("name=\"meta_key_0\" value=\"n\"").shows("<option value=\"json\" selected>");
    page.shows("name=\"meta_key_1\" value=\"team\"").shows("name=\"meta_key_3\" value=\"\"").hides("meta_key_4");
    let mut one = fields("Grace", "", "2");
    one.retain(|(name, _)| *name != "meta_value_0");
    browser.post(&path, &one).await.leads_to(&saved);
    assert_eq!(metadata().await, serde_json::json!({ "n": 2 }), "a row without a value is removed");
    for wrong in ["{", "nonsense", "[1,"] {
        let page = browser.post(&path, &fields("Typed", "", wrong)).await;
        page.is(400)
            .shows("aria-describedby=\"meta-problem-1\"")
            .shows("This is not JSON. See line 1")
            .shows("value=\"Typed\"");
        page.hides("meta-problem-0").shows("value=\"team\"");
    }
    let twice = [&fields("", "", "1")[..], &[("meta_key_2", "n"), ("meta_value_2", "x")]].concat();
    browser
        .post(&path, &twice)
        .await
        .is(400)
        .shows("id=\"meta-problem-2\" role=\"alert\">There is a row with this key");
    let page = browser.post(&path, &fields("Typed", "javascript:alert(1)", "1")).await;
    page.is(400).shows("value=\"Typed\"").shows("role=\"alert\"");
    assert_eq!(site.user(id).await.first_name.as_deref(), Some("Grace"));
    let nothing = fields("", "", "").into_iter().filter(|(name, _)| *name != "meta_value_0").collect::<Vec<_>>();
    browser.post(&path, &nothing).await.leads_to(&saved);
    assert_eq!((site.user(id).await.first_name, site.user(id).await.metadata), (None, None));
    browser.get("/app/users/user_01ARZ3NDEKTSV4RRFFQ69G5FAV").await.is(404);
    browser.get("/app/users/nonsense").await.is(404);
}

/// security.md 5
async fn roles_are_assigned_and_removed(site: Site) {
    let readers = site.role("Readers", &["user:read"]).await.to_string();
    let id = site.create_user("grace@example.com", Some(vec![])).await.id;
    let path = format!("/app/users/{id}/roles");
    let held = async || site.flows.rbac().role_ids_of(site.flows.database(), &id.to_string()).await.unwrap();
    let admin = site.admin().await;
    let done = "The roles are saved.";
    let shown = [("shown", readers.as_str()), ("shown", "role_super_admin")];
    admin.post(&path, &[shown[0], shown[1], ("role", &readers)]).await.is(200).shows(done);
    assert_eq!(held().await.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "), readers);
    admin.post(&path, &shown).await.is(200).shows(done);
    assert!(held().await.is_empty());
    admin.post(&path, &[("role", "role_nosuch")]).await.is(400).shows("no longer exist");

    let policies = ["user:read", "user:update", "rbac_role:read", "rbac_role:update"];
    let limited = site.limited(&policies).await;
    limited.get(&format!("/app/users/{id}")).await.shows("More than you can grant");
    limited.post(&path, &[("role", "role_super_admin")]).await.is(403).shows("do not have permission");
    assert!(held().await.is_empty());
    // A role that the caller may not grant invalidates the whole form, and the ticked boxes remain.
    let refused = limited.post(&path, &[("role", "role_super_admin"), ("role", &readers)]).await;
    let ticked = format!("value=\"{readers}\" checked");
    refused.is(403).shows(&ticked);
    limited.get(&format!("/app/users/{id}")).await.hides(&ticked);
    assert!(held().await.is_empty());
    limited.post(&path, &[("role", &readers)]).await.is(200).shows(done);
}

async fn a_link_to_set_a_password_is_mailed(site: Site) {
    let browser = site.admin().await;
    let id = site.create_user("grace@example.com", None).await.id;
    let path = format!("/app/users/{id}");
    browser.get(&path).await.shows("Send reset link");
    browser.post(&format!("{path}/reset-mail"), &[]).await.leads_to(&format!("{path}?done=reset-mailed"));
    browser.get(&format!("{path}?done=reset-mailed")).await.shows("is on its way");
    let events = vestibule_outbox::newest(site.flows.database(), 10).await.unwrap();
    assert!(
        events
            .iter()
            .any(|event| event.name == "auth.password_reset" && event.data["entity_id"] == "grace@example.com")
    );
}

/// security.md 21
async fn a_user_is_locked_and_unlocked(site: Site) {
    let browser = site.admin().await;
    let id = site.create_user("grace@example.com", None).await.id;
    let grace = site.signed_in("grace@example.com").await;
    let path = format!("/app/users/{id}");
    browser.post(&format!("{path}/lock"), &[]).await.leads_to(&format!("{path}?done=locked"));
    browser.get(&path).await.shows("Unlock");
    grace.get("/app/users").await.is(303);
    let fields = [("email", "grace@example.com"), ("password", PASSWORD)];
    site.browser().post("/app/login", &fields).await.is(401).shows("This account is locked");
    browser.post(&format!("{path}/unlock"), &[]).await.leads_to(&format!("{path}?done=unlocked"));
    site.browser().post("/app/login", &fields).await.leads_to("/app");
}

async fn several_users_are_locked_at_once(site: Site) {
    let browser = site.admin().await;
    let (one, two) =
        (site.create_user("a@example.com", None).await.id, site.create_user("b@example.com", None).await.id);
    let (one_text, two_text) = (one.to_string(), two.to_string());
    browser.post("/app/users/lock", &[]).await.is(400).shows("No user is selected.");
    let gone = "user_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let page = browser.post("/app/users/lock", &[("user", gone), ("user", &one_text)]).await;
    page.is(400).shows("The other users are changed. Not changed: user_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    assert!(site.user(one).await.locked_at.is_some());
    let done = browser.post("/app/users/lock", &[("user", &one_text), ("user", &two_text)]).await;
    done.leads_to("/app/users?state=locked&done=locked-many");
    assert!(site.user(one).await.locked_at.is_some() && site.user(two).await.locked_at.is_some());
}

async fn all_users_that_match_are_changed_at_once(site: Site) {
    let readers = site.role("Readers", &["user:read"]).await;
    let ids =
        [site.create_user("a@one.example", Some(vec![])).await.id, site.create_user("b@one.example", None).await.id];
    let other = site.create_user("c@two.example", Some(vec![])).await.id;
    let browser = site.admin().await;
    browser.get("/app/users?rows=2").await.shows("Select all 4 that match").shows("name=\"all\" value=\"?\"");
    let held = async |id: UserId| site.flows.rbac().role_ids_of(site.flows.database(), &id.to_string()).await.unwrap();
    let role = readers.to_string();
    let fields = [("all", "?q=one.example"), ("user", &*other.to_string()), ("role", &role)];
    browser.post("/app/users/roles/add", &fields).await.leads_to("/app/users?done=roles-saved-many");
    for id in ids {
        assert!(held(id).await.contains(&readers));
    }
    assert!(held(other).await.is_empty(), "it does not match");
    browser.post("/app/users/roles/remove", &fields).await.leads_to("/app/users?done=roles-saved-many");
    assert!(held(ids[0]).await.is_empty() && !held(ids[1]).await.is_empty());
    // The caller is left out.
    browser
        .post("/app/users/lock", &[("all", "?sort=name")])
        .await
        .leads_to("/app/users?state=locked&done=locked-many");
    browser.get("/app/users?state=locked").await.is(200).shows("1–3 of 3");
    browser.post("/app/users/unlock", &[("all", "?q=example")]).await.leads_to("/app/users?done=unlocked-many");
    browser.get("/app/users?state=locked").await.shows("Nothing matches.");
}

/// security.md 21
async fn a_lock_can_be_undone(site: Site) {
    let browser = site.admin().await;
    let id = site.create_user("grace@example.com", None).await.id;
    let path = format!("/app/users/{id}");
    browser.get(&format!("{path}?done=locked")).await.hides("Undo");
    browser.post(&format!("{path}/lock"), &[]).await.is(303);
    browser.get(&format!("{path}?done=locked")).await.shows("Undo").shows(&format!("action=\"{path}/unlock\""));
}

async fn a_change_of_roles_can_be_undone(site: Site) {
    let readers = site.role("Readers", &["user:read"]).await;
    let writers = site.role("Writers", &["user:update"]).await;
    let id = site.create_user("grace@example.com", Some(vec![readers.clone()])).await.id;
    let path = format!("/app/users/{id}");
    let held = async || site.flows.rbac().role_ids_of(site.flows.database(), &id.to_string()).await.unwrap();
    let browser = site.admin().await;
    let change = [("shown", readers.as_str()), ("shown", writers.as_str()), ("role", writers.as_str())];
    let page = browser.post(&format!("{path}/roles"), &change).await;
    assert_eq!(held().await, std::slice::from_ref(&writers));
    page.is(200).shows("The roles are saved.");
    let toast = page.between("class=\"toast\"", "</form>");
    assert!(toast.contains(&format!("action=\"{path}/roles\"")) && toast.contains("Undo"), "{toast}");
    let fields: Vec<(&str, &str)> = toast
        .split("name=\"")
        .skip(1)
        .map(|field| {
            (field.split('"').next().unwrap(), field.split("value=\"").nth(1).unwrap().split('"').next().unwrap())
        })
        .filter(|(name, _)| *name != "form_token")
        .collect();
    browser.post(&format!("{path}/roles"), &fields).await.is(200);
    assert_eq!(held().await, std::slice::from_ref(&readers));
    // Nothing was changed: there is nothing to undo.
    let same = [("shown", readers.as_str()), ("role", readers.as_str())];
    browser.post(&format!("{path}/roles"), &same).await.is(200).shows("The roles are saved.").hides("Undo");
    // An address that someone else has made up undoes nothing.
    browser.get(&format!("{path}?done=roles-saved&given={readers}")).await.shows("The roles are saved.").hides("Undo");
}

async fn a_link_to_set_a_password_is_shown_once(site: Site) {
    let browser = site.admin().await;
    let id = site.create_user("grace@example.com", None).await.id;
    let page = browser.post(&format!("/app/users/{id}/reset-link"), &[]).await;
    let link = page.is(200).between("value=\"http://localhost:9000", "\"");
    site.browser().get(&link).await.is(200).shows("grace@example.com");
    browser.get(&format!("/app/users/{id}")).await.hides("/app/reset-password?token=");
}

async fn sessions_are_ended(site: Site) {
    let browser = site.admin().await;
    let id = site.create_user("grace@example.com", None).await.id;
    let (one, two) = (site.signed_in("grace@example.com").await, site.signed_in("grace@example.com").await);
    let path = format!("/app/users/{id}");
    let page = browser.get(&format!("{path}?tab=security")).await;
    let action = page.between(&format!("action=\"{path}/sessions/sess"), "\"");
    let done = browser.post(&format!("{path}/sessions/sess{action}"), &[]).await;
    done.leads_to(&format!("{path}?tab=security&done=session-ended"));
    let alive = async || (one.get("/app/users").await.status == 200, two.get("/app/users").await.status == 200);
    assert!(matches!(alive().await, (true, false) | (false, true)));
    browser.post(&format!("{path}/sessions"), &[]).await.leads_to(&format!("{path}?tab=security&done=sessions-ended"));
    assert_eq!(alive().await, (false, false));
}

async fn a_second_factor_is_reset(site: Site) {
    let browser = site.admin().await;
    let id = site.create_user("grace@example.com", None).await.id;
    crate::matrix::enrol_factor(&site, "grace@example.com").await;
    let path = format!("/app/users/{id}");
    browser.get("/app/users?state=without").await.hides("grace@example.com");
    browser.get(&path).await.shows(&format!("action=\"{path}/second-factor\""));
    browser
        .post(&format!("{path}/second-factor"), &[])
        .await
        .leads_to(&format!("{path}?tab=security&done=factor-reset"));
    site.browser().post("/app/login", &[("email", "grace@example.com"), ("password", PASSWORD)]).await.leads_to("/app");
}

async fn failed_attempts_are_cleared(site: Site) {
    let browser = site.admin().await;
    let id = site.create_user("grace@example.com", None).await.id;
    let wrong = [("email", "grace@example.com"), ("password", "Wrong-one-here-1")];
    for _ in 0..10 {
        site.browser().post("/app/login", &wrong).await.is(401);
    }
    let page = site.browser().post("/app/login", &wrong).await;
    page.is(429).shows("role=\"alert\"");
    let path = format!("/app/users/{id}");
    browser.get(&format!("{path}?tab=security")).await.shows("blocked for now");
    browser
        .post(&format!("{path}/attempts"), &[])
        .await
        .leads_to(&format!("{path}?tab=security&done=attempts-cleared"));
    site.signed_in("grace@example.com").await;
}

/// security.md 21
async fn a_deletion_names_the_user_first(site: Site) {
    let browser = site.admin().await;
    let id = site.named("grace@example.com", "Grace", "Hopper").await.id;
    let grace = site.signed_in("grace@example.com").await;
    let path = format!("/app/users/{id}/delete");
    browser.get(&path).await.is(200).shows("Grace Hopper").shows("grace@example.com");
    browser.post(&path, &[("confirm", "ada@example.com")]).await.is(400).shows("Enter grace@example.com");
    browser.post(&path, &[("confirm", "Grace@Example.com ")]).await.leads_to("/app/users?done=deleted");
    grace.get("/app/profile").await.is(303);
    browser.get(&path).await.is(404);
}

/// security.md 27
async fn users_cannot_delete_themselves(site: Site) {
    let browser = site.admin().await;
    let id = browser.get("/app/users").await.between("href=\"/app/users/user_", "\"");
    browser.get(&format!("/app/users/user_{id}")).await.is(200).hides("/delete").hides("/lock\"");
    let page = browser.post(&format!("/app/users/user_{id}/delete"), &[("confirm", "ada@example.com")]).await;
    page.is(400).shows("cannot delete your own account");
    browser.get("/app/users").await.is(200);
}

async fn the_list_is_exported(site: Site) {
    let browser = site.admin().await;
    site.named("grace@example.com", "=1+1", "Hopper, \"G\"").await;
    let page = browser.get("/app/users.csv?q=grace").await;
    assert_eq!(page.headers["content-type"], "text/csv; charset=utf-8");
    assert!(page.headers["content-disposition"].contains("users.csv"));
    let mut lines = page.text.split("\r\n");
    assert!(lines.next().unwrap().starts_with("\u{feff}id,email,first_name,last_name,roles,second_factor,"));
    assert!(
        lines.next().unwrap().contains(",grace@example.com,'=1+1,\"Hopper, \"\"G\"\"\",,no,,,2026-11-22T09:30:00.000Z")
    );
    assert_eq!((lines.next(), lines.next()), (Some(""), None));
}

/// security.md 25
async fn actions_without_permission_are_hidden(site: Site) {
    let id = site.create_user("grace@example.com", Some(vec![])).await.id;
    let browser = site.limited(&["user:read"]).await;
    let list = browser.get("/app/users").await;
    list.is(200).shows("grace@example.com").hides("Invite</a>").hides("class=\"selection\"").hides("type=\"checkbox\"");
    list.hides("/app/roles").hides("/app/audit").hides("/app/api-keys").hides("href=\"/app/invites\"");
    let page = browser.get(&format!("/app/users/{id}")).await;
    page.is(200).hides("<button class=\"button primary\">").hides("/delete").hides("/lock").hides("Sessions");
    browser.get("/app/roles").await.is(403).shows("You lack: rbac_role:read");
    browser.post(&format!("/app/users/{id}/lock"), &[]).await.is(403).shows("You lack: user:update");
    assert_eq!(site.user(id).await.locked_at, None);
}

/// security.md 38
async fn a_user_with_more_permissions_is_read_only(site: Site) {
    let manager = site.create_user("manager@example.com", None).await;
    let everything = ["user:read", "user:update", "user:delete", "session:read", "session:delete", "mfa:delete"];
    let browser = site.limited(&everything).await;
    site.signed_in("manager@example.com").await;
    let manager = site.user(manager.id).await;
    let path = format!("/app/users/{}", manager.id);
    let page = browser.get(&path).await;
    page.is(200).shows("this user has permissions that you do not have").shows("You lack: *:*");
    page.hides(&format!("action=\"{path}")).hides("/delete");
    let session = site.flows.list_sessions_of_user(manager.id, None, 0, 1).await.unwrap().0[0].id;
    for (action, fields) in [
        ("", vec![("first_name", "x"), ("last_name", ""), ("avatar_url", ""), ("phone", "")]),
        ("/lock", vec![]),
        ("/unlock", vec![]),
        ("/reset-link", vec![]),
        ("/reset-mail", vec![]),
        ("/second-factor", vec![]),
        ("/second-factor/authmfa_01ARZ3NDEKTSV4RRFFQ69G5FAV", vec![]),
        ("/attempts", vec![]),
        ("/sessions", vec![]),
        (&*format!("/sessions/{session}"), vec![]),
        ("/delete", vec![("confirm", "manager@example.com")]),
    ] {
        let page = browser.post(&format!("{path}{action}"), &fields).await;
        assert!(page.is(403).text.contains("ou lack"), "{action}");
        assert!(page.text.contains("*:*"), "{action}");
    }
    browser.post("/app/users/lock", &[("user", &manager.id.to_string())]).await.is(400).shows("you lack *:*");
    assert_eq!(site.user(manager.id).await, manager);
}

impl Site {
    /// A user who has created an API key, and the key.
    async fn user_with_key(&self, email: &str) -> (User, String) {
        let user = self.create_user(email, None).await;
        let new = NewApiKey { title: "Nightly import".to_owned(), roles: Some(vec![]), ..NewApiKey::default() };
        let made = self.flows.create_api_key(&new, &Context::user(user.id)).await.unwrap();
        (user, made.key.token.reveal().to_owned())
    }

    async fn works(&self, key: &str) -> bool {
        self.flows.identify_api_key(key).await.unwrap().is_some()
    }
}

async fn api_keys_of_a_user_are_listed_and_revoked_with_the_lock(site: Site) {
    let browser = site.admin().await;
    let (grace, key) = site.user_with_key("grace@example.com").await;
    let (other, kept) = site.user_with_key("other@example.com").await;
    let path = format!("/app/users/{}", grace.id);
    let page = browser.get(&format!("{path}?tab=security")).await;
    page.shows("Nightly import").shows("name=\"revoke_keys\" value=\"1\" checked");
    browser.post(&format!("{path}/lock"), &[("revoke_keys", "1")]).await.leads_to(&format!("{path}?done=locked"));
    assert!(!site.works(&key).await);
    browser.get(&format!("{path}?tab=security")).await.hides("Nightly import");
    // Without that option, keys stay, are shown with the locked user, and work again after the unlock.
    let path = format!("/app/users/{}", other.id);
    browser.post(&format!("{path}/lock"), &[]).await.leads_to(&format!("{path}?done=locked"));
    assert!(!site.works(&kept).await);
    browser.get(&format!("{path}?tab=security")).await.shows("Nightly import");
    browser.post(&format!("{path}/unlock"), &[]).await.leads_to(&format!("{path}?done=unlocked"));
    assert!(site.works(&kept).await);
    // Several at once.
    browser.get("/app/users").await.shows("name=\"revoke_keys\" value=\"1\" checked");
    let fields = [("user", &*other.id.to_string()), ("revoke_keys", "1")];
    browser.post("/app/users/lock", &fields).await.leads_to("/app/users?state=locked&done=locked-many");
    browser.post(&format!("{path}/unlock"), &[]).await.leads_to(&format!("{path}?done=unlocked"));
    assert!(!site.works(&kept).await);
}

async fn api_keys_of_a_deleted_user_are_listed_and_revoked_or_kept(site: Site) {
    let browser = site.admin().await;
    for (email, is_chosen) in [("grace@example.com", true), ("other@example.com", false)] {
        let (user, key) = site.user_with_key(email).await;
        let path = format!("/app/users/{}/delete", user.id);
        browser.get(&path).await.shows("Nightly import").shows("name=\"revoke_keys\" value=\"1\" checked");
        let fields = [("confirm", email), ("revoke_keys", "1")];
        let fields = if is_chosen { &fields[..] } else { &fields[..1] };
        browser.post(&path, fields).await.leads_to("/app/users?done=deleted");
        // Revoked or not, it allows no more than its creator may do now.
        assert!(!site.works(&key).await);
        let made = ApiKeyField::CreatedBy.eq(user.id.to_string());
        let (keys, _) = site.flows.list_and_count_api_keys(&made, &FindConfig::default()).await.unwrap();
        assert_eq!(keys[0].key.revoked_at.is_some(), is_chosen);
    }
}
