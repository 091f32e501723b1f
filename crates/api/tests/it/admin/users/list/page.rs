//! `limit`, `offset`, `count`, and parameters that do not exist.

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::People;

on_both_engines!(
    a_page_has_count_offset_and_limit,
    numbers_are_read_as_in_the_reference,
    numbers_on_which_the_reference_fails_return_400,
    invalid_numbers_return_400,
    unknown_parameters_return_400_with_their_names,
);

/// notes A1, A2, A12
async fn a_page_has_count_offset_and_limit(people: People) {
    let all = "admin zed bob carl anna";
    for (query, names, offset, limit) in [
        ("", all, 0, 50),
        ("limit=0", "", 0, 0),
        ("limit=2", "admin zed", 0, 2),
        ("limit=5", all, 0, 5),
        ("limit=6", all, 0, 6),
        ("limit=51", all, 0, 51),
        ("limit=1000", all, 0, 1_000),
        // The reference repeats the requested limit; a client that pages by the limit of the response skips nothing.
        ("limit=1001", all, 0, 1_000),
        ("limit=1000000", all, 0, 1_000),
        ("limit=2147483648", all, 0, 1_000),
        ("offset=0", all, 0, 50),
        ("offset=2", "bob carl anna", 2, 50),
        ("offset=5", "", 5, 50),
        ("offset=100", "", 100, 50),
        ("offset=9007199254740992", "", 9_007_199_254_740_992_u64, 50),
        ("offset=1&limit=2", "zed bob", 1, 2),
        ("offset=100&limit=0", "", 100, 0),
    ] {
        let page = people.list(query).await;
        let rest = [&page["count"], &page["offset"], &page["limit"]];
        assert_eq!(rest, [&json!(5), &json!(offset), &json!(limit)], "{query}");
        assert_eq!(people.names(query).await, names, "{query}");
    }
    let page = people.list("q=moore&limit=1").await;
    assert_eq!((&page["count"], page["users"].as_array().unwrap().len()), (&json!(2), 1));
    assert_eq!(people.list("email=zed@x.test&limit=0").await["count"], 1);
}

/// notes A2, A12
async fn numbers_are_read_as_in_the_reference(people: People) {
    for (text, limit) in [
        ("1.5", 1),
        ("%2B2", 2),
        ("2%20", 2),
        ("0x2", 2),
        ("-0", 0),
        ("01", 1),
        ("0.4", 0),
        ("9007199254740993", 9_007_199_254_740_992_u64),
        // The reference stops reading at the `e`, and reads these as 1 and 5.
        ("1e1", 10),
        ("5e-1", 0),
    ] {
        assert_eq!(people.list(&format!("limit={text}")).await["limit"], limit.min(1_000), "{text}");
        assert_eq!(people.list(&format!("offset={text}")).await["offset"], limit, "{text}");
    }
}

/// notes A2: the reference answers 500 to negative numbers, and to others returns a page with a different limit
async fn numbers_on_which_the_reference_fails_return_400(people: People) {
    for name in ["limit", "offset"] {
        for text in ["-1", "-0.5", "-9223372036854775809", "-1e300"] {
            let reasons = format!("Value for field '{name}' too small, expected at least: '0'");
            people.is_invalid(&format!("{name}={text}"), &reasons).await;
        }
        for text in
            ["9223372036854775807", "9223372036854775808", "18446744073709551616", "99999999999999999999", "1e300"]
        {
            let reasons = format!("Value for field '{name}' too big, expected at most: '9007199254740992'");
            people.is_invalid(&format!("{name}={text}"), &reasons).await;
        }
        let reasons = format!("Expected type: 'number' for field '{name}', got: '1,000'");
        people.is_invalid(&format!("{name}=1,000"), &reasons).await;
    }
}

/// notes A2, A12
async fn invalid_numbers_return_400(people: People) {
    for (query, name, got) in [
        ("limit=", "limit", ""),
        ("limit=%20", "limit", " "),
        ("limit=abc", "limit", "abc"),
        ("limit=true", "limit", "true"),
        ("limit=null", "limit", "null"),
        ("limit=NaN", "limit", "NaN"),
        ("limit=Infinity", "limit", "Infinity"),
        ("limit=%D9%A1", "limit", "١"),
        ("limit[]=1", "limit", "1"),
        ("limit=1&limit=2", "limit", "1,2"),
        ("limit[a]=1", "limit", "[object Object]"),
        ("offset=abc", "offset", "abc"),
        ("offset=", "offset", ""),
        ("offset=null", "offset", "null"),
    ] {
        people.is_invalid(query, &format!("Expected type: 'number' for field '{name}', got: '{got}'")).await;
    }
}

/// notes A2, A6, A7, A10
async fn unknown_parameters_return_400_with_their_names(people: People) {
    for (query, names) in [
        ("nosuch=1", "nosuch"),
        ("nosuch=1&other=2", "nosuch, other"),
        ("take=1", "take"),
        ("skip=1", "skip"),
        ("withDeleted=true", "withDeleted"),
        ("metadata=x", "metadata"),
        ("metadata[touched]=1", "metadata"),
        ("avatar_url[]=x", "avatar_url"),
        ("roles[]=x", "roles"),
        ("name=x", "name"),
        ("token=x", "token"),
        ("state=pending", "state"),
        ("or[0][email]=zed@x.test", "or"),
        ("$nosuch[0][email]=x", "$nosuch"),
        ("?", "?"),
        ("a;b=1", "a;b"),
        ("%zz=1", "%zz"),
        ("%ff=1", "%ff"),
        ("email]=1", "email]"),
        ("[]=1", "0"),
        // The reference ignores these.
        ("__proto__=1", "__proto__"),
        ("constructor[prototype][x]=1", "constructor"),
    ] {
        people.is_invalid(query, &format!("Unrecognized fields: '{names}'")).await;
    }
    for (query, reasons) in [
        (
            "limit=abc&offset=abc",
            "Expected type: 'number' for field 'offset', got: 'abc'; Expected type: 'number' for field 'limit', got: 'abc'",
        ),
        ("nosuch=1&limit=abc", "Expected type: 'number' for field 'limit', got: 'abc'; Unrecognized fields: 'nosuch'"),
    ] {
        people.is_invalid(query, reasons).await;
    }
}
