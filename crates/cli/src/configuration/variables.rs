//! Vestibule's environment variables. An unknown variable with the prefix is a mistake that must not go unnoticed.

use super::entries::{Entry, file_variable};
use super::error::UnknownVariable;
use super::nearest::nearest_variable;
use super::settings::{SETTINGS, Setting};
use super::sources::Sources;

/// The prefix of Vestibule's variables.
pub(super) const PREFIX: &str = "VESTIBULE_";

/// The variable that names the configuration file.
pub(super) const CONFIG: &str = "VESTIBULE_CONFIG";

/// The prefix of the tests' variables.
const TESTS: &str = "VESTIBULE_TEST_";

/// Returns whether the configuration uses this variable.
pub(super) fn is_relevant(name: &str) -> bool {
    let is = |setting: &Setting, alias| name == alias || setting.takes_file() && name == file_variable(alias);
    name.starts_with(PREFIX) || SETTINGS.iter().any(|setting| setting.alias.is_some_and(|alias| is(setting, alias)))
}

/// Returns the variables with the prefix that are no setting. They are reported, not refused: a variable of a newer
/// version, or of another program, must not prevent the start.
pub(super) fn unknown(sources: &Sources, entries: &[Entry]) -> Vec<UnknownVariable> {
    let known: Vec<String> = entries.iter().flat_map(Entry::known_variables).chain([CONFIG.to_owned()]).collect();
    let is_foreign = |name: &str, value: &str| name.starts_with(TESTS) || is_service_link(name, value);
    let ours = sources.variables.iter().filter(|(name, value)| name.starts_with(PREFIX) && !is_foreign(name, value));
    let unknown = ours.filter(|(name, _)| !known.contains(name));
    unknown.map(|(name, _)| UnknownVariable { name: name.clone(), nearest: nearest_variable(name, entries) }).collect()
}

/// Kubernetes sets variables in each container for each service of its namespace. A service called `vestibule`, or
/// `vestibule-postgres`, produces names with the prefix: `VESTIBULE_SERVICE_HOST`, `VESTIBULE_SERVICE_PORT_HTTP`,
/// `VESTIBULE_PORT`, `VESTIBULE_PORT_9000_TCP_ADDR`.
fn is_service_link(name: &str, value: &str) -> bool {
    let named_port = name.split_once("_PORT_").is_some_and(|(_, rest)| {
        let mut parts = rest.split('_');
        let number = parts.next().is_some_and(|part| part.parse::<u16>().is_ok());
        number && parts.next().is_some_and(|part| ["TCP", "UDP", "SCTP"].contains(&part))
    });
    let port = name.ends_with("_PORT") && value.contains("://");
    named_port || port || name.ends_with("_SERVICE_HOST") || name.contains("_SERVICE_PORT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_kubernetes_are_ignored() {
        for name in [
            "VESTIBULE_SERVICE_HOST",
            "VESTIBULE_SERVICE_PORT",
            "VESTIBULE_SERVICE_PORT_HTTP",
            "VESTIBULE_PORT",
            "VESTIBULE_PORT_9000_TCP",
            "VESTIBULE_PORT_9000_TCP_PROTO",
            "VESTIBULE_POSTGRES_PORT_5432_TCP_ADDR",
        ] {
            assert!(is_service_link(name, "tcp://10.0.0.7:9000"), "{name}");
        }
        for name in ["VESTIBULE_PORT", "VESTIBULE_PORT_NUMBER", "VESTIBULE_SERVICE", "VESTIBULE_PORT_1_X"] {
            assert!(!is_service_link(name, "8080"), "{name}");
        }
        assert!(SETTINGS.iter().all(|setting| !is_service_link(&setting.variable(), "tcp://")));
    }
}
