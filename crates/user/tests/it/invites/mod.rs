mod accept;
mod create;
mod delete;
mod list;
mod plans;
mod refresh;
mod revoke;
mod token;
mod update;

use vestibule_core::EmailAddress;
use vestibule_database::{Database, Error};
use vestibule_user::UserModule;
use vestibule_user::invites::{Invite, InviteTokenError};

/// Accepts an invite in a transaction of its own.
async fn accept(database: &Database, service: &UserModule, token: &str) -> Result<Invite, InviteTokenError> {
    let accepted: Result<Invite, InviteTokenError> = vestibule_database::transaction!(database, |transaction| service
        .accept_invite_within(transaction, token)
        .await);
    accepted
}

/// Revokes the pending invite of an address.
async fn revoke_of(database: &Database, service: &UserModule, email: &EmailAddress) -> Result<bool, Error> {
    vestibule_database::transaction!(database, |transaction| {
        service.revoke_invite_of_within(transaction, email).await.map(|revoked| revoked.is_some())
    })
}
