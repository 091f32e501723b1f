//! `~` and `$NAME` in paths and URLs: a shell expands them, a file of variables or a configuration file does not.
//!
//! ```
//! use vestibule_core::unexpanded::{has_home, has_variable, is_variable};
//!
//! assert!(has_variable("/srv/$NAME/vestibule.db") && !has_variable("/srv/5$"));
//! assert!(has_home("~/vestibule.db") && !has_home("/srv/vestibule.db~"));
//! assert!(is_variable("$PASSWORD") && !is_variable("pa$SWORD"));
//! ```

/// Returns whether a text contains `$NAME`, `${…}` or `$(…)`.
pub fn has_variable(text: &str) -> bool {
    let begins_name = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '{' | '(');
    text.split('$').skip(1).any(|rest| rest.starts_with(begins_name))
}

/// Returns whether a text is just `${…}` or, in capitals, `$NAME`: for passwords, which may contain a `$`.
pub fn is_variable(text: &str) -> bool {
    let Some(name) = text.strip_prefix('$') else { return false };
    let in_braces = name.starts_with('{') && name.ends_with('}');
    let in_capitals = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    in_braces || in_capitals
}

/// Returns whether a path begins with `~` or has a folder of this name.
pub fn has_home(path: &str) -> bool {
    path.starts_with('~') || path.split('/').any(|part| part == "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_variables_are_found_and_other_dollars_are_not() {
        for text in ["$HOME/v.db", "/srv/$app", "a${B}", "$(pwd)/x", "$_x"] {
            assert!(has_variable(text), "{text}");
        }
        for text in ["", "/srv/v.db", "5$", "a$1", "$$", "a$ b"] {
            assert!(!has_variable(text), "{text}");
        }
        assert!(["$DB_PASSWORD", "${anything}", "$P2"].iter().all(|text| is_variable(text)));
        assert!(!["pa$SWORD", "$ecret", "$", "$1A", "${A}b", ""].iter().any(|text| is_variable(text)));
    }

    #[test]
    fn the_home_directory_is_found_as_a_whole_folder_only() {
        assert!(["~", "~/v.db", "~ada/v.db", "/~/v.db", "a/~"].iter().all(|path| has_home(path)));
        assert!(!["v.db~", "/srv/~old", "/srv/a~b/v.db"].iter().any(|path| has_home(path)));
    }
}
