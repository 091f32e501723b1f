//! The flags of the command line, made from the table: `#[command(flatten)] configuration: Flags`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::settings::{SETTINGS, Setting, Unset};

const CONFIG: &str = "config";
const HEADING: &str = "Configuration";

/// The settings that have a flag, with its name: clap needs names with a static lifetime.
static NAMES: LazyLock<Vec<(&'static Setting, String)>> =
    LazyLock::new(|| SETTINGS.iter().filter_map(|setting| Some((setting, setting.flag()?))).collect());

/// The configuration flags that were given. They may precede or follow a subcommand.
#[derive(Clone, Default)]
pub struct Flags {
    pub(super) values: BTreeMap<&'static str, String>,
    pub(super) config: Option<PathBuf>,
}

fn arguments() -> impl Iterator<Item = Arg> {
    let file = Arg::new(CONFIG)
        .long(CONFIG)
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .help("The configuration file [default: vestibule.toml, if it exists]");
    let settings = NAMES.iter().map(|(setting, flag)| argument(setting).long(flag.as_str()));
    std::iter::once(file).chain(settings).map(|argument| argument.global(true).help_heading(HEADING))
}

fn argument(setting: &'static Setting) -> Arg {
    let default = match setting.default {
        Unset::Is("") => "none",
        Unset::Is(text) | Unset::Follows(text) => text,
        Unset::Required => "none, it must be set",
    };
    let everyday = ["server", "log"].contains(&setting.section()) || setting.key == "database.url";
    Arg::new(setting.key)
        .value_name("VALUE")
        .help(format!("{} [{}; default: {default}]", setting.description, setting.form()))
        .hide_short_help(!everyday)
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        command.args(arguments())
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for (setting, _) in NAMES.iter() {
            if let Some(value) = matches.get_one::<String>(setting.key) {
                self.values.insert(setting.key, value.clone());
            }
        }
        self.config = matches.get_one::<PathBuf>(CONFIG).cloned().or(self.config.take());
        Ok(())
    }
}

/// Prints only the names: a database URL may contain a password.
impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flags").field("given", &self.values.keys()).field("config", &self.config).finish()
    }
}
