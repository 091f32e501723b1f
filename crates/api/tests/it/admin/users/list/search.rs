//! `q`

use vestibule_testing::on_both_engines;

use super::People;

on_both_engines!(each_word_must_occur_in_a_text_field, wildcards_are_literal, invalid_search_text_returns_400);

/// notes A5, A11, A12, A13
async fn each_word_must_occur_in_a_text_field(people: People) {
    people
        .admin
        .post(&format!("/admin/users/{}", people.zed), serde_json::json!({ "avatar_url": "https://i.test/quokka.png" }))
        .await
        .ok();
    let all = "admin zed bob carl anna";
    for (q, names) in [
        ("", all),
        ("%20", all),
        ("MOORE", "zed carl"),
        ("moor", "zed carl"),
        ("ANNA", "anna"),
        ("ann", "zed anna"),
        ("x.test", "zed bob carl anna"),
        ("X.TEST", "zed bob carl anna"),
        // One or two characters: where a word begins.
        ("1", "bob"),
        ("m", "zed carl"),
        ("mo", "zed carl"),
        ("oo", ""),
        // Accents, case and apostrophes are ignored.
        ("%C3%80lv", "bob"),
        ("%C3%A0lv", "bob"),
        ("alvarez", "bob"),
        ("zo%C3%AB", "anna"),
        ("ZO%C3%8B", "anna"),
        ("zoe", "anna"),
        ("z'oe", "anna"),
        ("mo%E2%80%99ore", "zed carl"),
        ("'", all),
        ("ann%20moore", "zed"),
        ("moore%20ann", "zed"),
        ("ann%20moore%20nosuch", ""),
        ("zed%20moore", "zed"),
        ("zed%20bob", ""),
        ("ann+x.test", "zed anna"),
        ("%20ann%20", "zed anna"),
        // No word spans two fields; metadata and pictures are not searched, ids from their beginning.
        ("annmoore", ""),
        ("testann", ""),
        ("user_", ""),
        ("user_0", all),
        (people.zed.as_str(), "zed"),
        (people.zed.to_lowercase().as_str(), "zed"),
        (people.zed.split_at(people.zed.len() - 1).0, "zed"),
        (people.zed.split_at(6).1, ""),
        ("touched", ""),
        ("quokka", ""),
        ("moore%20quokka", ""),
        ("%5C", ""),
        ("%22", ""),
    ] {
        assert_eq!(people.names(&format!("q={q}")).await, names, "{q}");
    }
    let page = people.list("q=x.test&order=-email&limit=1&offset=1&fields=email").await;
    assert_eq!((&page["count"], &page["users"][0]["email"]), (&4.into(), &"Carl%x@x.test".into()));
}

/// security.md 29. The reference reads them as wildcards, and finds all users.
async fn wildcards_are_literal(people: People) {
    for (q, names) in
        [("%25", "carl"), ("_", "bob"), ("%25x", "carl"), ("b%25", ""), ("a_n", ""), ("*", ""), ("%5C%25", "")]
    {
        assert_eq!(people.names(&format!("q={q}")).await, names, "{q}");
    }
    // The reference reads it as no search at all.
    assert_eq!(people.names("q=null").await, "");
}

/// notes A5
async fn invalid_search_text_returns_400(people: People) {
    for (query, got) in [("q[]=ann", "ann"), ("q=ann&q=bob", "ann,bob"), ("q[a]=1", "[object Object]")] {
        people.is_invalid(query, &format!("Expected type: 'string' for field 'q', got: '{got}'")).await;
    }
    people.is_invalid("q=%00", "The parameter 'q' has a NUL character").await;
    let words = "x+".repeat(101);
    people.is_invalid(&format!("q={words}"), "The filter has more than 100 conditions").await;
}
