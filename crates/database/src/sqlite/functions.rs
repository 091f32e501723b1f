//! What PostgreSQL has and SQLite lacks: `LIKE` and `ILIKE` that agree with it.
//!
//! SQLite's own `LIKE` ignores the case of ASCII letters alone and knows no escape character.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

/// Adds `text_like(value, pattern)` and `text_ilike(value, pattern)`.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("text_like", 2, flags, |context| {
        let (value, pattern) = (context.get::<Option<String>>(0)?, context.get::<String>(1)?);
        Ok(value.map(|value| like(&value, &pattern)))
    })?;
    connection.create_scalar_function("text_ilike", 2, flags, |context| {
        let (value, pattern) = (context.get::<Option<String>>(0)?, context.get::<String>(1)?);
        Ok(value.map(|value| like(&lower(&value), &lower(&pattern))))
    })
}

#[derive(Clone, Copy)]
enum Token {
    Run,
    One,
    Exactly(char),
}

/// Whether `value` matches `pattern`: `%` any run, `_` any one character, `\` escapes the next one.
///
/// Takes time in proportion to the product of the lengths, for any pattern: only the last `%` is ever tried again.
fn like(value: &str, pattern: &str) -> bool {
    let value: Vec<char> = value.chars().collect();
    let pattern = tokens(pattern);
    let (mut at, mut token, mut retry) = (0, 0, None);
    while at < value.len() {
        match (pattern.get(token).copied(), value.get(at).copied()) {
            (Some(Token::Run), _) => {
                retry = Some((token, at));
                token += 1;
            }
            (Some(Token::One), _) => {
                at += 1;
                token += 1;
            }
            (Some(Token::Exactly(expected)), Some(found)) if expected == found => {
                at += 1;
                token += 1;
            }
            _ => match retry {
                Some((run, start)) => {
                    retry = Some((run, start + 1));
                    at = start + 1;
                    token = run + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(token).all(|token| matches!(token, Token::Run))
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut characters = pattern.chars();
    let mut tokens = Vec::new();
    while let Some(character) = characters.next() {
        tokens.push(match character {
            '%' => Token::Run,
            '_' => Token::One,
            '\\' => Token::Exactly(characters.next().unwrap_or('\\')),
            character => Token::Exactly(character),
        });
    }
    tokens
}

/// In lower case, character by character as PostgreSQL does it. Rust's own `to_lowercase` depends on the neighbours of
/// a sigma, so that a part of a text in lower case might not be a part of the text in lower case.
fn lower(text: &str) -> String {
    text.chars().filter_map(|character| character.to_lowercase().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn like_agrees_with_postgresql() {
        for (value, pattern, expected) in [
            ("", "", true),
            ("", "%", true),
            ("a", "", false),
            ("ada@example.com", "ada%", true),
            ("ada@example.com", "%@example.com", true),
            ("ada@example.com", "%@%.com", true),
            ("ada@example.com", "a_a%", true),
            ("ada@example.com", "ada", false),
            ("Ada", "ada", false),
            ("100%", "100\\%", true),
            ("100x", "100\\%", false),
            ("a\\b", "a\\\\b", true),
            ("aab", "%ab", true),
            ("é", "_", true),
        ] {
            assert_eq!(like(value, pattern), expected, "{value:?} LIKE {pattern:?}");
        }
        assert!(!like(&"a".repeat(2_000), &format!("{}b", "a%".repeat(200))), "and it ends soon");
    }
}
