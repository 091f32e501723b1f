//! Every problem of a form is in the language of the page, beside its field where it has one, and never the API's message.

use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, Site};

on_both_engines!(problems_of_forms_are_in_the_language_of_the_page, problems_of_a_profile_are_beside_their_fields);

/// A form with input that is refused: its path, its fields, and the part of the page that has the problem.
type Refused = (String, Vec<(&'static str, String)>);

async fn refused_forms(site: &Site) -> Vec<Refused> {
    let grace = site.create_user("grace@example.com", None).await.id;
    let role = site.role("Support", &["user:read"]).await;
    let long = "x".repeat(300);
    let form = |path: &str, fields: &[(&'static str, &str)]| -> Refused {
        (path.to_owned(), fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
    };
    let user = format!("/app/users/{grace}");
    vec![
        form(&user, &[("first_name", &long), ("last_name", ""), ("avatar_url", ""), ("phone", "")]),
        form(&user, &[("first_name", ""), ("avatar_url", "javascript:x"), ("phone", "")]),
        form(&user, &[("first_name", ""), ("avatar_url", ""), ("phone", "call me")]),
        form(
            &user,
            &[
                ("first_name", ""),
                ("avatar_url", ""),
                ("phone", ""),
                ("meta_key_0", "a"),
                ("meta_kind_0", "json"),
                ("meta_value_0", "["),
            ],
        ),
        form(&format!("{user}/email"), &[("email", "nonsense")]),
        form(&format!("{user}/delete"), &[("confirm", "x")]),
        form("/app/users/lock", &[]),
        form("/app/users/new", &[("email", "nonsense")]),
        form("/app/users/new", &[("email", "grace@example.com")]),
        form("/app/users/new", &[("email", "b@example.com"), ("first_name", &long)]),
        form("/app/invites/new", &[("addresses", "")]),
        form("/app/invites/new", &[("addresses", "nonsense")]),
        form("/app/invites/new", &[("addresses", "grace@example.com")]),
        form("/app/roles/new", &[("name", "")]),
        form("/app/roles/new", &[("name", "Support")]),
        form("/app/roles/new", &[("name", &long)]),
        form(&format!("/app/roles/{role}"), &[("name", "")]),
        form("/app/api-keys", &[("title", "x"), ("days", "nonsense")]),
        form("/app/webhooks/new", &[("url", "nonsense"), ("event", "*")]),
        form("/app/webhooks/new", &[("url", "https://hooks.example.com")]),
        form("/app/webhooks/new", &[("url", "https://10.0.0.1"), ("event", "*")]),
        form("/app/profile", &[("first_name", &long)]),
        form("/app/profile", &[("phone", "call me")]),
        form("/app/profile/email", &[("email", "nonsense")]),
        form("/app/profile/password", &[("current", "Wrong-one-here-1"), ("password", "Barometer-dandelion-9")]),
        form("/app/profile/password", &[("current", PASSWORD), ("password", "password")]),
        form("/app/profile/second-factor/start", &[("name", &long)]),
        form("/app/login", &[("email", "ada@example.com"), ("password", "Wrong-one-here-1")]),
        form("/app/reset-password", &[("token", "nonsense"), ("password", "Barometer-dandelion-9")]),
        form("/app/verify", &[("code", "nonsense")]),
    ]
}

/// The text of the problems of a page; of a page that is nothing but a problem, its title.
fn problems(page: &str) -> Vec<String> {
    if !page.contains("class=\"problem\"") {
        let title = page.split_once("<h1>").and_then(|(_, rest)| rest.split_once('<'));
        return title.map(|(title, _)| title.to_owned()).into_iter().collect();
    }
    let starts = page.split("class=\"problem\"").skip(1);
    let texts = starts.filter_map(|rest| rest.split_once('>')).map(|(_, rest)| rest.split('<').next().unwrap());
    texts.map(str::to_owned).filter(|text| !text.is_empty()).collect()
}

async fn problems_of_forms_are_in_the_language_of_the_page(site: Site) {
    let mut browser = site.admin().await;
    for (path, fields) in refused_forms(&site).await {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut seen: Vec<Vec<String>> = Vec::new();
        for language in ["en", "de", "fr"] {
            browser.language = language;
            let page = browser.post(&path, &fields).await;
            assert!((400..500).contains(&page.status), "{path} {fields:?}: {} {}", page.status, page.text);
            let problems = problems(&page.text);
            assert!(!problems.is_empty(), "{language} {path} {fields:?}: {}", page.text);
            for text in &problems {
                assert!(!seen.iter().flatten().any(|other| other == text), "{path} {fields:?}: {text:?} in {language}");
            }
            seen.push(problems);
        }
    }
}

async fn problems_of_a_profile_are_beside_their_fields(site: Site) {
    let browser = site.admin().await;
    let grace = site.create_user("grace@example.com", None).await.id;
    for path in ["/app/profile".to_owned(), format!("/app/users/{grace}")] {
        let long = "x".repeat(256);
        for (field, value) in
            [("first_name", long.as_str()), ("last_name", &long), ("avatar_url", "ftp://x"), ("phone", "x")]
        {
            let page = browser.post(&path, &[(field, value)]).await;
            let problem = format!(
                "aria-invalid=\"true\" aria-describedby=\"{field}-problem\"><p class=\"problem\" id=\"{field}-problem\""
            );
            page.is(400).shows(&problem).shows(&format!("value=\"{value}\""));
        }
    }
}
