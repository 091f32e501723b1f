//! Searches find the same on both engines, by an index, also rows of older builds.

mod plans;
mod property;
mod refused;
mod upgrade;

use vestibule_core::{Filter, FindConfig};
use vestibule_user::{InviteField, UserField, UserModule};

/// The addresses of the users that are found, in the order of their ids.
async fn users(service: &UserModule, text: &str) -> Vec<String> {
    let filter: Filter<UserField> = Filter::Search(text.into());
    let (users, count) = service.list_and_count_users(&filter, &FindConfig::default()).await.unwrap();
    assert_eq!(users.len() as u64, count);
    users.into_iter().map(|user| user.email.to_string()).collect()
}

/// The addresses of the invites that are found, in the order of their ids.
async fn invites(service: &UserModule, text: &str) -> Vec<String> {
    let filter: Filter<InviteField> = Filter::Search(text.into());
    let invites = service.list_invites(&filter, &FindConfig::default()).await.unwrap();
    invites.into_iter().map(|invite| invite.email.to_string()).collect()
}
