//! What somebody probably meant.

use super::settings::{SETTINGS, Setting};
use super::variables::{CONFIG, PREFIX};

/// The known key or section that is nearest to `key`.
pub(super) fn nearest_key(key: &str) -> String {
    let sections = SETTINGS.iter().map(|setting| (strsim::osa_distance(key, setting.section()), setting.section()));
    let keys = SETTINGS.iter().map(|setting| (distance(key, setting), setting.key));
    keys.chain(sections).min_by_key(|(distance, _)| *distance).map(|(_, name)| name.to_owned()).unwrap_or_default()
}

/// The known variable that is nearest to `name`, which has our prefix.
pub(super) fn nearest_variable(name: &str) -> String {
    let key = name.strip_prefix(PREFIX).unwrap_or(name).to_lowercase();
    let settings = SETTINGS.iter().map(|setting| (distance(&key.replace('_', "."), setting), setting.variable()));
    let config = (strsim::osa_distance(name, CONFIG), CONFIG.to_owned());
    settings.chain([config]).min_by_key(|(distance, _)| *distance).map(|(_, name)| name).unwrap_or_default()
}

/// How many slips lie between the two. The last word of a key, or a common name for it, counts almost as much as the
/// whole: a right key in a wrong section is a common mistake.
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
    use super::*;

    #[test]
    fn slips_and_wrong_sections() {
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
            ("VESTIBULE_HASHING_THREADS", "VESTIBULE_AUTH_HASHING_THREADS"),
        ] {
            assert_eq!(nearest_variable(written), meant, "{written}");
        }
    }
}
