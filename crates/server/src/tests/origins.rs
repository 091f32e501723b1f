//! CORS, and requests that other websites send with a user's cookie.

use super::*;

const LISTED: &str = "Origin: http://localhost:9000";
const OTHER: &str = "Origin: https://evil.example";

async fn server() -> Server {
    Server::layered(&config().cors_origins(["http://localhost:9000", "https://admin.example"]).unwrap()).await
}

#[tokio::test]
async fn a_listed_website_may_read_responses_and_send_cookies() {
    let server = server().await;
    for path in ["/fine", "/nosuch"] {
        let response = server.request(&format!("GET {path} HTTP/1.1\r\n{LISTED}"), "").await;
        assert_eq!(response.header("access-control-allow-origin"), Some("http://localhost:9000"));
        assert_eq!(response.header("access-control-allow-credentials"), Some("true"));
        assert_eq!(response.header("access-control-expose-headers"), Some("x-request-id,retry-after"));
        assert_eq!(response.header("vary"), Some("origin"));
    }
}

#[tokio::test]
async fn a_listed_website_can_read_why_it_was_refused() {
    let server = server().await;
    let response = server.request(&format!("POST /echo HTTP/1.1\r\n{LISTED}"), &"x".repeat(300_000)).await;
    assert_eq!(response.status(), 413);
    assert_eq!(response.header("access-control-allow-origin"), Some("http://localhost:9000"));
}

#[tokio::test]
async fn another_website_is_not_allowed() {
    let server = server().await;
    for origin in [OTHER, "Origin: null", "Origin: *", "Origin: http://localhost:9000.evil.example", "X-None: x"] {
        for method in ["GET", "OPTIONS"] {
            let head = format!("{method} /fine HTTP/1.1\r\n{origin}\r\nAccess-Control-Request-Method: GET");
            let response = server.request(&head, "").await;
            assert_eq!(response.header("access-control-allow-origin"), None, "{head}");
            assert_eq!(response.header("vary"), Some("origin"), "{head}");
        }
    }
}

#[tokio::test]
async fn a_preflight_gets_the_references_response() {
    let asks = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization,x-nosuch";
    let response = server().await.request(&format!("OPTIONS /echo HTTP/1.1\r\n{LISTED}\r\n{asks}"), "").await;
    assert_eq!((response.status(), response.text()), (204, ""));
    assert_eq!(response.header("access-control-allow-origin"), Some("http://localhost:9000"));
    assert_eq!(response.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(response.header("access-control-allow-methods"), Some("get,head,put,patch,post,delete"));
    assert_eq!(response.header("access-control-allow-headers"), Some("authorization,x-nosuch"));
    assert_eq!(response.header("access-control-max-age"), Some("600"));
    assert!(response.header("x-request-id").is_some());
}

#[tokio::test]
async fn an_options_request_without_preflight_is_handled_like_any_other() {
    let response = server().await.request(&format!("OPTIONS /echo HTTP/1.1\r\n{LISTED}"), "").await;
    assert_eq!((response.status(), response.header("allow")), (204, Some("post")));
    assert_eq!(response.header("access-control-allow-methods"), None);
    assert_eq!(response.header("access-control-allow-origin"), Some("http://localhost:9000"));
}

#[tokio::test]
async fn without_a_list_there_are_no_cors_headers() {
    let server = Server::layered(&config()).await;
    for method in ["GET", "OPTIONS"] {
        let head = format!("{method} /fine HTTP/1.1\r\n{OTHER}\r\nAccess-Control-Request-Method: GET");
        let response = server.request(&head, "").await;
        assert!(!response.head.contains("access-control") && !response.head.contains("vary"), "{}", response.head);
    }
}

#[tokio::test]
async fn a_change_by_cookie_needs_an_own_or_listed_page() {
    let server = server().await;
    let cookie = "Cookie: connect.sid=s";
    for (headers, status) in [
        (format!("{cookie}\r\n{OTHER}"), 403),
        (format!("{cookie}\r\nOrigin: null"), 403),
        (format!("{cookie}\r\nSec-Fetch-Site: cross-site"), 403),
        (format!("{cookie}\r\nSec-Fetch-Site: same-site"), 403),
        (format!("{cookie}\r\nSec-Fetch-Site: same-origin"), 200),
        (format!("{cookie}\r\nOrigin: http://shop.example"), 200),
        (format!("{cookie}\r\n{LISTED}"), 200),
        (cookie.to_owned(), 200),
        (OTHER.to_owned(), 200),
    ] {
        let response = server.request(&format!("POST /echo HTTP/1.1\r\n{headers}"), "text").await;
        assert_eq!(response.status(), status, "{headers}");
        if status == 403 {
            assert!(
                response.text().starts_with(r#"{"code":"cross_origin_request","type":"forbidden","message":"Another"#)
            );
        }
    }
    let reading = server.request(&format!("GET /fine HTTP/1.1\r\n{cookie}\r\n{OTHER}"), "").await;
    assert_eq!(reading.status(), 200);
}

/// A provider of sign-in posts its response from its own website (security.md 24).
#[tokio::test]
async fn a_form_of_another_website_is_received_without_its_cookies_below_one_path() {
    let server = Server::layered(&config().pages("/pages").foreign_forms("/cookies/")).await;
    let from = format!("Cookie: connect.sid=s\r\n{OTHER}\r\nSec-Fetch-Site: cross-site");
    for path in ["/cookies/company", "/cookies/company/"] {
        let response = server.request(&format!("POST {path} HTTP/1.1\r\n{from}"), "text").await;
        assert_eq!((response.status(), response.text()), (200, "no cookie"), "{path}");
    }
    // Also a page of the server's own loses them: who sent the form does not matter.
    let own = "POST /cookies/company HTTP/1.1\r\nCookie: connect.sid=s\r\nSec-Fetch-Site: same-origin";
    assert_eq!(server.request(own, "text").await.text(), "no cookie");
    for path in ["/cookies", "/cookies/", "/cookies/company/more", "/cookies//", "/COOKIES/company", "/echo"] {
        let response = server.request(&format!("POST {path} HTTP/1.1\r\n{from}"), "text").await;
        assert_eq!(response.status(), 403, "{path}");
    }
    let reading = server.request(&format!("GET /cookies/company HTTP/1.1\r\n{from}"), "").await;
    assert_eq!(reading.text(), "a cookie");
    let long = "x".repeat(300_000);
    let response = server.request(&format!("POST /cookies/company HTTP/1.1\r\n{from}"), &long).await;
    assert_eq!(response.status(), 413);
}

#[test]
fn a_list_with_anything_but_origins_fails_at_the_start() {
    for wrong in ["*", "null", "http://localhost:9000/", "localhost"] {
        assert!(config().cors_origins(["https://a.example", wrong]).is_err(), "{wrong}");
    }
    assert!(config().public_url("shop.example").is_err());
}
