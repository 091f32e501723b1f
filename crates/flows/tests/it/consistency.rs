//! Concurrent operations at one address and at several: whatever the order, the result is consistent.

use std::sync::Arc;
use std::time::Duration;

use vestibule_auth::AuthIdentityId;
use vestibule_core::{DomainError, ErrorKind, Filter, FindConfig};
use vestibule_flows::{Client, Context, Flows, NewInvite, SignInMethod};
use vestibule_testing::on_both_engines;
use vestibule_user::InviteState;

use crate::support::{ADA, Site, accept, account, credentials, email, password, session};

on_both_engines!(4 threads: all_operations_at_one_address_at_once, a_busy_day_at_a_few_addresses);

type Outcome = Result<&'static str, (ErrorKind, String)>;

fn outcome<T>(done: &'static str, result: Result<T, impl DomainError>) -> Outcome {
    result.map(|_| done).map_err(|error| (error.kind(), error.to_string()))
}

/// Asserts that each refusal has the precise reason.
fn assert_precise(results: &[Outcome]) {
    for (kind, message) in results.iter().filter_map(|result| result.as_ref().err()) {
        let is_precise = match kind {
            ErrorKind::InvalidData | ErrorKind::Unauthorized | ErrorKind::NotFound => true,
            // The last super admin at this moment stays.
            ErrorKind::NotAllowed => message.starts_with("This is the last super admin"),
            // Some of the passwords are wrong.
            ErrorKind::TooManyRequests => message.starts_with("Too many failed attempts for this account."),
            // A registration that is claimed while it is made again, an identity that is deleted during the sign-in.
            ErrorKind::Unavailable => message == "the database is not available at the moment",
            _ => false,
        };
        assert!(is_precise, "{kind:?} {message}");
    }
}

/// Half of the invited users have registered before, half set a password; others create the account, and strangers
/// register at the same time.
async fn all_operations_at_one_address_at_once(site: Site) {
    let accept = accept(&site.invite(ADA).await);
    let mut identities: Vec<AuthIdentityId> = Vec::new();
    for number in 0..16 {
        let registered = site.register(ADA, &format!("Registered-before-{number}")).await;
        identities.push(registered.auth_identity_id.parse().unwrap());
    }
    let results = site
        .sixty_four(|flows, caller| {
            let (accept, identity) = (accept.clone(), identities[caller / 4]);
            let own_password = format!("Password-number-{caller}");
            async move {
                match caller % 4 {
                    0 => outcome("accepted", flows.accept_invite(&accept, identity, &Client::default()).await),
                    1 => outcome(
                        "accepted",
                        flows.accept_invite_with_password(&accept, &own_password, &Client::default()).await,
                    ),
                    2 => outcome(
                        "accepted",
                        flows.create_user_account(&account(ADA, password(&own_password)), &Context::operator()).await,
                    ),
                    _ => outcome(
                        "registered",
                        flows.register("user", "emailpass", &credentials(ADA, &own_password), &Client::default()).await,
                    ),
                }
            }
        })
        .await;
    assert_eq!(results.iter().filter(|result| **result == Ok("accepted")).count(), 1, "{results:?}");
    assert_precise(&results);
    assert_eq!(site.count("users").await, 1);
    assert_eq!(site.count("auth_identities WHERE expires_at IS NULL").await, 1);
    site.assert_consistent().await;
    let mut let_in = 0;
    for number in 0..64 {
        if number % 4 == 0 {
            // Ten failed attempts in fifteen minutes would keep out the right password as well.
            site.clock.advance(Duration::from_secs(16 * 60));
        }
        for known in [format!("Password-number-{number}"), format!("Registered-before-{number}")] {
            if let Ok(session) = site.sign_in(ADA, &known).await {
                let_in += 1;
                assert!(site.user_of(&session).await.is_some(), "strangers who came too late do not sign in");
            }
        }
    }
    assert_eq!(let_in, 1);
}

/// One of the operations at an address, chosen by two numbers.
async fn something(flows: &Flows, what: usize, number: usize) -> Outcome {
    let address = format!("user{}@example.com", number % 4);
    let input = credentials(&address, &format!("Password-number-{}", number % 3));
    let users = flows.users();
    let pending = async || {
        let filter = Filter::everything();
        let invites = users.list_invites(&filter, &FindConfig::default()).await.unwrap_or_default();
        invites.into_iter().find(|invite| invite.state == InviteState::Pending && invite.email == email(&address))
    };
    let invite = async || match pending().await {
        Some(invite) => Ok(invite),
        None => flows.invite(&NewInvite::new(email(&address)), &Context::operator()).await,
    };
    match what % 9 {
        0 => outcome("invited", flows.invite(&NewInvite::new(email(&address)), &Context::operator()).await),
        1 => outcome("registered", flows.register("user", "emailpass", &input, &Client::default()).await),
        2 => outcome(
            "created",
            flows.create_user_account(&account(&address, SignInMethod::Invite), &Context::operator()).await,
        ),
        3 => outcome(
            "created",
            flows.create_user_account(&account(&address, password("Password-number-1")), &Context::operator()).await,
        ),
        4 => match pending().await {
            Some(invite) => outcome("resent", flows.resend_invite(invite.id, &Context::operator()).await),
            None => Ok("nothing"),
        },
        5 => match flows.register("user", "emailpass", &input, &Client::default()).await {
            Ok(registered) => {
                let identity = session(registered).auth_identity_id.parse().unwrap();
                match invite().await {
                    Ok(invite) => {
                        outcome("accepted", flows.accept_invite(&accept(&invite), identity, &Client::default()).await)
                    }
                    Err(error) => outcome::<()>("invited", Err(error)),
                }
            }
            Err(error) => outcome::<()>("registered", Err(error)),
        },
        6 => match invite().await {
            Ok(invite) => {
                let accepted =
                    flows.accept_invite_with_password(&accept(&invite), "Password-number-2", &Client::default()).await;
                outcome("accepted with a password", accepted)
            }
            Err(error) => outcome::<()>("invited", Err(error)),
        },
        7 => match users.list_users(&Filter::everything(), &FindConfig::default()).await {
            Ok(found) => match found.get(number % 5) {
                Some(user) => outcome("removed", flows.remove_user_account(user.id, &Context::operator()).await),
                None => Ok("nothing"),
            },
            Err(error) => outcome::<()>("listed", Err(error)),
        },
        _ => match flows.sign_in("user", "emailpass", &input, &Client::default()).await {
            Ok(begun) => outcome("signed in", flows.auth().refresh_session(session(begun).sid.parse().unwrap()).await),
            Err(error) => outcome::<()>("signed in", Err(error)),
        },
    }
}

async fn a_busy_day_at_a_few_addresses(site: Site) {
    let kinds: Arc<std::sync::Mutex<std::collections::BTreeMap<&'static str, usize>>> = Arc::default();
    let results = site
        .sixty_four(|flows, caller| {
            let kinds = Arc::clone(&kinds);
            async move {
                let mut results = Vec::new();
                for step in 0..9 {
                    let result = something(&flows, caller + step * 4, caller / 2 + step).await;
                    if let Ok(done) = &result {
                        *kinds.lock().unwrap().entry(done).or_default() += 1;
                    }
                    results.push(result);
                }
                results
            }
        })
        .await;
    let results = results.concat();
    assert_precise(&results);
    site.assert_consistent().await;
    // An invite seldom lasts as long as a password is hashed: acceptance is not required here.
    for done in ["invited", "registered", "created", "accepted", "removed", "resent", "signed in"] {
        assert!(kinds.lock().unwrap().contains_key(done), "{done} never came to pass: {kinds:?}");
    }
}
