//! `/admin/rbac`

mod assignable;
mod explain;
mod permissions;
mod policies;
mod relations;
mod role_policies;
mod role_users;
mod roles;
mod unknown_role;

use serde_json::Value as Json;

/// One text field of every row of a list.
fn texts(list: &Json, name: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|row| row[name].as_str().unwrap().to_owned()).collect()
}
