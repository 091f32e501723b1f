//! What is wrong with a field is said beside it, in the language of the page. A walk over the forms: each field in turn has what no
//! field accepts.

use std::collections::BTreeSet;

use vestibule_flows::{Context, NewInvite};
use vestibule_testing::on_both_engines;

use crate::support::{Browser, PASSWORD, Page, Site};

on_both_engines!(
    each_refused_field_of_the_pages_says_so_beside_it,
    each_refused_field_of_a_visitor_says_so_beside_it,
    a_code_that_is_wrong_is_reported_beside_its_field,
);

/// A field of a form: what is typed into it, or sent with the form.
#[derive(Debug)]
struct Field {
    name: String,
    kind: String,
    value: String,
    is_typed: bool,
}

/// The value of an attribute.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// The forms of a page that are posted, each with its path.
fn forms(page: &str) -> Vec<(String, Vec<Field>)> {
    let posted = page.split("<form").skip(1).filter(|form| attribute(form, "method") == Some("post"));
    let forms = posted.map(|form| form.split("</form>").next().unwrap());
    forms.filter_map(|form| Some((attribute(form, "action")?.to_owned(), fields(form)))).collect()
}

fn fields(form: &str) -> Vec<Field> {
    let tags = form.split('<').filter(|tag| ["input ", "textarea "].iter().any(|kind| tag.starts_with(kind)));
    let fields = tags.filter_map(|part| {
        let (tag, text) = part.split_once('>').unwrap();
        let name = attribute(tag, "name").filter(|name| *name != "form_token")?.to_owned();
        let kind = attribute(tag, "type").unwrap_or("text").to_owned();
        let value = attribute(tag, "value").unwrap_or(text).to_owned();
        let is_sent = !["checkbox", "radio"].contains(&kind.as_str()) || tag.contains(" checked");
        let is_typed = !["hidden", "checkbox", "radio"].contains(&kind.as_str()) && !tag.contains(" readonly");
        (is_sent && !tag.contains(" disabled")).then_some(Field { name, kind, value, is_typed })
    });
    fields.collect()
}

/// What a field accepts.
fn good(field: &Field) -> String {
    match (field.name.as_str(), field.kind.as_str()) {
        _ if field.name.starts_with("meta_") => String::new(),
        _ if !field.value.trim().is_empty() || !field.is_typed => field.value.clone(),
        ("avatar_url" | "phone" | "days" | "description", _) => String::new(),
        ("other_events", _) => "shop.order_made".to_owned(),
        ("current", _) => PASSWORD.to_owned(),
        (_, "password") => "Barometer-dandelion-9".to_owned(),
        (_, "email") | ("addresses", _) => "someone@example.com".to_owned(),
        (_, "url") => "https://hooks.example.com/people".to_owned(),
        _ => "Sample".to_owned(),
    }
}

/// What no field accepts.
fn bad(field: &Field) -> String {
    let no_password = field.name == "current" || field.name == "confirm";
    if field.kind == "email" || no_password { "nonsense".to_owned() } else { "x".repeat(3_000) }
}

/// The problem beside a field: what describes the field, without its hints.
fn problem_of(page: &Page, path: &str, field: &str) -> String {
    let form = page.text.split("<form").find(|form| attribute(form, "action") == Some(path));
    let form = form.unwrap_or_else(|| panic!("{path} is not on the page: {}", page.text));
    let tag = form.split('<').find(|tag| attribute(tag, "name") == Some(field)).unwrap();
    assert_eq!(attribute(tag, "aria-invalid"), Some("true"), "{path} {field}: {}", page.text);
    let described = attribute(tag, "aria-describedby").unwrap().split(' ').filter(|id| !id.ends_with("-hint"));
    let texts = described.map(|id| {
        let marked = format!(" id=\"{id}\"");
        let (_, text) = page.text.split_once(&marked).unwrap_or_else(|| panic!("{path} {field}: no {marked}"));
        // The results of several addresses are a list.
        let start = if id == "outcomes" { "class=\"problem\">" } else { ">" };
        text.split_once(start).unwrap().1.split('<').next().unwrap().to_owned()
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// Sends each form of a page with each field refused in turn, in German and in English. Returns what was tried.
async fn walk(browser: &mut Browser, path: &str) -> BTreeSet<String> {
    let page = browser.get(path).await;
    page.is(200);
    let mut tried = BTreeSet::new();
    for (action, fields) in forms(&page.text) {
        // Rows of metadata have tests of their own: one field of a row says nothing.
        for wrong in fields.iter().filter(|field| field.is_typed && !field.name.starts_with("meta_")) {
            let value = |field: &Field| if field.name == wrong.name { bad(field) } else { good(field) };
            let values: Vec<(&str, String)> = fields.iter().map(|field| (field.name.as_str(), value(field))).collect();
            let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let mut said = BTreeSet::new();
            for language in ["de", "en"] {
                browser.language = language;
                let page = browser.post(&action, &values).await;
                assert!((400..500).contains(&page.status), "{action} {}: {} {}", wrong.name, page.status, page.text);
                let problem = problem_of(&page, &action, &wrong.name);
                assert!(problem.len() > 10, "{action} {}: {problem:?}", wrong.name);
                said.insert(problem);
            }
            assert_eq!(said.len(), 2, "the same in both languages: {said:?}");
            tried.insert(format!("{}#{}", path.split('?').next().unwrap(), wrong.name));
        }
    }
    tried
}

async fn each_refused_field_of_the_pages_says_so_beside_it(site: Site) {
    let mut browser = site.admin().await;
    let grace = site.create_user("grace@example.com", None).await.id;
    let role = site.role("Support", &["user:read"]).await;
    let hook = [("url", "https://hooks.example.com/people"), ("event", "*")];
    let webhook = browser.post("/app/webhooks/new", &hook).await.between("action=\"/app/webhooks/", "\"");
    let mut tried = BTreeSet::new();
    for path in [
        "/app/users/new".to_owned(),
        format!("/app/users/{grace}"),
        format!("/app/users/{grace}/delete"),
        "/app/invites/new".to_owned(),
        "/app/roles/new".to_owned(),
        format!("/app/roles/{role}"),
        "/app/api-keys".to_owned(),
        "/app/webhooks/new".to_owned(),
        format!("/app/webhooks/{webhook}"),
        "/app/profile".to_owned(),
        "/app/profile/second-factor".to_owned(),
    ] {
        tried.extend(walk(&mut browser, &path).await);
    }
    assert!(tried.len() >= 27, "{tried:?}");
}

async fn each_refused_field_of_a_visitor_says_so_beside_it(site: Site) {
    let mut visitor = site.browser();
    let set_up = site.flows.issue_first_user_token().await.unwrap().unwrap();
    let mut tried = walk(&mut visitor, &format!("/app/setup?token={set_up}")).await;
    site.create_user("ada@example.com", None).await;
    let invite = NewInvite::new("new@example.com".parse().unwrap());
    let invite = site.flows.invite(&invite, &Context::operator()).await.unwrap();
    tried.extend(walk(&mut visitor, &format!("/app/invite?token={}", invite.token.unwrap())).await);
    tried.extend(walk(&mut visitor, "/app/verify").await);
    let wanted = "/app/invite#first_name /app/invite#last_name /app/invite#password /app/setup#email /app/setup#first_name \
                  /app/setup#last_name /app/setup#password /app/verify#code";
    assert_eq!(tried.into_iter().collect::<Vec<_>>().join(" "), wanted);
}

async fn a_code_that_is_wrong_is_reported_beside_its_field(site: Site) {
    let mut browser = site.admin().await;
    let path = "/app/profile/second-factor";
    let page = browser.post(&format!("{path}/start"), &[("name", "Phone")]).await;
    let (_, fields) = forms(&page.text).into_iter().find(|(action, _)| action.ends_with("/verify")).unwrap();
    let values: Vec<(&str, &str)> = fields.iter().map(|field| (field.name.as_str(), field.value.as_str())).collect();
    browser.language = "de";
    let page = browser.post(&format!("{path}/verify"), &values).await;
    let problem = problem_of(&page, &format!("{path}/verify"), "code");
    assert!(problem.starts_with("Der Code ist falsch"), "{problem}");
}
