//! Where statements end: not within texts, names, bodies of functions and comments.

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Statement,
    /// `'…'`; with backslashes if it is `E'…'`.
    Text(bool),
    /// `"…"`.
    Name,
    /// `$tag$…$tag$`.
    Body(Vec<u8>),
    /// `/* … */`, which nest.
    Comment(u32),
}

/// Reads SQL a line at a time.
#[derive(Default)]
pub(super) struct Lexer {
    within: Within,
    /// Whether a statement has begun.
    has_begun: bool,
}

impl Lexer {
    /// Whether the next line begins a statement.
    pub(super) fn is_between_statements(&self) -> bool {
        self.within == Within::Statement && !self.has_begun
    }

    pub(super) fn read(&mut self, line: &[u8]) {
        let mut at = 0;
        while let Some(byte) = line.get(at).copied() {
            let rest = line.get(at..).unwrap_or_default();
            at += match &mut self.within {
                Within::Statement if rest.starts_with(b"--") => return,
                Within::Statement => self.begin(rest, at.checked_sub(1).and_then(|before| line.get(before)).copied()),
                Within::Text(true) if byte == b'\\' => 2,
                Within::Text(_) if byte == b'\'' => self.leave(),
                Within::Name if byte == b'"' => self.leave(),
                Within::Body(tag) if rest.starts_with(tag) => {
                    let length = tag.len();
                    self.within = Within::Statement;
                    length
                }
                Within::Comment(depth) if rest.starts_with(b"/*") => {
                    *depth += 1;
                    2
                }
                Within::Comment(depth) if rest.starts_with(b"*/") => {
                    *depth -= 1;
                    if *depth == 0 {
                        self.within = Within::Statement;
                    }
                    2
                }
                _ => 1,
            };
        }
    }

    fn leave(&mut self) -> usize {
        self.within = Within::Statement;
        1
    }

    /// What begins here, in a statement or between two. Returns its length.
    fn begin(&mut self, rest: &[u8], before: Option<u8>) -> usize {
        match rest {
            [b'/', b'*', ..] => {
                self.within = Within::Comment(1);
                return 2;
            }
            [b'\'', ..] => self.within = Within::Text(matches!(before, Some(b'E' | b'e'))),
            [b'"', ..] => self.within = Within::Name,
            [b'$', after @ ..] if !before.is_some_and(is_word) => {
                let length = after.iter().take_while(|byte| is_word(**byte)).count();
                let is_tag = after.get(length) == Some(&b'$') && !after.first().is_some_and(u8::is_ascii_digit);
                if let Some(tag) = rest.get(..length + 2).filter(|_| is_tag) {
                    self.within = Within::Body(tag.to_vec());
                    self.has_begun = true;
                    return tag.len();
                }
            }
            [b';', ..] => {
                self.has_begun = false;
                return 1;
            }
            [byte, ..] if byte.is_ascii_whitespace() => return 1,
            _ => {}
        }
        self.has_begun = true;
        1
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_where_they_do() {
        for (text, ends) in [
            ("", true),
            ("SELECT 1;", true),
            ("SELECT 1", false),
            ("-- it's; a comment", true),
            ("SELECT 'a;\nb''c;' ;", true),
            ("SELECT 'a;", false),
            ("SELECT E'a\\';' ;", true),
            ("SELECT 'a\\';", true),
            ("COMMENT ON TABLE \"a'b;\" IS 'it''s';", true),
            ("CREATE FUNCTION f() AS $$\nBEGIN x := 'a'; END;\n", false),
            ("CREATE FUNCTION f() AS $_$\nBEGIN x := $1; $$;$$ END;\n$_$;", true),
            ("SELECT a$b$c;", true),
            ("/* a /* b */ ; */", true),
            ("/* a /* b */ ;", false),
            ("SELECT 1; SELECT", false),
        ] {
            let mut lexer = Lexer::default();
            text.lines().for_each(|line| lexer.read(line.as_bytes()));
            assert_eq!(lexer.is_between_statements(), ends, "{text}");
        }
    }
}
