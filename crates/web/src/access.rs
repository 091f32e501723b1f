//! Who may call a route, and the guard in front of it.
//!
//! What a route requires is data in the table of routes. A route that is not in the table is not served.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # let environment = vestibule_core::Environment::system();
//! # let key = vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes");
//! # let options = vestibule_user::UserOptions::new(key.clone());
//! # let users = vestibule_user::UserModule::new(database.clone(), environment.clone(), options);
//! # let passwords = vestibule_auth::Passwords::start(vestibule_auth::PasswordConfig::fast_for_tests())?;
//! # let options = vestibule_auth::AuthOptions::new(key);
//! # let auth = vestibule_auth::AuthModule::new(database.clone(), environment.clone(), options, passwords);
//! # vestibule_notify::set_up(&database, &environment).await?;
//! # let flows = vestibule_flows::Flows::new(database, environment, users, auth);
//! use std::sync::Arc;
//! use axum::Router;
//! use axum::body::Body;
//! use axum::http::{Request, StatusCode};
//! use axum::routing::get;
//! use tower::ServiceExt;
//! use vestibule_web::Web;
//! use vestibule_web::access::{Access, Guarded, Route};
//! use vestibule_web::caller::Authorized;
//!
//! async fn books(caller: Authorized) -> String {
//!     format!("books for {:?}", caller.context.user_id())
//! }
//!
//! const BOOKS: Route =
//!     Route { method: "GET", path: "/books", access: Access::Policies(&["book:read"]), is_rate_limited: false };
//!
//! // `flows` are the use cases on a database.
//! let routes = Router::new().route(BOOKS.path, get(Guarded { route: BOOKS, handler: books }));
//! let routes = routes.with_state(Arc::new(Web::new(flows, false)));
//! let response = routes.oneshot(Request::get("/books").body(Body::empty())?).await?;
//! assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
//! # Ok(())
//! # }
//! ```

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use vestibule_core::ErrorKind;
use vestibule_flows::{Caller, SessionCaller, Stage};

use crate::caller;
use crate::refused::{Refused, is_recorded_refusal};
use crate::{Problem, Web};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// No session is required.
    Public,
    /// A session sent as a bearer token, also one whose second factor is due.
    Bearer,
    /// Any session, also one whose second factor is due: to send the factor, or to sign out.
    Challenge,
    /// A session that an actor owns, also one that must set up a second factor and has none.
    Enrolment,
    /// As `Enrolment`, and a registration that no actor owns yet: to set up a second factor before accepting an
    /// invite. The route itself checks that the identity has no owner.
    Factors,
    /// A session with all its proofs, also one that no actor owns yet.
    Known,
    /// A session that an actor of any type owns: a user, a customer, ….
    Owner,
    /// A user.
    User,
    /// A user or an API key with each of these policies.
    Policies(&'static [&'static str]),
}

/// Why the guard refuses a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The caller is unknown, or not of a kind that may call the route.
    Unauthenticated,
    /// The caller's second factor is due.
    SecondFactorDue,
    /// A role of the caller requires a second factor, and they have none.
    EnrolmentDue,
    /// The caller lacks these policies.
    Lacking(Vec<&'static str>),
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unauthenticated => Self::unauthorized(),
            Refusal::SecondFactorDue => Self::second_factor_due(),
            Refusal::EnrolmentDue => {
                let message = "One of your roles requires a second factor, and you have none. \
                               Set one up in your profile (POST /auth/mfa/factors), then go on.";
                Self::new(ErrorKind::Forbidden, message).with_code("mfa_enrolment_required")
            }
            Refusal::Lacking(missing) => {
                let message = format!("Insufficient permissions. Required policies: {}", missing.join(", "));
                Self::new(ErrorKind::Forbidden, message)
            }
        }
    }
}

impl Access {
    /// Checks a caller.
    ///
    /// # Errors
    ///
    /// [`Refusal`].
    pub fn check(self, caller: &Caller) -> Result<(), Refusal> {
        match (self, caller) {
            (Self::Public, _) => Ok(()),
            (_, Caller::Session(caller)) => self.check_session(caller),
            (Self::Policies(policies), Caller::ApiKey(caller)) => check(&caller.permissions, policies),
            (_, Caller::ApiKey(_)) => Err(Refusal::Unauthenticated),
        }
    }

    /// Checks a caller with a session.
    ///
    /// # Errors
    ///
    /// [`Refusal`].
    pub fn check_session(self, caller: &SessionCaller) -> Result<(), Refusal> {
        self.check_stage(caller.stage)?;
        let is_accepted = match self {
            Self::Public | Self::Bearer | Self::Challenge | Self::Factors | Self::Known => true,
            Self::Enrolment | Self::Owner => caller.actor_id.is_some(),
            Self::User | Self::Policies(_) => caller.user.is_some(),
        };
        match self {
            _ if !is_accepted => Err(Refusal::Unauthenticated),
            Self::Policies(policies) => check(&caller.permissions, policies),
            _ => Ok(()),
        }
    }

    fn check_stage(self, stage: Stage) -> Result<(), Refusal> {
        match (stage, self) {
            (Stage::Full | Stage::Unverified, _)
            | (_, Self::Public | Self::Bearer | Self::Challenge)
            | (Stage::Enrolment, Self::Enrolment | Self::Factors) => Ok(()),
            (Stage::Half, _) => Err(Refusal::SecondFactorDue),
            (Stage::Enrolment, _) => Err(Refusal::EnrolmentDue),
        }
    }
}

/// Returns the policies that the caller lacks as an error.
fn check(held: &vestibule_rbac::Permissions, policies: &'static [&'static str]) -> Result<(), Refusal> {
    let missing = held.missing(policies.iter().copied());
    if missing.is_empty() { Ok(()) } else { Err(Refusal::Lacking(missing)) }
}

/// A line of a table of routes or pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Whether requests of one client address are limited: where a secret can be guessed or a stranger can create data.
    pub is_rate_limited: bool,
}

/// Returns the path of a route without and with a trailing slash. Both are served, without a redirect, which would lose
/// the body of a form.
pub fn with_and_without_slash(path: &str) -> [String; 2] {
    [path.to_owned(), format!("{path}/")]
}

/// A handler behind its guard.
#[derive(Debug, Clone)]
pub struct Guarded<H> {
    /// Its line of the table.
    pub route: Route,
    /// The handler.
    pub handler: H,
}

impl<T: 'static, H: Handler<T, Arc<Web>>> Handler<T, Arc<Web>> for Guarded<H> {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, web: Arc<Web>) -> Self::Future {
        let Self { route: Route { access, is_rate_limited, .. }, handler } = self;
        if is_rate_limited && let Err(error) = web.address_limit.check(caller::address(request.extensions())) {
            return Box::pin(std::future::ready(Problem::from(error).into_response()));
        }
        if access == Access::Public {
            return Box::pin(handler.call(request, web));
        }
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let caller = match caller::identify(&parts, &web, access).await {
                Ok(caller) => caller,
                Err(error) => return error.into_response(),
            };
            let refused = Refused::of(&parts, &caller);
            let response = match access.check(&caller) {
                Err(error) => Problem::from(error).into_response(),
                Ok(()) => {
                    parts.extensions.insert(caller);
                    parts.extensions.insert(access);
                    handler.call(Request::from_parts(parts, body), Arc::clone(&web)).await
                }
            };
            let code = response.extensions().get::<Problem>().and_then(Problem::code);
            if is_recorded_refusal(response.status(), code) {
                refused.record(&web, code).await;
            }
            response
        })
    }
}
