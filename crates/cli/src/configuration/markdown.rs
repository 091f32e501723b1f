//! Generates `docs/configuration.md` from the table.

use std::fmt::Write;

use super::settings::{SETTINGS, Setting, TABLES, Table, Unset};

const HEAD: &str = "# Configuration

<!-- Made from crates/cli/src/configuration/settings.rs: change it there. -->

Every setting has a key in the file, an environment variable and, unless it is a secret, a flag. A flag wins over a
variable, a variable over the file, the file over the default. `vestibule config show` lists the effective values and their sources;
`vestibule config check` finds mistakes without starting anything. An unknown key is a mistake, and so is a
variable that is set to nothing, except for a list, where it means none; an unknown `VESTIBULE_` variable is reported and
has no effect.

- **The file** is TOML. `--config FILE` or `VESTIBULE_CONFIG` names it; the default is `vestibule.toml` in the
  working directory, if it exists. Sections are tables: `server.listen` is `listen` under `[server]`.
- **Secrets** can be kept in files of their own, as Docker, Kubernetes and systemd hand them over: `_FILE` at the end of a
  variable's name, or `_file` at the end of a key, names the file, as in `JWT_SECRET_FILE=/run/secrets/jwt` or
  `jwt_secret_file = \"/run/secrets/jwt\"` under `[auth]`. It works for every secret and for `database.url`. The file holds the
  value alone and may end with a line feed. A value and a file in the same place contradict each other and are a mistake.
- **Lists of tables**, such as `[[auth.oidc]]`, stand in the file. A variable sets or overrides one key of the table with its
  id: `VESTIBULE_AUTH_OIDC_GOOGLE_CLIENT_SECRET` is `client_secret` where the id is `google`.
- **Lists** are separated by commas in variables and flags (`a,b`), and are arrays of texts in the file (`[\"a\", \"b\"]`).
- **Durations** are whole numbers with a unit: `ms`, `s`, `m`, `h` or `d`, also together, such as `1h30m`.
- **White space** and a byte order mark at either end of a value are removed, so that files from Windows work (`docker run
  --env-file` keeps the carriage return at the end of a line). White space within a value stays. Invisible
  characters (control characters, spaces without width, marks that turn the direction of text) are refused. If white space
  was removed from a secret, the start reports it: another service that uses the same secret must remove it, too.
- **Quotation marks** around the value of a variable or flag are refused; a shell removes them, `docker run --env-file`
  does not. In the file, quotation marks within the text are a part of it.
- **Paths** may begin with `~/`, the home directory. `~` elsewhere, and names of variables such as `$HOME`, are refused in
  paths and in addresses of databases.
- **A value that is refused** is not repeated in the message: it may be a secret in the wrong place. `config show` shows the
  other values, of a database's URL without its password.
- **A PostgreSQL URL** has the form `postgres://user:password@host:port/name?parameter=value`. In user, password and name,
  write `%40` for `@`, `%2F` for `/`, `%3A` for `:`, `%3F` for `?`. Several hosts are separated by commas, an IPv6 address in
  brackets; for a Unix socket, `host=/run/postgresql` among the parameters names its folder. Vestibule connects to the first
  server that responds and accepts writes. `host`, `hostaddr`, `port`, `dbname`, `user`, `password`, `connect_timeout`
  (before `database.connect_timeout`), `options`, `application_name`, `fallback_application_name`, `keepalives`,
  `keepalives_idle`, `keepalives_interval`, `keepalives_count`, `tcp_user_timeout`, `channel_binding`,
  `load_balance_hosts`, `sslmode` (all but `allow`), `sslrootcert` (also `system`), `sslcert`, `sslkey`, `sslsni`,
  `sslnegotiation`, `ssl_min_protocol_version` and `ssl_max_protocol_version` mean the same as for PostgreSQL's own
  clients; with `sslrootcert`, `sslmode=require` checks the certificate. The other parameters of these clients are refused
  by name, unless they request what Vestibule does anyway (`client_encoding=UTF8`, `target_session_attrs=read-write`, …).
  `PGHOST`, `PGPASSWORD` and the like, password files and service files are not read.
- **A new SQLite file** is reported in the first line of the log, with its whole path. Commands that only read create none.
- **`DATABASE_URL`, `JWT_SECRET`, `AUTH_MFA_ENCRYPTION_KEY` and `PORT`** work as well, below the variable with the prefix and above the file. `PORT`
  replaces the port of `server.listen` and leaves the address, so with the default address nothing is reachable from
  outside; it yields to an address that a flag or `VESTIBULE_SERVER_LISTEN` gives.
- **The secret** must have 32 bytes or more and not be made of well-known words: `openssl rand -base64 48` makes one. With
  the default `database.url`, no secret need be set: the first start generates one and keeps it in `data/jwt_secret`,
  readable by the owner only. If all users of the machine can access that file, the next start refuses it; access of the
  group is accepted, because Kubernetes grants it for every file of a volume (`fsGroup`). A configured database needs a
  configured secret, which all its processes share; commands that sign nothing, such as `migrate`, work without.
- **Variables of Kubernetes** for a service called `vestibule` (`VESTIBULE_SERVICE_HOST`, `VESTIBULE_PORT_9000_TCP`, …)
  are ignored.
";

/// Returns the whole of `docs/configuration.md`.
pub fn markdown() -> String {
    let mut text = HEAD.to_owned();
    let mut section = "";
    for setting in SETTINGS {
        if setting.section() != section {
            section = setting.section();
            let _ = write!(text, "\n## {section}\n\n");
            text.push_str(COLUMNS);
        }
        let alias = setting.alias.map(|alias| format!(", `{alias}`")).unwrap_or_default();
        text.push_str(&row(setting, setting.key, &format!("`{}`{alias}", setting.variable())));
    }
    for table in TABLES {
        let _ = write!(text, "\n## [[{}]]\n\n{} {TABLE}\n\n{COLUMNS}", table.key, table.description);
        for setting in table.settings {
            text.push_str(&row(setting, setting.name(), &table_variable(table, setting)));
        }
    }
    text
}

const COLUMNS: &str = "| Key | Variable | Flag | Value | Default | What it is |\n|---|---|---|---|---|---|\n";

const TABLE: &str = "The file has a table for each, with an `id` of its own. In variables `<ID>` is that id in capital \
letters, with `_` for `-`.";

/// The id itself cannot be set by a variable: it says which table a variable is for.
fn table_variable(table: &Table, setting: &Setting) -> String {
    let variable = table.variable("<id>", setting);
    if setting.name() == "id" { "none".to_owned() } else { format!("`{variable}`") }
}

fn row(setting: &Setting, key: &str, variable: &str) -> String {
    let flag = if key == setting.key { setting.flag() } else { None };
    let flag = flag.map_or_else(|| "none".to_owned(), |flag| format!("`--{flag}`"));
    let default = match setting.default {
        Unset::Is("") => "none".to_owned(),
        Unset::Is(text) => format!("`{text}`"),
        Unset::Follows(words) => words.to_owned(),
        Unset::Required => "must be set".to_owned(),
    };
    let file = if setting.takes_file() { ", also with `_FILE`" } else { "" };
    format!("| `{key}` | {variable}{file} | {flag} | {} | {default} | {} |\n", setting.form(), setting.description)
}
