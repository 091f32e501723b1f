//! Which sites can have passkeys.

use vestibule_passkeys::RelyingParty;

#[test]
fn the_host_of_the_public_url_is_the_relying_party() {
    for (url, id) in [
        ("https://people.example.com", "people.example.com"),
        ("https://people.example.com:8443/app", "people.example.com"),
        ("https://Bücher.example", "xn--bcher-kva.example"),
        ("http://localhost:9000", "localhost"),
        ("http://app.localhost", "app.localhost"),
    ] {
        assert_eq!(RelyingParty::new(url, "People").unwrap().id(), id);
    }
}

#[test]
fn where_browsers_have_no_passkeys_the_reason_is_named() {
    for (url, why) in [
        ("http://people.example.com", "browsers need https, except on localhost"),
        ("http://127.0.0.1:9000", "browsers need a host name, not an address"),
        ("https://[::1]", "browsers need a host name, not an address"),
        ("people", "it is not a URL"),
    ] {
        let error = RelyingParty::new(url, "People").unwrap_err().to_string();
        assert_eq!(error, format!("{url} cannot have passkeys: {why}"));
    }
}
