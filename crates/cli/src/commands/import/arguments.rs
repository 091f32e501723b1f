//! What an import is asked for.

use std::env;
use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use vestibule::transfer::{
    Collisions, FirebaseParameters, ImportOptions, Invites, Kind, Map, OnConflict, Refused, SourceOptions,
};

use crate::commands::{Failure, role};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file, or the URL of the other program's database.
    #[arg(required = true)]
    source: Option<String>,
    /// The program that the users come from: medusa, better-auth, firebase, csv, keycloak, supabase, auth0, clerk or vestibule.
    #[arg(long, value_name = "WHAT", required = true)]
    from: Option<Kind>,
    /// Change nothing, and show what would be done.
    #[arg(long)]
    dry_run: bool,
    /// Write a table (CSV) with a line for each row: what became of it, and why.
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// What to do with a user whose address or id another user has here: skip the row, update the user, or fail before anything is
    /// written.
    #[arg(long, value_enum, default_value_t)]
    on_conflict: Conflict,
    /// A JSON file with the names of columns and roles: {"columns": {"email": "E-Mail"}, "roles": {"admin": "role_super_admin"}}.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Which of several users gets an address that they have in different spellings. The others are imported as well, and sign in with
    /// the address exactly as it is written; `skip` leaves them out.
    #[arg(long, value_enum, default_value_t)]
    collisions: Collision,
    /// What to do with users whose address is refused here: keep them, so that they sign in with it exactly as it is written, or skip
    /// them.
    #[arg(long, value_enum, default_value_t)]
    refused: RefusedAddress,
    /// What to do with open invites, whose links no longer work: list the new links in the report, or send them again.
    #[arg(long, value_enum, default_value_t)]
    invites: OpenInvites,
    /// A role that every imported user gets; may be repeated. Default: the roles of rbac.default_roles for users of Medusa, none for
    /// others.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// Medusa's key of second factors. Other users of this machine can read it while the command runs: prefer the variable
    /// AUTH_MFA_ENCRYPTION_KEY.
    #[arg(long, value_name = "KEY")]
    mfa_key: Option<String>,
    /// better-auth's secret. Likewise: prefer the variable BETTER_AUTH_SECRET.
    #[arg(long, value_name = "SECRET")]
    auth_secret: Option<String>,
    /// Firebase's base64_signer_key. Likewise: prefer the variable FIREBASE_SIGNER_KEY.
    #[arg(long, value_name = "KEY")]
    signer_key: Option<String>,
    /// Firebase's base64_salt_separator, or the variable FIREBASE_SALT_SEPARATOR.
    #[arg(long, value_name = "TEXT")]
    salt_separator: Option<String>,
    /// Firebase's rounds, or the variable FIREBASE_ROUNDS.
    #[arg(long, value_name = "NUMBER")]
    rounds: Option<u32>,
    /// Firebase's mem_cost, or the variable FIREBASE_MEM_COST.
    #[arg(long, value_name = "NUMBER")]
    mem_cost: Option<u32>,
    /// Print the summary as JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Conflict {
    #[default]
    Skip,
    Update,
    Fail,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Collision {
    #[default]
    Oldest,
    Newest,
    Skip,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum RefusedAddress {
    #[default]
    Keep,
    Skip,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum OpenInvites {
    #[default]
    List,
    Resend,
}

/// A value of the command line, or else of the environment.
fn or_variable(given: Option<&String>, name: &str) -> Option<String> {
    given.cloned().or_else(|| env::var(name).ok()).filter(|value| !value.is_empty())
}

fn number(given: Option<u32>, name: &str) -> Result<Option<u32>, Failure> {
    let text = given.map(|number| number.to_string()).or_else(|| env::var(name).ok());
    let parsed = text
        .map(|text| text.trim().parse::<u32>().map_err(|_| Failure::wrong(format!("{name}: {text:?} is no number"))));
    parsed.transpose()
}

impl Arguments {
    pub(super) fn source(&self) -> Result<SourceOptions, Failure> {
        let (Some(kind), Some(location)) = (self.from, &self.source) else {
            return Err(Failure::wrong("name what is imported, and with --from the program that it comes from"));
        };
        let mut source = SourceOptions::new(kind, location.clone());
        if let Some(path) = &self.map {
            let refused = |error: &dyn std::fmt::Display| Failure::wrong(format!("--map {}: {error}", path.display()));
            let text = fs::read_to_string(path).map_err(|error| refused(&error))?;
            source.map = Map::read(&text).map_err(|error| refused(&error))?;
        }
        source.mfa_key = or_variable(self.mfa_key.as_ref(), "AUTH_MFA_ENCRYPTION_KEY");
        source.auth_secret = or_variable(self.auth_secret.as_ref(), "BETTER_AUTH_SECRET");
        source.firebase = FirebaseParameters {
            signer_key: or_variable(self.signer_key.as_ref(), "FIREBASE_SIGNER_KEY"),
            salt_separator: or_variable(self.salt_separator.as_ref(), "FIREBASE_SALT_SEPARATOR"),
            rounds: number(self.rounds, "FIREBASE_ROUNDS")?,
            mem_cost: number(self.mem_cost, "FIREBASE_MEM_COST")?,
        };
        Ok(source)
    }

    pub(super) fn options(&self) -> Result<ImportOptions, Failure> {
        let mut options = ImportOptions::default();
        options.dry_run = self.dry_run;
        options.on_conflict = match self.on_conflict {
            Conflict::Skip => OnConflict::Skip,
            Conflict::Update => OnConflict::Update,
            Conflict::Fail => OnConflict::Fail,
        };
        options.collisions = match self.collisions {
            Collision::Oldest => Collisions::Oldest,
            Collision::Newest => Collisions::Newest,
            Collision::Skip => Collisions::Skip,
        };
        options.refused = match self.refused {
            RefusedAddress::Keep => Refused::Keep,
            RefusedAddress::Skip => Refused::Skip,
        };
        options.invites = match self.invites {
            OpenInvites::List => Invites::List,
            OpenInvites::Resend => Invites::Resend,
        };
        options.roles = role::read(&self.roles)?.unwrap_or_default();
        Ok(options)
    }
}
