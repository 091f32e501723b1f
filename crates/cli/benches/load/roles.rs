//! Changes of a role that a million have, compared with the same of a role that one has: what it costs must not grow with
//! the number of holders.

use tokio::time::Instant;
use vestibule::database::{Database, Error, transaction};
use vestibule::rbac::{CreatePolicy, CreateRole, PolicyId, RbacModule, RoleId};
use vestibule::{Options, Vestibule};
use vestibule_testing::postgres::{SERVER_VARIABLE, database};

use crate::support::rounds::Plan;
use crate::support::runtime;
use crate::support::site::{SECRET, Site};
use crate::support::table::{Promise, Spread, Unit};

const HOLDERS: usize = 1_000_000;

pub(crate) fn run(plan: &Plan) {
    let site = Site::sqlite();
    std::fs::create_dir(site.folder().join("data")).expect("a folder");
    measure(plan, "SQLite", &format!("sqlite://{}", site.folder().join("data/vestibule.db").display()));
    if std::env::var(SERVER_VARIABLE).is_ok() {
        let database = runtime().block_on(database());
        measure(plan, "PostgreSQL", database.url());
    }
}

fn measure(plan: &Plan, engine: &str, url: &str) {
    let options = Options::new(url, SECRET.as_bytes()).expect("a valid address");
    let runtime = runtime();
    let vestibule = runtime.block_on(Vestibule::open(options)).expect("the database opens");
    let (rbac, database) = (vestibule.flows().rbac(), vestibule.flows().database());
    let policy = runtime.block_on(async {
        let policy = CreatePolicy::new("thing", "read");
        rbac.create_rbac_policies(policy).await.expect("a policy").id
    });
    let role = |name: &str, holders: usize| runtime.block_on(role_of(rbac, database, name, holders));
    let [few, many] = [role("Few", 1), role("Many", HOLDERS)];
    let [mut of_few, mut of_many] = [(); 2].map(|()| Vec::new());
    for _ in 0..plan.rounds * 4 {
        for (role, times) in [(&few, &mut of_few), (&many, &mut of_many)] {
            times.push(plan.take(|| runtime.block_on(change(rbac, role, &policy))));
        }
    }
    let deletion = runtime.block_on(async {
        let began = Instant::now();
        rbac.delete_rbac_roles(many).await.expect("it is deleted");
        began.elapsed().as_secs_f64() * 1e3
    });
    println!("Adding a policy to a role on {engine}");
    Spread::of(of_few.iter().copied()).print("that one subject has", Unit::Named("ms"), None);
    let unit = Unit::Named("ms");
    Spread::of(of_many.iter().copied()).print(&format!("that {HOLDERS} have"), unit, Some(Promise::AtMost(50.0)));
    Spread::of_ratios(&of_many, &of_few).print("share", Unit::Times, Some(Promise::AtMost(3.0)));
    Spread::of([deletion]).print(&format!("deleting the role that {HOLDERS} have"), unit, Some(Promise::AtMost(50.0)));
}

/// Creates a role that so many subjects have.
async fn role_of(rbac: &RbacModule, database: &Database, name: &str, holders: usize) -> RoleId {
    let role = rbac.create_rbac_roles(CreateRole::new(name)).await.expect("a role").id;
    let subjects: Vec<String> = (0..holders).map(|number| format!("{name}_{number}")).collect();
    let assigned: Result<(), Error> = async {
        transaction!(database, |transaction| rbac.assign_role_to_all_within(transaction, &role, &subjects).await)
    }
    .await;
    assigned.expect("they have it");
    role
}

/// Adds the policy and takes it away again; returns how long the first took, in milliseconds.
async fn change(rbac: &RbacModule, role: &RoleId, policy: &PolicyId) -> f64 {
    let began = Instant::now();
    rbac.add_role_policies(role, std::slice::from_ref(policy)).await.expect("it is added");
    let took = began.elapsed();
    rbac.remove_role_policy(role, policy).await.expect("it is taken away");
    took.as_secs_f64() * 1e3
}
