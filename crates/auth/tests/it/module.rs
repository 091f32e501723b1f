//! The service itself.

use serde_json::json;
use vestibule_auth::{AuthProvider, Flow};
use vestibule_testing::on_both_engines;

use crate::support::providers::{Elsewhere, Header};
use crate::support::{Module, SECRET};

on_both_engines!(providers_keep_their_order_and_a_newer_one_makes_the_older_way, what_it_works_with_is_not_printed);

async fn providers_keep_their_order_and_a_newer_one_makes_the_older_way(module: Module) {
    let service = module.service.clone().with_provider(Elsewhere).with_provider(Header).with_provider(Elsewhere);
    let providers: Vec<_> = service
        .providers()
        .map(|provider| json!([provider.identifier(), provider.display_name(), provider.flow()]))
        .collect();
    assert_eq!(
        providers,
        [
            json!(["emailpass", "Email/Password Authentication", "credentials"]),
            json!(["header", "Single sign-on", "credentials"]),
            json!(["elsewhere", "Elsewhere", "redirect"]),
        ]
    );
    assert_eq!(module.service.providers().count(), 1, "a clone is a service of its own");
    assert_eq!((Elsewhere.flow(), Header.flow()), (Flow::Redirect, Flow::Credentials));
}

/// security.md 31
async fn what_it_works_with_is_not_printed(module: Module) {
    let printed = format!("{:?}", module.service);
    assert_eq!(printed, r#"AuthModule { providers: ["emailpass"], .. }"#);
    let printed = format!("{:?} {:?}", crate::support::options(), module.passwords);
    assert!(!printed.contains(std::str::from_utf8(SECRET).unwrap()) && printed.contains("SigningKey(…)"), "{printed}");
}
