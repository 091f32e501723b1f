//! `order`

use vestibule_testing::on_both_engines;

use super::People;

on_both_engines!(users_are_sorted_as_requested, invalid_order_returns_400);

/// notes A1, A3. The reference sorts addresses byte by byte and so has `Carl%x@x.test` first; here the canonical form
/// decides.
async fn users_are_sorted_as_requested(people: People) {
    for (order, names) in [
        ("email", "admin anna bob carl zed"),
        ("-email", "zed carl bob anna admin"),
        ("created_at", "admin zed bob carl anna"),
        ("-created_at", "anna carl bob zed admin"),
        ("updated_at", "admin bob carl anna zed"),
        ("id", "admin zed bob carl anna"),
        ("-id", "anna carl bob zed admin"),
        // Null is last, and first in descending order.
        ("first_name", "zed bob carl anna admin"),
        ("-first_name", "admin anna carl bob zed"),
        // Equal names are ordered by id, in the same direction.
        ("last_name", "zed carl bob admin anna"),
        ("-last_name", "anna admin bob carl zed"),
        ("deleted_at", "admin zed bob carl anna"),
        // Several fields at once, on which the reference fails.
        ("last_name,-email", "zed carl bob anna admin"),
        ("last_name,email", "carl zed bob admin anna"),
        ("-last_name,%20email", "admin anna bob carl zed"),
        ("%20email", "admin anna bob carl zed"),
    ] {
        assert_eq!(people.names(&format!("order={order}")).await, names, "{order}");
    }
}

/// notes A3: the reference answers 500 to all but the last four, and sorts by metadata
async fn invalid_order_returns_400(people: People) {
    for order in
        ["nosuch", "-nosuch", "--email", "--", "-", "", "EMAIL", "email:desc", "password", "user.email", "metadata"]
    {
        let reasons = format!("Invalid value for field 'order': '{order}' is no field that can be sorted by");
        people.is_invalid(&format!("order={order}"), &reasons).await;
    }
    let reasons = "Invalid value for field 'order': 'email' is there twice";
    people.is_invalid("order=email,-email", reasons).await;
    for (query, got) in [
        ("order[]=email", "email"),
        ("order[]=email&order[]=id", "email,id"),
        ("order[email]=desc", "[object Object]"),
        ("order=email&order=-id", "email,-id"),
    ] {
        people.is_invalid(query, &format!("Expected type: 'string' for field 'order', got: '{got}'")).await;
    }
}
