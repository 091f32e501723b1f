//! The table of all settings. To add one, add an entry here and use its field.
//!
//! The comment above an entry is the field's documentation, the flag's help and its line in `docs/configuration.md`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use tracing_subscriber::filter::Targets;
use vestibule::dashboard::Accent;
use vestibule::flows::directory::DirectorySignIn;
use vestibule::mail::{Encryption, Hello, Sender};
use vestibule::oidc::{ResponseMode, StandIn, TrustEmail};
use vestibule::server::TrustedProxies;

use super::error::ConfigurationError;
use super::kinds::{
    CallbackUrl, CallbackUrls, Claims, Colour, DatabaseAddress, DatabaseUrl, EmailTrust, FilePath, Form, Format,
    Greeting, Hidden, HostAndPort, Issuer, Language, Length, Levels, Line, ListenAddress, LocalStandIn, LogFormat,
    MailSender, MailServer, Name, Names, NetworkList, Networks, Optional, Origins, Password, PasswordRule, PathPrefix,
    Protection, ProviderId, Provisioned, PublicAddress, PublicUrl, RequiredVerification, Response, Rule, Scopes,
    Secret, Switch, Verifications, WebAddress, Whole,
};
use super::secret::StrongSecret;
use super::values::Values;
use super::variables::PREFIX;

/// A setting.
#[derive(Debug)]
pub struct Setting {
    /// Its key in the file, such as `server.listen`.
    pub key: &'static str,
    /// Its description, in a sentence or two.
    pub description: &'static str,
    /// Its default.
    pub default: Unset,
    /// A common name of the variable, which works too, with lower precedence.
    pub alias: Option<&'static str>,
    pub(super) kind: &'static dyn Form,
}

/// The value of a setting that is not set.
#[derive(Debug, Clone, Copy)]
pub enum Unset {
    /// This text, written as in a variable.
    Is(&'static str),
    /// A value derived from other settings or the machine, described in words.
    Follows(&'static str),
    /// Nothing: it must be set.
    Required,
}

impl Setting {
    /// Returns the name of the environment variable, such as `VESTIBULE_SERVER_LISTEN`.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.key.replace('.', "_").to_uppercase())
    }

    /// Returns the name of the flag without dashes, such as `database-url`: the key without `server.`. Secrets have
    /// none, because all users of the machine can read a command line.
    pub fn flag(&self) -> Option<String> {
        let name = self.key.strip_prefix("server.").unwrap_or(self.key);
        (!self.is_secret()).then(|| name.replace(['.', '_'], "-"))
    }

    /// Returns the name in its section, such as `listen`.
    pub fn name(&self) -> &'static str {
        self.key.rsplit_once('.').map_or(self.key, |(_, name)| name)
    }

    /// Describes valid values in a few words, such as `whole number, 1 to 1000`.
    pub fn form(&self) -> String {
        self.kind.form()
    }

    /// Returns whether the value must never be displayed.
    pub fn is_secret(&self) -> bool {
        self.kind.is_secret()
    }

    /// Returns whether a file may hold its value: the names of variable and key then end in `_FILE` and `_file`.
    pub fn takes_file(&self) -> bool {
        self.kind.holds_secret()
    }

    /// Returns the setting with this key.
    pub fn find(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// Returns the setting's section, such as `auth.hashing`.
    pub fn section(&self) -> &'static str {
        self.key.rsplit_once('.').map_or("", |(section, _)| section)
    }
}

/// A list of tables that the operator may write in the file, `[[auth.oidc]]`, each with an `id` of its own.
#[derive(Debug)]
pub struct Table {
    /// Its place in the file, such as `auth.oidc`.
    pub key: &'static str,
    /// What it is for, in a sentence or two.
    pub description: &'static str,
    /// What may be set in each table.
    pub settings: &'static [Setting],
}

macro_rules! settings {
    ($(
        $(#[doc = $section_doc:literal])+
        [$section:literal] $name:ident {
            $( $(#[doc = $doc:literal])+ $visibility:vis $field:ident: $type:ty = $kind:expr, $default:expr $(, also $alias:literal)?; )+
        }
    )+) => {
        $(
            $(#[doc = $section_doc])+
            #[derive(Debug, Clone)]
            pub struct $name {
                $( $(#[doc = $doc])+ $visibility $field: $type, )+
            }

            impl $name {
                pub(super) fn read(values: &Values) -> Result<Self, ConfigurationError> {
                    Ok(Self { $( $field: values.read(concat!($section, ".", stringify!($field)), &$kind)?, )+ })
                }
            }
        )+

        /// Every setting, in display order.
        pub static SETTINGS: &[Setting] = &[$($(
            Setting {
                key: concat!($section, ".", stringify!($field)),
                description: concat!($($doc),+).trim_ascii_start(),
                default: $default,
                alias: settings!(@alias $($alias)?),
                kind: &$kind,
            },
        )+)+];
    };
    (@alias) => { None };
    (@alias $alias:literal) => { Some($alias) };
}

macro_rules! tables {
    ($(
        $(#[doc = $table_doc:literal])+
        [[$table:literal]] $name:ident {
            $( $(#[doc = $doc:literal])+ $visibility:vis $field:ident: $type:ty = $kind:expr, $default:expr; )+
        }
    )+) => {
        $(
            $(#[doc = $table_doc])+
            #[derive(Debug, Clone)]
            pub struct $name {
                $( $(#[doc = $doc])+ $visibility $field: $type, )+
            }

            impl $name {
                /// All tables, in the order of the file.
                pub(super) fn read_all(values: &Values) -> Result<Vec<Self>, ConfigurationError> {
                    let read = |id: &str| {
                        let key = |name: &str| format!(concat!($table, ".{}.{}"), id, name);
                        Ok(Self { $( $field: values.read(&key(stringify!($field)), &$kind)?, )+ })
                    };
                    values.ids($table).map(read).collect()
                }
            }
        )+

        /// Every list of tables, in the order in which they are shown.
        pub static TABLES: &[Table] = &[$(
            Table {
                key: $table,
                description: concat!($($table_doc),+).trim_ascii_start(),
                settings: &[$(
                    Setting {
                        key: concat!($table, ".", stringify!($field)),
                        description: concat!($($doc),+).trim_ascii_start(),
                        default: $default,
                        alias: None,
                        kind: &$kind,
                    },
                )+],
            },
        )+];
    };
}

use Unset::{Follows, Is, Required};

const TIMEOUT: Length = Length { least: Duration::from_millis(1), most: Duration::from_hours(1) };
const LIFETIME: Length = Length { least: Duration::from_secs(1), most: Duration::from_hours(3650 * 24) };

settings! {
    /// The HTTP server.
    ["server"] ServerSettings {
        /// The address and port to listen on. `PORT` replaces the port only.
        pub listen: SocketAddr = ListenAddress, Is("127.0.0.1:9000"), also "PORT";
        /// The URL at which users reach this server: the start of every link, and the origin that may use cookies. With
        /// https, cookies are Secure and HSTS is sent. With a path (`https://example.com/accounts`), everything is below it,
        /// whether the proxy removes it from requests or not.
        pub(super) public_url: Option<PublicUrl> = Optional(PublicAddress), Follows("http://localhost and the port of server.listen");
        /// The path of the dashboard's pages, and so of the links in mails. Another path makes room for the Medusa
        /// Admin at `/app`.
        pub dashboard_path: String = PathPrefix, Is("/app");
        /// Web origins whose scripts may call the API with credentials.
        pub cors_origins: Vec<String> = Origins, Is("");
        /// The addresses and networks of the proxies in front of this server. Only their X-Forwarded-For and Forwarded
        /// headers are used.
        pub trusted_proxies: TrustedProxies = Networks, Is("");
        /// How long a connection may stay open between two requests: longer than the proxy in front reuses one (nginx
        /// 60s, Traefik 90s, Caddy 2m).
        pub keep_alive: Duration = Length { least: Duration::from_secs(1), most: Duration::from_hours(1) }, Is("150s");
        /// The most connections open at once. A further one closes the connection that has been idle the longest.
        pub max_connections: usize = Whole::<usize>::between(1, 1_000_000), Is("10000");
        /// Whether browsers must use https for all subdomains of the host of server.public_url, too. This requires
        /// https, and lasts for a year.
        pub hsts_subdomains: bool = Switch, Is("false");
    }

    /// The database.
    ["database"] DatabaseSettings {
        /// The database: a SQLite file or a PostgreSQL server. The URL's sslmode and sslrootcert set up TLS.
        pub url: DatabaseUrl = DatabaseAddress, Is("sqlite://data/vestibule.db"), also "DATABASE_URL";
        /// The PostgreSQL server itself, where database.url leads to a pooler such as PgBouncer: migrations and the
        /// notifications between processes go past the pooler. Without it, processes poll for each other's changes.
        pub direct_url: Option<DatabaseUrl> = Optional(DatabaseAddress), Follows("database.url");
        /// The most connections to the database per process, the one that listens to other processes included. With 1, it
        /// polls for their changes instead.
        pub max_connections: usize = Whole::<usize>::between(1, 1_000), Is("10");
        /// How long a request waits for a free connection.
        pub acquire_timeout: Duration = TIMEOUT, Is("5s");
        /// How long one statement may run.
        pub statement_timeout: Duration = TIMEOUT, Is("10s");
        /// How long opening a connection may take.
        pub connect_timeout: Duration = TIMEOUT, Is("5s");
        /// How long `serve` and `worker` wait at their start for a PostgreSQL server that cannot be reached, before they end
        /// with exit code 1. Requests get 503 in the meantime, and `/health/live` 200.
        pub start_timeout: Duration = TIMEOUT, Is("60s");
    }

    /// Signing in.
    ["auth"] AuthSettings {
        /// The secret that signs tokens: 32 bytes or more, used byte by byte. Services that share it can read the
        /// tokens.
        pub(super) jwt_secret: Option<StrongSecret> = Optional(Secret), Follows("generated at the first start and kept in data/jwt_secret, with the default database only"), also "JWT_SECRET";
        /// How long a token is valid.
        pub token_lifetime: Duration = LIFETIME, Is("1d");
        /// How long a session lasts at most, even if it is used.
        pub session_lifetime: Duration = LIFETIME, Is("30d");
        /// How long an unused session lasts.
        pub session_idle_lifetime: Duration = LIFETIME, Is("7d");
        /// How long a sign-in counts as recent enough to create or widen access: keys, roles, reset links, second
        /// factors. After that, users enter a code of their second factor, or the password if they have none.
        pub fresh_proof_lifetime: Duration = LIFETIME, Is("10m");
        /// How long a registration lives that belongs to no user.
        pub unclaimed_lifetime: Duration = LIFETIME, Is("24h");
        /// How long a password reset token is valid.
        pub reset_lifetime: Duration = LIFETIME, Is("15m");
        /// The policy of new passwords. With `length`, all have `auth.password_min_length` characters. With `nist`, that is
        /// so where a role of the user requires a second factor, and 15 characters is the least where none does
        /// (SP 800-63B-4). The roles at the time when the password is set decide: those of the invite, of the new user, or
        /// of the user who changes or resets it. A registration has no roles yet.
        pub password_policy: PasswordRule = Rule, Is("length");
        /// The fewest characters of a new password.
        pub password_min_length: usize = Whole::<usize>::between(8, 64), Is("8");
        /// How hard a new password must be to guess: 0 for any, 1 for a thousand guesses, 2 for a million, 3 for a
        /// hundred million, 4 for ten billion.
        pub password_min_score: u8 = Whole::<u8>::between(0, 4), Is("3");
        /// A file of passwords that no one may set, made by `vestibule passwords build-filter` from a list. It is read at
        /// the start. Of 65536 passwords that are not in the list, one is refused as well.
        pub forbidden_passwords_file: Option<PathBuf> = Optional(FilePath), Follows("none");
        /// Actor types that must verify their e-mail address before they can sign in with a password, such as `user`. A
        /// colon names something else to verify, as in `customer:phone`.
        pub verification_required: Vec<RequiredVerification> = Verifications, Is("");
        /// Whether users may sign in with a code that is mailed to them (the method `emailcode`), and accept an invite without a
        /// password. A second factor is required all the same.
        pub emailcode: bool = Switch, Is("false");
        /// The name under which an authenticator app lists this service.
        pub mfa_issuer: Option<String> = Optional(Name), Follows("brand.name, or else Medusa");
        /// Whether users can add passkeys and sign in with them. Browsers need https for that, except on localhost, and a
        /// host name; a passkey works for the host of server.public_url alone.
        pub passkeys: Option<bool> = Optional(Switch), Follows("true where server.public_url allows it");
        /// The secret that encrypts second factors in the database: 32 bytes or more, used byte by byte. If it changes
        /// or is lost, second factors must be set up again.
        pub(super) mfa_encryption_key: Option<StrongSecret> = Optional(Secret), Follows("derived from auth.jwt_secret"), also "AUTH_MFA_ENCRYPTION_KEY";
    }

    /// Which sign-in methods an actor type may use, by their ids: `emailpass` for a password, and those of the tables below.
    /// Other actor types may use all.
    ["auth.methods"] MethodSettings {
        /// The sign-in methods of users.
        pub user: Option<Vec<String>> = Optional(Names), Follows("all");
        /// The sign-in methods of customers.
        pub customer: Option<Vec<String>> = Optional(Names), Follows("all");
    }

    /// Who may become a user without an invite, if a provider has proved the address.
    ["auth.sign_up"] SignUpSettings {
        /// The domains of the addresses, such as `example.com`. Without any, only invites make users.
        pub domains: Vec<String> = Names, Is("");
        /// The roles of such users. Without any, they may do nothing until an administrator gives them a role.
        pub roles: Vec<String> = Names, Is("");
    }

    /// Password hashing: Argon2id on its own threads.
    ["auth.hashing"] HashingSettings {
        /// How many threads hash passwords.
        pub(super) threads: Option<usize> = Optional(Whole::<usize>::between(1, 256)), Follows("the number of processors");
        /// How many passwords may wait for a thread; further ones must be sent again later.
        pub queue: usize = Whole::<usize>::between(1, 65_536), Is("128");
        /// The memory per hash, in KiB.
        pub memory_kib: u32 = Whole::<u32>::between(19_456, 4_194_304), Is("19456");
        /// The passes over the memory per hash.
        pub passes: u32 = Whole::<u32>::between(2, 64), Is("2");
    }

    /// Limits on attempts.
    ["limits"] LimitSettings {
        /// How many attempts on an account may fail, by any sign-in method, before everyone has to wait; 0 for no
        /// limit.
        pub per_account: u32 = Whole::<u32>::between(0, 10_000), Is("10");
        /// How long failed attempts on an account count, from the first one.
        pub per_account_window: Duration = Length { least: Duration::from_secs(1), most: Duration::from_hours(30 * 24) }, Is("15m");
        /// How many requests a minute each address may send, per process, to public endpoints where something can be
        /// guessed or created without signing in. An IPv6 address counts with its /64. 0 means no limit, and also turns
        /// off the other limits of a client address.
        pub per_address: u32 = Whole::<u32>::between(0, 1_000_000), Is("300");
        /// The same per hour: it limits what one client address can have stored without signing in. 0 for no limit.
        pub per_address_hour: u32 = Whole::<u32>::between(0, 10_000_000), Is("2000");
        /// How many mails an hour one client address can cause without a session, to all recipients: password resets
        /// and address verifications. Counted in the database, for all processes. 0 for no limit.
        pub stranger_mails: u32 = Whole::<u32>::between(0, 1_000_000), Is("30");
        /// How many connections one address may have open at once, per process; 0 for no limit. A further one closes
        /// the address's own idle connection, or is closed if none is idle. An IPv6 address counts with its /64; the
        /// proxies in server.trusted_proxies have no limit.
        pub connections_per_address: usize = Whole::<usize>::between(0, 1_000_000), Is("1000");
    }

    /// Invites.
    ["invites"] InviteSettings {
        /// How long an invite can be accepted after it was sent.
        pub lifetime: Duration = LIFETIME, Is("1d");
    }

    /// Roles.
    ["rbac"] RoleSettings {
        /// The roles of new users that are given none. Without any, such users may do nothing until an administrator
        /// gives them a role.
        pub default_roles: Vec<String> = Names, Is("role_super_admin");
    }

    /// Users from a company's directory, which creates them by SCIM.
    ["scim"] ScimSettings {
        /// How such users sign in. With `provider`, through a provider of auth.oidc, Google or GitHub that proves the address:
        /// the first sign-in links it. With `invite`, by the link of a mail.
        pub sign_in: DirectorySignIn = Provisioned, Is("provider");
    }

    /// The service's own name, logo and colour: on pages and invitations, in mails and in authenticator apps.
    ["brand"] BrandSettings {
        /// The service's name.
        pub name: Option<String> = Optional(Name), Follows("Vestibule");
        /// The logo, square or nearly so: an SVG or a PNG file of at most 64 KiB.
        pub logo: Option<PathBuf> = Optional(FilePath), Follows("Vestibule's");
        /// The colour of buttons and links. Pages make it darker, and in the dark theme lighter, until text can be read.
        pub accent: Option<Accent> = Optional(Colour), Follows("Vestibule's");
        /// Where visitors find help. The pages for visitors who are not signed in link to it.
        pub support: Option<String> = Optional(WebAddress::OR_EMAIL), Follows("no link");
        /// The terms of use. The pages for visitors who are not signed in link to them.
        pub terms: Option<String> = Optional(WebAddress::ALONE), Follows("no link");
        /// The privacy policy. The pages for visitors who are not signed in link to it.
        pub privacy: Option<String> = Optional(WebAddress::ALONE), Follows("no link");
    }

    /// Mails.
    ["mail"] MailSettings {
        /// The sender of the mails.
        pub sender: Sender = MailSender, Is("Vestibule <vestibule@localhost>");
        /// The service's name in mails.
        pub app_name: Option<String> = Optional(Name), Follows("brand.name, or else Vestibule");
        /// The language of users and invites without `language` in their metadata: a built-in one, or one of
        /// mail.templates.
        pub language: String = Language, Is("en");
        /// A folder with texts and layouts that replace the built-in ones, named as by `vestibule mail preview`.
        pub templates: Option<PathBuf> = Optional(FilePath), Follows("the built-in ones");
        /// The folder for mails while no server is configured, each as a file.
        pub directory: PathBuf = FilePath, Is("data/mail");
        /// The most mails per hour to one address among those that its owner or an administrator causes; further ones
        /// wait. Mails that strangers cause have their own limit, see limits.stranger_mails. 0 for no limit.
        pub per_address: u32 = Whole::<u32>::between(0, 10_000), Is("20");
    }

    /// The mail server.
    ["mail.smtp"] SmtpSettings {
        /// The mail server, with its port if it is not the default (587 with starttls, 465 with tls, 25 with none).
        /// Without a server, mails are written to mail.directory.
        pub server: Option<MailServer> = Optional(HostAndPort), Follows("none");
        /// The name sent to the mail server with EHLO. Many servers require a fully qualified name.
        pub hello: Option<Hello> = Optional(Greeting), Follows("the host of server.public_url, or else the domain of mail.sender");
        /// How the connection is encrypted. This is required: otherwise nothing is sent.
        pub encryption: Encryption = Protection, Is("starttls");
        /// The user name of the login.
        pub username: Option<String> = Optional(Line), Follows("no login");
        /// The password of the login.
        pub(super) password: Option<Hidden> = Optional(Password), Follows("none");
        /// A file with the certificates (PEM) that are trusted instead of the machine's.
        pub ca_file: Option<PathBuf> = Optional(FilePath), Follows("the machine's");
        /// How long the server may take for each response.
        pub timeout: Duration = Length { least: Duration::from_millis(1), most: Duration::from_secs(60) }, Is("10s");
    }

    /// Webhooks.
    ["webhooks"] WebhookSettings {
        /// Networks that webhooks may go to although they are not public, also by http. Users who may create webhooks
        /// can reach what is there.
        pub allowed_networks: Vec<IpNet> = NetworkList, Is("");
        /// How long a receiver may take.
        pub timeout: Duration = Length { least: Duration::from_millis(1), most: Duration::from_secs(60) }, Is("15s");
        /// A file with certificates (PEM) that are trusted in addition to the machine's.
        pub ca_file: Option<PathBuf> = Optional(FilePath), Follows("none");
    }

    /// The audit log.
    ["audit"] AuditSettings {
        /// How long entries are kept. Laws and contracts may say how long they must be, and how long they may be.
        pub keep: Option<Duration> = Optional(Length { least: Duration::from_hours(24), most: Duration::from_hours(36500 * 24) }), Follows("forever");
    }

    /// Events and their deliveries.
    ["events"] EventSettings {
        /// Whether `serve` also delivers mails and webhooks. `--no-worker` turns it off; then run `vestibule worker`.
        pub worker: bool = Switch, Is("true");
        /// How long events and finished deliveries are kept.
        pub keep: Duration = Length { least: Duration::from_hours(1), most: Duration::from_hours(3650 * 24) }, Is("30d");
        /// The most attempts of a delivery: ten take some twenty hours.
        pub max_attempts: u32 = Whole::<u32>::between(1, 100), Is("10");
        /// The time after which another process retries a delivery whose process has died. It must be longer than an
        /// attempt.
        pub lease: Duration = Length { least: Duration::from_secs(1), most: Duration::from_hours(1) }, Is("2m");
    }

    /// Compatibility with other programs.
    ["compat"] CompatSettings {
        /// Whether to serve what the Medusa Admin requests besides users, invites, sign-in and API keys, so that its
        /// pages open: one store, no orders, and so on. Refused invites then return 400 instead of 403, because the
        /// Admin displays no other message. See docs/medusa-admin.md.
        pub medusa_admin: bool = Switch, Is("false");
    }

    /// The log.
    ["log"] LogSettings {
        /// What to log: off, error, warn, info, debug or trace, also per target, as in `info,vestibule=debug`.
        pub level: Targets = Levels, Is("info");
        /// The format of lines: text for people, json for programs.
        pub format: LogFormat = Format, Is("text");
    }
}

tables! {
    /// Providers of OpenID Connect, by which users sign in with an account that they have elsewhere.
    [["auth.oidc"]] OidcSettings {
        /// Names the provider in addresses, as in `/auth/user/{id}`, and in the names of variables.
        pub id: String = ProviderId, Required;
        /// What pages call the provider.
        pub name: Option<String> = Optional(Name), Follows("the id");
        /// The provider's issuer, character by character as the provider writes it. By http only on this machine.
        pub issuer: String = Issuer, Required;
        /// The id that the provider has given to this service.
        pub client_id: String = Line, Required;
        /// The secret that the provider has given to this service.
        pub(super) client_secret: Hidden = Password, Required;
        /// What to ask the provider for.
        pub scopes: Vec<String> = Scopes, Is("openid,email,profile");
        /// Whether the provider's addresses count as the users' own: if it states that it has verified them; always, for
        /// providers that say nothing and give out addresses of their own domains only, such as Entra ID; or never.
        pub trust_email: TrustEmail = EmailTrust, Is("verified");
        /// Whether to protect the code with PKCE (RFC 7636). Only providers that refuse such requests need false.
        pub pkce: bool = Switch, Is("true");
        /// How the provider sends its response: in the query, or by a form that the browser posts (form_post).
        pub response_mode: ResponseMode = Response, Is("query");
        /// Which claim holds which field, where it is not the usual one, such as `id=oid`. Fields: id, email,
        /// email_verified, name, given_name, family_name, picture, and any other to be kept in the user metadata.
        pub claims: BTreeMap<String, String> = Claims, Is("");
        /// Values of the claims amr and acr by which this provider states that it has checked a second factor, such as
        /// mfa. Then this service does not ask for its own. Without any, it always does.
        pub second_factor: Vec<String> = Scopes, Is("");
        /// Where the provider sends browsers back that a client of the API has sent, if the client names no URL.
        pub callback_url: Option<String> = Optional(CallbackUrl), Follows("server.public_url and /auth/{actor}/{id}/callback");
        /// The callback URLs that a client of the API may name, compared character by character.
        pub allowed_callback_urls: Vec<String> = CallbackUrls, Is("");
        /// Networks in which the provider may be although they are not public. An issuer on this machine needs none.
        pub allowed_networks: Vec<IpNet> = NetworkList, Is("");
    }

    /// Google.
    [["auth.google"]] GoogleSettings {
        /// Names the provider in addresses, as in `/auth/user/{id}`, and in the names of variables.
        pub id: String = ProviderId, Is("google");
        /// What the API and pages call the provider.
        pub name: String = Name, Is("Google Authentication");
        /// The id that Google has given to this service.
        pub client_id: String = Line, Required;
        /// The secret that Google has given to this service.
        pub(super) client_secret: Hidden = Password, Required;
        /// The domains of Google Workspace whose users may sign in. Without any, every Google account may.
        pub hosted_domains: Vec<String> = Names, Is("");
        /// Where Google sends browsers back that a client of the API has sent, if the client names no URL.
        pub callback_url: Option<String> = Optional(CallbackUrl), Follows("server.public_url and /auth/{actor}/{id}/callback");
        /// The callback URLs that a client of the API may name, compared character by character.
        pub allowed_callback_urls: Vec<String> = CallbackUrls, Is("");
        /// For tests: a program on this machine that plays Google's hosts, each below a path of its name.
        pub stand_in: Option<StandIn> = Optional(LocalStandIn), Follows("none: Google itself");
    }

    /// GitHub.
    [["auth.github"]] GitHubSettings {
        /// Names the provider in addresses, as in `/auth/user/{id}`, and in the names of variables.
        pub id: String = ProviderId, Is("github");
        /// What the API and pages call the provider.
        pub name: String = Name, Is("Github Authentication");
        /// The id that GitHub has given to this service.
        pub client_id: String = Line, Required;
        /// The secret that GitHub has given to this service.
        pub(super) client_secret: Hidden = Password, Required;
        /// Where GitHub sends browsers back that a client of the API has sent, if the client names no URL.
        pub callback_url: Option<String> = Optional(CallbackUrl), Follows("server.public_url and /auth/{actor}/{id}/callback");
        /// The callback URLs that a client of the API may name, compared character by character.
        pub allowed_callback_urls: Vec<String> = CallbackUrls, Is("");
        /// For tests: a program on this machine that plays GitHub's hosts, each below a path of its name.
        pub stand_in: Option<StandIn> = Optional(LocalStandIn), Follows("none: GitHub itself");
    }
}
