//! 18 and 25 to 28: who may come to which route. Every line of the table of the routes is asked by every kind of asker;
//! what they find is kept in docs/routes.md, and follows from the table alone.
//!
//! With UPDATE_SNAPSHOTS=1 the document is written anew.

use std::fmt::Write as _;

use serde_json::json;
use vestibule_api::routes::ROUTES;
use vestibule_flows::{Context, CreateUserAccount, SignInMethod};
use vestibule_testing::on_both_engines;
use vestibule_user::CreateUser;
use vestibule_web::access::{Access, Route};

use crate::support::{Answer, Client, PASSWORD, TestApp};

on_both_engines!(every_route_lets_in_whom_the_table_says);

/// The document that is kept.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/routes.md");

/// Everything that can be read, and nothing that can be changed.
const READING: &str = "*:read";

/// How somebody fares at a route's door.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    /// He is let in; what the route then says to his empty request is its own affair.
    In,
    /// 401: not known, or not as what is asked for here.
    Unknown,
    /// 401: his second factor is due.
    SecondFactor,
    /// 403: he must have a second factor, and has none.
    Enrol,
    /// 403: he lacks these.
    Lacks(Vec<String>),
}

impl Fate {
    fn of(answer: &Answer) -> Self {
        let body = serde_json::from_slice(&answer.body).unwrap_or(json!(null));
        let message = body["message"].as_str().unwrap_or_default();
        let lacks = message.strip_prefix("Insufficient permissions. Required policies: ");
        match (answer.status, lacks) {
            (403, Some(lacks)) => Self::Lacks(lacks.split(", ").map(str::to_owned).collect()),
            (401, _) if body["type"].is_null() && message == "Unauthorized" => Self::Unknown,
            (401, _) if message.starts_with("MFA verification is required") => Self::SecondFactor,
            (403, _) if body["code"] == "mfa_enrolment_required" => Self::Enrol,
            _ => Self::In,
        }
    }

    fn word(&self) -> String {
        match self {
            Self::In => "yes".to_owned(),
            Self::Unknown => "401".to_owned(),
            Self::SecondFactor => "401 second factor".to_owned(),
            Self::Enrol => "403 enrol".to_owned(),
            Self::Lacks(_) => "403".to_owned(),
        }
    }
}

/// Who asks: what he has shown, what he holds, and whether he is a person.
struct Caller {
    name: &'static str,
    client: Client,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nobody,
    Half,
    /// Known, and no actor's: a registration, a customer whom nobody has claimed.
    Unclaimed,
    /// A user whose role asks for a second factor that he lacks.
    Enrolling,
    /// A user with these policies.
    User(&'static [&'static str]),
    /// A program with these policies.
    Program(&'static [&'static str]),
}

/// What the table says: written apart from the guard, so that neither is believed alone.
fn foretold(route: &Route, kind: Kind) -> Fate {
    let lacking = |held: &[&str], asked: &[&str]| -> Fate {
        let covers = |policy: &&str| {
            held.iter().any(|held| {
                *held == "*:*" || *held == *policy || *held == format!("*:{}", policy.split(':').nth(1).unwrap())
            })
        };
        let missing: Vec<String> =
            asked.iter().filter(|policy| !covers(policy)).map(|policy| (*policy).to_owned()).collect();
        if missing.is_empty() { Fate::In } else { Fate::Lacks(missing) }
    };
    match (route.access, kind) {
        (Access::Public, _) => Fate::In,
        (_, Kind::Nobody) => Fate::Unknown,
        (Access::Policies(asked), Kind::Program(held) | Kind::User(held)) => lacking(held, asked),
        (_, Kind::Program(_)) => Fate::Unknown,
        (Access::Bearer | Access::Challenge, _) => Fate::In,
        (_, Kind::Half) => Fate::SecondFactor,
        (Access::Enrolment | Access::Factors, Kind::Enrolling) | (Access::Factors, Kind::Unclaimed) => Fate::In,
        (_, Kind::Enrolling) => Fate::Enrol,
        // Only who has registered as a user accepts an invite to be one: that is the route's own rule.
        (Access::Known, Kind::Unclaimed) if route.path == "/admin/invites/accept" => Fate::Unknown,
        (Access::Known, _) => Fate::In,
        (_, Kind::Unclaimed) => Fate::Unknown,
        (_, Kind::User(_)) => Fate::In,
    }
}

async fn askers(app: &TestApp) -> Vec<Caller> {
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
    // One who may do nothing.
    let account = CreateUserAccount {
        roles: Some(Vec::new()),
        ..CreateUserAccount::new(
            CreateUser::new("nothing@example.com".parse().unwrap()),
            SignInMethod::Password(PASSWORD.to_owned()),
        )
    };
    app.flows.create_user_account(&account, &Context::operator()).await.unwrap();
    let nothing = app.anonymous().sign_in_as_user("nothing@example.com", PASSWORD).await;
    let asker = |name, client, kind| Caller { name, client, kind };
    vec![
        asker("nobody", Client::clone(&app.anonymous()), Kind::Nobody),
        asker("rubbish", app.bearer("rubbish"), Kind::Nobody),
        asker("half token", half.client.clone(), Kind::Half),
        asker("customer", app.bearer(customer["token"].as_str().unwrap()), Kind::Unclaimed),
        asker("must enrol", Client::clone(&enrolling), Kind::Enrolling),
        asker("no role", Client::clone(&nothing), Kind::User(&[])),
        asker("read-only", Client::clone(&reading), Kind::User(&[READING])),
        asker("read-only API key", app.basic(&key.token), Kind::Program(&[READING])),
        asker("super admin", Client::clone(&admin), Kind::User(&["*:*"])),
    ]
}

/// Asks for nothing that is there: what is let in changes nothing, so that all find the same.
fn path(route: &Route) -> String {
    let parts = route.path.split('/').map(|part| match part {
        "{actor_type}" => "user",
        "{provider}" => "emailpass",
        part if part.starts_with('{') => "nosuch",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[expect(clippy::print_stdout, reason = "whoever runs it with --nocapture reads the table")]
async fn every_route_lets_in_whom_the_table_says(app: TestApp) {
    let askers = askers(&app).await;
    let mut document = String::from(HEAD);
    let names: Vec<&str> = askers.iter().map(|asker| asker.name).collect();
    writeln!(document, "| Route | Asks for | {} |", names.join(" | ")).unwrap();
    writeln!(document, "|---|---|{}", "---|".repeat(names.len())).unwrap();
    // What ends a session comes last, when its owner has been everywhere else.
    let (last, first): (Vec<&Route>, Vec<&Route>) =
        ROUTES.iter().partition(|route| route.method == "DELETE" && route.path == "/auth/session");
    let mut lines: Vec<(usize, String)> = Vec::new();
    for route in first.into_iter().chain(last) {
        let mut line = format!("| `{} {}` | {} |", route.method, route.path, asks_for(route.access));
        for asker in &askers {
            let fate = Fate::of(&asker.client.ask(route.method, &path(route)).await);
            assert_eq!(fate, foretold(route, asker.kind), "{} asks for {} {}", asker.name, route.method, route.path);
            write!(line, " {} |", fate.word()).unwrap();
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
        std::fs::write(KEPT, &document).unwrap();
    }
    let kept = std::fs::read_to_string(KEPT).unwrap_or_default();
    assert!(
        kept == document,
        "who may come where has changed: look at it with UPDATE_SNAPSHOTS=1 and `git diff {KEPT}`"
    );
}

const HEAD: &str = "# Who may come to which route\n
Written by `crates/api/tests/it/security/matrix.rs`, which asks each route as each of these and finds what stands here, on both
databases. *yes*: let in, whatever the route then says. *401*: not known here. *401 second factor*: it is due. *403 enrol*: a role
requires a second factor, and there is none. *403*: a policy is missing; the answer names it.\n
";

fn asks_for(access: Access) -> String {
    match access {
        Access::Public => "nothing".to_owned(),
        Access::Bearer => "a session's token".to_owned(),
        Access::Challenge => "a session, also a half one".to_owned(),
        Access::Enrolment => "an actor's session, also to enrol".to_owned(),
        Access::Factors => "an actor's or a registration's session, also to enrol".to_owned(),
        Access::Known => "a session".to_owned(),
        Access::Owner => "an actor's session".to_owned(),
        Access::User => "a user".to_owned(),
        Access::Policies([]) => "a user or program".to_owned(),
        Access::Policies(policies) => policies.iter().map(|policy| format!("`{policy}`")).collect::<Vec<_>>().join(" "),
    }
}
