//! Suggestions for unknown names.

use super::entries::{Entry, file_variable};
use super::settings::{SETTINGS, Setting, TABLES, Table};
use super::variables::{CONFIG, PREFIX};

/// Returns the known key or section nearest to `key`.
pub(super) fn nearest_key(key: &str) -> String {
    let sections = SETTINGS.iter().map(Setting::section).chain(TABLES.iter().map(|table| table.key));
    let sections = sections.map(|section| (strsim::osa_distance(key, section), section));
    let keys = SETTINGS.iter().map(|setting| (distance(key, setting), setting.key));
    keys.chain(sections).min_by_key(|(distance, _)| *distance).map(|(_, name)| name.to_owned()).unwrap_or_default()
}

/// Returns the key of a table nearest to `name`, with its section.
pub(super) fn nearest_name(table: &Table, name: &str) -> String {
    let nearest = table.settings.iter().min_by_key(|setting| strsim::osa_distance(name, setting.name()));
    nearest.map(|setting| setting.key.to_owned()).unwrap_or_default()
}

/// Returns the known variable nearest to `name`, which has the prefix.
pub(super) fn nearest_variable(name: &str, entries: &[Entry]) -> String {
    let file = name.strip_suffix("_FILE").map(|rest| {
        let (distance, variable) = nearest_of(rest, entries.iter().filter(|entry| entry.setting.takes_file()));
        (distance, file_variable(&variable))
    });
    let config = (strsim::osa_distance(name, CONFIG), CONFIG.to_owned());
    let nearest =
        [nearest_of(name, entries.iter()), config].into_iter().chain(file).min_by_key(|(distance, _)| *distance);
    nearest.map(|(_, variable)| variable).unwrap_or_default()
}

fn nearest_of<'a>(name: &str, entries: impl Iterator<Item = &'a Entry>) -> (usize, String) {
    let key = name.strip_prefix(PREFIX).unwrap_or(name).to_lowercase().replace('_', ".");
    let of_entry = |entry: &Entry| {
        let variable = entry.variables.first()?.clone();
        let distance = match entry.table {
            Some(_) => strsim::osa_distance(name, &variable),
            None => distance(&key, entry.setting),
        };
        Some((distance, variable))
    };
    entries.filter_map(of_entry).min_by_key(|(distance, _)| *distance).unwrap_or((usize::MAX, String::new()))
}

/// Returns the edit distance. The last word of a key, or a common name for it, counts almost as much as the whole: a
/// correct key in a wrong section is a common mistake.
fn distance(written: &str, setting: &Setting) -> usize {
    let written = written.replace('_', ".");
    let last = setting.key.rsplit_once('.').map_or(setting.key, |(_, last)| last);
    let alias = setting.alias.map(str::to_lowercase);
    let others = [Some(last), alias.as_deref()].into_iter().flatten();
    let written_last = written.rsplit_once('.').map_or(written.as_str(), |(_, last)| last);
    others
        .flat_map(|other| {
            let other = other.replace('_', ".");
            [strsim::osa_distance(&written, &other) + 1, strsim::osa_distance(written_last, &other) + 2]
        })
        .chain([strsim::osa_distance(&written, &setting.key.replace('_', "."))])
        .min()
        .unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::entries::entries;
    use super::super::file::File;
    use super::*;

    #[test]
    fn typos_and_wrong_sections_are_recognized() {
        for (written, meant) in [
            ("server.lisen", "server.listen"),
            ("listen", "server.listen"),
            ("sever", "server"),
            ("auth.hasing", "auth.hashing"),
            ("auth.hashing.memory", "auth.hashing.memory_kib"),
            ("jwt_secret", "auth.jwt_secret"),
            ("auth.token_lifetme", "auth.token_lifetime"),
            ("database.max_conections", "database.max_connections"),
            ("auth.threads", "auth.hashing.threads"),
            ("auth.secret", "auth.jwt_secret"),
        ] {
            assert_eq!(nearest_key(written), meant, "{written}");
        }
        for (written, meant) in [
            ("VESTIBULE_LISTEN", "VESTIBULE_SERVER_LISTEN"),
            ("VESTIBULE_PORT", "VESTIBULE_SERVER_LISTEN"),
            ("VESTIBULE_JWT_SECRET", "VESTIBULE_AUTH_JWT_SECRET"),
            ("VESTIBULE_DATABASE_URI", "VESTIBULE_DATABASE_URL"),
            ("VESTIBULE_CONFG", "VESTIBULE_CONFIG"),
            ("VESTIBULE_JWT_SECRT_FILE", "VESTIBULE_AUTH_JWT_SECRET_FILE"),
            ("VESTIBULE_HASHING_THREADS", "VESTIBULE_AUTH_HASHING_THREADS"),
        ] {
            assert_eq!(nearest_variable(written, &entries(&File::default())), meant, "{written}");
        }
    }
}
