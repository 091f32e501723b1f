//! `/docs`: a page that displays the document, and works under its own policy.

use crate::support::{Anonymous, Answer, TestApp};

#[tokio::test]
async fn the_page_loads_its_own_assets_and_nothing_else() {
    let app = TestApp::sqlite().await;
    let anonymous = app.anonymous();
    let moved = anonymous.get("/docs").await;
    assert_eq!((moved.status, moved.header("location")), (303, Some("docs/")));
    let page = anonymous.get("/docs/").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html")));
    let text = page.text();
    let linked: Vec<&str> = [r#"src=""#, r#"href=""#]
        .iter()
        .flat_map(|start| text.split(start).skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(linked.iter().any(|link| link.ends_with(".js")) && linked.iter().any(|link| link.ends_with(".css")));
    for link in linked {
        let path = link.strip_prefix("./").unwrap_or(link);
        assert!(!path.contains("//"), "{link} is elsewhere");
        let asset = anonymous.get(&format!("/docs/{path}")).await;
        assert_eq!(asset.status, 200, "{link}");
        assert!(asset.body.len() > 100, "{link}");
        let kind = asset.header("content-type").unwrap();
        let due = match path.rsplit('.').next().unwrap() {
            "js" => "javascript",
            "css" => "text/css",
            _ => "image/",
        };
        // `nosniff` makes browsers refuse scripts and styles of another kind.
        assert!(kind.contains(due), "{link} is {kind}");
    }
    works_under_its_policy(&anonymous, &page).await;
}

/// Scripts come from this server and none is inline; inline styles are allowed, which the page creates while it runs.
async fn works_under_its_policy(anonymous: &Anonymous, page: &Answer) {
    let policy = page.header("content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'self';",
        "style-src 'self' 'unsafe-inline'",
        "connect-src 'self'",
        "img-src 'self' data:",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    for script in page.text().split("<script").skip(1) {
        let (attributes, rest) = script.split_once('>').unwrap();
        assert!(attributes.contains("src="), "an inline script: {attributes}");
        assert!(rest.trim_start().starts_with("</script>"), "an inline script: {rest:.60}");
    }
    assert!(!page.text().contains(" onload="));
    let start = anonymous.get("/docs/swagger-initializer.js").await;
    assert!(start.text().contains("\"../openapi.json\""), "{}", start.text());
}

#[tokio::test]
async fn unknown_paths_return_404() {
    let app = TestApp::sqlite().await;
    for path in ["/docs/nosuch.js", "/docs/%ff", "/docs/a/b/c", "/docs/%2e%2e/x", "/docs/../Cargo.toml"] {
        let answer = app.anonymous().get(path).await;
        answer.is_error(404, "not_found", "The page has no such file");
    }
    let answer = app.anonymous().post("/docs/", serde_json::json!({})).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET,HEAD")));
}
