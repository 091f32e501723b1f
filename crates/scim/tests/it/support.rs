//! The routes on a database of the test's own, and a directory that calls them.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value as Json;
use tower::ServiceExt;
use vestibule_audit::AuditField;
use vestibule_auth::{ApiKeyKind, AuthModule, AuthOptions, PasswordConfig, Passwords};
use vestibule_core::{Field as _, FindConfig, SigningKey};
use vestibule_database::Migrations;
use vestibule_flows::directory::DirectorySignIn;
use vestibule_flows::{Context, CreateUserAccount, Flows, NewApiKey, SignInMethod};
use vestibule_notify::{ALL_MIGRATIONS, set_up};
use vestibule_rbac::{CreateRole, PolicyField, RoleId};
use vestibule_scim::{ROOT, Scim, router};
use vestibule_server::{LayerConfig, with_layers};
use vestibule_testing::{SetUp, TestClock, TestDatabase, test_environment};
use vestibule_user::{CreateUser, User, UserModule, UserOptions};
use vestibule_web::{AddressLimit, Web};

pub(crate) const PASSWORD: &str = "Lantern-trombone-42";
const SITE: &str = "https://people.example.com";

pub(crate) struct Site {
    pub(crate) flows: Flows,
    pub(crate) clock: TestClock,
    router: Router,
    _place: Arc<TestDatabase>,
}

impl SetUp for Site {
    const TABLES: &[Migrations] = &ALL_MIGRATIONS;

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        Self::with(place, DirectorySignIn::Provider).await
    }
}

impl Site {
    /// A site whose provisioned users sign in so.
    pub(crate) async fn with(place: Arc<TestDatabase>, sign_in: DirectorySignIn) -> Self {
        let key = SigningKey::new(b"a secret of the tests, and of no one else");
        let (environment, clock) = test_environment();
        let database = place.open().await;
        set_up(&database, &environment).await.unwrap();
        let users = UserModule::new(database.clone(), environment.clone(), UserOptions::new(key.clone()));
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        let auth = AuthModule::new(database.clone(), environment.clone(), AuthOptions::new(key), passwords);
        let auth = auth.with_provider(crate::sign_in::Company);
        let flows = Flows::new(database, environment.clone(), users, auth).with_directory_sign_in(sign_in);
        let web = Web::new(flows.clone(), true).with_address_limit(AddressLimit::new(environment.clone(), 20));
        let layers = LayerConfig::new(environment).public_url(SITE).unwrap();
        Self { flows, clock, router: with_layers(router(Scim::new(web, SITE)), &layers), _place: place }
    }

    /// A role with these policies.
    pub(crate) async fn role(&self, name: &str, policies: &[&str]) -> RoleId {
        let wanted = PolicyField::Key.is_in(policies.iter().copied());
        let known = self.flows.rbac().list_rbac_policies(&wanted, &FindConfig::default()).await.unwrap();
        let policy_ids: Vec<_> = known.into_iter().map(|policy| policy.id).collect();
        assert_eq!(policy_ids.len(), policies.len(), "{policies:?}");
        let role = CreateRole { policy_ids, ..CreateRole::new(name) };
        self.flows.rbac().create_rbac_roles(role).await.unwrap().id
    }

    /// A directory whose key was made by the operator, with this ceiling.
    pub(crate) async fn directory(&self, ceiling: &[RoleId]) -> Directory {
        self.directory_by(ceiling, &Context::operator()).await
    }

    /// The same, made by another actor.
    pub(crate) async fn directory_by(&self, ceiling: &[RoleId], maker: &Context) -> Directory {
        let key = NewApiKey {
            title: "Directory".to_owned(),
            kind: ApiKeyKind::Scim,
            roles: Some(ceiling.to_vec()),
            ..NewApiKey::default()
        };
        let created = self.flows.create_api_key(&key, maker).await.unwrap();
        Directory { router: self.router.clone(), key: created.key.token.reveal().to_owned() }
    }

    /// A caller with another key.
    pub(crate) fn caller(&self, key: &str) -> Directory {
        Directory { router: self.router.clone(), key: key.to_owned() }
    }

    /// Creates a user with these roles who signs in with [`PASSWORD`].
    pub(crate) async fn user(&self, email: &str, roles: &[RoleId]) -> User {
        let account = CreateUserAccount {
            user: CreateUser::new(email.parse().unwrap()),
            sign_in_method: SignInMethod::Password(PASSWORD.to_owned()),
            roles: Some(roles.to_vec()),
        };
        self.flows.create_user_account(&account, &Context::operator()).await.unwrap().user
    }

    /// Actor and target of the entries of the audit log with this action, oldest first.
    pub(crate) async fn audited(&self, action: &str) -> Vec<(String, String)> {
        let filter = AuditField::Action.eq(action);
        let (entries, _) = self.flows.audit().list_and_count(&filter, &FindConfig::default()).await.unwrap();
        entries.into_iter().map(|entry| (entry.actor_type, entry.target_id)).collect()
    }
}

/// A caller with the key of a directory.
pub(crate) struct Directory {
    router: Router,
    key: String,
}

/// A response.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Json,
}

impl Answered {
    /// Returns the body of a response with this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Json {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    /// Checks that the request was refused, and returns the detail.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, scim_type: &str) -> String {
        let body = self.is(status);
        assert_eq!(body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error", "{body:#}");
        assert_eq!(body["status"], status.to_string());
        assert_eq!(body["scimType"].as_str().unwrap_or_default(), scim_type, "{body:#}");
        body["detail"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl Directory {
    /// Sends a request with these headers.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answered {
        let mut request = Request::builder().method(method).uri(format!("{ROOT}{path}"));
        request = request.header("host", "people.example.com");
        if !self.key.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.key));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/scim+json");
        }
        let request = request.body(body.map_or_else(Body::empty, Body::from)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = if bytes.is_empty() { Json::Null } else { serde_json::from_slice(&bytes).unwrap() };
        if !body.is_null() {
            assert_eq!(parts.headers["content-type"], "application/scim+json");
            assert_eq!(parts.headers["cache-control"], "no-store");
        }
        Answered { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send("GET", path, &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Json) -> Answered {
        self.send("POST", path, &[], Some(body.to_string())).await
    }

    pub(crate) async fn put(&self, path: &str, body: Json) -> Answered {
        self.send("PUT", path, &[], Some(body.to_string())).await
    }

    pub(crate) async fn patch(&self, path: &str, operations: Json) -> Answered {
        let body = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations,
        });
        self.send("PATCH", path, &[], Some(body.to_string())).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answered {
        self.send("DELETE", path, &[], None).await
    }

    /// Creates a user, and returns its path.
    pub(crate) async fn user(&self, email: &str) -> String {
        let created = self.post("/Users", serde_json::json!({ "userName": email })).await.is(201);
        format!("/Users/{}", created["id"].as_str().unwrap())
    }
}

/// The id at the end of a path.
pub(crate) fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}
