//! Text from users in which no mail program finds a link.
//!
//! Mail programs turn text that looks like a web address into a link, also in plain text. A user's name could carry an
//! advertisement, or worse, under the service's own sender. Spaces break links and leave real names as they are;
//! zero-width characters are dropped by some programs, and others treat them as a sign of spam.

use vestibule_core::EmailAddress;

/// Returns the text with a space after every dot and every scheme that could form a link: `evil. example` for
/// `evil.example`, `https: evil. example` for `https://evil.example`. `J. R. Smith` is unchanged.
pub fn unlinked(text: &str) -> String {
    let mut broken = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = characters.next() {
        broken.push(c);
        if is_colon(c) && before.is_alphanumeric() && !before.is_numeric() {
            let mut is_url = false;
            while characters.next_if(|next| is_slash(*next)).is_some() {
                is_url = true;
            }
            if characters.peek().is_some_and(|next| is_url && !next.is_whitespace() || is_begin(*next)) {
                broken.push(' ');
            }
        } else if is_dot(c) && !before.is_whitespace() && characters.peek().is_some_and(|next| is_begin(*next)) {
            broken.push(' ');
        }
        before = c;
    }
    broken
}

/// Returns an e-mail address unchanged, and other text without links. The local part of an address, which its owner
/// chose, is broken up if it looks like a link.
pub(crate) fn unlinked_unless_address(text: &str) -> String {
    let Some((local, domain)) = text.rsplit_once('@').filter(|_| EmailAddress::parse(text).is_ok()) else {
        return unlinked(text);
    };
    if local.contains('/') || local.to_lowercase().contains("www") {
        format!("{}@{domain}", unlinked(local))
    } else {
        text.to_owned()
    }
}

/// Includes dots that browsers accept (UTS 46), and look-alikes.
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '\u{2024}' | '\u{fe52}')
}

fn is_colon(c: char) -> bool {
    matches!(c, ':' | '\u{ff1a}' | '\u{fe55}')
}

fn is_slash(c: char) -> bool {
    matches!(c, '/' | '\\' | '\u{ff0f}' | '\u{2044}' | '\u{2215}')
}

/// A character that can begin a part of a domain, or that link detection drops.
fn is_begin(c: char) -> bool {
    c.is_alphanumeric() || !(c.is_ascii() || c.is_whitespace() || is_dot(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_broken_up() {
        for (text, broken) in [
            ("http://evil.example", "http: evil. example"),
            ("see HTTPS://Evil.Example/x?y=1 now", "see HTTPS: Evil. Example/x?y=1 now"),
            ("evil.example/x", "evil. example/x"),
            ("www.evil.example", "www. evil. example"),
            ("evil\u{3002}example", "evil\u{3002} example"),
            ("evil\u{ff0e}example\u{ff61}com", "evil\u{ff0e} example\u{ff61} com"),
            ("evil\u{2024}example", "evil\u{2024} example"),
            ("evil.\u{200b}example", "evil. \u{200b}example"),
            ("evil\u{200b}.example", "evil\u{200b}. example"),
            ("http:\\\\evil", "http: evil"),
            ("http:////evil", "http: evil"),
            ("http\u{ff1a}\u{ff0f}\u{ff0f}evil.example", "http\u{ff1a} evil. example"),
            ("http://localhost/x", "http: localhost/x"),
            ("http://[::1]/", "http: [::1]/"),
            ("http://192.0.2.1", "http: 192. 0. 2. 1"),
            ("mailto:eve@evil.example", "mailto: eve@evil. example"),
            ("tel:0123", "tel: 0123"),
            ("b\u{fc}cher.example", "b\u{fc}cher. example"),
            ("\u{43f}\u{440}.\u{440}\u{444}", "\u{43f}\u{440}. \u{440}\u{444}"),
        ] {
            assert_eq!(unlinked(text), broken, "{text:?}");
            assert_eq!(unlinked(broken), broken, "again: {text:?}");
        }
    }

    #[test]
    fn other_text_is_unchanged() {
        for text in
            ["Ada Lovelace", "J. R. R. Tolkien", "J.-P. Sartre", "Dr. No", "10:30", "Ada :)", "...", "Inc.", "a/b"]
        {
            assert_eq!(unlinked(text), text);
        }
    }

    #[test]
    fn an_address_is_unchanged_unless_it_looks_like_a_link() {
        for text in ["ada.lovelace@example.com", "a+b@mail.example.com"] {
            assert_eq!(unlinked_unless_address(text), text);
        }
        for (text, broken) in [
            ("ada+www.evil.example/x@example.com", "ada+www. evil. example/x@example.com"),
            ("evil.example/x@example.com", "evil. example/x@example.com"),
            ("evil.example", "evil. example"),
        ] {
            assert_eq!(unlinked_unless_address(text), broken);
        }
    }
}
