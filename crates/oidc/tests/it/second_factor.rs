//! Whether the provider has checked a second factor: only the values count that the operator trusts.

use serde_json::{Value as Json, json};
use vestibule_auth::Authentication;
use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(only_trusted_values_of_amr_and_acr_state_a_second_factor);

async fn states(site: &Site, name: &str, value: Json) -> bool {
    match site.sign_in(|claims| claims[name] = value).await.unwrap() {
        Authentication::Returned { has_second_factor, .. } => has_second_factor,
        other => panic!("{other:?}"),
    }
}

/// security.md 18, 41: peers let users of a provider pass without the second factor of their own account.
async fn only_trusted_values_of_amr_and_acr_state_a_second_factor(mut site: Site) {
    assert!(!states(&site, "amr", json!(["mfa", "otp", "hwk"])).await, "none is trusted by default");
    assert!(!states(&site, "acr", json!("mfa")).await);
    site.set(|options| options.second_factor = ["mfa", "urn:strong"].map(str::to_owned).to_vec());
    for (name, value, expected) in [
        ("amr", json!(["pwd", "mfa"]), true),
        ("acr", json!("urn:strong"), true),
        ("amr", json!(["pwd"]), false),
        ("amr", json!([]), false),
        ("amr", json!(["MFA", "mfa2", "mf"]), false),
        ("acr", json!("urn:weak"), false),
        ("acr", json!(""), false),
        ("mfa", json!(true), false),
    ] {
        assert_eq!(states(&site, name, value.clone()).await, expected, "{name} {value}");
    }
}
