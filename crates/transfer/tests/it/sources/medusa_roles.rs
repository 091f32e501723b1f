//! The roles of an installation with Medusa's Enterprise RBAC module. The tables have the form of its documentation, and were not
//! made by it.

use vestibule_testing::{TestDatabase, on_both_engines};
use vestibule_transfer::{Kind, Map, SourceOptions};

use crate::support::{Site, fixture, load, postgres_of};

on_both_engines!(
    roles_of_postgres_come_with_what_they_allow,
    assignments_of_postgres_within_a_scope_are_left_out,
    the_map_names_our_roles_for_those_of_postgres,
    empty_links_of_postgres_say_nothing,
);

const LINKS: &str = "
CREATE TABLE user_rbac_role (user_id text NOT NULL, rbac_role_id text NOT NULL, id text NOT NULL, deleted_at timestamptz);
CREATE TABLE invite_rbac_role (invite_id text NOT NULL, rbac_role_id text NOT NULL, id text NOT NULL, deleted_at timestamptz);
";

const ROLES: &str = "
CREATE TABLE rbac_role (id text NOT NULL, name text NOT NULL, description text, metadata jsonb, deleted_at timestamptz);
CREATE TABLE rbac_policy (id text NOT NULL, key text, resource text, operation text, name text, deleted_at timestamptz);
CREATE TABLE rbac_role_policy (id text NOT NULL, role_id text NOT NULL, policy_id text NOT NULL, deleted_at timestamptz);
INSERT INTO rbac_role VALUES ('role_super_admin', 'Super Admin', 'All', NULL, NULL);
INSERT INTO rbac_role VALUES ('role_01M8J1B6XVN59FTP1V0BTJ1HE8', 'Support', 'Answers mails', NULL, NULL);
INSERT INTO rbac_role VALUES ('role_01M8J1B6XVN59FTP1V0BTJ1HE9', 'Gone', NULL, NULL, '2026-01-01');
INSERT INTO rbac_policy VALUES ('rpol_1', 'order:read', 'order', 'read', 'ReadOrder', NULL);
INSERT INTO rbac_policy VALUES ('rpol_2', 'user:read', 'user', 'read', 'ReadUser', NULL);
INSERT INTO rbac_policy VALUES ('rpol_3', '*:*', '*', '*', 'All', NULL);
INSERT INTO rbac_role_policy VALUES ('rlpl_1', 'role_01M8J1B6XVN59FTP1V0BTJ1HE8', 'rpol_1', NULL);
INSERT INTO rbac_role_policy VALUES ('rlpl_2', 'role_01M8J1B6XVN59FTP1V0BTJ1HE8', 'rpol_2', NULL);
INSERT INTO rbac_role_policy VALUES ('rlpl_3', 'role_01M8J1B6XVN59FTP1V0BTJ1HE8', 'rpol_3', '2026-01-01');
INSERT INTO rbac_role_policy VALUES ('rlpl_4', 'role_super_admin', 'rpol_3', NULL);
";

const HOLDERS: &str = "
INSERT INTO user_rbac_role VALUES ('user_01M8J1B6XVN59FTP1V0BTJ1HE8', 'role_super_admin', 'usrrole_1', NULL);
INSERT INTO user_rbac_role VALUES ('user_01M8J1EN9W8H0N2CM6Q0BBSN4C', 'role_01M8J1B6XVN59FTP1V0BTJ1HE8', 'usrrole_2', NULL);
INSERT INTO user_rbac_role VALUES ('user_01M8J1EN9W8H0N2CM6Q0BBSN4C', 'role_super_admin', 'usrrole_3', '2026-01-01');
INSERT INTO invite_rbac_role VALUES ('invite_01M8J1G4FFM3Z6WHBHSE3Z7H0S', 'role_01M8J1B6XVN59FTP1V0BTJ1HE8', 'invrole_1', NULL);
";

async fn medusa(site: &Site, roles: &str) -> (TestDatabase, SourceOptions) {
    site.clock.set("2026-11-29T09:30:00Z".parse().unwrap());
    let place = postgres_of(&std::fs::read_to_string(fixture("medusa.sql")).unwrap()).await;
    load(&place.open().await, roles).await;
    let mut source = SourceOptions::new(Kind::Medusa, place.url());
    source.mfa_key = Some("h8-mfa-key-0123456789abcdef0123456789".to_owned());
    (place, source)
}

/// The id of the role "Support" here.
async fn support(site: &Site) -> Option<String> {
    let text = "SELECT id FROM rbac_roles WHERE name = 'Support'";
    site.database.query_scalar_optional(text, &[]).await.unwrap()
}

async fn roles_of_postgres_come_with_what_they_allow(site: Site) {
    let (_place, source) = medusa(&site, &[LINKS, ROLES, HOLDERS].concat()).await;
    let (done, lines) = site.import_fully(&source).await;
    assert_eq!((done.count("role", "created"), done.count("role", "exists")), (1, 1), "{lines:?}");
    let support = support(&site).await.unwrap();
    let text = "SELECT rbac_policies.key FROM rbac_policies JOIN rbac_role_policies ON policy_id = rbac_policies.id
                WHERE role_id = $1 ORDER BY rbac_policies.key";
    let allowed: Vec<String> = site.database.query_scalars(text, &[support.as_str().into()]).await.unwrap();
    assert_eq!(allowed, ["order:read", "user:read"]);
    assert_eq!(site.roles_of("owner@example.com").await, ["role_super_admin"]);
    assert_eq!(site.roles_of("Upper.Case@Example.COM").await, std::slice::from_ref(&support));
    assert_eq!(
        site.roles_of("first.last@sub.example.co.uk").await,
        <[&str; 0]>::default(),
        "who has none there has none"
    );
    let invited = "invite_01M8J1G4FFM3Z6WHBHSE3Z7H0S";
    let roles = site.flows.rbac().role_ids_of(&site.database, invited).await.unwrap();
    assert_eq!(roles.iter().map(ToString::to_string).collect::<Vec<_>>(), [support]);
}

async fn assignments_of_postgres_within_a_scope_are_left_out(site: Site) {
    let assignments = "
CREATE TABLE rbac_role_assignment (id text NOT NULL, role_id text NOT NULL, entity text, entity_id text, scope_type text, deleted_at timestamptz);
INSERT INTO rbac_role_assignment VALUES ('a1', 'role_super_admin', 'user', 'user_01M8J1B6XVN59FTP1V0BTJ1HE8', NULL, NULL);
INSERT INTO rbac_role_assignment VALUES ('a2', 'role_super_admin', 'user', 'user_01M8J1EN9W8H0N2CM6Q0BBSN4C', 'vendor', NULL);
";
    let (_place, source) = medusa(&site, &[ROLES, assignments].concat()).await;
    let (_, lines) = site.import_fully(&source).await;
    assert_eq!(site.roles_of("owner@example.com").await, ["role_super_admin"]);
    assert_eq!(site.roles_of("Upper.Case@Example.COM").await, <[&str; 0]>::default());
    let line = lines.iter().find(|line| line[3] == "Upper.Case@Example.COM").unwrap();
    assert!(line[5].contains("within a scope alone"), "{line:?}");
}

async fn the_map_names_our_roles_for_those_of_postgres(site: Site) {
    let (_place, mut source) = medusa(&site, &[LINKS, ROLES, HOLDERS].concat()).await;
    source.map = Map::read(r#"{"roles": {"Support": "role_super_admin"}}"#).unwrap();
    let (done, _) = site.import_fully(&source).await;
    assert_eq!((done.count("role", "created"), done.count("role", "exists")), (0, 2));
    assert_eq!(support(&site).await, None);
    assert_eq!(site.roles_of("Upper.Case@Example.COM").await, ["role_super_admin"]);
}

async fn empty_links_of_postgres_say_nothing(site: Site) {
    let (_place, source) = medusa(&site, LINKS).await;
    let (done, lines) = site.import_fully(&source).await;
    assert!(done.counts().all(|(kind, _, _)| kind != "role"), "{done:?}");
    assert!(lines.iter().all(|line| !line[5].contains("role")), "{lines:?}");
}
