//! Filters by field, by time, and `$and`, `$or`, `$not`.

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::People;

on_both_engines!(
    fields_are_compared_as_in_the_reference,
    fields_have_more_comparisons_than_the_reference,
    times_are_compared,
    filters_are_combined,
    invalid_comparisons_return_400,
    deleted_users_are_found_on_request,
);

/// notes A6, A10, A12
async fn fields_are_compared_as_in_the_reference(people: People) {
    let (zed, bob) = (people.zed.as_str(), people.bob.as_str());
    for (query, names) in [
        ("email=zed@x.test", "zed"),
        ("email=", ""),
        ("email", ""),
        ("email=null", ""),
        ("email=zed@x.test,bob_1@x.test", ""),
        ("[email]=zed@x.test", "zed"),
        ("email=zed@x.test&", "zed"),
        ("email=zed@x.test;limit=1", ""),
        ("email=%zz", ""),
        ("email=%ff", ""),
        ("email=%E0%A4", ""),
        ("email=%", ""),
        ("email=%F0%9F%98%80", ""),
        ("email=a+b", ""),
        ("id=", ""),
        ("id[]=", ""),
        ("id=nosuch", ""),
        ("id=true", ""),
        ("id[]=null", ""),
        ("first_name=Ann", "zed"),
        ("first_name=ann", ""),
        ("first_name=", ""),
        ("first_name=true", ""),
        ("first_name=null", "admin"),
        ("last_name=Moore", "zed carl"),
        ("last_name=null", "admin anna"),
        ("last_name=Moore&first_name=Ann", "zed"),
        ("first_name=Ann&last_name=Moore&email=zed@x.test", "zed"),
        (&format!("id={zed}"), "zed"),
        (&format!("id[]={zed}&id[]={bob}"), "zed bob"),
        (&format!("id={bob}&id={zed}"), "zed bob"),
        (&format!("id[0]={zed}"), "zed"),
        (&format!("id[21]={zed}"), "zed"),
        (&format!("id={}", zed.to_lowercase()), ""),
    ] {
        assert_eq!(people.names(query).await, names, "{query}");
    }
    let many = format!("id[]={zed}&").repeat(999);
    assert_eq!(people.names(&format!("{many}id[]={bob}")).await, "zed bob");
}

/// What the reference refuses for users: lists and operators of text fields. Addresses are compared in canonical form.
async fn fields_have_more_comparisons_than_the_reference(people: People) {
    let zed = people.zed.as_str();
    for (query, names) in [
        ("email=ZED@X.TEST", "zed"),
        ("email=carl%25x@x.test", "carl"),
        ("email[]=zed@x.test", "zed"),
        ("email=zed@x.test&email=BOB_1@x.test", "zed bob"),
        ("email[$in][]=zed@x.test", "zed"),
        ("email[$nin][]=zed@x.test&email[$ne]=admin@example.com", "bob carl anna"),
        ("email[$like]=%25a%25", "admin carl anna"),
        ("email[$like]=%25A%25", ""),
        ("email[$ilike]=%25A%25", "admin carl anna"),
        ("email[$like]=bob%5C_1%25", "bob"),
        ("email[$eq]=zed@x.test", "zed"),
        ("first_name[]=Ann&first_name[]=Bob", "zed bob"),
        ("first_name[$like]=A%25", "zed"),
        ("first_name[$gte]=Bob&first_name[$lt]=D", "bob carl"),
        ("last_name[$ne]=Moore", "admin bob anna"),
        ("last_name[$in][]=null", "admin anna"),
        (&format!("id[$ne]={zed}"), "admin bob carl anna"),
        (&format!("id[$gt]={zed}"), "bob carl anna"),
    ] {
        assert_eq!(people.names(query).await, names, "{query}");
    }
}

/// notes A7
async fn times_are_compared(people: People) {
    let (all, zed) = ("admin zed bob carl anna", "2026-11-22T09:30:01.000Z");
    for (query, names) in [
        (format!("created_at={zed}"), "zed"),
        ("created_at=2026-11-22".into(), ""),
        (format!("created_at[$gt]={zed}"), "bob carl anna"),
        (format!("created_at[$gte]={zed}"), "zed bob carl anna"),
        (format!("created_at[$lt]={zed}"), "admin"),
        (format!("created_at[$lte]={zed}"), "admin zed"),
        (format!("created_at[$eq]={zed}"), "zed"),
        (format!("created_at[$ne]={zed}"), "admin bob carl anna"),
        (format!("created_at[$in][]={zed}"), "zed"),
        (format!("created_at[$nin][]={zed}"), "admin bob carl anna"),
        (format!("created_at[]={zed}"), "zed"),
        ("created_at[$gt]=2026-11-22".into(), all),
        ("created_at[$gt]=2026-11-22T09:30:00%2B00:00".into(), "zed bob carl anna"),
        ("created_at[$gt]=2026-11-22T10:30:00%2B01:00".into(), "zed bob carl anna"),
        ("created_at[$gt]=2026-11-22T09:30:00".into(), "zed bob carl anna"),
        ("created_at[$gt]=2026-11-22%2009:30:00".into(), "zed bob carl anna"),
        ("created_at[$gt]=null".into(), ""),
        ("created_at[$gt]=2020-01-01&created_at[$lt]=2030-01-01".into(), all),
        (format!("updated_at[$gt]={zed}"), "zed bob carl anna"),
        ("updated_at[$gte]=2026-11-22T09:31:00Z".into(), "zed"),
        ("updated_at[$lt]=2020-01-01".into(), ""),
        ("deleted_at=null".into(), all),
        ("deleted_at[$eq]=null".into(), all),
        ("deleted_at[$ne]=null".into(), ""),
        ("deleted_at[$gt]=2020-01-01".into(), ""),
    ] {
        assert_eq!(people.names(&query).await, names, "{query}");
    }
}

/// The reference supports these for invites only.
async fn filters_are_combined(people: People) {
    for (query, names) in [
        ("$and[0][email]=zed@x.test&$and[1][first_name]=Bob", ""),
        ("$and[0][last_name]=Moore&$and[1][first_name]=Ann", "zed"),
        ("$or[0][email]=zed@x.test&$or[1][first_name]=Bob", "zed bob"),
        ("%24or%5B0%5D%5Bemail%5D=zed@x.test", "zed"),
        ("$or[][email]=zed@x.test", "zed"),
        ("$not[email]=zed@x.test", "admin bob carl anna"),
        ("$not[last_name]=Moore", "admin bob anna"),
        ("$or[0][q]=ann&$or[1][created_at][$lt]=2026-11-22T09:30:01Z", "admin zed anna"),
        ("$and[0][$or][0][email]=zed@x.test&$and[0][$or][1][email]=anna@x.test", "zed anna"),
        ("last_name=Moore&$or[0][first_name]=Ann", "zed"),
        ("$or[0][$not][email]=zed@x.test&q=moore", "carl"),
    ] {
        assert_eq!(people.names(query).await, names, "{query}");
    }
}

/// notes A6, A7, A8: the reference answers 500 to invalid times, and ignores unknown operators
async fn invalid_comparisons_return_400(people: People) {
    let no_time = |text: &str| format!("'{text}' is not a date and time such as 2026-11-22T09:30:00Z");
    for text in ["garbage", "", "2020", "0", "now", "2026-13-45", "2026-02-30", "99999-01-01", "1795351496000", "-1"] {
        let reasons = format!("Invalid value for field 'created_at': {}", no_time(text));
        people.is_invalid(&format!("created_at={text}"), &reasons).await;
        let reasons = format!("Invalid value for field 'updated_at, $gt': {}", no_time(text));
        people.is_invalid(&format!("updated_at[$gt]={text}"), &reasons).await;
    }
    for (query, reasons) in [
        ("created_at[$in]=2026-11-22", "Expected type: 'array' for field 'created_at, $in', got: '2026-11-22'"),
        ("created_at[$gt][]=2020-01-01", "Expected type: 'string' for field 'created_at, $gt', got: '2020-01-01'"),
        (
            "created_at[$gt]=2020-01-01&created_at[$gt]=2021-01-01",
            "Expected type: 'string' for field 'created_at, $gt', got: '2020-01-01,2021-01-01'",
        ),
        ("created_at[gt]=2020-01-01", "Unrecognized operator 'gt' for field 'created_at'"),
        ("created_at[$between][]=2020-01-01", "Unrecognized operator '$between' for field 'created_at'"),
        ("created_at[$exists]=true", "Unrecognized operator '$exists' for field 'created_at'"),
        ("created_at[$not][$gt]=2020-01-01", "Unrecognized operator '$not' for field 'created_at'"),
        (
            "created_at[$like]=2026%25",
            "Invalid value for field 'created_at, $like': only text has parts that can be compared",
        ),
        ("email[$re]=zed", "Unrecognized operator '$re' for field 'email'"),
        ("email[b][c]=1", "Unrecognized operator 'b' for field 'email'"),
        ("email[0][b]=1", "Expected type: 'string' for field 'email', got: '[object Object]'"),
        ("id[a]=x", "Unrecognized operator 'a' for field 'id'"),
        ("$or[0][nosuch]=1", "Unrecognized fields: 'nosuch'"),
        ("$or[0][metadata]=x&$or[0][limit]=1", "Unrecognized fields: 'metadata, limit'"),
        ("$and=x", "Expected type: 'array' for field '$and', got: 'x'"),
        ("$or=", "Expected type: 'array' for field '$or', got: ''"),
        ("$or[]=x", "Field '$or, 0' is required"),
        ("$or[email]=x", "Expected type: 'array' for field '$or', got: '[object Object]'"),
        ("$not=x", "Field '$not' is required"),
        ("with_deleted=x", "Expected type: 'boolean' for field 'with_deleted', got: 'x'"),
        ("id=%00", "The parameter 'id' has a NUL character"),
        ("email=a%00b", "The parameter 'email' has a NUL character"),
    ] {
        people.is_invalid(query, reasons).await;
    }
    let many: String = (0..101).map(|number| format!("$or[{number}][email]=x&")).collect();
    people.is_invalid(&many, "The filter has more than 100 conditions").await;
}

/// The reference returns nothing more with `with_deleted`.
async fn deleted_users_are_found_on_request(people: People) {
    people.admin.delete(&format!("/admin/users/{}", people.zed)).await.ok();
    for (query, names) in [
        ("", "admin bob carl anna"),
        ("with_deleted=false", "admin bob carl anna"),
        ("with_deleted=true", "admin zed bob carl anna"),
        ("with_deleted=true&deleted_at[$ne]=null", "zed"),
        ("deleted_at[$ne]=null", ""),
    ] {
        assert_eq!(people.names(query).await, names, "{query}");
    }
    let deleted = people.list("with_deleted=true&email=zed@x.test").await;
    assert_eq!(deleted["users"][0]["deleted_at"], json!("2026-11-22T09:31:04.000Z"));
    drop(people.app);
}
