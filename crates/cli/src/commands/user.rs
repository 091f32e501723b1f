//! `vestibule user`

use std::io::{BufRead, IsTerminal, Read};

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;
use vestibule::Vestibule;
use vestibule::core::{EmailAddress, Field, Filter, FindConfig};
use vestibule::flows::{Context, CreateUserAccount, SignInMethod};
use vestibule::rbac::RoleId;
use vestibule::user::{CreateUser, User, UserField, UserId};

use super::exit::of;
use super::setup::Setup;
use super::{Failure, access, output, role};

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Create a user. Without a password, print a link to set one.
    Create(Create),
    /// List users.
    List(List),
    /// Show a user.
    Show(One),
    /// Change a user's e-mail address at once, and end all their sessions. The old address is notified.
    ChangeEmail(access::ChangeEmail),
    /// Lock a user, and end all their sessions.
    Lock(One),
    /// Unlock a user.
    Unlock(One),
    /// Assign roles to a user.
    Assign(access::Roles),
    /// Remove roles from a user.
    Unassign(access::Roles),
    /// Delete a user, with their sign-in methods and sessions.
    Delete(One),
    /// Delete a user and everything that names them. This cannot be undone.
    ///
    /// Also of users who were deleted before: the row from which they could be restored, their invites, mails to them, and what
    /// names them in the audit log and the events, where their id stays in its place. Backups and logs are not changed.
    Erase(Erase),
}

#[derive(Debug, Args)]
pub(super) struct Erase {
    /// The user's id, or an e-mail address: every user is erased who has it or had it when they were deleted.
    user: String,
    /// Erase without asking.
    #[arg(long)]
    yes: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The e-mail address.
    #[arg(long)]
    email: EmailAddress,
    /// The password. Other users of this machine can read it while the command runs: prefer --password-stdin.
    #[arg(long, conflicts_with = "password_stdin")]
    password: Option<String>,
    /// Read the password from standard input, up to the first line break.
    #[arg(long)]
    password_stdin: bool,
    /// The given name.
    #[arg(long)]
    first_name: Option<String>,
    /// The family name.
    #[arg(long)]
    last_name: Option<String>,
    /// A role; may be repeated. Default: super admin.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Only users whose e-mail address or name contains these words.
    #[arg(long, short, value_name = "WORDS")]
    q: Option<String>,
    /// The most users to list.
    #[arg(long, default_value_t = 50)]
    limit: u64,
    /// How many users to skip.
    #[arg(long, default_value_t = 0)]
    offset: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct One {
    /// The user's id or e-mail address.
    pub(super) user: String,
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

/// What `create --json` prints.
#[derive(Serialize)]
struct Made {
    user: User,
    link: Option<String>,
}

/// What `list --json` prints.
#[derive(Serialize)]
struct Page {
    users: Vec<User>,
    count: u64,
    offset: u64,
    limit: u64,
}

impl UserCommand {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        match self {
            Self::Create(create) => create.run(setup).await,
            Self::List(list) => list.run(setup).await,
            Self::Show(one) => {
                let vestibule = setup.open_existing_without_secret().await?;
                let user = find(&vestibule, &one.user).await?;
                if one.json {
                    return output::json(&user);
                }
                show(&user, &access::roles_of(&vestibule, &user).await?)
            }
            Self::ChangeEmail(change) => change.run(setup).await,
            Self::Lock(one) => access::lock(one, setup).await,
            Self::Unlock(one) => access::unlock(one, setup).await,
            Self::Assign(roles) => roles.assign(setup).await,
            Self::Unassign(roles) => roles.unassign(setup).await,
            Self::Delete(one) => {
                let vestibule = setup.open_existing_without_secret().await?;
                let user = find(&vestibule, &one.user).await?;
                vestibule
                    .flows()
                    .remove_user_account(user.id, &Context::operator())
                    .await
                    .map_err(|error| of(&error))?;
                if one.json {
                    return output::json(&json!({ "id": user.id, "object": "user", "deleted": true }));
                }
                output::line(&format!("Removed {} ({}).", user.email, user.id))
            }
            Self::Erase(erase) => erase.run(setup).await,
        }
    }
}

impl Erase {
    async fn run(self, setup: &Setup) -> Result<(), Failure> {
        let vestibule = setup.open_existing_without_secret().await?;
        let ids = self.ids(&vestibule).await?;
        let many = ids.iter().map(UserId::to_string).collect::<Vec<_>>().join(", ");
        if !self.yes && !is_confirmed(&format!("Erase {} ({many}) for good? Type yes: ", self.user))? {
            return Err(Failure::wrong("nothing was erased: answer \"yes\", or add --yes"));
        }
        let mut all = Vec::new();
        for id in ids {
            let erased = vestibule.erase_user(id, &Context::operator()).await.map_err(|error| of(&error))?;
            if !self.json {
                output::line(&format!(
                    "Erased {id}, and what named them in {} entries of the audit log and {} events.",
                    erased.audit_entries, erased.events
                ))?;
            }
            all.push(json!({ "id": id, "object": "user", "erased": true,
                             "audit_entries": erased.audit_entries, "events": erased.events }));
        }
        if self.json {
            return output::json(&all);
        }
        Ok(())
    }

    async fn ids(&self, vestibule: &Vestibule) -> Result<Vec<UserId>, Failure> {
        if let Ok(id) = self.user.parse::<UserId>() {
            return Ok(vec![id]);
        }
        let Ok(email) = self.user.parse::<EmailAddress>() else {
            return Err(Failure::wrong(format!(
                "{:?} is neither a user's id (user_…) nor an e-mail address",
                self.user
            )));
        };
        let ids = vestibule.users().list_ids_with_address(&email).await.map_err(|error| of(&error))?;
        match ids.is_empty() {
            true => {
                Err(Failure::failed(format!("there is no user with the e-mail address {email}, also no deleted one")))
            }
            false => Ok(ids),
        }
    }
}

/// Asks at the terminal. Without one, no one can answer.
fn is_confirmed(question: &str) -> Result<bool, Failure> {
    let (mut input, mut answer) = (std::io::stdin().lock(), String::new());
    if !input.is_terminal() {
        return Ok(false);
    }
    output::prompt(question)?;
    input.read_line(&mut answer).map_err(|error| Failure::failed(format!("no answer could be read: {error}")))?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}

impl Create {
    async fn run(self, setup: &Setup) -> Result<(), Failure> {
        let roles = role::read(&self.roles)?.or_else(|| Some(vec![RoleId::super_admin()]));
        let password = if self.password_stdin { Some(read_password()?) } else { self.password };
        let (vestibule, sign_in_method) = match password {
            Some(password) => (setup.open_without_secret().await?, SignInMethod::Password(password)),
            None => (setup.open().await?, SignInMethod::Invite),
        };
        let user = CreateUser { first_name: self.first_name, last_name: self.last_name, ..CreateUser::new(self.email) };
        let account = CreateUserAccount { user, sign_in_method, roles };
        let created =
            vestibule.flows().create_user_account(&account, &Context::operator()).await.map_err(|error| of(&error))?;
        let link = created.invite.and_then(|invite| invite.token).map(|token| setup.invite_link(&token));
        if self.json {
            return output::json(&Made { user: created.user, link });
        }
        output::line(&format!("Created {} ({}).", created.user.email, created.user.id))?;
        match link {
            Some(link) => output::line(&format!("Set a password with this link: {link}")),
            None => Ok(()),
        }
    }
}

fn read_password() -> Result<String, Failure> {
    let mut text = String::new();
    // More than any password may have, but not all of a mistaken pipe.
    std::io::stdin()
        .take(64 * 1024)
        .read_to_string(&mut text)
        .map_err(|error| Failure::wrong(format!("the password could not be read from standard input: {error}")))?;
    // Editors on Windows write a byte order mark before the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let password = text.split(['\r', '\n']).next().unwrap_or_default();
    if password.is_empty() {
        return Err(Failure::wrong("standard input contained no password"));
    }
    Ok(password.to_owned())
}

impl List {
    async fn run(self, setup: &Setup) -> Result<(), Failure> {
        let vestibule = setup.open_existing_without_secret().await?;
        let filter = Filter::Search(self.q.unwrap_or_default());
        let find = FindConfig::default().page(self.offset, self.limit);
        let (users, count) =
            vestibule.users().list_and_count_users(&filter, &find).await.map_err(|error| of(&error))?;
        if self.json {
            return output::json(&Page { users, count, offset: self.offset, limit: self.limit });
        }
        let rows = users
            .iter()
            .map(|user| vec![user.id.to_string(), user.email.to_string(), name(user), user.created_at.to_string()]);
        output::page("users", &["id", "email", "name", "created"], rows.collect(), count)
    }
}

fn name(user: &User) -> String {
    [user.first_name.as_deref(), user.last_name.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn show(user: &User, roles: &[RoleId]) -> Result<(), Failure> {
    let or_dash = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    let metadata = user.metadata.as_ref().and_then(|metadata| serde_json::to_string(metadata).ok());
    let roles: Vec<&str> = roles.iter().map(RoleId::as_str).collect();
    let locked = user.locked_at.map(|since| since.to_string());
    let text = |value: &str| value.to_owned();
    let mut lines =
        vec![(text("Id"), user.id.to_string()), (text("E-mail"), user.email.to_string()), (text("Name"), name(user))];
    let profile = user.profile().into_iter().filter(|(field, _)| !field.ends_with("_name"));
    lines.extend(profile.map(|(field, value)| (label(field), value.unwrap_or_default().to_owned())));
    lines.extend([
        (text("Roles"), roles.join(", ")),
        (text("Locked"), locked.unwrap_or_default()),
        (text("Metadata"), metadata.unwrap_or_default()),
        (text("Created"), user.created_at.to_string()),
        (text("Updated"), user.updated_at.to_string()),
    ]);
    for (label, value) in lines {
        output::line(&format!("{label:<9} {}", or_dash(output::harmless(&value))))?;
    }
    Ok(())
}

/// Returns the label of a field of the profile: `Avatar` of `avatar_url`.
fn label(field: &str) -> String {
    let mut characters = field.split('_').next().unwrap_or_default().chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

/// Finds a user by id or address.
pub(super) async fn find(vestibule: &Vestibule, text: &str) -> Result<User, Failure> {
    if let Ok(id) = text.parse::<UserId>() {
        return vestibule.users().retrieve_user(id).await.map_err(|error| of(&error));
    }
    if !text.contains('@') {
        return Err(Failure::wrong(format!("{text:?} is neither a user's id (user_…) nor an e-mail address")));
    }
    let filter = UserField::Email.eq(text);
    let users = vestibule.users().list_users(&filter, &FindConfig::default()).await.map_err(|error| of(&error))?;
    let not_found = || Failure::failed(format!("there is no user with the e-mail address {text}"));
    users.into_iter().next().ok_or_else(not_found)
}
