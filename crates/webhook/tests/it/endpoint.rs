//! Which URLs are endpoints.

use vestibule_webhook::{Endpoint, InvalidEndpoint};

fn read(text: &str) -> Result<String, InvalidEndpoint> {
    text.parse::<Endpoint>().map(|endpoint| endpoint.to_string())
}

#[test]
fn urls_are_normalized() {
    for (text, normalised) in [
        ("https://hooks.example.com/a/b?c=d", "https://hooks.example.com/a/b?c=d"),
        ("https://hooks.example.com", "https://hooks.example.com/"),
        ("https://hooks_1.example.com./", "https://hooks_1.example.com./"),
        ("HTTPS://Hooks.Example.COM:443/A", "https://hooks.example.com/A"),
        ("http://hooks.example.com:8080/", "http://hooks.example.com:8080/"),
        ("https://hooks.example.com/a/../b", "https://hooks.example.com/b"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://hooks.example.com/{a}|b^c\"d?e='{f}'", "https://hooks.example.com/%7Ba%7D|b^c%22d?e=%27{f}%27"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://0177.0.0.01/", "http://127.0.0.1/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("https://[2001:DB8:0:0::1]:8443/", "https://[2001:db8::1]:8443/"),
        ("https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(normalised), "{text}");
    }
}

#[test]
fn invalid_urls_are_refused() {
    let long = format!("https://hooks.example.com/{}", "a".repeat(2023));
    let grows = format!("https://hooks.example.com/{}", "ä".repeat(500));
    let label = format!("https://{}.example/", "a".repeat(64));
    for (text, error) in [
        (label.as_str(), InvalidEndpoint::Malformed),
        ("https://a..example/", InvalidEndpoint::Malformed),
        ("https://a!b.example/", InvalidEndpoint::Malformed),
        ("", InvalidEndpoint::Malformed),
        ("hooks.example.com", InvalidEndpoint::Malformed),
        ("/hooks", InvalidEndpoint::Malformed),
        ("https:hooks.example.com", InvalidEndpoint::Malformed),
        ("https:///hooks.example.com", InvalidEndpoint::Malformed),
        ("https://", InvalidEndpoint::Malformed),
        ("https://:443/", InvalidEndpoint::Malformed),
        ("https://hooks.example.com:65536/", InvalidEndpoint::Malformed),
        ("https://1.2.3.400/", InvalidEndpoint::Malformed),
        ("https://[::1/", InvalidEndpoint::Malformed),
        ("https://hooks%2eexample%2fcom/", InvalidEndpoint::Malformed),
        ("javascript:alert(1)", InvalidEndpoint::Malformed),
        ("ftp://hooks.example.com/", InvalidEndpoint::Scheme),
        ("file:///etc/passwd", InvalidEndpoint::Scheme),
        ("gopher://hooks.example.com/", InvalidEndpoint::Scheme),
        ("https://ada:secret@hooks.example.com/", InvalidEndpoint::UserInfo),
        ("https://@hooks.example.com/", InvalidEndpoint::UserInfo),
        ("https://hooks.example.com/#a", InvalidEndpoint::Fragment),
        ("https://hooks.example.com/#", InvalidEndpoint::Fragment),
        ("https://hooks.example.com:0/", InvalidEndpoint::Port),
        (" https://hooks.example.com/", InvalidEndpoint::Character),
        ("https://hooks.example.com/a b", InvalidEndpoint::Character),
        ("https://hooks.example.com/\r\nhost: evil", InvalidEndpoint::Character),
        ("https://hooks.example.com\\@evil.example/", InvalidEndpoint::Character),
        (&long, InvalidEndpoint::TooLong),
        (&grows, InvalidEndpoint::TooLong),
    ] {
        assert_eq!(read(text), Err(error), "{text:?}");
    }
    assert!(read(long.get(..2048).unwrap()).is_ok());
}

#[test]
fn host_and_scheme_are_returned() {
    let endpoint: Endpoint = "https://Hooks.example.com:8443/a".parse().unwrap();
    assert_eq!((endpoint.host(), endpoint.is_encrypted()), ("hooks.example.com", true));
    let endpoint: Endpoint = "http://[::1]/a".parse().unwrap();
    assert_eq!((endpoint.host(), endpoint.is_encrypted()), ("[::1]", false));
}
