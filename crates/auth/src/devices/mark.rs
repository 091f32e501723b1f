//! The fingerprint of a device.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sha2::{Digest, Sha256};

/// The hash of a device's fingerprint; `None` if nothing is known of it.
pub(super) fn mark(address: Option<IpAddr>, user_agent: Option<&str>) -> Option<[u8; 32]> {
    let program = without_versions(user_agent.unwrap_or_default());
    if program.is_empty() && address.is_none() {
        return None;
    }
    let network = address.map(network).unwrap_or_default();
    // Neither part contains a line break, so their border is unambiguous.
    Some(Sha256::digest(format!("{program}\n{network}").as_bytes()).into())
}

/// A user agent without versions, so that it is the same after an update, and with single spaces: `Firefox/145.0.1` is
/// `Firefox/`.
fn without_versions(user_agent: &str) -> String {
    let mut text = String::with_capacity(user_agent.len());
    let mut in_version = false;
    for character in user_agent.chars() {
        in_version = character.is_ascii_digit() || (in_version && matches!(character, '.' | '_'));
        match character {
            _ if in_version => {}
            space if space.is_whitespace() => {
                if !text.is_empty() && !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            other => text.push(other),
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// The network of an address, as large as what one household or office is usually given, or moves within: /24 of IPv4, /48
/// of IPv6.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{mark, network, without_versions};

    #[test]
    fn versions_and_spaces_do_not_distinguish_devices() {
        for (user_agent, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                "Mozilla/ (X; Linux x; rv:) Gecko/ Firefox/",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1_2 like Mac OS X) Version/18.1 Mobile/15E148",
                "Mozilla/ (iPhone; CPU iPhone OS like Mac OS X) Version/ Mobile/E",
            ),
            ("curl/8.5.0", "curl/"),
            (" \t a.b_c \n  1.2\u{a0}d ", "a.b_c d"),
            ("Größe/1", "Größe/"),
            ("1.2.3", ""),
            ("", ""),
        ] {
            assert_eq!(without_versions(user_agent), expected, "{user_agent}");
        }
    }

    #[test]
    fn neighbours_are_one_network() {
        for (address, expected) in [
            ("192.0.2.7", "192.0.2.0/24"),
            ("192.0.2.255", "192.0.2.0/24"),
            ("192.0.3.7", "192.0.3.0/24"),
            ("::ffff:192.0.2.7", "192.0.2.0/24"),
            ("2001:db8:1:2::3", "2001:db8:1::/48"),
            ("2001:db8:1:ffff:1:2:3:4", "2001:db8:1::/48"),
            ("2001:db8:2::3", "2001:db8:2::/48"),
        ] {
            assert_eq!(network(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn either_part_is_enough_and_none_is_no_device() {
        let address = Some("192.0.2.7".parse().unwrap());
        let marks = [mark(address, Some("curl/8")), mark(address, None), mark(None, Some("curl/8"))];
        assert!(marks.iter().all(Option::is_some));
        assert!(marks[0] != marks[1] && marks[1] != marks[2] && marks[0] != marks[2]);
        assert_eq!(mark(address, None), mark(address, Some(" ")));
        for nothing in [None, Some(""), Some(" "), Some("1.0")] {
            assert_eq!(mark(None, nothing), None, "{nothing:?}");
        }
    }
}
