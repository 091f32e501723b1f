//! Which events a webhook receives.

/// How many names a webhook has at most, and how long each is.
const MOST: usize = 100;
const LONGEST: usize = 100;

/// Names that cannot be those of events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEvents {
    /// It would receive nothing.
    #[error("List the events to send: their names, such as user.created, or user.* or * for all")]
    None,
    /// Too many.
    #[error("A webhook has at most {MOST} names of events; * stands for all, user.* for all about users")]
    TooMany,
    /// Not the name of an event.
    #[error("{name:?} is no event: write a name such as user.created, or user.* or * for all")]
    Name {
        /// The given name, cut.
        name: String,
    },
}

/// Checks the names, and removes duplicates.
pub(super) fn check(names: &[String]) -> Result<Vec<String>, InvalidEvents> {
    if names.is_empty() {
        return Err(InvalidEvents::None);
    }
    if names.len() > MOST {
        return Err(InvalidEvents::TooMany);
    }
    let mut checked: Vec<String> = Vec::new();
    for name in names {
        if !is_pattern(name) {
            return Err(InvalidEvents::Name { name: name.chars().take(LONGEST).collect() });
        }
        if !checked.contains(name) {
            checked.push(name.clone());
        }
    }
    Ok(checked)
}

fn is_pattern(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
    };
    if name == "*" {
        return true;
    }
    let named = name.strip_suffix(".*").unwrap_or(name);
    let is_whole = named.len() == name.len();
    name.len() <= LONGEST && named.split('.').all(is_word) && (!is_whole || named.contains('.'))
}

/// Whether an event is one of those that these patterns name.
pub(super) fn matches(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => pattern == name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_patterns() {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for good in ["*", "user.*", "user.created", "auth.mfa_enabled", "shop.order.*", "shop.order-line.made"] {
            assert_eq!(check(&list(&[good, good])), Ok(list(&[good])), "{good}");
        }
        for bad in
            ["", "user", "User.created", "user.", ".created", "user.**", "us*r.created", "**", "user created", "a.b\n"]
        {
            assert!(matches!(check(&list(&[bad])), Err(InvalidEvents::Name { .. })), "{bad}");
        }
        assert_eq!(check(&[]), Err(InvalidEvents::None));
        assert!(matches(&list(&["user.*"]), "user.created") && !matches(&list(&["user.*"]), "users.created"));
        assert!(matches(&list(&["*"]), "a.b") && !matches(&list(&["user.created"]), "user.created_twice"));
    }
}
