//! How users sign in whom a directory has created: through a provider, or by an invite.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, json};
use vestibule_auth::providers::{PROVEN_EMAIL, Registration};
use vestibule_auth::{AuthInput, AuthProvider, AuthenticateError, Authentication, Flow, ProviderContext};
use vestibule_flows::directory::DirectorySignIn;
use vestibule_flows::{AcceptInvite, Client, Context, CreateUserAccount, SignIn, SignInMethod};
use vestibule_testing::{TestDatabase, on_both_engines};
use vestibule_user::CreateUser;

use crate::support::{PASSWORD, Site, id};

on_both_engines!(
    the_first_sign_in_through_a_provider_belongs_to_the_user,
    others_are_not_signed_in_by_their_address,
    an_invite_is_sent_where_that_is_configured
);

/// A provider that proves the address that it is given, of a user with this id.
pub(crate) struct Company;

#[async_trait]
impl AuthProvider for Company {
    fn identifier(&self) -> &str {
        "company"
    }

    fn display_name(&self) -> &str {
        "Company"
    }

    fn flow(&self) -> Flow {
        Flow::Redirect
    }

    async fn authenticate(&self, _: &AuthInput, _: &ProviderContext<'_>) -> Result<Authentication, AuthenticateError> {
        Ok(Authentication::Redirect { location: "https://company.example/".to_owned() })
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let text = |name: &str| input.query.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let (id, email) = (text("id"), text("email"));
        let proven = [(PROVEN_EMAIL.to_owned(), email.into())].into_iter().collect::<Map<_, _>>();
        let registration = Registration {
            entity_id: id.clone(),
            entity_canonical: id.clone(),
            registration_key: String::new(),
            user_metadata: None,
            provider_metadata: proven,
        };
        let identities = context.identities();
        let identity = match identities.find_claimed(&id).await? {
            Some(part) => identities.identity(&part).await?,
            None => identities.register(&registration).await?,
        };
        Ok(Authentication::Returned { identity: Box::new(identity), continue_to: None, has_second_factor: false })
    }
}

impl Site {
    /// The id of the user as whom the provider's user signs in.
    async fn signed_in(&self, id: &str, email: &str) -> Option<String> {
        let query = [("id".to_owned(), id.into()), ("email".to_owned(), email.into())].into_iter().collect();
        let input = AuthInput { query, ..AuthInput::default() };
        let returned = self.flows.sign_in_by_callback("user", "company", &input, &Client::default()).await.unwrap();
        match returned.sign_in {
            SignIn::Session(token) => Some(token.actor_id.clone()).filter(|actor| !actor.is_empty()),
            _ => None,
        }
    }
}

async fn the_first_sign_in_through_a_provider_belongs_to_the_user(site: Site) {
    let directory = site.directory(&[]).await;
    let ada = directory.user("ada@example.com").await;
    assert_eq!(site.signed_in("1", "Ada@example.com").await.as_deref(), Some(id(&ada)));
    assert_eq!(site.signed_in("1", "Ada@example.com").await.as_deref(), Some(id(&ada)));
    assert_eq!(site.audited("provider.linked").await.len(), 1);
    // security.md 41: from now on there is an owner, who consents.
    assert_eq!(site.signed_in("2", "ada@example.com").await, None);
    directory.patch(&ada, json!([{ "op": "replace", "path": "active", "value": false }])).await.is(200);
    let query = [("id".to_owned(), "1".into()), ("email".to_owned(), "ada@example.com".into())].into_iter().collect();
    let input = AuthInput { query, ..AuthInput::default() };
    assert!(site.flows.sign_in_by_callback("user", "company", &input, &Client::default()).await.is_err());
}

/// security.md 41
async fn others_are_not_signed_in_by_their_address(site: Site) {
    site.user("with-password@example.com", &[]).await;
    let account = CreateUserAccount::new(CreateUser::new("by-hand@example.com".parse().unwrap()), SignInMethod::None);
    site.flows.create_user_account(&account, &Context::operator()).await.unwrap();
    let directory = site.directory(&[]).await;
    let locked = json!({ "userName": "locked@example.com", "active": false });
    directory.post("/Users", locked).await.is(201);
    for (number, email) in ["with-password", "by-hand", "locked", "unknown"].into_iter().enumerate() {
        assert_eq!(site.signed_in(&number.to_string(), &format!("{email}@example.com")).await, None, "{email}");
    }
}

async fn an_invite_is_sent_where_that_is_configured(place: Arc<TestDatabase>) {
    let site = Site::with(place, DirectorySignIn::Invite).await;
    let directory = site.directory(&[]).await;
    let ada = directory.user("ada@example.com").await;
    let pending = async || {
        let filter = vestibule_user::InviteState::Pending.filter(site.flows.environment().now());
        site.flows.users().list_invites(&filter, &Default::default()).await.unwrap()
    };
    let invites = pending().await;
    assert_eq!(invites[0].user_id.unwrap().to_string(), id(&ada));
    assert_eq!(site.signed_in("1", "ada@example.com").await, None, "the invite is the way");
    // Another address: the invite goes there.
    directory
        .patch(&ada, json!([{ "op": "replace", "path": "userName", "value": "countess@example.com" }]))
        .await
        .is(200);
    let invites = pending().await;
    assert_eq!((invites.len(), invites[0].email.as_str()), (1, "countess@example.com"));
    let accept = AcceptInvite { token: invites[0].token.clone().unwrap(), ..AcceptInvite::default() };
    let (user, _) = site.flows.accept_invite_with_password(&accept, PASSWORD, &Client::default()).await.unwrap();
    assert_eq!(user.id.to_string(), id(&ada));

    // One who was not active is invited when they are.
    let bob = directory.post("/Users", json!({ "userName": "bob@example.com", "active": false })).await.is(201);
    assert!(pending().await.is_empty());
    let bob = format!("/Users/{}", bob["id"].as_str().unwrap());
    directory.patch(&bob, json!([{ "op": "replace", "path": "active", "value": true }])).await.is(200);
    assert_eq!(pending().await.len(), 1);
}
