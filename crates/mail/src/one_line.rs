//! Text of others, on one line.

/// The longest text that somebody could choose, in characters: a name has room, an advertisement does not.
const LONGEST: usize = 100;

/// On one line: control characters (line breaks and NUL among them) and Unicode's separators of lines become spaces.
/// Characters that turn the direction of what follows go, so that no name can turn the sentence around it.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

/// On one line, and cut where it is long.
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
    fn breaks_and_turns_are_gone() {
        assert_eq!(one_line("Ada\r\nBcc: eve@example.com\0"), "Ada  Bcc: eve@example.com");
        assert_eq!(one_line("a\u{2028}b\u{202e}c\u{85}"), "a bc");
        assert_eq!(short_line(&"ä".repeat(101)), format!("{}…", "ä".repeat(100)));
        assert_eq!(short_line(&"ä".repeat(100)), "ä".repeat(100));
    }
}
