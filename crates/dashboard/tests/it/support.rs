//! The pages on a database of the test's own, and browsers that visit them.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use serde_json::Map;
use tower::ServiceExt;
use vestibule_auth::providers::{Flow, ProviderContext, Registration};
use vestibule_auth::{
    AuthInput, AuthModule, AuthOptions, AuthProvider, AuthenticateError, Authentication, PasswordConfig, Passwords,
};
use vestibule_core::{Environment, Field, FindConfig, SigningKey};
use vestibule_dashboard::pages::{CALLBACKS, UPLOADS};
use vestibule_dashboard::{Brand, Dashboard, ROOT, entrance, router};
use vestibule_database::{Database, Error, Migrations, Transaction};
use vestibule_flows::{Context, CreateUserAccount, Flows, SignInMethod};
use vestibule_mail::{Mailer, Templates};
use vestibule_notify::{
    ALL_MIGRATIONS, Delivery, Destination, MailDestination, MailOptions, Outcome, Reason, Relay, RelayOptions, Target,
    set_up,
};
use vestibule_outbox::{Event, FeedEvent};
use vestibule_passkeys::{PasskeyProvider, RelyingParty};
use vestibule_rbac::{CreateRole, PolicyField, RoleId};
use vestibule_server::{LayerConfig, with_layers};
use vestibule_testing::{SeededRandom, SetUp, TestClock, TestDatabase};
use vestibule_user::{CreateUser, User, UserModule, UserOptions};
use vestibule_web::Web;

/// The password of every user without another one.
pub(crate) const PASSWORD: &str = "Lantern-trombone-42";

/// The public URL of the pages.
pub(crate) const SITE: &str = "http://localhost:9000";

pub(crate) struct Site {
    pub(crate) flows: Flows,
    pub(crate) clock: TestClock,
    router: Router,
    origin: String,
    pub(crate) place: Arc<TestDatabase>,
}

impl SetUp for Site {
    const TABLES: &[Migrations] = &ALL_MIGRATIONS;

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        Self::put_together(SITE, ROOT, place, |_| {}, |auth| auth).await
    }
}

impl Site {
    /// A site on this database, with other options of the Auth Module.
    pub(crate) async fn with(place: Arc<TestDatabase>, change: impl FnOnce(&mut AuthOptions)) -> Self {
        Self::put_together(SITE, ROOT, place, change, |auth| auth).await
    }

    /// A site with passkeys.
    pub(crate) async fn with_passkeys(place: Arc<TestDatabase>) -> Self {
        let passkeys = PasskeyProvider::new(RelyingParty::new(SITE, "Tests").unwrap());
        let adapt = |auth: AuthModule| auth.with_mfa_provider(passkeys.clone()).with_provider(passkeys);
        Self::put_together(SITE, ROOT, place, |_| {}, adapt).await
    }

    /// The pages with this public URL.
    pub(crate) async fn reached_at(public_url: &'static str, place: Arc<TestDatabase>) -> Self {
        Self::put_together(public_url, ROOT, place, |_| {}, |auth| auth).await
    }

    /// The pages of a service with its own name and colour.
    pub(crate) async fn branded(place: Arc<TestDatabase>, brand: Brand) -> Self {
        let plain = Self::put_together(SITE, ROOT, place, |_| {}, |auth| auth).await;
        let web = Web::at(plain.flows.clone(), vestibule_web::Site::at(SITE));
        let pages = Dashboard::new(web, SITE).with_brand(brand);
        let environment = plain.flows.environment().clone();
        Self::serve(pages, SITE, ROOT, (plain.flows, plain.clock, environment), plain.place)
    }

    /// A site whose mails are written to this folder.
    pub(crate) async fn with_mails(place: Arc<TestDatabase>, folder: &Path) -> Self {
        let plain = Self::put_together(SITE, ROOT, place, |_| {}, |auth| auth).await;
        let web = Web::at(plain.flows.clone(), vestibule_web::Site::at(SITE));
        let options = MailOptions {
            public_url: SITE.to_owned(),
            dashboard_path: ROOT.to_owned(),
            app: "Vestibule".to_owned(),
            language: "en".to_owned(),
            per_address: 0,
        };
        let mailer = Mailer::folder(folder.to_owned(), "no-reply@example.com".parse().unwrap());
        let mails = MailDestination::new(plain.flows.clone(), mailer, Templates::load(None).unwrap(), options);
        let environment = plain.flows.environment().clone();
        let pages = Dashboard::new(web, SITE).with_mails(mails);
        Self::serve(pages, SITE, ROOT, (plain.flows, plain.clock, environment), plain.place)
    }

    /// The pages below another path.
    pub(crate) async fn below(path: &'static str, place: Arc<TestDatabase>) -> Self {
        Self::put_together(SITE, path, place, |_| {}, |auth| auth).await
    }

    /// A site with another provider.
    pub(crate) async fn with_provider(place: Arc<TestDatabase>, provider: impl AuthProvider) -> Self {
        Self::put_together(SITE, ROOT, place, |_| {}, |auth| auth.with_provider(provider)).await
    }

    async fn put_together(
        public_url: &'static str,
        path: &str,
        place: Arc<TestDatabase>,
        change: impl FnOnce(&mut AuthOptions),
        adapt: impl FnOnce(AuthModule) -> AuthModule,
    ) -> Self {
        let key = SigningKey::new(b"a secret of the tests, and of no one else");
        let clock = TestClock::default();
        let environment = Environment::new(Arc::new(clock.clone()), Arc::new(SeededRandom::new(1)));
        let database = Database::open(&place.config()).await.unwrap();
        set_up(&database, &environment).await.unwrap();
        let users = UserModule::new(database.clone(), environment.clone(), UserOptions::new(key.clone()));
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        let mut options = AuthOptions::new(key);
        change(&mut options);
        let auth = AuthModule::new(database.clone(), environment.clone(), options, passwords);
        let flows = Flows::new(database, environment.clone(), users, adapt(auth.with_provider(Elsewhere)));
        let web = Web::at(flows.clone(), vestibule_web::Site::at(public_url));
        let pages = Dashboard::new(web, public_url).below(path);
        Self::serve(pages, public_url, path, (flows, clock, environment), place)
    }

    fn serve(
        pages: Dashboard,
        public_url: &str,
        path: &str,
        (flows, clock, environment): (Flows, TestClock, Environment),
        place: Arc<TestDatabase>,
    ) -> Self {
        let pages = entrance(&pages).merge(router(pages));
        let layers = LayerConfig::new(environment).public_url(public_url).unwrap().pages(path);
        let layers = layers.foreign_forms(&format!("{path}{CALLBACKS}")).uploads(&format!("{path}{UPLOADS}"));
        let origin = public_url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        Self { flows, clock, router: with_layers(pages, &layers), origin, place }
    }
}

impl Site {
    /// A new browser.
    pub(crate) fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), origin: self.origin.clone(), cookies: Mutex::default(), language: "en" }
    }

    /// Creates a user who can sign in, with these roles or the default ones.
    pub(crate) async fn create_user(&self, email: &str, roles: Option<Vec<RoleId>>) -> User {
        let user = CreateUser::new(email.parse().unwrap());
        let account = CreateUserAccount { user, sign_in_method: SignInMethod::Password(PASSWORD.into()), roles };
        self.flows.create_user_account(&account, &Context::operator()).await.unwrap().user
    }

    /// A role with these policies.
    pub(crate) async fn role(&self, name: &str, policies: &[&str]) -> RoleId {
        let wanted = PolicyField::Key.is_in(policies.iter().copied());
        let known = self.flows.rbac().list_rbac_policies(&wanted, &FindConfig::default()).await.unwrap();
        let mut role = CreateRole::new(name);
        role.policy_ids = known.into_iter().map(|policy| policy.id).collect();
        assert_eq!(role.policy_ids.len(), policies.len(), "{policies:?}");
        self.flows.rbac().create_rbac_roles(role).await.unwrap().id
    }

    /// A browser in which this user has signed in.
    pub(crate) async fn signed_in(&self, email: &str) -> Browser {
        let browser = self.browser();
        let page = browser.post("/app/login", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(page.status, 303, "{}", page.text);
        browser
    }

    /// A signed-in user with all permissions.
    pub(crate) async fn admin(&self) -> Browser {
        self.create_user("ada@example.com", None).await;
        self.signed_in("ada@example.com").await
    }

    /// A signed-in user with these policies and no others.
    pub(crate) async fn limited(&self, policies: &[&str]) -> Browser {
        let role = self.role("Limited", policies).await;
        self.create_user("limited@example.com", Some(vec![role])).await;
        self.signed_in("limited@example.com").await
    }
}

impl Site {
    /// Delivers everything that is due by mail and to these webhooks. The first attempts have these outcomes, the
    /// others succeed.
    pub(crate) async fn deliver(&self, webhooks: &[&str], outcomes: impl IntoIterator<Item = Outcome>) {
        let outcomes = Arc::new(Mutex::new(outcomes.into_iter().collect::<VecDeque<_>>()));
        let targets: Vec<String> = webhooks.iter().map(|id| (*id).to_owned()).collect();
        let environment = self.flows.environment().clone();
        let relay = Relay::new(self.flows.database().clone(), environment, RelayOptions::default())
            .with_destination(Place { name: "mail", targets: vec![String::new()], outcomes: Arc::clone(&outcomes) })
            .with_destination(Place { name: "webhook", targets, outcomes });
        relay.pass().await.unwrap();
    }
}

/// A failed attempt that is retried.
pub(crate) fn again(reason: impl Into<Reason>, status: Option<u16>) -> Outcome {
    let (reason, recipient) = (reason.into(), Some("somewhere@example.com".to_owned()));
    Outcome::Again { reason, recipient, status, after: None, is_unreachable: false }
}

/// A failed attempt that is not retried.
pub(crate) fn failed(reason: impl Into<Reason>) -> Outcome {
    let (reason, recipient) = (reason.into(), Some("somewhere@example.com".to_owned()));
    Outcome::Failed { reason, recipient, status: None, is_refused_for_good: false }
}

/// A destination with the given outcomes.
struct Place {
    name: &'static str,
    targets: Vec<String>,
    outcomes: Arc<Mutex<VecDeque<Outcome>>>,
}

#[async_trait]
impl Destination for Place {
    fn name(&self) -> &str {
        self.name
    }

    async fn targets(&self, _: &mut Transaction, events: &[FeedEvent]) -> Result<Vec<Target>, Error> {
        let mut targets = Vec::new();
        for placed in events {
            let is_mailed =
                ["invite.created", "invite.resent", "auth.password_reset"].contains(&placed.event.name.as_str());
            let is_test = placed.event.name == "webhook.test";
            for target in &self.targets {
                let is_delivered = match self.name {
                    "mail" => is_mailed,
                    _ => !is_test || *target == placed.event.subject,
                };
                if is_delivered {
                    targets.push(Target { position: placed.position, target: target.clone() });
                }
            }
        }
        Ok(targets)
    }

    async fn deliver(&self, _: &Delivery, _: &Event) -> Outcome {
        let next = self.outcomes.lock().unwrap().pop_front();
        next.unwrap_or(Outcome::Sent { recipient: Some("somewhere@example.com".to_owned()), status: Some(204) })
    }
}

/// The response that a browser received.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// The location to which it redirects.
    pub(crate) location: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
    pub(crate) set_cookies: Vec<String>,
}

impl Page {
    /// The `set-cookie` header of the cookie with this name.
    #[track_caller]
    pub(crate) fn set_cookie(&self, name: &str) -> &str {
        let found = self.set_cookies.iter().find(|cookie| cookie.starts_with(&format!("{name}=")));
        found.unwrap_or_else(|| panic!("{name} is not among {:?}", self.set_cookies))
    }

    pub(crate) fn shows(&self, text: &str) -> &Self {
        assert!(self.text.contains(text), "{} lacks {text:?}: {}", self.status, self.text);
        self
    }

    pub(crate) fn hides(&self, text: &str) -> &Self {
        assert!(!self.text.contains(text), "{} has {text:?}: {}", self.status, self.text);
        self
    }

    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{} {}", self.location, self.text);
        self
    }

    pub(crate) fn leads_to(&self, location: &str) -> &Self {
        assert_eq!((self.status, self.location.as_str()), (303, location), "{}", self.text);
        self
    }

    /// The text between two others, at the first occurrence.
    pub(crate) fn between(&self, before: &str, after: &str) -> String {
        let rest = self.text.split_once(before).unwrap_or_else(|| panic!("{before:?} is not in {}", self.text)).1;
        rest.split_once(after).unwrap().0.to_owned()
    }
}

/// A browser: it stores cookies, and fills in the token of the form that it received.
pub(crate) struct Browser {
    router: Router,
    origin: String,
    pub(crate) cookies: Mutex<BTreeMap<String, String>>,
    pub(crate) language: &'static str,
}

impl Browser {
    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(self.request("GET", path).body(Body::empty()).unwrap()).await
    }

    /// Begins a request, whose response is not read yet.
    pub(crate) async fn open(&self, path: &str) -> Response<Body> {
        self.router.clone().oneshot(self.request("GET", path).body(Body::empty()).unwrap()).await.unwrap()
    }

    /// Submits a form with the token of this browser's pages.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.form_token().await;
        let mut fields = fields.to_vec();
        fields.push(("form_token", &token));
        self.post_fields(path, &fields).await
    }

    /// Submits exactly these fields. Follows to a page that shows the result of the form, as browsers do.
    pub(crate) async fn post_fields(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post_alone(path, fields).await;
        let shows_result = ["?once=", "?sent=", "?renewed=", "/login/code?state="];
        match page.status == 303 && shows_result.iter().any(|part| page.location.contains(part)) {
            true => self.get(&page.location).await,
            false => page,
        }
    }

    /// Submits exactly these fields, and follows nowhere.
    pub(crate) async fn post_alone(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let body = body.collect::<Vec<_>>().join("&");
        let request = self.request("POST", path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.header("origin", &self.origin).body(Body::from(body)).unwrap()).await
    }

    /// Submits a form with a file, and the token of this browser's pages.
    pub(crate) async fn upload(&self, path: &str, name: &str, content: &[u8]) -> Page {
        let token = self.form_token().await;
        let part = |about: &str| format!("--edge\r\ncontent-disposition: form-data; {about}\r\n\r\n");
        let mut body = format!("{}{token}\r\n", part("name=\"form_token\"")).into_bytes();
        body.extend(part(&format!("name=\"file\"; filename=\"{name}\"")).bytes());
        body.extend(content);
        body.extend(b"\r\n--edge--\r\n");
        let request = self.request("POST", path).header("content-type", "multipart/form-data; boundary=edge");
        self.send(request.header("origin", &self.origin).body(Body::from(body)).unwrap()).await
    }

    /// The token of this browser's forms, which any page of ours contains.
    pub(crate) async fn form_token(&self) -> String {
        self.get("/app/verify").await.between("name=\"form_token\" value=\"", "\"")
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> http::request::Builder {
        let cookies = self.cookies.lock().unwrap();
        let cookies: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder().method(method).uri(path).header("host", "localhost:9000");
        request.header("accept-language", self.language).header("cookie", cookies.join("; "))
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Page {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let set_cookies = parts.headers.get_all("set-cookie").iter();
        let set_cookies: Vec<String> = set_cookies.map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
        for cookie in &set_cookies {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            match value {
                "" => cookies.remove(name),
                value => cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.to_string(), value.to_str().unwrap().to_owned())
        };
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in parts.headers.iter().map(header) {
            let present = headers.entry(name).or_default();
            *present = if present.is_empty() { value } else { format!("{present}\n{value}") };
        }
        let text = String::from_utf8_lossy(&to_bytes(body, usize::MAX).await.unwrap()).into_owned();
        let location = headers.get("location").cloned().unwrap_or_default();
        Page { status: parts.status.as_u16(), location, headers, set_cookies, text }
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The code that an app shows for a secret at this moment.
pub(crate) fn code(secret: &str, clock: &TestClock) -> String {
    use vestibule_core::Clock;
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(clock.now().as_seconds().try_into().unwrap()).to_string()
}

/// A provider that authenticates every callback with the right code.
struct Elsewhere;

#[async_trait]
impl AuthProvider for Elsewhere {
    fn identifier(&self) -> &str {
        "elsewhere"
    }

    fn display_name(&self) -> &str {
        "Elsewhere & Sons"
    }

    fn flow(&self) -> Flow {
        Flow::Redirect
    }

    async fn authenticate(&self, _: &AuthInput, _: &ProviderContext<'_>) -> Result<Authentication, AuthenticateError> {
        Ok(Authentication::Redirect { location: "https://elsewhere.example/?a=1&b=2".to_owned() })
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        let text = |name: &str| input.query.get(name).and_then(|value| value.as_str());
        let (Some("right"), Some(name)) = (text("code"), text("name")) else {
            return Err(AuthenticateError::Refused("Elsewhere does not know you".into()));
        };
        if let Some(part) = identities.find_claimed(name).await? {
            return Ok(Authentication::Authenticated(Box::new(identities.identity(&part).await?)));
        }
        let registration = Registration {
            entity_id: name.to_owned(),
            entity_canonical: name.to_owned(),
            registration_key: String::new(),
            user_metadata: None,
            provider_metadata: Map::new(),
        };
        Ok(Authentication::Authenticated(Box::new(identities.register(&registration).await?)))
    }
}
