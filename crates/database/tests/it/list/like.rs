//! `$like`, `$ilike` and `q` mean the same on both engines.

use vestibule_core::{Condition, Field, Filter, FindConfig};
use vestibule_database::list::list;
use vestibule_testing::on_both_engines;

use super::things::{Found, TABLE, Thing, ThingField, fill};
use crate::support::Tables;

on_both_engines!(patterns_match_alike, a_search_is_literal_and_spelling_aside, an_address_is_matched_as_written);

async fn matches(tables: &Tables, filter: Filter<ThingField>) -> bool {
    let found: Vec<Found> = list(&tables.database, TABLE, &filter, &FindConfig::default()).await.unwrap();
    !found.is_empty()
}

fn named(name: &str) -> [Thing; 1] {
    [Thing { id: "id".into(), name: Some(name.to_owned()), ..Thing::default() }]
}

async fn patterns_match_alike(tables: Tables) {
    // value, pattern, whether LIKE matches, whether ILIKE does
    for (value, pattern, like, ilike) in [
        ("", "", true, true),
        ("", "%", true, true),
        ("", "_", false, false),
        ("a", "", false, false),
        ("Ada", "Ada", true, true),
        ("Ada", "ada", false, true),
        ("Ada", "ad", false, false),
        ("Ada Lovelace", "Ada%", true, true),
        ("Ada Lovelace", "ada l%", false, true),
        ("Ada Lovelace", "%Love%", true, true),
        ("Ada Lovelace", "%love%ce", false, true),
        ("Ada Lovelace", "%%%", true, true),
        ("Ada Lovelace", "_da%_", true, true),
        ("Ada", "____", false, false),
        ("Ada", "___", true, true),
        ("100%", "100\\%", true, true),
        ("100x", "100\\%", false, false),
        ("a_b", "a\\_b", true, true),
        ("axb", "a\\_b", false, false),
        ("a\\b", "a\\\\b", true, true),
        ("a\\", "a\\", true, true),
        ("a\\", "a\\\\", true, true),
        ("a", "a\\", false, false),
        ("a\\\\", "a\\\\\\", true, true),
        ("ab", "\\a\\b", true, true),
        ("AB", "\\a\\b", false, true),
        ("line\nbreak", "line_break", true, true),
        ("line\nbreak", "line%", true, true),
        ("漢字", "__", true, true),
        ("漢字", "漢_", true, true),
        ("🦀", "_", true, true),
        ("é", "_", true, true),
        ("e\u{301}", "_", false, false),
        ("É", "é", false, true),
        ("ÉLODIE", "él%", false, true),
        ("élodie", "ÉL%", false, true),
        ("ЁЖИК", "ёж%", false, true),
        ("ΟΔΥΣΣΕΥΣ", "%σσ%", false, true),
        ("ΣΑΣΑ", "σασ%", false, true),
        ("straße", "STRASSE", false, false),
        ("a'b", "a'b", true, true),
        ("a\"b", "a\"%", true, true),
        ("[ab]*?", "[ab]*?", true, true),
        ("a", "[ab]", false, false),
        ("$1", "$1", true, true),
    ] {
        fill(&tables.database, &named(value)).await;
        let does = (
            matches(&tables, ThingField::Name.is(Condition::Like(pattern.into()))).await,
            matches(&tables, ThingField::Name.is(Condition::Ilike(pattern.into()))).await,
        );
        assert_eq!(does, (like, ilike), "{value:?} [i]like {pattern:?}");
    }
}

/// security.md 29: `%` and `_` in `q` are literal.
async fn a_search_is_literal_and_spelling_aside(tables: Tables) {
    for (value, text, found) in [
        ("Ada Lovelace", "", true),
        ("Ada Lovelace", "lovel", true),
        ("Ada Lovelace", "velace ADA", true),
        ("Ada Lovelace", "a l", true),
        ("Ada Lovelace", "da", false),
        ("Ada Lovelace", "%", false),
        ("Ada Lovelace", "_da", false),
        ("Ada Lovelace", "a%e", false),
        ("Ada Lovelace", " ada  lovelace ", true),
        ("Ada Lovelace", "ada bob", false),
        ("100%", "00%", true),
        ("100%", "%", true),
        ("a_b", "A_B", true),
        ("axb", "a_b", false),
        ("a\\bc", "\\bc", true),
        ("a\\b", "\\", true),
        ("ÉLODIE", "elo", true),
        ("elodie", "ÉLO", true),
        ("ΣΑΣΑΣ", "σας", true),
        ("O’Brien", "o'brien", true),
        ("OBrien", "O´BRIEN", true),
        ("'; --", "';", true),
        ("\"quoted\"", "\"quo", true),
    ] {
        fill(&tables.database, &named(value)).await;
        assert_eq!(matches(&tables, Filter::Search(text.into())).await, found, "{text:?} in {value:?}");
    }
}

async fn an_address_is_matched_as_written(tables: Tables) {
    let thing = Thing { id: "id".into(), email: Some("Ada@BÜCHER.example".into()), ..Thing::default() };
    fill(&tables.database, &[thing]).await;
    for (condition, found) in [
        (Condition::Like("Ada@BÜCHER%".into()), true),
        (Condition::Like("ada@%".into()), false),
        (Condition::Ilike("ada@bücher%".into()), true),
        (Condition::Eq("ada@bücher.example".into()), true),
        (Condition::Eq(" ADA@xn--bcher-kva.EXAMPLE".into()), true),
        (Condition::In(vec!["eve@example.com".into(), "aDa@bücher.example".into()]), true),
        (Condition::Ne("ADA@bücher.example".into()), false),
        (Condition::Eq("ada".into()), false),
        (Condition::Gt("ada".into()), true),
    ] {
        assert_eq!(matches(&tables, ThingField::Email.is(condition.clone())).await, found, "{condition:?}");
    }
}
