//! The pages of lists: from the first to the last and back, with whatever is created and deleted in between.

use vestibule_auth::ApiKeyKind;
use vestibule_core::{Patch, Timestamp};
use vestibule_database::values;
use vestibule_flows::{Context, NewApiKey, NewInvite};
use vestibule_testing::on_both_engines;
use vestibule_user::UpdateUser;

use crate::support::{Browser, Page, Site, failed};

on_both_engines!(
    every_list_is_read_to_its_end_and_back,
    rows_that_come_and_go_move_no_others,
    a_page_whose_rows_are_gone_leads_to_one_that_has_some,
    a_link_of_another_list_leads_to_the_first_page,
    links_by_number_still_lead_to_their_page,
    positions_are_shown_where_they_are_known,
    many_matches_are_counted_to_a_limit,
);

/// Returns the link to the page beside this one.
fn link(page: &Page, rel: &str) -> Option<String> {
    let (_, rest) = page.text.split_once(&format!("rel=\"{rel}\" href=\"?"))?;
    let query = rest.split_once('"')?.0.replace("&#38;", "&");
    Some(query.split('#').next().unwrap_or_default().to_owned())
}

/// Returns what follows each of these marks, up to the end of the attribute.
fn ids(page: &Page, mark: &str) -> Vec<String> {
    page.text.split(mark).skip(1).map(|rest| rest.split(['"', '/', '<']).next().unwrap().to_owned()).collect()
}

/// Reads a list by its links to the pages beside it, and returns each page's ids.
async fn walk(browser: &Browser, (path, query, mark): (&str, &str, &str), rel: &str) -> Vec<Vec<String>> {
    let (mut pages, mut query) = (Vec::new(), query.to_owned());
    loop {
        let page = browser.get(&format!("{path}?{query}")).await;
        page.is(200).hides("does not fit the list");
        pages.push(ids(&page, mark));
        assert!(pages.len() < 30, "it never ends");
        let Some(next) = link(&page, rel) else { return pages };
        query = next;
    }
}

/// Users with the same names and without, invites in each state, deliveries, webhooks, keys, and users of a role.
async fn fill(site: &Site) -> (Browser, String) {
    let browser = site.admin().await;
    let role = site.role("Readers", &["user:read"]).await;
    for number in 0..9 {
        let email = format!("person{number}@example.com");
        let user = site.create_user(&email, Some(vec![role.clone()])).await;
        if number > 1 {
            // Seven with the same first name, two of them with a last name.
            let last_name = if number < 4 { Patch::Set("Last".to_owned()) } else { Patch::Keep };
            let name = UpdateUser { first_name: Patch::Set("Zoe".to_owned()), last_name, ..UpdateUser::new(user.id) };
            site.flows.update_user_account(&name, &Context::operator()).await.unwrap();
        }
        let new = NewInvite::new(format!("i{number}@example.com").parse().unwrap());
        site.flows.invite(&new, &Context::operator()).await.unwrap();
        let key = NewApiKey { title: email, kind: ApiKeyKind::Publishable, ..NewApiKey::default() };
        site.flows.create_api_key(&key, &Context::operator()).await.unwrap();
        let url = format!("https://hooks.example.com/{number}");
        browser.post("/app/webhooks/new", &[("url", &url), ("description", ""), ("event", "user.*")]).await.is(200);
    }
    site.deliver(&[], (0..9).map(|_| failed("no such mailbox"))).await;
    (browser, format!("/app/roles/{role}"))
}

async fn every_list_is_read_to_its_end_and_back(site: Site) {
    let (browser, role) = fill(&site).await;
    let user = "class=\"who whole\" href=\"/app/users/";
    for (path, query, mark, count) in [
        ("/app/users", "", user, 10),
        ("/app/users", "sort=oldest", user, 10),
        ("/app/users", "sort=name", user, 10),
        ("/app/users", "sort=email", user, 10),
        ("/app/users", "sort=name&q=zoe", user, 7),
        ("/app/users", "state=active&q=person", user, 9),
        ("/app/invites", "", "action=\"/app/invites/invite_", 9),
        ("/app/audit", "action=invite", "href=\"/app/audit?target=", 9),
        ("/app/audit", "from=2000-01-01&action=", "href=\"/app/audit?target=", 37),
        ("/app/deliveries", "state=failed", "class=\"whole lines\" href=\"/app/deliveries/dlv_", 9),
        ("/app/deliveries", "destination=mail", "class=\"whole lines\" href=\"/app/deliveries/dlv_", 9),
        ("/app/webhooks", "", "href=\"/app/webhooks/whep_", 9),
        ("/app/api-keys", "", "href=\"/app/api-keys/apk_", 9),
        (role.as_str(), "", "class=\"who plain\" href=\"/app/users/", 9),
    ] {
        let whole = browser.get(&format!("{path}?{query}&rows=200")).await;
        let all = ids(whole.is(200), mark);
        assert!(all.len() >= count, "{path} {query} {}", all.len());
        for rows in [4, all.len()] {
            let first = format!("{query}{}rows={rows}", if query.is_empty() { "" } else { "&" });
            let pages = walk(&browser, (path, &first, mark), "next").await;
            assert_eq!(pages.concat(), all, "{path} {query} {rows}");
            assert_eq!(pages.len(), all.len().div_ceil(rows), "{path} {query} {rows}");
            // Back from the last page, which is full.
            let mut back = walk(&browser, (path, &format!("{first}&before=end"), mark), "prev").await;
            back.reverse();
            assert_eq!(back.concat(), all, "{path} {query} {rows}");
            assert_eq!(back.last().unwrap().len(), rows.min(all.len()));
        }
        let page = browser.get(&format!("{path}?{query}&rows=4")).await;
        assert_eq!((link(&page, "first"), link(&page, "prev")), (None, None));
        let last = browser.get(&format!("{path}?{}", link(&page, "last").unwrap())).await;
        assert_eq!((link(&last, "next"), link(&last, "last")), (None, None));
        let first = browser.get(&format!("{path}?{}", link(&last, "first").unwrap())).await;
        assert_eq!(ids(&first, mark), all[..4], "{path} {query}");
    }
}

async fn rows_that_come_and_go_move_no_others(site: Site) {
    let (browser, _) = fill(&site).await;
    let emails = |page: &Page| {
        ids(page, "<span class=\"quiet\">")
            .into_iter()
            .chain(ids(page, "<bdi class=\"main\">"))
            .filter(|text| text.contains('@'))
            .count()
    };
    let first = browser.get("/app/users?sort=email&rows=4").await;
    first.shows("ada@example.com").shows("person2@example.com").hides("person3@");
    let second = browser.get(&format!("/app/users?{}", link(&first, "next").unwrap())).await;
    second.hides("person2@").shows("person3@").shows("person6@").hides("person7@");
    // The last row of the first page goes, one comes on either side.
    let id = ids(&first, "class=\"who whole\" href=\"/app/users/").pop().unwrap();
    site.flows.remove_user_account(id.parse().unwrap(), &Context::operator()).await.unwrap();
    for email in ["aaa@example.com", "person3x@example.com"] {
        site.create_user(email, Some(vec![])).await;
    }
    let again = browser.get(&format!("/app/users?{}", link(&first, "next").unwrap())).await;
    again.hides("person2@").shows("person3@").shows("person3x@").shows("person5@").hides("person6@");
    // Reloading shows the same, and the page before is full: it ends where this one begins.
    let back = browser.get(&format!("/app/users?{}", link(&second, "prev").unwrap())).await;
    back.shows("aaa@").shows("ada@").shows("person0@").shows("person1@").hides("person2@").hides("person3");
    assert_eq!(emails(&back), 4);
}

async fn a_page_whose_rows_are_gone_leads_to_one_that_has_some(site: Site) {
    let (browser, _) = fill(&site).await;
    let first = browser.get("/app/users?sort=email&rows=8").await;
    let next = link(&first, "next").unwrap();
    let second = browser.get(&format!("/app/users?{next}")).await;
    for id in ids(&second, "class=\"who whole\" href=\"/app/users/") {
        site.flows.remove_user_account(id.parse().unwrap(), &Context::operator()).await.unwrap();
    }
    let gone = browser.get(&format!("/app/users?{next}&done=deleted")).await;
    gone.leads_to("/app/users?sort=email&rows=8&done=deleted&before=end");
    browser.get(&gone.location).await.is(200).shows("ada@").shows("person6@").shows("1–8 of 8");
    // Nothing precedes, either.
    let last = browser.get("/app/users?sort=email&rows=1&before=end").await;
    let previous = link(&last, "prev").unwrap();
    for id in ids(&first, "class=\"who whole\" href=\"/app/users/").iter().skip(1) {
        site.flows.remove_user_account(id.parse().unwrap(), &Context::operator()).await.unwrap();
    }
    let page = browser.get(&format!("/app/users?{previous}")).await;
    page.is(200).shows("ada@");
    let previous = link(&browser.get("/app/users?sort=-&rows=1&before=end").await, "prev");
    assert_eq!(previous, None);
    let empty = browser.get("/app/users?q=nothing&before=end").await;
    empty.is(200).shows("Nothing matches.");
}

async fn a_link_of_another_list_leads_to_the_first_page(site: Site) {
    let (browser, role) = fill(&site).await;
    let lost = "This link does not fit the list as it is sorted and filtered now.";
    let page = browser.get("/app/users?sort=email&rows=2").await;
    let next = link(&page, "next").unwrap();
    browser.get(&format!("/app/users?{next}")).await.is(200).hides(lost);
    browser.get(&format!("/app/users?{next}&done=locked-many")).await.is(200).hides(lost);
    let cursor = next.split("after=").nth(1).unwrap().to_owned();
    let (place, mark) = cursor.split_once('.').unwrap();
    let damaged = [
        format!("{place}."),
        place.to_owned(),
        format!(".{mark}"),
        format!("W10.{mark}"),
        format!("{}.{mark}", &place[..place.len() - 3]),
        "%FF%00".to_owned(),
        "x".repeat(4_000),
    ];
    for after in damaged {
        for name in ["after", "before"] {
            let page = browser.get(&format!("/app/users?sort=email&rows=2&{name}={after}")).await;
            page.is(200).shows(lost).shows("1–2 of 10");
            assert_eq!(link(&page, "first"), None, "it is the first page");
        }
    }
    for query in ["sort=name", "sort=email&q=person", "sort=email&state=locked", ""] {
        browser.get(&format!("/app/users?{query}&after={cursor}")).await.is(200).shows(lost);
    }
    for path in ["/app/invites", "/app/audit", "/app/deliveries", "/app/webhooks", "/app/api-keys", role.as_str()] {
        browser.get(&format!("{path}?after={cursor}")).await.is(200).shows(lost);
    }
}

async fn links_by_number_still_lead_to_their_page(site: Site) {
    let (browser, _) = fill(&site).await;
    let mark = "class=\"who whole\" href=\"/app/users/";
    let all = ids(&browser.get("/app/users?sort=email").await, mark);
    let page = browser.get("/app/users?sort=email&rows=4&page=2").await;
    page.shows("5–8 of 10").hides("does not fit");
    assert_eq!(ids(&page, mark), all[4..8]);
    let next = browser.get(&format!("/app/users?{}", link(&page, "next").unwrap())).await;
    assert_eq!(ids(&next, mark), all[8..]);
    let previous = browser.get(&format!("/app/users?{}", link(&page, "prev").unwrap())).await;
    assert_eq!(ids(&previous, mark), all[..4]);
    // Behind the last row, and too far to be read.
    browser.get("/app/users?rows=4&page=9").await.leads_to("/app/users?rows=4&before=end");
    for page in ["1000000", "4294967295"] {
        browser.get(&format!("/app/users?page={page}")).await.is(200).shows("does not fit").shows("1–10 of 10");
    }
    for nonsense in ["page=0", "page=-1", "page=x", "offset=5", "after=", "before="] {
        browser.get(&format!("/app/users?{nonsense}")).await.is(200).hides("does not fit").shows("1–10 of 10");
    }
}

async fn positions_are_shown_where_they_are_known(site: Site) {
    let (mut browser, _) = fill(&site).await;
    let first = browser.get("/app/users?rows=4").await;
    first.shows("1–4 of 10");
    let second = link(&first, "next").unwrap();
    browser.get(&format!("/app/users?{second}")).await.shows("10 in all").hides("–8 of");
    browser.get("/app/users?rows=4&before=end").await.shows("7–10 of 10");
    browser.language = "de";
    browser
        .get(&format!("/app/users?{second}"))
        .await
        .shows("10 insgesamt")
        .shows("aria-label=\"Zurück\"")
        .shows("aria-label=\"Erste\"");
    browser.language = "fr";
    browser.get(&format!("/app/users?{second}")).await.shows("10 au total").shows("aria-label=\"Fin\"");
}

async fn many_matches_are_counted_to_a_limit(site: Site) {
    let browser = site.admin().await;
    let text =
        "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 10100)
        INSERT INTO users (id, email, email_canonical, search_text, created_at, updated_at)
        SELECT 'user_7ZZZZZZZZZZZZZZZZZZZZ' || (10000 + number), 'bulk' || number || '@x.test', 'bulk' || number || '@x.test',
            ' bulk' || number || '  bu', $1, $1
        FROM numbers";
    let now: Timestamp = site.flows.environment().now();
    let mut transaction = site.flows.database().begin().await.unwrap();
    transaction.execute(text, values![now]).await.unwrap();
    transaction.commit().await.unwrap();
    browser.get("/app/users").await.shows("1–50 of 10,101").shows("<span class=\"count\">10,101</span>");
    let page = browser.get("/app/users?q=bulk").await;
    page.shows("1–50 of more than 10,000").shows("<span class=\"count\">more than 10,000</span>");
    browser
        .get(&format!("/app/users?{}", link(&page, "next").unwrap()))
        .await
        .shows("<span class=\"quiet number\">more than 10,000</span><a class=\"button small only\" rel=\"first\"");
    browser.get("/app/users?q=bulk&before=end").await.shows("more than 10,000").shows("rel=\"prev\"");
}
