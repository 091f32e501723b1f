//! Plural forms.

use std::sync::LazyLock;

use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules, PluralRulesOptions};

use crate::Language;

static RULES: LazyLock<Vec<Option<PluralRules>>> =
    LazyLock::new(|| Language::ALL.iter().map(|language| rules(language.code())).collect());

fn rules(code: &str) -> Option<PluralRules> {
    let locale: Locale = code.parse().ok()?;
    PluralRules::try_new((&locale).into(), PluralRulesOptions::default()).ok()
}

impl Language {
    /// The plural form that a number takes: in English `One` for 1 and `Other` for the rest; other languages have up to
    /// six, and draw the lines elsewhere.
    pub fn plural(self, count: u64) -> PluralCategory {
        let rules = RULES.get(self as usize).and_then(Option::as_ref);
        rules.map_or(PluralCategory::Other, |rules| rules.category_for(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_rules() {
        assert!(RULES.iter().all(Option::is_some));
        assert_eq!(Language::English.plural(1), PluralCategory::One);
        assert_eq!(Language::English.plural(0), PluralCategory::Other);
        assert_eq!(Language::French.plural(0), PluralCategory::One);
    }
}
