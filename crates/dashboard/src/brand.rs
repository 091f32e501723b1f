//! The service's own name, logo and colour.

use std::fmt;
use std::str::FromStr;

/// What the pages show of the service that runs them, instead of Vestibule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// The name.
    pub name: String,
    /// The logo; Vestibule's without one.
    pub logo: Option<Logo>,
    /// The colour of buttons and links; Vestibule's without one.
    pub accent: Option<Accent>,
    /// Where visitors find help: a web address, or an e-mail address.
    pub support: Option<String>,
    /// The address of the terms of use.
    pub terms: Option<String>,
    /// The address of the privacy policy.
    pub privacy: Option<String>,
}

impl Default for Brand {
    fn default() -> Self {
        let name = "Vestibule".to_owned();
        Self { name, logo: None, accent: None, support: None, terms: None, privacy: None }
    }
}

impl Brand {
    /// Returns the link of the support: an e-mail address becomes one that writes a mail.
    pub(crate) fn support_link(&self) -> Option<String> {
        let support = self.support.as_deref()?;
        Some(if support.contains("://") { support.to_owned() } else { format!("mailto:{support}") })
    }
}

/// A picture of at most 64 KiB, square or nearly so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    pub(crate) content: Vec<u8>,
    pub(crate) kind: &'static str,
    pub(crate) extension: &'static str,
}

/// Why a logo is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLogo {
    /// It is too large.
    #[error("a logo has at most 64 KiB")]
    TooLarge,
    /// It is neither SVG nor PNG.
    #[error("a logo is an SVG or a PNG file")]
    Kind,
}

impl Logo {
    /// Reads a logo: SVG or PNG, which its first bytes decide.
    ///
    /// # Errors
    ///
    /// [`InvalidLogo`].
    pub fn new(content: Vec<u8>) -> Result<Self, InvalidLogo> {
        if content.len() > 64 * 1024 {
            return Err(InvalidLogo::TooLarge);
        }
        let start = String::from_utf8_lossy(content.get(..content.len().min(512)).unwrap_or_default()).into_owned();
        let (kind, extension) = match content.starts_with(b"\x89PNG\r\n\x1a\n") {
            true => ("image/png", "png"),
            false if start.contains("<svg") => ("image/svg+xml", "svg"),
            false => return Err(InvalidLogo::Kind),
        };
        Ok(Self { content, kind, extension })
    }
}

/// A colour. On pages it is made darker, or on dark pages lighter, until text in it and on it can be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Accent([u8; 3]);

/// A colour is not of the form `#1f5c4d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour has the form #1f5c4d")]
pub struct InvalidAccent;

impl FromStr for Accent {
    type Err = InvalidAccent;

    fn from_str(text: &str) -> Result<Self, InvalidAccent> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(InvalidAccent)?;
        let number = u32::from_str_radix(digits, 16).map_err(|_| InvalidAccent)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl fmt::Debug for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Accent({self})")
    }
}

const WHITE: Accent = Accent([255, 255, 255]);
const BLACK: Accent = Accent([0, 0, 0]);

/// The ground of tinted lines, light and dark: the darkest and the lightest on which the colour is text.
const LIGHT: Accent = Accent([0xe8, 0xee, 0xec]);
const DARK: Accent = Accent([0x2a, 0x30, 0x2d]);

/// The contrast that text needs (WCAG 2.2, 1.4.3).
const READABLE: f64 = 4.5;

impl Accent {
    /// Returns the rules that replace the colour in the stylesheet.
    pub(crate) fn style(self) -> String {
        let [light, dark] = [self.readable_on(LIGHT, BLACK), self.readable_on(DARK, WHITE)];
        let [on_light, on_dark] = [light.ink(), dark.ink()];
        let [soft_light, soft_dark] = [light.mixed(WHITE, 0.88), dark.mixed(Accent([0x17, 0x1b, 0x19]), 0.82)];
        format!(
            ":root{{--accent:light-dark({light},{dark});--accent-ink:light-dark({on_light},{on_dark});\
             --accent-soft:light-dark({soft_light},{soft_dark})}}"
        )
    }

    /// Returns the colour, mixed with black or white until it can be read on a ground.
    fn readable_on(self, ground: Self, with: Self) -> Self {
        let steps = (0..=20_u32).map(|step| self.mixed(with, f64::from(step) / 20.0));
        steps.into_iter().find(|colour| colour.contrast(ground) >= READABLE).unwrap_or(with)
    }

    /// Returns white or black, whichever can be read better on the colour.
    fn ink(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(BLACK) { WHITE } else { BLACK }
    }

    fn mixed(self, with: Self, share: f64) -> Self {
        let mut mixed = self.0;
        for (part, other) in mixed.iter_mut().zip(with.0) {
            let value = f64::from(*part) * (1.0 - share) + f64::from(other) * share;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
            let value = value.round() as u8;
            *part = value;
        }
        Self(mixed)
    }

    /// Returns the contrast of two colours, from 1 to 21 (WCAG 2.2).
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_can_be_read_in_both_themes() {
        for text in ["#ffff00", "#ffffff", "#000000", "#1f5c4d", "#ff8800", "#7f7f7f", "#0000ff", "#fa7b7b"] {
            let accent: Accent = text.parse().unwrap();
            for colour in [accent.readable_on(LIGHT, BLACK), accent.readable_on(DARK, WHITE)] {
                assert!(colour.contrast(colour.ink()) >= READABLE, "text on a button in {text}");
            }
            assert!(accent.readable_on(LIGHT, BLACK).contrast(WHITE) >= READABLE, "a link in {text}");
            assert!(accent.readable_on(DARK, WHITE).contrast(DARK) >= READABLE, "a link in {text} on a dark page");
        }
        assert_eq!("#1f5c4d".parse::<Accent>().unwrap().readable_on(LIGHT, BLACK).to_string(), "#1f5c4d");
    }

    #[test]
    fn colours_and_logos_are_checked() {
        assert_eq!(["red", "#12345", "#12345g", "1f5c4d"].map(|text| text.parse::<Accent>().is_err()), [true; 4]);
        assert_eq!(Logo::new(b"<html>".to_vec()), Err(InvalidLogo::Kind));
        assert_eq!(Logo::new(vec![b'x'; 65 * 1024]), Err(InvalidLogo::TooLarge));
        assert_eq!(Logo::new(b"<?xml version=\"1.0\"?><svg/>".to_vec()).unwrap().extension, "svg");
    }
}
