//! E-mail addresses: stored as written, compared in one canonical form.
//!
//! Two spellings of one mailbox must never become two users, and a look-alike must never pass for the original. So
//! every comparison and unique constraint uses [`EmailAddress::canonical`], and mail goes to the stored address.
//!
//! ```
//! use vestibule_core::{EmailAddress, InvalidEmail};
//!
//! let address: EmailAddress = "Ada@BÜCHER.example".parse()?;
//! assert_eq!(address.as_str(), "Ada@BÜCHER.example");
//! assert_eq!(address.canonical(), "ada@xn--bcher-kva.example");
//! assert_eq!(address, "ada@bücher.example".parse()?);
//! assert_eq!(EmailAddress::parse("ada"), Err(InvalidEmail::Form));
//! # Ok::<(), InvalidEmail>(())
//! ```

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;

/// The longest address accepted, in bytes (RFC 5321 4.5.3.1.3 less the angle brackets).
pub const MAX_LENGTH: usize = 254;

/// The longest part before the at sign, in bytes (RFC 5321 4.5.3.1.1).
pub const MAX_LOCAL_LENGTH: usize = 64;

/// An e-mail address as it was written, without surrounding white space, with its canonical form.
///
/// The canonical form is NFKC, lower case, with the domain in its IDNA (ASCII) form. Equality and order are those of
/// the canonical form.
#[derive(Debug, Clone)]
pub struct EmailAddress {
    written: String,
    canonical: String,
}

/// Why a text is no e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// Longer than [`MAX_LENGTH`] bytes, or [`MAX_LOCAL_LENGTH`] before the at sign.
    #[error("the e-mail address is too long: 254 bytes at most, 64 of them before the @")]
    TooLong,
    /// The part before the at sign begins or ends with a dot, or has two in a row.
    #[error(
        "the part before the @ begins or ends with a dot, or has two in a row: mail servers refuse such addresses. \
         Use another address"
    )]
    Dots,
    /// No at sign, or nothing before or after it.
    #[error("an e-mail address has the form name@example.com")]
    Form,
    /// A character that no unquoted address contains: white space, a control character, `<>()[],;:"\` or a second at
    /// sign.
    #[error("the e-mail address contains a character that is not allowed")]
    Character,
    /// The part after the at sign is not a domain name.
    #[error("the part after the @ is not a domain name")]
    Domain,
}

impl EmailAddress {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// [`InvalidEmail`] with the reason.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        // Spaces around an address are a slip; a line break is an attempted header injection.
        if text.contains(char::is_control) {
            return Err(InvalidEmail::Character);
        }
        let written = text.trim();
        if written.len() > MAX_LENGTH {
            return Err(InvalidEmail::TooLong);
        }
        check_characters(written)?;
        let normal = normal_form(written);
        check_characters(&normal)?;
        let (local, domain) = normal.rsplit_once('@').ok_or(InvalidEmail::Form)?;
        if local.is_empty() || domain.is_empty() {
            return Err(InvalidEmail::Form);
        }
        if local.contains('@') {
            return Err(InvalidEmail::Character);
        }
        // Forbidden by RFC 5322 3.4.1, although some mobile carriers issued such addresses.
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(InvalidEmail::Dots);
        }
        let domain = ascii_domain(domain)?;
        // A trailing dot is another spelling of the same domain, which mail programs handle differently.
        if domain.is_empty() || domain.ends_with('.') {
            return Err(InvalidEmail::Domain);
        }
        let canonical = format!("{local}@{domain}");
        if canonical.len() > MAX_LENGTH || local.len() > MAX_LOCAL_LENGTH {
            return Err(InvalidEmail::TooLong);
        }
        Ok(Self { written: written.to_owned(), canonical })
    }

    /// Takes a text as it is, for a user of another program whose address is refused here.
    pub fn unchecked(text: &str) -> Self {
        Self { written: text.to_owned(), canonical: Self::key_as_written(text) }
    }

    /// Returns the form in which an import stores the addresses that are refused here, or that two users have in two spellings:
    /// they are compared exactly as they are written. It equals no canonical form.
    pub fn key_as_written(text: &str) -> String {
        format!("as written {text}")
    }

    /// Returns the address as written, for display and for sending mail.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Returns the canonical form, for comparison.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// Returns the form in which `text` is compared with addresses: the canonical form if it is an address, else `text`
    /// itself.
    pub fn canonical_or_text(text: &str) -> String {
        Self::parse(text).map_or_else(|_| text.to_owned(), |address| address.canonical)
    }
}

/// NFKC and lower case. ASCII, the usual case, is NFKC already; every row with an address passes through here.
fn normal_form(text: &str) -> String {
    match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => text.nfkc().flat_map(char::to_lowercase).nfkc().collect(),
    }
}

/// The domain in its IDNA form. Hyphens in the third and fourth position are refused by registries, not by name
/// servers: `my--site.example` has mail.
fn ascii_domain(domain: &str) -> Result<String, InvalidEmail> {
    let ascii =
        Uts46::new().to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify);
    ascii.map(Cow::into_owned).map_err(|_| InvalidEmail::Domain)
}

fn check_characters(text: &str) -> Result<(), InvalidEmail> {
    let forbidden = |c: char| c.is_control() || c.is_whitespace() || r#"<>()[],;:"\"#.contains(c) || is_invisible(c);
    if text.contains(forbidden) { Err(InvalidEmail::Character) } else { Ok(()) }
}

/// Whether a character has no width, and so could make one address look like another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for EmailAddress {}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidEmail;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

crate::text_schema!(EmailAddress, format = "email");

impl serde::Serialize for EmailAddress {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

impl TryFrom<crate::Value> for EmailAddress {
    type Error = crate::WrongType;
    fn try_from(value: crate::Value) -> Result<Self, Self::Error> {
        // It was checked when it was written, or is of an import, which keeps what it cannot read.
        let text = String::try_from(value)?;
        Ok(Self::parse(&text).unwrap_or_else(|_| Self::unchecked(&text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// security.md 15
    #[test]
    fn spellings_of_one_mailbox_have_one_canonical_form() {
        for (written, canonical) in [
            ("Ada@Example.COM", "ada@example.com"),
            ("  ada@example.com ", "ada@example.com"),
            ("ａｄａ@example.com", "ada@example.com"),
            ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
            ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
            ("Jose\u{301}@example.com", "jos\u{e9}@example.com"),
            ("a+b@localhost", "a+b@localhost"),
            ("user@My--Site.example", "user@my--site.example"),
            ("user@r3---sn-4g5.b--c.example", "user@r3---sn-4g5.b--c.example"),
        ] {
            let address = EmailAddress::parse(written).unwrap();
            assert_eq!(address.canonical(), canonical, "{written:?}");
            assert_eq!(address.as_str(), written.trim());
            assert_eq!(EmailAddress::parse(address.canonical()).unwrap().canonical(), canonical, "stable: {written:?}");
        }
        assert_ne!(
            EmailAddress::parse("аda@example.com"),
            EmailAddress::parse("ada@example.com"),
            "a Cyrillic а is another letter"
        );
    }

    /// security.md 16
    #[test]
    fn what_is_no_address_is_refused() {
        use InvalidEmail::*;
        for (text, error) in [
            ("", Form),
            ("ada", Form),
            ("@example.com", Form),
            ("ada@", Form),
            (".ada@example.com", Dots),
            ("a..b@example.com", Dots),
            ("john.@example.com", Dots),
            ("john\u{ff0e}@example.com", Dots),
            ("a@b@example.com", Character),
            ("a\u{ff20}b@example.com", Character),
            ("ada@exa mple.com", Character),
            ("ada\r\nBcc: eve@example.com", Character),
            ("ada@example.com\r\n", Character),
            ("ada\0@example.com", Character),
            ("ada\u{200b}@example.com", Character),
            ("<ada@example.com>", Character),
            ("ada@example.com,eve@example.com", Character),
            ("ada@example.com.", Domain),
            ("ada@example..com", Domain),
            ("ada@-example.com", Domain),
            ("ada@example-.com", Domain),
            ("ada@xn--a--b.example", Domain),
            ("ada@my_site.example", Domain),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(error), "{text:?}");
        }
        assert_eq!(EmailAddress::parse(&format!("{}@example.com", "a".repeat(65))), Err(TooLong));
        assert_eq!(EmailAddress::parse(&format!("ada@{}com", "example.".repeat(40))), Err(TooLong));
    }
}
