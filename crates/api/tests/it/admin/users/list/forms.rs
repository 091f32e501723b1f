//! The forms that a query string may have, and those that are refused.

use vestibule_testing::on_both_engines;

use super::People;

on_both_engines!(empty_parameters_are_ignored, invalid_query_strings_return_400);

/// notes A10
async fn empty_parameters_are_ignored(people: People) {
    for query in ["", "=", "&", "&&&", "=x"] {
        assert_eq!(people.names(query).await, "admin zed bob carl anna", "{query}");
    }
}

/// notes A10: the reference accepts each of these in some form, or answers 431 or 500
async fn invalid_query_strings_return_400(people: People) {
    let brackets = |name: &str| format!("The brackets of the parameter '{name}' do not match");
    for (query, name) in
        [("email[=1", "email["), ("email[]]=1", "email[]]"), ("email[[]]=1", "email[[]]"), ("[=1", "[")]
    {
        people.is_invalid(query, &brackets(name)).await;
    }
    people.is_invalid("email%00=1", "The parameter 'email' has a NUL character").await;
    let deep = format!("email{}", "[b]".repeat(17));
    let reasons = format!("The parameter '{deep}' is nested more than 16 levels deep");
    people.is_invalid(&format!("{deep}=1"), &reasons).await;
    people.is_invalid(&"a=1&".repeat(1_001), "The query has more than 1000 parameters").await;
}
