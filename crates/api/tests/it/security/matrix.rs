//! 18 and 25 to 28: access to each route. Every line of the route table is requested by every kind of caller; the
//! responses are recorded in docs/routes.md, and follow from the table alone.
//!
//! With UPDATE_SNAPSHOTS=1 the document is written again.

use std::fmt::Write as _;

use serde_json::json;
use vestibule_api::routes::ROUTES;
use vestibule_flows::{Context, CreateUserAccount, SignInMethod};
use vestibule_testing::on_both_engines;
use vestibule_user::CreateUser;
use vestibule_web::access::{Access, Route};

use crate::support::{Answer, Client, PASSWORD, TestApp};

on_both_engines!(every_route_admits_the_callers_of_the_table);

/// The document.
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/routes.md");

/// All read permissions, and no others.
const READING: &str = "*:read";

/// How the guard of a route treats a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// Admitted; the route's response to the empty request does not matter here.
    Admitted,
    /// 401: not authenticated, or not in the form that the route requires.
    Unknown,
    /// 401: the second factor is due.
    SecondFactor,
    /// 403: a second factor is required, and there is none.
    Enrolment,
    /// 403: these policies are missing.
    Missing(Vec<String>),
}

impl Outcome {
    fn of(answer: &Answer) -> Self {
        let body = serde_json::from_slice(&answer.body).unwrap_or(json!(null));
        let message = body["message"].as_str().unwrap_or_default();
        let missing = message.strip_prefix("Insufficient permissions. Required policies: ");
        match (answer.status, missing) {
            (403, Some(missing)) => Self::Missing(missing.split(", ").map(str::to_owned).collect()),
            (401, _) if body["type"].is_null() && message == "Unauthorized" => Self::Unknown,
            (401, _) if message.starts_with("MFA verification is required") => Self::SecondFactor,
            (403, _) if body["code"] == "mfa_enrolment_required" => Self::Enrolment,
            _ => Self::Admitted,
        }
    }

    fn word(&self) -> String {
        match self {
            Self::Admitted => "yes".to_owned(),
            Self::Unknown => "401".to_owned(),
            Self::SecondFactor => "401 second factor".to_owned(),
            Self::Enrolment => "403 enrol".to_owned(),
            Self::Missing(_) => "403".to_owned(),
        }
    }
}

/// A caller: name, credentials and kind.
struct Caller {
    name: &'static str,
    client: Client,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Anonymous,
    Half,
    /// Authenticated without an actor: a registration, or an unclaimed customer.
    Unclaimed,
    /// A user whose role requires a second factor, and who has none.
    Enrolling,
    /// A user with these policies.
    User(&'static [&'static str]),
    /// An API key with these policies.
    ApiKey(&'static [&'static str]),
}

/// What the table requires: written independently of the guard, so that each checks the other.
fn expected_outcome(route: &Route, kind: Kind) -> Outcome {
    let check_policies = |held: &[&str], asked: &[&str]| -> Outcome {
        let covers = |policy: &&str| {
            held.iter().any(|held| {
                *held == "*:*" || *held == *policy || *held == format!("*:{}", policy.split(':').nth(1).unwrap())
            })
        };
        let missing: Vec<String> =
            asked.iter().filter(|policy| !covers(policy)).map(|policy| (*policy).to_owned()).collect();
        if missing.is_empty() { Outcome::Admitted } else { Outcome::Missing(missing) }
    };
    match (route.access, kind) {
        (Access::Public, _) => Outcome::Admitted,
        (_, Kind::Anonymous) => Outcome::Unknown,
        (Access::Policies(asked), Kind::ApiKey(held) | Kind::User(held)) => check_policies(held, asked),
        (_, Kind::ApiKey(_)) => Outcome::Unknown,
        (Access::Bearer | Access::Challenge, _) => Outcome::Admitted,
        (_, Kind::Half) => Outcome::SecondFactor,
        (Access::Enrolment | Access::Factors, Kind::Enrolling) | (Access::Factors, Kind::Unclaimed) => {
            Outcome::Admitted
        }
        (_, Kind::Enrolling) => Outcome::Enrolment,
        // Only a registration for users accepts an invite or becomes a user: that is the routes' own rule.
        (Access::Known, Kind::Unclaimed)
            if ["/admin/invites/accept", "/auth/{provider}/user"].contains(&route.path) =>
        {
            Outcome::Unknown
        }
        (Access::Known, _) => Outcome::Admitted,
        (_, Kind::Unclaimed) => Outcome::Unknown,
        (_, Kind::User(_)) => Outcome::Admitted,
    }
}

async fn callers(app: &TestApp) -> Vec<Caller> {
    let admin = app.admin().await;
    app.registered("registered@example.com").await;
    let input = json!({ "email": "registered@example.com", "password": PASSWORD });
    let customer = app.anonymous().post("/auth/customer/emailpass", input).await.ok();
    let careful = app.user("careful@example.com").await;
    app.enrol(&careful).await;
    let half = app.pending_sign_in("careful@example.com").await;
    let reader = app.role("Reader", &[READING]).await.id;
    let reading = app.user_with("reading@example.com", &[&reader]).await;
    let strict = app.role("Strict", &["*:*"]).await.id;
    let enrolling = app.user_with("enrolling@example.com", &[&strict]).await;
    admin.post(&format!("/admin/rbac/roles/{strict}"), json!({ "requires_mfa": true })).await.ok();
    let key = admin.api_key("reader", Some(&[&reader])).await;
    // A user without permissions.
    let account = CreateUserAccount {
        roles: Some(Vec::new()),
        ..CreateUserAccount::new(
            CreateUser::new("nothing@example.com".parse().unwrap()),
            SignInMethod::Password(PASSWORD.to_owned()),
        )
    };
    app.flows.create_user_account(&account, &Context::operator()).await.unwrap();
    let nothing = app.anonymous().sign_in_as_user("nothing@example.com", PASSWORD).await;
    let caller = |name, client, kind| Caller { name, client, kind };
    vec![
        caller("anonymous", Client::clone(&app.anonymous()), Kind::Anonymous),
        caller("rubbish", app.bearer("rubbish"), Kind::Anonymous),
        caller("half token", half.client.clone(), Kind::Half),
        caller("customer", app.bearer(customer["token"].as_str().unwrap()), Kind::Unclaimed),
        caller("must enrol", Client::clone(&enrolling), Kind::Enrolling),
        caller("no role", Client::clone(&nothing), Kind::User(&[])),
        caller("read-only", Client::clone(&reading), Kind::User(&[READING])),
        caller("read-only API key", app.basic(&key.token), Kind::ApiKey(&[READING])),
        caller("super admin", Client::clone(&admin), Kind::User(&["*:*"])),
    ]
}

/// A path whose parameters match nothing: admitted requests change nothing, so that all callers get the same state.
fn path(route: &Route) -> String {
    let parts = route.path.split('/').map(|part| match part {
        "{actor_type}" => "user",
        "{provider}" => "emailpass",
        part if part.starts_with('{') => "nosuch",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[expect(clippy::print_stdout, reason = "--nocapture prints the table")]
async fn every_route_admits_the_callers_of_the_table(app: TestApp) {
    let callers = callers(&app).await;
    let mut document = String::from(HEAD);
    let names: Vec<&str> = callers.iter().map(|caller| caller.name).collect();
    writeln!(document, "| Route | Requires | {} |", names.join(" | ")).unwrap();
    writeln!(document, "|---|---|{}", "---|".repeat(names.len())).unwrap();
    // Ending the session comes last, after its owner has requested everything else.
    let (last, first): (Vec<&Route>, Vec<&Route>) =
        ROUTES.iter().partition(|route| route.method == "DELETE" && route.path == "/auth/session");
    let mut lines: Vec<(usize, String)> = Vec::new();
    for route in first.into_iter().chain(last) {
        let mut line = format!("| `{} {}` | {} |", route.method, route.path, requirement(route.access));
        for caller in &callers {
            let outcome = Outcome::of(&caller.client.ask(route.method, &path(route)).await);
            assert_eq!(
                outcome,
                expected_outcome(route, caller.kind),
                "{} requests {} {}",
                caller.name,
                route.method,
                route.path
            );
            write!(line, " {} |", outcome.word()).unwrap();
        }
        let place = ROUTES.iter().position(|other| other == route).unwrap();
        lines.push((place, line));
    }
    lines.sort();
    for (_, line) in lines {
        writeln!(document, "{line}").unwrap();
    }
    println!("{document}");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(DOCUMENT, &document).unwrap();
    }
    let recorded = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
    assert!(
        recorded == document,
        "access to routes has changed: review it with UPDATE_SNAPSHOTS=1 and `git diff {DOCUMENT}`"
    );
}

const HEAD: &str = "# Access to each route\n
Written by `crates/api/tests/it/security/matrix.rs`, which requests each route as each of these callers, on both databases.
*yes*: admitted, whatever the route then responds. *401*: not authenticated. *401 second factor*: the second factor is due.
*403 enrol*: a role requires a second factor, and there is none. *403*: a policy is missing; the response names it.\n
";

fn requirement(access: Access) -> String {
    match access {
        Access::Public => "nothing".to_owned(),
        Access::Bearer => "a session's token".to_owned(),
        Access::Challenge => "a session, also a half one".to_owned(),
        Access::Enrolment => "an actor's session, also to enrol".to_owned(),
        Access::Factors => "an actor's or a registration's session, also to enrol".to_owned(),
        Access::Known => "a session".to_owned(),
        Access::Owner => "an actor's session".to_owned(),
        Access::User => "a user".to_owned(),
        Access::Policies([]) => "a user or API key".to_owned(),
        Access::Policies(policies) => policies.iter().map(|policy| format!("`{policy}`")).collect::<Vec<_>>().join(" "),
    }
}
