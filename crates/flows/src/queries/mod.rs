//! Queries that read the tables of several modules: the only SQL of this crate. Each file gives the reason why the modules'
//! own methods do not suffice; `docs/tables.md` lists which tables each one names.

pub(crate) mod caller;
pub(crate) mod doctor;
pub(crate) mod factor_due;
pub(crate) mod invite_grants;
pub(crate) mod program;
pub(crate) mod role_holders;
pub(crate) mod second_factors;
pub(crate) mod subjects_before_roles;
pub(crate) mod super_admins;
pub(crate) mod user_permissions;
pub(crate) mod user_summaries;
