//! The commands: thin callers of the same flows as the JSON API.

mod access;
mod api_key;
mod backup;
mod brand;
mod clean_up;
mod config;
mod doctor;
mod events;
mod exit;
mod export;
mod import;
mod invite;
mod logs;
mod mail;
mod migrate;
mod openapi;
mod output;
mod passwords;
mod providers;
mod relay;
mod role;
mod serve;
mod setup;
mod start;
mod user;
mod worker;

use clap::{Parser, Subcommand};
use vestibule_cli::configuration::Flags;

pub(crate) use self::exit::{Failure, not_understood};
use self::setup::Setup;

/// User management and sign-in: create users, invite them, let them sign in, manage them.
#[derive(Debug, Parser)]
#[command(name = "vestibule", version, after_help = "Without a command, `serve` runs.")]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    configuration: Flags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the JSON API and the dashboard, and deliver mails and webhooks.
    Serve(serve::Serve),
    /// Deliver mails and webhooks, without serving requests.
    Worker,
    /// Migrate the database's tables. `serve` does so when it starts.
    Migrate(migrate::Migrate),
    /// Copy the database into a file while the server runs (SQLite).
    Backup(backup::Backup),
    /// Put a backup where the database is to be (SQLite).
    Restore(backup::Restore),
    /// Create, list, show, change and delete users.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Create, list, resend and revoke invites.
    #[command(subcommand)]
    Invite(invite::InviteCommand),
    /// List roles.
    #[command(subcommand)]
    Role(role::RoleCommand),
    /// Create, list and revoke API keys.
    #[command(subcommand)]
    ApiKey(api_key::ApiKeyCommand),
    /// Preview mails, and test the mail server.
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Import users of another program; list imports and undo them.
    Import(import::Import),
    /// Export users, invites, identities, roles and the audit log.
    Export(export::Export),
    /// Find what years have left behind, and repair it.
    Doctor(doctor::Doctor),
    /// Follow events.
    #[command(subcommand)]
    Events(events::EventsCommand),
    /// Make the file of forbidden passwords.
    #[command(subcommand)]
    Passwords(passwords::PasswordsCommand),
    /// Print the OpenAPI document of the JSON API.
    Openapi,
    /// Show or check the configuration.
    #[command(subcommand)]
    Config(config::ConfigCommand),
}

impl CommandLine {
    /// Runs the command.
    pub(crate) async fn run(self) -> Result<(), Failure> {
        // It reads no setting, and runs where there is no configuration.
        if let Some(Command::Passwords(passwords)) = self.command {
            return passwords.run();
        }
        let setup = Setup::load(self.configuration)?;
        let done = match self.command {
            None => serve::Serve::default().run(&setup).await,
            Some(Command::Serve(serve)) => serve.run(&setup).await,
            Some(Command::Worker) => worker::run(&setup).await,
            Some(Command::Mail(mail)) => mail.run(&setup).await,
            Some(Command::Import(import)) => import.run(&setup).await,
            Some(Command::Export(export)) => export.run(&setup).await,
            Some(Command::Doctor(doctor)) => doctor.run(&setup).await,
            Some(Command::Events(events)) => events.run(&setup).await,
            Some(Command::Migrate(migrate)) => migrate.run(&setup).await,
            Some(Command::Backup(backup)) => backup.run(&setup).await,
            Some(Command::Restore(restore)) => restore.run(&setup),
            Some(Command::User(user)) => user.run(&setup).await,
            Some(Command::Invite(invite)) => invite.run(&setup).await,
            Some(Command::Role(role)) => role.run(&setup).await,
            Some(Command::ApiKey(api_key)) => api_key.run(&setup).await,
            Some(Command::Config(config)) => config.run(&setup).await,
            Some(Command::Openapi) => openapi::run(&setup),
            Some(Command::Passwords(passwords)) => passwords.run(),
        };
        setup.pass_on_announcements().await;
        done
    }
}
