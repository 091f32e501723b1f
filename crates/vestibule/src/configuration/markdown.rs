//! `docs/configuration.md`, made from the table so that it is never out of date.

use std::fmt::Write;

use super::settings::{SETTINGS, Setting, Unset};

const HEAD: &str = "# Configuration

<!-- Made from crates/vestibule/src/configuration/settings.rs: change it there. -->

Every setting has a key in the file, an environment variable and, unless it is a secret, a flag. A flag wins over a
variable, a variable over the file, the file over the default. `vestibule config show` tells what holds and who set it;
`vestibule config check` finds mistakes without starting anything. An unknown key is a mistake, and so is a
variable that is set to nothing, except for a list, where it means none; an unknown `VESTIBULE_` variable is told and
has no effect.

- **The file** is TOML. `--config FILE` or `VESTIBULE_CONFIG` names it; else it is `vestibule.toml` in the working
  directory, if that is there. Sections are tables: `server.listen` is `listen` under `[server]`.
- **Lists** are separated by commas in variables and flags (`a,b`), and are arrays of texts in the file (`[\"a\", \"b\"]`).
- **Durations** are whole numbers with a unit: `ms`, `s`, `m`, `h` or `d`, also together, such as `1h30m`.
- **`DATABASE_URL`, `JWT_SECRET`, `AUTH_MFA_ENCRYPTION_KEY` and `PORT`** work as well, below the variable with the prefix and above the file. `PORT`
  replaces the port of `server.listen` and leaves the address, so with the default address it opens no door to the
  outside; it yields to an address that a flag or `VESTIBULE_SERVER_LISTEN` gives.
- **The secret** must have 32 bytes or more and not be made of well-known words: `openssl rand -base64 48` makes one. As
  long as `database.url` is left to its default, no secret need be set: the first start makes one and keeps it in
  `data/jwt_secret`, readable by the owner alone. If all users of the machine have got rights to that file, the next
  start refuses it; rights of the group are let pass, because Kubernetes gives them to every file of a volume
  (`fsGroup`). A configured database needs a configured secret, which all processes on it share; `migrate` and what else
  signs nothing goes without.
- **Variables of Kubernetes** for a service called `vestibule` (`VESTIBULE_SERVICE_HOST`, `VESTIBULE_PORT_9000_TCP`, …)
  are ignored.
";

/// The whole of `docs/configuration.md`.
pub fn markdown() -> String {
    let mut text = HEAD.to_owned();
    let mut section = "";
    for setting in SETTINGS {
        if setting.section() != section {
            section = setting.section();
            let _ = write!(text, "\n## {section}\n\n");
            text.push_str("| Key | Variable | Flag | Value | Default | What it is |\n|---|---|---|---|---|---|\n");
        }
        text.push_str(&row(setting));
    }
    text
}

fn row(setting: &Setting) -> String {
    let alias = setting.alias.map(|alias| format!(", `{alias}`")).unwrap_or_default();
    let flag = setting.flag().map_or_else(|| "none".to_owned(), |flag| format!("`--{flag}`"));
    let default = match setting.default {
        Unset::Is("") => "none".to_owned(),
        Unset::Is(text) => format!("`{text}`"),
        Unset::Follows(words) => words.to_owned(),
    };
    format!(
        "| `{}` | `{}`{alias} | {flag} | {} | {default} | {} |\n",
        setting.key,
        setting.variable(),
        setting.form(),
        setting.description,
    )
}
