//! `GET /admin/invites`. The list of users has the tests of what all lists share.

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use super::History;
use crate::support::{TestApp, User};

on_both_engines!(
    list_returns_pending_invites_and_the_history_on_request,
    filters_order_and_page_are_those_of_every_list,
    invalid_queries_return_400,
);

async fn list(admin: &User, query: &str) -> Json {
    admin.get(&format!("/admin/invites?{query}")).await.ok()
}

async fn names(admin: &User, query: &str) -> String {
    let listed = list(admin, query).await;
    let invites = listed["invites"].as_array().unwrap();
    assert_eq!(listed["count"], invites.len(), "{query}");
    let names = invites.iter().map(|invite| invite["email"].as_str().unwrap().split('@').next().unwrap());
    names.collect::<Vec<_>>().join(" ")
}

async fn list_returns_pending_invites_and_the_history_on_request(app: TestApp) {
    let history = History::of(app).await;
    for (query, expected) in [
        ("", "expired Pending"),
        ("state=pending", "Pending"),
        ("state=expired", "expired"),
        ("state=accepted", "accepted"),
        ("state=revoked", "pending revoked"),
        ("state[]=accepted&state[]=revoked", "pending accepted revoked"),
        ("state=accepted&state=expired", "expired accepted"),
        ("state=all", "expired pending accepted revoked Pending"),
        ("state[]=pending&state[]=all", "expired pending accepted revoked Pending"),
        ("state=all&email=pending@y.test", "pending Pending"),
        ("state=accepted&q=pending", ""),
    ] {
        assert_eq!(names(&history.admin, query).await, expected, "{query}");
    }
    // The list returns each invite as its own route does.
    for invite in list(&history.admin, "state=all").await["invites"].as_array().unwrap() {
        let path = format!("/admin/invites/{}?state=all", invite["id"].as_str().unwrap());
        assert_eq!(&history.admin.get(&path).await.ok()["invite"], invite);
    }
}

/// notes A1, A3, A4, A9, A11, and the fields that the reference lacks
async fn filters_order_and_page_are_those_of_every_list(app: TestApp) {
    let admin = app.admin().await;
    for email in ["zeta@y.test", "alpha@y.test", "Mid_x@y.test"] {
        app.clock.advance(std::time::Duration::from_secs(1));
        admin.invite(email).await;
    }
    let zeta = list(&admin, "email=zeta@y.test").await["invites"][0]["id"].as_str().unwrap().to_owned();
    for (query, expected) in [
        ("order=email", "alpha Mid_x zeta"),
        ("order=-created_at", "Mid_x alpha zeta"),
        ("order=expires_at", "zeta alpha Mid_x"),
        ("order=-times_sent,email", "alpha Mid_x zeta"),
        ("email=zeta@y.test", "zeta"),
        ("email=ZETA@Y.TEST", "zeta"),
        ("email[]=zeta@y.test&email[]=alpha@y.test", "zeta alpha"),
        ("email[$like]=z%25", "zeta"),
        (&format!("id={zeta}"), "zeta"),
        (&format!("id[]={zeta}"), "zeta"),
        ("$and[0][email]=alpha@y.test", "alpha"),
        ("$and[0][email]=alpha@y.test&$and[1][email]=zeta@y.test", ""),
        ("$or[0][email]=alpha@y.test&$or[1][email]=zeta@y.test", "zeta alpha"),
        ("$or[][email]=alpha@y.test", "alpha"),
        ("$not[email]=alpha@y.test", "zeta Mid_x"),
        ("q=MID", "Mid_x"),
        ("q=_", "Mid_x"),
        ("q=%25", ""),
        ("created_at[$gt]=2026-11-22T09:30:01Z", "alpha Mid_x"),
        ("expires_at[$lt]=2026-11-23T09:30:02Z", "zeta"),
        ("sent_at[$gte]=2026-11-22T09:30:03Z", "Mid_x"),
        ("deleted_at[$ne]=null", ""),
        ("with_deleted=true", "zeta alpha Mid_x"),
        (&format!("invited_by={}", admin.id), "zeta alpha Mid_x"),
        ("accepted_by=null&user_id=null&accepted_at=null&revoked_at=null", "zeta alpha Mid_x"),
    ] {
        assert_eq!(names(&admin, query).await, expected, "{query}");
    }
    let page = list(&admin, "order=-email&limit=1&offset=1&fields=token").await;
    let token = page["invites"][0]["token"].clone();
    let mid = list(&admin, "email=mid_x@y.test").await["invites"][0].clone();
    assert_eq!(token, mid["token"]);
    let expected = json!({ "invites": [{ "id": mid["id"], "token": token }], "count": 3, "offset": 1, "limit": 1 });
    assert_eq!(page, expected);
    assert_eq!(list(&admin, "limit=0").await, json!({ "invites": [], "count": 3, "offset": 0, "limit": 0 }));
}

/// notes A9, A11: the reference ignores unknown fields inside of `$and` and `$or`
async fn invalid_queries_return_400(app: TestApp) {
    let admin = app.admin().await;
    let states = "Invalid value for field 'state': expected pending, expired, accepted, revoked or all";
    for (query, reasons) in [
        ("accepted=true", "Unrecognized fields: 'accepted'"),
        ("accepted[]=true", "Unrecognized fields: 'accepted'"),
        ("token=x", "Unrecognized fields: 'token'"),
        ("metadata[a]=1", "Unrecognized fields: 'metadata'"),
        ("first_name=x", "Unrecognized fields: 'first_name'"),
        ("nosuch=1", "Unrecognized fields: 'nosuch'"),
        ("$or[0][nosuch]=1", "Unrecognized fields: 'nosuch'"),
        ("$and[0][accepted]=true", "Unrecognized fields: 'accepted'"),
        ("$or[0][state]=all", "Unrecognized fields: 'state'"),
        ("$and=x", "Expected type: 'array' for field '$and', got: 'x'"),
        ("$and=", "Expected type: 'array' for field '$and', got: ''"),
        ("$or[0]=x", "Field '$or, 0' is required"),
        ("limit=-1", "Value for field 'limit' too small, expected at least: '0'"),
        ("order=nosuch", "Invalid value for field 'order': 'nosuch' is no field that can be sorted by"),
        ("state=", states),
        ("state=x", states),
        ("state[]=pending&state[]=x", states),
        ("state[a]=pending", states),
    ] {
        admin.get(&format!("/admin/invites?{query}")).await.is_invalid(reasons);
    }
}
