//! Which addresses may be connected to (security.md 42).

use vestibule_webhook::{AddressGuard, Endpoint};

const PUBLIC: &[&str] = &[
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:200::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
];

const OTHERS: &[&str] = &[
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.255",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.7",
    "::ffff:169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.7",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:f5ff:fff8",
    "2001:2::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:7::1",
    "2002:c0a8:101::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
];

#[test]
fn only_public_addresses_are_permitted() {
    let guard = AddressGuard::default();
    for address in PUBLIC {
        assert!(guard.permits(address.parse().unwrap()), "{address}");
    }
    for address in OTHERS {
        assert!(!guard.permits(address.parse().unwrap()), "{address}");
    }
}

#[test]
fn allowed_networks_are_permitted() {
    let guard = AddressGuard { allowed: vec!["10.1.0.0/16".parse().unwrap(), "fd12:3456::/32".parse().unwrap()] };
    for address in ["10.1.2.3", "::ffff:10.1.2.3", "fd12:3456::7", "8.8.8.8"] {
        assert!(guard.permits(address.parse().unwrap()), "{address}");
    }
    for address in ["10.2.0.1", "::ffff:10.2.0.1", "64:ff9b::10.1.2.3", "fd12:3457::7", "127.0.0.1"] {
        assert!(!guard.permits(address.parse().unwrap()), "{address}");
    }
}

#[test]
fn check_refuses_literal_addresses_and_http() {
    let check = |guard: &AddressGuard, url: &str| {
        let endpoint: Endpoint = url.parse().unwrap();
        guard.check(&endpoint).map_err(|refusal| refusal.to_string())
    };
    let nothing = AddressGuard::default();
    assert_eq!(check(&nothing, "https://hooks.example.com/"), Ok(()));
    assert_eq!(check(&nothing, "https://8.8.8.8/"), Ok(()));
    let unencrypted = |host| {
        format!(
            "{host} would be sent to without encryption: use https, or allow its network with webhooks.allowed_networks"
        )
    };
    assert_eq!(check(&nothing, "http://hooks.example.com/"), Err(unencrypted("hooks.example.com")));
    assert_eq!(check(&nothing, "http://8.8.8.8/"), Err(unencrypted("8.8.8.8")));
    for (url, what) in [
        ("https://10.0.0.7/", "10.0.0.7 is a private address"),
        ("https://169.254.169.254/", "169.254.169.254 is the address of a cloud's metadata"),
        ("http://[::1]/", "[::1] is a loopback address"),
        ("https://0x7f.1/", "127.0.0.1 is a loopback address"),
    ] {
        let message = format!("{what}: allow it with webhooks.allowed_networks or use a public one");
        assert_eq!(check(&nothing, url), Err(message), "{url}");
    }
    let some = AddressGuard { allowed: vec!["10.0.0.0/8".parse().unwrap()] };
    assert_eq!(check(&some, "http://10.0.0.7/"), Ok(()));
    assert_eq!(check(&some, "http://hooks.internal/"), Ok(()), "its address is not known yet");
    assert!(check(&some, "http://8.8.8.8/").is_err());
}
