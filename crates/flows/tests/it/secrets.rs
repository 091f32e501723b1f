//! No secret is printed (security.md 31).

use vestibule_flows::{Client, SignIn, SignInMethod};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, PASSWORD, Site, accept_as, account, credentials, password};

on_both_engines!(passwords_and_tokens_are_not_printed);

async fn passwords_and_tokens_are_not_printed(site: Site) {
    let invite = site.invite(ADA).await;
    let accept = accept_as(&invite, "Ada", "Lovelace");
    assert!(format!("{accept:?}").contains("Lovelace"), "the rest is printed");
    let create = account(ADA, password(PASSWORD));
    let registered =
        site.flows.register("user", "emailpass", &credentials(ADA, PASSWORD), &Client::default()).await.unwrap();
    let SignIn::Session(token) = &registered else { panic!("{registered:?}") };
    let caller = site.bearer(token).await;
    let printed =
        format!("{accept:?} {accept:#?} {create:?} {registered:?} {registered:#?} {caller:?} {:?}", site.flows);
    for secret in [PASSWORD, accept.token.as_str(), token.token.as_str(), token.token.rsplit('.').next().unwrap()] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    assert_eq!(
        format!("{:?} {:?} {:?}", SignInMethod::None, SignInMethod::Invite, create.sign_in_method),
        "None Invite Password(…)"
    );
}
