//! Text from users, on one line.

/// The most characters of a text that users choose: enough for a name, too few for an advertisement.
const LONGEST: usize = 100;

/// Returns the text on one line: control characters (including line breaks and NUL) and Unicode line separators become
/// spaces. Bidirectional controls are removed, so that no name can reverse the sentence around it.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Returns the text on one line, cut to [`LONGEST`].
pub(crate) fn short_line(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_and_bidirectional_controls_are_removed() {
        assert_eq!(one_line("Ada\r\nBcc: eve@example.com\0"), "Ada  Bcc: eve@example.com");
        assert_eq!(one_line("a\u{2028}b\u{202e}c\u{85}"), "a bc");
        assert_eq!(short_line(&"ä".repeat(101)), format!("{}…", "ä".repeat(100)));
        assert_eq!(short_line(&"ä".repeat(100)), "ä".repeat(100));
    }
}
